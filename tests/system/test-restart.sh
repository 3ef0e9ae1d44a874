#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The controller may go at any time: its flows stay.  When it comes back and
# nothing has changed, it tells the switch nothing; what has changed meanwhile
# it catches up with.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
add_guest br0 g3 52:54:00:00:00:03 tag=10
add_guest br0 g4 52:54:00:00:00:04 vlan_mode=native-untagged tag=10 trunk=10,20
network net0 br0 libvirt
start_counting
start_controller
settle
n=$(count_changes)
say "Messages to set up the bridge: $n"
[ "$n" -gt 0 ] || fail "messages are not counted"
expect_frames <<'.'
set untagged g1 g2 host up
g1 -> bcast = @untagged
g1 -> unknown = up
g3 -> g4 = g4
.

# Nothing of what is in the switch may depend on a controller being there.
still_works() {
    expect_frames <<'.'
set untagged g1 g2 host up
g1 -> g2 = g2
up -> g1 = g1
up -> unknown = -
g1 -> unknown = up
g1 -> bcast = @untagged
g3 -> bcast = g4 g1[10] g2[10] host[10] up[10]
up -> g4 vlan=20 = g4[20]
.
}

our_flows br0 > $S/flows
our_groups br0 > $S/groups
same_flows() {
    our_flows br0 | diff -u $S/flows - || fail "flows have changed: $1"
    our_groups br0 | diff -u $S/groups - || fail "groups have changed: $1"
}

start_probe p 500 <<'.'
g1 -> g2 = g2
up -> g1 = g1
g3 -> g4 = g4
g1 -> unknown = up
up -> unknown = -
.
for how in TERM KILL KILL; do
    start_counting
    stop_controller $how
    sleep 0.3
    same_flows "after SIG$how"
    still_works
    start_controller
    settle
    same_flows "restarted after SIG$how"
    [ "$(count_changes)" = 0 ] || fail "a restart after SIG$how sent:
$(changes_received)"
    still_works
done

start_counting
ctl exit
wait_for 20 is_gone "$(cat $OVS_RUNDIR/virtnet-controller.pid)" ||
    fail "the controller does not exit"
rm -f $OVS_RUNDIR/virtnet-controller.pid
same_flows "after exit"
start_controller
settle
ctl reload
touch $NETWORKS/net0.xml
settle
sed -i 's/<network>/<network><!-- Nothing new. -->/' $NETWORKS/net0.xml
settle
[ "$(count_changes)" = 0 ] || fail "a reload with nothing changed sent:
$(changes_received)"
stop_probe p > $S/probe || fail "loss in the meantime: $(cat $S/probe)"
cat $S/probe

say "What changes while it is away is caught up with."
stop_controller KILL
unplug g2
vsctl set Port g3 tag=20
add_guest br0 g5 52:54:00:00:00:05
start_controller
settle
expect_frames <<'.'
g1 -> g5 = g5
up -> g2 = -
g1 -> g2 = up
g3 -> g4 = g4[20]
g1 -> bcast = g5 host up
.
stop_controller KILL
network net0 br0 kernel
start_controller
settle
[ -z "$(our_flows br0)" ] || fail "flows are left in kernel mode"
expect_frames <<'.'
up -> unknown = g1 g5 host
.
network net0 br0 libvirt
settle
stop_controller
remove_network net0
start_controller
settle
[ -z "$(our_flows br0)" ] || fail "flows are left without a network"

finish
