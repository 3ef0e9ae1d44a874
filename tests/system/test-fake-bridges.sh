#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Networks that name fake bridges ("ovs-vsctl add-br br0.10 br0 10"): each is
# about the ports of one VLAN, as ovs-vsctl has them, in a mode of its own.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

fake() {
    vsctl add-br "br0.$1" br0 "$1"
    add_host "br0.$1" "h$1"
}

# What is learned was forgotten with the change of mode, and a flow of the
# datapath learns only when it is looked at again.
settle_anew() {
    settle
    forget_datapath_flows
}

start_ovs
add_bridge br0
add_uplink br0 up 52:54:00:00:ff:01
fake 10
fake 20
add_guest br0 a1 52:54:00:00:00:01 trunks=0
add_guest br0 a2 52:54:00:00:00:02 trunks=0
add_guest br0.10 b1 52:54:00:00:10:01
add_guest br0.10 b2 52:54:00:00:10:02
add_guest br0.20 c1 52:54:00:00:20:01
add_guest br0.20 c2 52:54:00:00:20:02

say "Without the daemon: NORMAL, by VLAN."
expect_frames <<'.'
a1 -> unknown = a2 host up
b1 -> unknown = b2 h10 host[10] up[10]
c1 -> unknown = c2 h20 host[20] up[20]
up -> unknown vlan=10 = b1 b2 h10 host[10]
b1 -> bcast = b2 h10 host[10] up[10]
b1 -> c1 = b2 h10 host[10] up[10]
.

say "One fake bridge in libvirt mode: all else is the network side."
network n10 br0.10 libvirt - <<'.'
  <metadata>
    <vn:network xmlns:vn='urn:ovs-virtnet:1'>
      <vn:portgroup name='apart' isolated='yes'/>
    </vn:network>
  </metadata>
  <portgroup name='apart'/>
.
start_controller
settle_anew
exact10() {
    expect_frames <<'.'
b1 -> unknown = up[10]
b1 -> b2 = b2
b2 -> bcast = b1 h10 host[10] up[10]
h10 -> b1 = b1
b1 -> h10 = h10
up -> unknown vlan=10 = -
up -> b1 vlan=10 = b1
# What is another's is not to be had.
b2 -> unknown src=b1 = up[10]
up -> b1 vlan=10 = b1
b1 -> c1 = up[10]
.
}
exact10
expect_frames <<'.'
a1 -> unknown = a2 up
c1 -> unknown = c2 up[20]
c2 -> bcast = c1 h20 host[20] up[20]
c1 -> h20 = h20
up -> unknown vlan=20 = c1 c2
up -> unknown = a1 a2
# They learn, and forget, as in kernel mode.
c2 -> bcast src=52:54:00:0b:00:01 = c1 h20 host[20] up[20]
wait
up -> 52:54:00:0b:00:01 vlan=20 = c2
.
ctl status | grep "'br0.10' is a fake bridge" > /dev/null

say "A portgroup of it."
add_guest br0.10 b3 52:54:00:00:10:03 -- set Interface b3 external_ids:virtnet-portgroup=apart
add_guest br0.10 b4 52:54:00:00:10:04 -- set Interface b4 external_ids:virtnet-portgroup=apart
settle
expect_frames <<'.'
b3 -> b4 = -
b3 -> b1 = b1
b3 -> bcast = b1 b2 h10 host[10] up[10]
.
unplug b3
unplug b4

say "The bridge in libvirt mode, too, and another fake bridge in kernel mode."
network n0 br0 libvirt - <<'.'
  <metadata>
    <vn:network xmlns:vn='urn:ovs-virtnet:1' awaitVlan='yes'/>
  </metadata>
.
network n20 br0.20 kernel
settle_anew
exact10
expect_frames <<'.'
a1 -> unknown = up
a1 -> a2 = a2
a2 -> bcast = a1 host up
up -> unknown = -
c1 -> unknown = c2 up[20]
c2 -> bcast = c1 h20 host[20] up[20]
up -> unknown vlan=20 = c1 c2
.

say "Isolated guests of that, with all in kernel mode first, and by NORMAL."
network n20 br0.20 kernel - <<'.'
  <metadata>
    <vn:network xmlns:vn='urn:ovs-virtnet:1'>
      <vn:portgroup name='apart' isolated='yes' guards='mac'/>
    </vn:network>
  </metadata>
  <portgroup name='apart'/>
.
apart=external_ids:virtnet-portgroup=apart
add_guest br0.20 c3 52:54:00:00:20:03 -- set Interface c3 $apart
add_guest br0.20 c4 52:54:00:00:20:04 -- set Interface c4 $apart
cat > $S/apart <<'.'
c3 -> bcast = c1 c2 h20 host[20] up[20]
c4 -> bcast = c1 c2 h20 host[20] up[20]
c1 -> bcast = c2 c3 c4 h20 host[20] up[20]
up -> bcast vlan=20 = c1 c2 c3 c4 h20 host[20]
wait
c3 -> c4 = -
c4 -> c3 = -
c3 -> c1 = c1
c1 -> c3 = c3
c4 -> up = up[20]
up -> c4 vlan=20 = c4
.
allow_log '\|WARN\|.*(not guarded|guards: is carried out in libvirt mode only|mcast_snooping)'
cp $NETWORKS/n0.xml $S/n0.xml
network n0 br0 kernel
cp $NETWORKS/n10.xml $S/n10.xml
network n10 br0.10 kernel
settle_anew
expect_frames < $S/apart
cp $S/n0.xml $S/n10.xml $NETWORKS
settle_anew
expect_frames < $S/apart
exact10
# Of the ports that are read first it is not known yet which are fake bridges.
allow_log 'c[34]: no network of this bridge has a portgroup'
[ "$(controller_diagnostics | grep -c 'c[34]: is in kernel mode.*not guarded')" = 2 ] ||
    fail "not said: $(controller_diagnostics)"
expect_quiet_restart
vsctl set Bridge br0 mcast_snooping_enable=true
settle_anew
expect_frames < $S/apart
vsctl set Bridge br0 mcast_snooping_enable=false
vsctl remove Interface c3 external_ids virtnet-portgroup
settle_anew
expect_frames <<'.'
c3 -> bcast = c1 c2 c4 h20 host[20] up[20]
.
[ "$(vsctl get Port c3 protected)" = false ] || fail "c3 is protected still"
unplug c3
unplug c4
network n20 br0.20 kernel
settle_anew

say "A guest that gets its VLAN after it was plugged is in none until then."
add_guest br0 w1 52:54:00:00:00:04
settle
expect_frames <<'.'
up -> w1 = -
up -> w1 vlan=10 = -
up -> bcast vlan=20 = c1 c2 h20 host[20]
w1 -> bcast = -
w1 -> a1 = -
.
vsctl set Port w1 tag=30
settle
expect_frames <<'.'
up -> w1 vlan=30 = w1
w1 -> bcast = host[30] up[30]
.
unplug w1

say "All of them."
network n20 br0.20 libvirt
settle
exact10
expect_frames <<'.'
c1 -> unknown = up[20]
c1 -> c2 = c2
up -> unknown vlan=20 = -
c1 -> b1 = up[20]
.

say "A fake bridge goes, with its ports, and comes again."
vsctl del-br br0.10
wait_for 10 eval 'ctl status | grep "br0.10. does not exist"' > /dev/null ||
    fail "that br0.10 is gone is not said"
expect_frames <<'.'
a1 -> unknown = up
c1 -> c2 = c2
.
vsctl add-br br0.10 br0 10
wait_for 20 test -e /sys/class/net/br0.10
ip link set dev br0.10 up
plug br0.10 b1 52:54:00:00:10:01
plug br0.10 b2 52:54:00:00:10:02
settle
exact10

finish
