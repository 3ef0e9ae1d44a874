#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Who gets which frame is the same whether guests are on one host or on three,
# but for what Documentation/fleet.rst lists ("What differs from one host").

. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/system/fleet.sh
. "$(dirname "$0")/fleet.sh"
# shellcheck source=tests/system/requests.sh
. "$(dirname "$0")/requests.sh"
sandbox "$@"
need_controller
allow_log '\|tunnel(\([^|]*\))?\|WARN\|receive tunnel port not found'

# Guests: NAME INDEX HOST ADD-PORT-WORD...  The last number of the address is
# INDEX, in hexadecimal.
ids=external_ids
cat > $S/guests <<.
p1 11 h1
p2 12 h2
t1 13 h1 tag=10
t3 14 h3 tag=10
r2 15 h2 trunks=0,10
n3 16 h3 tag=20 trunks=10 vlan_mode=native-untagged
i1 21 h1 -- set Interface i1 $ids:virtnet-isolated=true
i2 22 h2 -- set Interface i2 $ids:virtnet-isolated=true
w1 23 h1 -- set Interface w1 $ids:virtnet-community=web
w3 24 h3 -- set Interface w3 $ids:virtnet-community=web
m2 31 h2 -- set Interface m2 $ids:virtnet-guards=mac
o1 41 h1 tag=10 -- set Interface o1 $ids:virtnet-guards=ip $ids:virtnet-ips=10.0.0.65
o3 43 h3 tag=10 -- set Interface o3 $ids:virtnet-guards=ip $ids:virtnet-ips=10.0.0.67
s2 51 h2 -- set Interface s2 $ids:virtnet-guards=secure $ids:virtnet-ips=10.0.0.81
.

# Calls $1 for each guest, with its words.
for_each_guest() {
    local words

    while read -ra words; do
        "$1" "${words[@]}" < /dev/null
    done < $S/guests
}

plug_on_h1() {
    add_fleet_guest h1 $1 52:54:00:00:00:$2 "${@:4}"
}

# Moves a guest from h1 to where it is at home.
move_home() {
    [ $3 != h1 ] || return 0
    at h1 unplug $1
    ip -n h1 link set dev $1 netns $3
    ip -n $3 link set dev $1 up
    at $3 plug br0 $1 52:54:00:00:00:$2 "${@:4}"
}

# Frames from guest $1 to all: to each other guest, groups and nobody, in
# several VLANs, and from addresses that are another's or nobody's.
frames_from() {
    local src=$1 index=$2 dst vlan

    for vlan in '' 0/5 10 10/3 20 30; do
        for dst in $NAMES bcast mcast mcast6 stp lldp unknown; do
            echo "$src -> $dst ${vlan:+vlan=$vlan }"
        done
    done
    for dst in $NAMES unknown2 00:00:00:00:00:00 01:00:5e:00:00:01; do
        [ $dst != $src ] || continue
        echo "$src -> bcast src=$dst "
        echo "$src -> bcast garp src=$dst "
        echo "$src -> bcast rarp vlan=10 src=$dst "
        echo "$src -> p2 src=$dst "
        echo "$src -> t3 vlan=10 src=$dst "
        echo "$src -> w3 src=$dst "
    done
    for dst in 65 67 81 99; do
        echo "$src -> $(arp $index 10.0.0.$((16#$index)) 10.0.0.$dst) "
        echo "$src -> $(arp $index 10.0.0.$((16#$index)) 10.0.0.$dst) vlan=10 "
        echo "$src -> $(arp $index 0.0.0.0 10.0.0.$dst) "
    done
}

# Sends all frames and prints which guests get them.
matrix() {
    sed 's/ $//' $S/matrix | send_frames --quiet=$((250 * VIRTNET_PATIENCE)) |
        sed -E 's/ h[123]-host(\[[^]]*\])?//g; s/ = *$/ = -/'
}

# compare GUESTS ONE THREE: fails, and prints frames that get elsewhere in THREE
# than in ONE, unless that is the exception.
compare() {
    python3 - "$@" <<'.'
import sys

home = {}
apart = set()
for line in open(sys.argv[1]):
    words = line.split()
    home[words[0]] = words[2]
    if 'isolated' in line or 'community' in line:
        apart.add(words[0])


def is_exception(frame, lost):
    """From an address that is another's, to who is kept apart elsewhere."""
    sender = frame.split()[0]
    receivers = [word.split('[')[0] for word in lost]
    return 'src=' in frame and all(r in apart and home[r] != home[sender]
                                   for r in receivers)


wrong = received = exceptions = 0
one, three = (open(name).read().splitlines() for name in sys.argv[2:])
for before, after in zip(one, three):
    frame, was = before.split(' = ')
    same, now = after.split(' = ')
    was, now = (set(words.split()) - {'-'} for words in (was, now))
    received += len(now)
    if same != frame or now - was or not is_exception(frame, was - now):
        if same != frame or now != was:
            print('%s\n   on three hosts: %s' % (before, after))
            wrong += 1
    elif now != was:
        exceptions += 1
print('%d frames, received %d times; %d exceptions; %d wrong'
      % (len(three), received, exceptions, wrong))
sys.exit(wrong > 0 or len(one) != len(three) or received < len(three))
.
}

start_fleet
fleet_network net "overlay='geneve'" > /dev/null
for n in 1 2 3; do
    add_fleet_host h$n 10.0.0.$n
done
NAMES=$(cut -d' ' -f1 $S/guests | xargs)
for_each_guest frames_from > $S/matrix

say "All guests on one host: $(wc -l < $S/matrix) frames."
for_each_guest plug_on_h1
settle_fleet
matrix > $S/one

say "On three."
for_each_guest move_home
settle_fleet
matrix > $S/three
compare $S/guests $S/one $S/three || fail "three hosts are not as one"
finish_fleet
