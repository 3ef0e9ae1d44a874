#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A portgroup that learns, for routers and nested hypervisors, in a network that
# does not: its ports are of the network side, in their VLANs, and nobody else
# gets more for it.  And a portgroup of isolated guests.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

portgroup() {
    echo "external_ids:virtnet-portgroup=$1"
}

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g10 52:54:00:00:00:02 tag=10
add_guest br0 r1 52:54:00:00:00:03 -- set Interface r1 "$(portgroup routers)"
add_guest br0 r10 52:54:00:00:00:04 -- set Interface r10 "$(portgroup routers10)"
add_guest br0 a1 52:54:00:00:00:05 -- set Interface a1 "$(portgroup apart)"
add_guest br0 a2 52:54:00:00:00:06 -- set Interface a2 "$(portgroup apart)"
network net0 br0 libvirt - <<'.'
  <metadata>
    <vn:network xmlns:vn='urn:ovs-virtnet:1'>
      <vn:portgroup name='routers' macTableManager='kernel'/>
      <vn:portgroup name='routers10' macTableManager='kernel'/>
      <vn:portgroup name='apart' isolated='yes'/>
    </vn:network>
  </metadata>
  <portgroup name='routers'/>
  <portgroup name='routers10'><vlan><tag id='10'/></vlan></portgroup>
  <portgroup name='apart'/>
.
start_controller
settle

cat > $S/names <<'.'
mac n1 52:54:00:0a:00:01
mac n2 52:54:00:0a:00:02
mac n10 52:54:00:0a:00:10
mac remote 52:54:00:0a:00:99
.
check() {
    cat $S/names - | expect_frames
}

expect_noflood br0 "a1 a2 g1 g10"

say "What is unknown goes to them, and not to guests."
check <<'.'
g1 -> n1 = up r1
up -> n1 = r1
# A trunk of all VLANs is in VLAN 10 as well.
g10 -> n10 = up[10] r10 r1[10]
up -> n10 vlan=10 = r10 r1[10]
g1 -> n10 vlan=10 = up[10] r10 r1[10]
r1 -> remote = up
r10 -> remote = up[10] r1[10]
g1 -> bcast = a1 a2 r1 host up
up -> bcast vlan=10 = g1[10] g10 a1[10] a2[10] r1[10] r10 host[10]
.

say "What is behind them is learned."
check <<'.'
r1 -> bcast src=n1 = g1 a1 a2 host up
r1 -> g1 src=n2 = g1
r10 -> g10 src=n10 = g10
up -> bcast src=remote = g1 a1 a2 r1 host
wait
g1 -> n1 = r1
g1 -> n2 = r1
host -> n2 = r1
up -> n1 src=remote = r1
up -> n10 vlan=10 = r10
g10 -> n10 = r10
r1 -> remote = up
g1 -> remote = up
r1 -> g1 src=n1 = g1
up -> g1 = g1
g1 -> unknown = up r1
.

say "A router's own address is learned like any other, and not held for it."
check <<'.'
r1 -> bcast = g1 a1 a2 host up
wait
g1 -> r1 = r1
up -> r1 = r1
.
ctl fdb br0 | grep -w r1 && fail "it is in the MAC table"

say "Only its own VLANs are let in."
check <<'.'
r10 -> bcast vlan=20 = -
r10 -> g1 vlan=20 = -
.

say "Guests of an isolated portgroup."
check <<'.'
a1 -> a2 = -
a1 -> g1 = g1
g1 -> a1 = a1
a1 -> n1 = r1
a1 -> bcast = g1 r1 host up
up -> a1 = a1
.

say "A router that becomes a guest: what was learned behind it is forgotten."
add_uplink br0 up2 52:54:00:00:ff:02
settle
check <<'.'
r1 -> bcast src=n1 = g1 a1 a2 host up up2
wait
up -> n1 = r1
.
vsctl remove Interface r1 external_ids virtnet-portgroup
settle
expect_noflood br0 "a1 a2 g1 g10 r1"
# From addresses that have no flows in the datapath yet.
check <<'.'
up -> n1 src=52:54:00:0b:00:01 = up2
g1 -> n1 = up up2
up -> r1 src=52:54:00:0b:00:02 = r1
up -> unknown src=52:54:00:0b:00:03 = up2
r1 -> unknown = up up2
.

say "And back, by the definition."
vsctl set Interface r1 "$(portgroup apart)"
settle
check <<'.'
r1 -> a1 = -
r1 -> g1 = g1
.
vsctl set Interface r1 external_ids:virtnet-role=network
settle
check <<'.'
r1 -> a1 = a1
g1 -> n2 = up up2 r1
.
finish
