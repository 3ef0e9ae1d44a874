#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Connection tracking beside: a firewall of somebody's on a bridge of his own,
# with a zone for each of two networks, is the network side of two bridges in
# libvirt mode by patch ports.  The same connections in both networks are told
# apart, and what stays within a bridge is not tracked at all.
#
# Not on the userspace datapath, which tracks by itself and not by the kernel.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge wall wallhost
add_bridge br0
add_bridge br1 host1
make_port out0 52:54:00:00:ff:01
make_port out1 52:54:00:00:ff:02
for n in 0 1; do
    vsctl add-port br$n to$n -- set Interface to$n type=patch options:peer=from$n \
        -- add-port wall from$n \
        -- set Interface from$n type=patch options:peer=to$n ofport_request=1$n \
        -- add-port wall out$n -- set Interface out$n ofport_request=2$n
    add_guest br$n a$n 52:54:00:00:0$n:01
    add_guest br$n b$n 52:54:00:00:0$n:02
    network net$n br$n libvirt
done
# Guests may begin, and be answered; zones 5 and 6.
ofctl del-flows wall
for n in 0 1; do
    ofctl add-flows wall - <<.
table=0,priority=20,in_port=1$n,arp,actions=output:2$n
table=0,priority=20,in_port=2$n,arp,actions=output:1$n
table=0,priority=10,in_port=1$n,ip,actions=ct(commit,zone=$((5 + n))),output:2$n
table=0,priority=10,in_port=2$n,ip,actions=ct(table=1,zone=$((5 + n)))
table=1,in_port=2$n,ip,ct_state=+trk+est,actions=output:1$n
table=1,priority=0,actions=drop
.
done
start_controller
settle

# The same addresses in both networks.
for n in 0 1; do
    ip -n a$n addr add 10.0.0.1/24 dev eth0
    ip -n b$n addr add 10.0.0.2/24 dev eth0
    ip -n out$n addr add 10.0.0.9/24 dev eth0
done
reaches() {
    ip netns exec "$1" ping -c 1 -W 2 "$2" > /dev/null
}

say "Within a bridge."
for n in 0 1; do
    wait_for 10 reaches a$n 10.0.0.2 || fail "a$n does not reach b$n"
done
# Prints the zones of connections that are tracked.
zones() {
    ovs-appctl dpctl/dump-conntrack | sed -n 's/.*zone=\([0-9]*\).*/\1/p' | sort -u |
        xargs
}
[ -z "$(ovs-appctl dpctl/dump-conntrack)" ] ||
    fail "tracked: $(ovs-appctl dpctl/dump-conntrack)"

say "Through the firewall, from network 0 alone."
! reaches out0 10.0.0.1 || fail "anybody may begin"
wait_for 10 reaches a0 10.0.0.9 || fail "a0 does not reach what is outside"
[ "$(zones)" = 5 ] || fail "zones $(zones)"
! reaches out1 10.0.0.1 || fail "the other network's connection opens this one"

say "From both."
wait_for 10 reaches a1 10.0.0.9 || fail "a1 does not reach what is outside"
[ "$(zones)" = "5 6" ] || fail "zones $(zones)"

say "Frames of the guests are exact all the same."
expect_frames <<'.'
a0 -> b0 = b0
a0 -> bcast = b0 host
b1 -> a1 = a1
out0 -> a0 type=0x0800 = -
out0 -> bcast type=0x88b7 = -
.

say "The firewall's flows are as they were after libvirt mode has ended."
ofctl dump-flows --no-stats wall | sort > $S/before
network net0 br0 kernel
network net1 br1 kernel
settle
ofctl dump-flows --no-stats wall | sort | diff -u $S/before - ||
    fail "flows of the firewall have changed"
reaches a0 10.0.0.9 || fail "a0 does not reach what is outside"

finish
