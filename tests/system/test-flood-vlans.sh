#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# VLANs of a bridge's column flood_vlans, where nothing is learned and all is for
# everybody: a guest that listens in an RSPAN VLAN gets what is mirrored there.
#
# The oracle is Open vSwitch itself, in kernel mode.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
plant_foreign br0
vsctl set Bridge br0 flood_vlans=99
add_uplink br0 u1 52:54:00:00:ff:01
add_uplink br0 u2 52:54:00:00:ff:02 vlan_mode=native-untagged tag=99
add_guest br0 g1 52:54:00:00:00:01 tag=10
add_guest br0 g2 52:54:00:00:00:02 tag=10
add_guest br0 r1 52:54:00:00:00:03 tag=99
add_guest br0 r2 52:54:00:00:00:04 trunk=10,99
network net0 br0 kernel
start_controller
settle

# Each address is sent from more than once, so that it would have been learned.
cat > $S/flooded <<'.'
mac x 52:54:00:0a:00:01
u1 -> x vlan=99 = r1 r2[99] u2 host[99]
u2 -> u1 = r1 r2[99] u1[99] host[99]
u2 -> r1 src=x = r1 r2[99] u1[99] host[99]
wait
u1 -> r1 vlan=99 = r1 r2[99] u2 host[99]
u1 -> u2 vlan=99 = r1 r2[99] u2 host[99]
u1 -> x vlan=99 src=g1 = r1 r2[99] u2 host[99]
u1 -> g1 vlan=99 src=g2 = r1 r2[99] u2 host[99]
u2 -> r2 src=g1 = r1 r2[99] u1[99] host[99]
r1 -> r2 = r2[99] u1[99] u2 host[99]
r2 -> u1 vlan=99 = r1 u1[99] u2 host[99]
host -> r1 vlan=99 = r1 r2[99] u1[99] u2
u1 -> bcast vlan=99 = r1 r2[99] u2 host[99]
r1 -> bcast = r2[99] u1[99] u2 host[99]
.
say "Kernel mode."
expect_frames < $S/flooded

say "Libvirt mode."
network net0 br0 libvirt
settle
expect_frames < $S/flooded
# A copy to learn from would go out for ever: it is known nowhere.
for ((i = 0; i < 3; i++)); do
    sleep 0.6
    expect_frames < $S/flooded
done
# Others are as they were.
expect_frames <<'.'
u1 -> g1 vlan=10 = g1
g1 -> g2 = g2
u2 -> g2 vlan=10 = g2
u1 -> r2 vlan=10 = r2[10]
u1 -> r1 vlan=10 = u2[10]
.

say "One network port."
unplug u2
settle
sed '/^u2/d; /-> u2/d; s/ u2$//; s/ u2 / /' $S/flooded | expect_frames
expect_frames <<'.'
u1 -> unknown vlan=10 = -
u1 -> unknown vlan=99 = r1 r2[99] host[99]
.

say "The VLAN becomes an ordinary one, and the guest has its address in it."
vsctl clear Bridge br0 flood_vlans
settle
expect_frames <<'.'
u1 -> r1 vlan=99 = r1
u1 -> unknown vlan=99 = -
r1 -> r2 = r2[99]
.

finish
