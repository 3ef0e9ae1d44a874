#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Frames for bridges' own group addresses stay where they are: a guest can send
# no spanning tree, pause, LACP, 802.1X or LLDP frame to anybody, in no mode,
# unless the bridge is set to forward them.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02 tag=10
add_guest br0 g3 52:54:00:00:00:03 tag=10
network net0 br0 kernel
start_controller
settle

# NORMAL drops these; see eth_addr_is_reserved() in Open vSwitch.
for port in g1 g2 host up; do
    for mac in 01:80:c2:00:00:0{0,1,2,3,4,5,6,7,8,9,a,b,c,d,e,f} \
               00:e0:2b:00:00:{00,04,06} 01:00:0c:00:00:00 \
               01:00:0c:cc:cc:{cc,cd} 01:00:0c:cd:cd:cd 01:00:0c:cc:cc:c0; do
        echo "$port -> $mac = -"
        echo "$port -> $mac vlan=10 = -"
    done
done > $S/reserved
expect_frames < $S/reserved

# With other_config:forward-bpdu they are groups like others, but for those of
# them that are not groups at all.
for mac in 01:80:c2:00:00:0{0,1,2,3,4,5,6,7,8,9,a,b,c,d,e,f} \
           01:00:0c:00:00:00 01:00:0c:cc:cc:{cc,cd} 01:00:0c:cd:cd:cd; do
    echo "g1 -> $mac = up host"
    echo "g2 -> $mac = g3 up[10] host[10] g1[10]"
    echo "host -> $mac vlan=10 = g2 g3 up[10] g1[10]"
    echo "up -> $mac vlan=10 = g2 g3 host[10] g1[10]"
done > $S/forwarded
vsctl set Bridge br0 other_config:forward-bpdu=true
settle
expect_frames < $S/forwarded

network net0 br0 libvirt
settle
expect_frames < $S/forwarded
add_uplink br0 u2 52:54:00:00:ff:02
settle
sed 's/^g1.*/& u2/; t; s/$/ u2[10]/' $S/forwarded > $S/forwarded2
expect_frames < $S/forwarded2
unplug u2
vsctl remove Bridge br0 other_config forward-bpdu
settle
expect_frames < $S/reserved

# Their neighbours are ordinary groups.
expect_frames <<'.'
g1 -> 01:80:c2:00:00:10 = up host
g2 -> 01:80:c2:00:00:1f = g3 up[10] host[10] g1[10]
up -> 01:80:c2:00:00:20 = g1 host
.

finish
