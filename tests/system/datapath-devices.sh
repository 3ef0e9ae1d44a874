#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# VLAN devices of the kernel: below a bridge as its network port, above it as an
# address of the host's, and in a guest that is a trunk.
#
# Not on the userspace datapath, beside which there may be no 8021q module.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs

# The host's NIC, and the VLANs of the wire behind it that are br0's and br1's.
make_port wire 52:54:00:00:ff:01
for vlan in 100 200; do
    ip link add link wire name wire.$vlan type vlan id $vlan
    ip link set dev wire.$vlan up
done
add_bridge br0 host
add_bridge br1 host1
vsctl add-port br0 wire.100 -- add-port br1 wire.200
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02 tag=10
add_guest br0 g3 52:54:00:00:00:03
add_guest br1 h1 52:54:00:00:01:01
network net0 br0 libvirt
network net1 br1 libvirt
start_controller
settle

for port in wire.100 wire.200; do
    ctl show | grep -A1 "Port $port\$" | grep -q " network, " ||
        fail "$port is not of the network side: $(ctl show)"
done

say "What is sent below the bridge has the VLAN's tag, and within it the guest's."
expect_frames <<'.'
wire -> g1 vlan=100 = g1
wire -> g1 vlan=200 = -
wire -> h1 vlan=200 = h1
wire -> h1 vlan=100 = -
wire -> unknown vlan=100 = -
wire -> bcast vlan=100 = g1 g3 host
wire -> bcast vlan=200 = h1 host1
wire -> bcast vlan=300 = -
wait
g1 -> wire = wire[100]
h1 -> wire = wire[200]
g1 -> bcast = g3 host wire[100]
g1 -> g2 = wire[100]
g1 -> h1 = wire[100]
h1 -> bcast = host1 wire[200]
.

say "Above the bridge, and in a guest."
ip link add link br0 name br0.10 type vlan id 10
ip link set dev br0.10 up
ip addr add 10.0.10.1/24 dev br0.10
ip -n g3 link add link eth0 name eth0.10 type vlan id 10
ip -n g3 link set dev eth0.10 up
ip -n g3 addr add 10.0.10.3/24 dev eth0.10
ip -n g2 addr add 10.0.10.2/24 dev eth0
settle
reaches() {
    ip netns exec "$1" ping -c 1 -W 2 "$2" > /dev/null
}
for to in 1 3; do
    wait_for 10 reaches g2 10.0.10.$to || fail "g2 does not reach .$to"
done
wait_for 10 reaches g3 10.0.10.1 || fail "g3 does not reach the host"

say "An address of its own is the host's, too."
ip link set dev br0.10 address 52:54:00:00:fe:0a
knows() {
    ctl fdb br0 | grep -q 52:54:00:00:fe:0a
}
wait_for 10 knows || fail "it is not known: $(ctl fdb br0)"
ip -n g2 neigh flush dev eth0
wait_for 10 reaches g2 10.0.10.1 || fail "g2 does not reach it"
expect_frames <<'.'
g2 -> 52:54:00:00:fe:0a = host[10]
g1 -> 52:54:00:00:fe:0a src=g2 = host
wire -> 52:54:00:00:fe:0a vlan=100 = host
.
ip link del dev br0.10
forgets() { ! knows; }
wait_for 10 forgets || fail "it is not forgotten: $(ctl fdb br0)"
expect_frames <<'.'
g2 -> 52:54:00:00:fe:0a = wire[100,10]
.

finish
