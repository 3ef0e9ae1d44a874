#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Static entries in a bridge's table of addresses, by "ovs-appctl fdb/add", lead
# where they lead in kernel mode: behind a guest, the host and network ports,
# whatever serves these.
#
# The oracle is Open vSwitch itself, in kernel mode.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 u1 52:54:00:00:ff:01
add_uplink br0 u2 52:54:00:00:ff:02
add_guest br0 g1 52:54:00:00:00:01 tag=10
add_guest br0 g2 52:54:00:00:00:02 tag=10
add_guest br0 t1 52:54:00:00:00:03 trunk=10,20
network net0 br0 kernel
start_controller
settle

fdb() {
    ovs-appctl "fdb/$1" br0 "${@:2}" > /dev/null || fail "fdb/$1 $*"
    ctl reload
}

fdb add g1 10 52:54:00:0a:00:01
fdb add u2 10 52:54:00:0a:00:02
fdb add br0 10 52:54:00:0a:00:03
fdb add t1 20 52:54:00:0a:00:04
fdb add g2 10 52:54:00:0a:00:05
fdb add u1 10 52:54:00:0a:00:05
cat > $S/macs <<'.'
mac x1 52:54:00:0a:00:01
mac x2 52:54:00:0a:00:02
mac x3 52:54:00:0a:00:03
mac x4 52:54:00:0a:00:04
mac x5 52:54:00:0a:00:05
.
# What is forged moves nothing: that of x2 from u1 first.
cat $S/macs - > $S/several <<'.'
u1 -> bcast vlan=10 src=x2 = g1 g2 t1[10] u2[10] host[10]
g2 -> bcast src=x1 = g1 t1[10] u1[10] u2[10] host[10]
wait
g2 -> x1 = g1
u1 -> x1 vlan=10 = g1
g2 -> x2 = u2[10]
u1 -> x2 vlan=10 = u2[10]
g2 -> x3 = host[10]
u1 -> x3 vlan=10 = host[10]
u1 -> x4 vlan=20 = t1[20]
g2 -> x5 = u1[10]
u2 -> x5 vlan=10 = u1[10]
u1 -> x5 vlan=10 = -
.

say "Kernel mode, two network ports."
expect_frames < $S/several

say "Libvirt mode, by flows."
network net0 br0 libvirt
settle
expect_frames < $S/several
# In another VLAN the address is nobody's.
cat $S/macs - > $S/elsewhere <<'.'
u1 -> x4 vlan=10 = u2[10]
u1 -> x1 vlan=20 = u2[20]
u1 -> x2 vlan=20 = u2[20]
.
expect_frames < $S/elsewhere
[ -z "$(controller_diagnostics)" ] || fail "$(controller_diagnostics)"
expect_quiet_restart
expect_frames < $S/several

say "By NORMAL, beside multicast snooping."
vsctl set Bridge br0 mcast_snooping_enable=true
settle
expect_frames < $S/several
vsctl set Bridge br0 mcast_snooping_enable=false
settle

say "A VLAN in which nothing has an address: the entry is nothing there, either."
vsctl set Bridge br0 flood_vlans=10
settle
cat $S/macs - > $S/flooded <<'.'
u1 -> x2 vlan=10 = g1 g2 t1[10] u2[10] host[10]
u1 -> x1 vlan=10 = g1 g2 t1[10] u2[10] host[10]
.
expect_frames < $S/flooded
network net0 br0 kernel
settle
expect_frames < $S/flooded
network net0 br0 libvirt
vsctl clear Bridge br0 flood_vlans
settle

say "An entry goes, and another moves."
fdb del 10 52:54:00:0a:00:01
fdb add u1 10 52:54:00:0a:00:02
sends() {
    cat $S/macs - | send_frames | grep -qxF "$1"
}
moved() {
    sends 'g2 -> x1 = u1[10] u2[10]' <<< 'g2 -> x1' &&
        sends 'g2 -> x2 = u1[10]' <<< 'g2 -> x2'
}
wait_for 10 moved || fail "the entry is where it was"
settle

say "One network port."
unplug u2
fdb add g1 10 52:54:00:0a:00:01
has_flow() {
    ofctl dump-flows br0 | grep -q "table=230.*dl_vlan=10,dl_dst=$1"
}
wait_for 10 has_flow 52:54:00:0a:00:01 || fail "no flow"
settle
cat $S/macs - > $S/one <<'.'
g2 -> x1 = g1
u1 -> x1 vlan=10 = g1
g2 -> x3 = host[10]
u1 -> x3 vlan=10 = host[10]
u1 -> x4 vlan=20 = t1[20]
g2 -> x5 = u1[10]
u1 -> x5 vlan=10 = -
.
expect_frames < $S/one

say "A bond, which NORMAL serves."
make_port b1 52:54:00:00:ff:11
make_port b2 52:54:00:00:ff:12
unplug u1
vsctl add-bond br0 bond0 b1 b2 bond_mode=active-backup \
    -- set Interface b1 external_ids:virtnet-role=network \
    -- set Interface b2 external_ids:virtnet-role=network
settle
cat $S/macs - > $S/bond <<'.'
g2 -> x1 = g1
g2 -> x3 = host[10]
.
expect_frames < $S/bond

say "What a guest is configured with goes before; nothing comes of a VLAN that a"
say "port is not in, which is said."
fdb add g1 10 52:54:00:00:00:02
fdb add g1 30 52:54:00:0a:00:06
is_said() {
    controller_diagnostics | grep -qF "$1"
}
wait_for 10 is_said 'static entry (fdb/add) for 52:54:00:0a:00:06 in VLAN 30' ||
    fail "not said: $(controller_diagnostics)"
allow_log 'MAC conflict|static entry \(fdb/add\) for'
settle
expect_frames <<'.'
t1 -> g2 vlan=10 = g2
.
[ "$(controller_diagnostics | wc -l)" = 1 ] || fail "$(controller_diagnostics)"

say "A port moves to another bridge, and leaves the entry."
fdb add t1 10 52:54:00:0a:00:07
wait_for 10 has_flow 52:54:00:0a:00:07 || fail "no flow"
add_bridge br1 host1
network net1 br1 libvirt
vsctl del-port t1 -- add-port br1 t1 trunk=10,20 \
    -- set Interface t1 'external-ids:attached-mac="52:54:00:00:00:03"'
settle
! ctl fdb | grep 52:54:00:0a:00:07 || fail "the entry has moved, too"
expect_frames <<'.'
host1 -> t1 vlan=10 = t1[10]
host1 -> 52:54:00:0a:00:07 vlan=10 = -
.

say "A restart of ovs-vswitchd forgets them."
forget_foreign br0
allow_log '\|bridge\|ERR\|another ovs-vswitchd process is running'
stop_vswitchd
start_vswitchd
wait_for 20 test -e /sys/class/net/br1
ip link set dev br0 up
ip link set dev br1 up
forgotten() {
    ! ctl fdb | grep -q fdb/add
}
wait_for 20 forgotten || fail "they are still known: $(ctl fdb)"
settle

finish
