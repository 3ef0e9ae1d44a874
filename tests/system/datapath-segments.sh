#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Segments of 64 kB, as guests with segmentation offload hand them over: from
# guest to guest, out by the network side, by a VLAN and from a guarded guest
# they arrive whole, and nobody else gets any of it.
#
# Not on the userspace datapath, which takes no frames longer than the MTU.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
add_guest br0 g3 52:54:00:00:00:03
add_guest br0 v1 52:54:00:00:00:11 tag=10
add_guest br0 v2 52:54:00:00:00:12 tag=10
vsctl set Interface g1 external_ids:virtnet-guards=mac
network net0 br0 libvirt
start_controller
settle

n=1
for name in g1 g2 g3 v1 v2 up; do
    ip netns exec $name ethtool -K eth0 tx on sg on tso on gso on gro on \
        > /dev/null
    ip -n $name addr add 10.0.0.$n/24 dev eth0
    address[n]=$name
    declare "ip_$name=10.0.0.$n"
    n=$((n + 1))
done

# Prints how many octets device eth0 of namespace $1 has received.
received() {
    ip -n "$1" -s -j link show dev eth0 |
        python3 -c 'import json, sys
print(json.load(sys.stdin)[0]["stats64"]["rx"]["bytes"])'
}

# Prints the size of the largest frames of all datapath flows, on average.
largest() {
    ovs-appctl dpctl/dump-flows |
        sed -n 's/.*packets:\([0-9]*\), bytes:\([0-9]*\),.*/\1 \2/p' |
        awk '$1 && $2 / $1 > most { most = $2 / $1 } END { print int(most) }'
}

cat > $S/tmp/stream.py <<'.'
import hashlib, socket, sys

SIZE = 8 * 1024 * 1024


def octets():
    block = bytes(range(256)) * 256
    for i in range(SIZE // len(block)):
        yield bytes([i % 256]) + block[1:]


def take(address):
    listener = socket.create_server((address, 4000))
    listener.settimeout(60)
    print('ready', flush=True)
    connection, _ = listener.accept()
    connection.settimeout(60)
    digest = hashlib.sha256()
    while data := connection.recv(1 << 16):
        digest.update(data)
    print(digest.hexdigest(), flush=True)


def give(address):
    connection = socket.create_connection((address, 4000), 60)
    digest = hashlib.sha256()
    for block in octets():
        connection.sendall(block)
        digest.update(block)
    print(digest.hexdigest())


{'take': take, 'give': give}[sys.argv[1]](sys.argv[2])
.

# stream FROM TO: 8 MiB by TCP, in segments as long as they can be.
stream() {
    local name to=ip_$2 pid sent octets
    local -A before=()

    say "$1 -> $2"
    for name in "${address[@]}"; do
        before[$name]=$(received $name)
    done
    forget_datapath_flows
    ip netns exec "$2" python3 $S/tmp/stream.py take "${!to}" > $S/taken &
    pid=$!
    wait_for 20 grep -qs ready $S/taken || fail "$2 does not listen"
    sent=$(ip netns exec "$1" python3 $S/tmp/stream.py give "${!to}") ||
        fail "$1 cannot send to $2"
    wait $pid || fail "$2 did not get it all"
    [ "$sent" = "$(tail -n 1 $S/taken)" ] || fail "$2 got something else"
    say "frames of $(largest) octets"
    [ "$(largest)" -gt 9000 ] || fail "no long frames"
    for name in "${address[@]}"; do
        octets=$(($(received $name) - before[$name]))
        case $name in
            "$1" | "$2") ;;
            *) [ $octets -lt 2000 ] || fail "$name has got $octets octets" ;;
        esac
    done
}

stream g2 g3
stream g1 g2
stream v1 v2
stream g2 up
stream up g1

say "A guarded guest with an address that is not its own sends none of it."
ip -n g1 link set dev eth0 address 52:54:00:00:00:99
ip -n g2 neigh replace $ip_g1 lladdr 52:54:00:00:00:99 dev eth0
before=$(received g2)
ip netns exec g2 timeout 5 python3 $S/tmp/stream.py take $ip_g2 > /dev/null 2>&1 &
! ip netns exec g1 timeout 3 python3 $S/tmp/stream.py give $ip_g2 2> /dev/null ||
    fail "it is sent"
wait || :
[ "$(received g2)" = "$before" ] || fail "g2 has got something"

finish
