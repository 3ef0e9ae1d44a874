#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A guest that floods the kernel's datapath with frames that no flow is there for,
# by random sources and destinations: it makes few flows and masks, or as many as
# Open vSwitch allows, others' frames go on meanwhile, also those for which there
# is no flow yet, and nobody gets what is not for him.
#
# Not on the userspace datapath: test-hygiene.sh and the benchmark count flows
# there, and it has neither masks nor handlers.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

allow_log '\|ofproto_dpif_upcall\(handler[0-9]*\)\|WARN\|upcall: datapath reached'

allow_log '\|dpif_netlink\(handler[0-9]*\)\|WARN\|.*lost packet on handler'

start_ovs
# The least that Open vSwitch takes.
vsctl set Open_vSwitch . other_config:flow-limit=1000
add_bridge br0
add_uplink br0 up 52:54:00:00:ff:01
for i in 1 2 3 4 5 6; do
    add_guest br0 g$i 52:54:00:00:00:0$i
done
vsctl set Interface g6 external_ids:virtnet-guards=mac
network net0 br0 libvirt
start_controller
settle

cat > $S/tmp/flood.py <<'.'
"""flood.py KIND N SEED: sends N frames as fast as they go."""
import random, socket, sys

kind, n, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
choose = random.Random(seed)
sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sock.bind(('eth0', 0))
own = bytes.fromhex(open('/sys/class/net/eth0/address').read().replace(':', ''))


def address(first):
    return bytes([first]) + choose.randbytes(5)


KINDS = {
    'sources': lambda: (bytes.fromhex('525400000004'), address(0x02)),
    'unknown': lambda: (address(0x02), own),
    'groups': lambda: (address(0x03), own),
    'multicast6': lambda: (b'\x33\x33' + choose.randbytes(4), own),
}
for _ in range(n):
    to, source = KINDS[kind]()
    try:
        sock.send(to + source + b'\x08\x00' + bytes(46))
    except OSError:
        pass
.

N=4000

n_flows() {
    ovs-appctl dpctl/dump-flows | grep -c 'in_port' || :
}

# Prints how many masks the datapath has.
n_masks() {
    ovs-dpctl show | sed -n 's/.*masks:.* total:\([0-9]*\).*/\1/p'
}

# flood FROM KIND MOST: meanwhile frames flow, those of one port for the first
# time, and at the end there are no more than MOST flows.
flood() {
    local from=$1 kind=$2 most=$3 flows masks

    forget_datapath_flows
    start_probe p 50 <<'.'
g3 -> g4 = g4
g4 -> up = up
up -> g3 = g3
.
    ip netns exec "$from" python3 $S/tmp/flood.py "$kind" $N 1 &
    local flooder=$!
    expect_frames --patience=$((5000 * VIRTNET_PATIENCE)) <<'.'
g5 -> g4 = g4
up -> g5 = g5
.
    wait $flooder
    flows=$(n_flows) masks=$(n_masks)
    stop_probe p > $S/result || :
    cat $S/result
    say "$from, $kind: $flows flows, $masks masks"
    [ "$flows" -le "$most" ] || fail "$flows flows, at most $most expected"
    [ "$masks" -le 40 ] || fail "$masks masks"
    ! grep -v ' strays=0 ' $S/result || fail "somebody has got what is not his"
    awk '{ match($0, /lost=[0-9]+/); lost = substr($0, RSTART + 5, RLENGTH - 5)
           match($0, /sent=[0-9]+/); sent = substr($0, RSTART + 5, RLENGTH - 5)
           if (lost > sent / 10) { exit 1 } }' $S/result ||
        fail "others' frames are lost"
}

flood g1 sources 60
flood g1 groups 60
flood g1 multicast6 60
# One for each that is unknown or that a guard stops, as in kernel mode for each
# source.  How many there are, Open vSwitch looks at from time to time; at twice
# what is allowed it deletes them.
N=8000
flood g6 sources 2500
flood g1 unknown 2500

say "Nothing is left of it."
expect_frames <<'.'
g1 -> g2 = g2
g6 -> g2 = g2
up -> g1 = g1
g1 -> unknown = up
up -> unknown = -
g1 -> bcast = g2 g3 g4 g5 g6 host up
.
finish
