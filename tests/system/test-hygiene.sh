#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Frames whose source is a group, or everybody, or no address at all, are dropped
# and counted, from whoever they come, as on the Linux bridge beside.  For that,
# the datapath does not look at the whole of every source.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
add_guest br0 trusted 52:54:00:00:00:03 \
    -- set Interface trusted external_ids:virtnet-portgroup=trusted
network net0 br0 libvirt - <<'.'
  <portgroup name='trusted' trustGuestRxFilters='yes'/>
.
start_controller
settle

add_linux_bridge lbr
for port in l1 l2; do
    make_port $port 52:54:00:00:01:0${port#l}
    ip link set dev $port master lbr
done

# Prints frames from sources that nobody has, from port $1 to port $2.
from_nobody() {
    local mac dst

    for mac in 01:00:5e:00:00:01 33:33:00:00:00:01 01:80:c2:00:00:00 \
               03:00:00:00:00:01 ff:ff:ff:ff:ff:ff 00:00:00:00:00:00; do
        for dst in "$2" bcast mcast6 unknown; do
            echo "$1 -> $dst src=$mac = -"
        done
    done
}

dropped() {
    ovs-appctl revalidator/purge
    ofctl dump-flows br0 | grep actions=drop |
        sed -n -e 's/.*n_packets=\([0-9]*\),.*dl_src=01:00:00:00:00:00.*/\1/p' \
            -e 's/.*n_packets=\([0-9]*\),.*dl_src=00:00:00:00:00:00 .*/\1/p' |
        awk '{ n += $1 } END { print n }'
}

say "On a Linux bridge."
{ echo "l1 -> bcast = l2"; from_nobody l1 l2; } | expect_frames

say "Here."
for pair in "g1 g2" "up g1" "host g1" "trusted g1"; do
    # shellcheck disable=SC2086
    from_nobody $pair
done > $S/from-nobody
before=$(dropped)
expect_frames < $S/from-nobody
after=$(dropped)
say "$((after - before)) frames were counted as dropped"
[ $((after - before)) = "$(wc -l < $S/from-nobody)" ] || fail "not all of them"
expect_frames <<'.'
g1 -> g2 = g2
up -> g1 = g1
g1 -> bcast = g2 trusted host up
.

# sources WHAT PREFIX MAX: sends frames from random sources by the uplink, which
# must make at most MAX flows.
sources() {
    local i n

    for i in $(seq 1000); do
        printf 'up -> g1 src=%s:%02x:%02x:%02x = g1\n' "$2" \
            $((RANDOM % 256)) $((RANDOM % 256)) $((RANDOM % 256))
    done > $S/sources
    ovs-appctl revalidator/purge
    expect_frames < $S/sources
    n=$(ovs-appctl dpctl/dump-flows | grep -c 'recirc_id')
    say "$1: $n flows for 1,000 sources"
    [ "$n" -le "$3" ] || fail "more than $3: $(ovs-appctl dpctl/dump-flows)"
}

RANDOM=1
sources "QEMU's" 52:54:00 1
sources "one maker's" 00:16:3e 1
sources "locally administered" 02:00:00 1
sources "of no maker" 00:00:00 1000

finish
