#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Multicast snooping: groups that guests have joined in kernel mode are forgotten
# with the change of mode, lest a guest get multicast twice, and it is said that
# guests get all multicast.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
plant_foreign br0
vsctl set Bridge br0 mcast_snooping_enable=true
add_uplink br0 u1 52:54:00:00:ff:01
add_uplink br0 u2 52:54:00:00:ff:02
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
network net0 br0 kernel
start_controller
settle

# IPv4 to 239.1.1.1: an IGMPv2 membership report (RFC 2236), and UDP.
group=01:00:5e:01:01:01
ip=4500001c00000000
report=${ip}010200000a000001ef0101011600f9fcef010101
data=${ip}401100000a000002ef010101

# joined PORT: has the bridge seen PORT join the group?
joined() {
    ovs-appctl mdb/show br0 | grep "239.1.1.1" |
        grep -q "^ *$(vsctl get Interface "$1" ofport) "
}

send_frames <<< "g1 -> $group type=0x800 head=$report" > /dev/null
wait_for 10 joined g1 || fail "not joined: $(ovs-appctl mdb/show br0)"
expect_frames <<< "u1 -> $group type=0x800 head=$data = g1"

network net0 br0 libvirt
settle
! joined g1 || fail "still joined: $(ovs-appctl mdb/show br0)"
expect_frames <<< "u1 -> $group type=0x800 head=$data = g1 g2 host u2"
controller_diagnostics | grep -q 'mcast_snooping_enable is true' ||
    fail "not said: $(controller_diagnostics)"

# What a guest joins now is not learned.
send_frames <<< "g1 -> $group type=0x800 head=$report" > /dev/null
expect_frames <<< "u1 -> $group type=0x800 head=$data = g1 g2 host u2"

vsctl set Bridge br0 mcast_snooping_enable=false
settle
! controller_diagnostics | grep -q mcast_snooping || fail "still said"

finish
