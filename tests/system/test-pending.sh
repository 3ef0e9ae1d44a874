#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A guest that is plugged before it is here, as for a migration, is sent nothing
# by its address until it sends its first frame.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller
allow_log 'mbridge\|WARN\|.*MAC conflict'

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 in 52:54:00:00:00:02 \
    -- set Interface in external_ids:iface-status=inactive
network net0 br0 libvirt
start_controller
settle

fdb_line() {
    ctl fdb br0 | grep -w "$1" || :
}

say "Held back, its address is the network's."
say "$(fdb_line in)"
grep -q 'pending.*(held back' <<< "$(fdb_line in)" ||
    fail "it is not shown as pending"
expect_frames <<'.'
g1 -> in = up
up -> in = -
host -> in = up
g1 -> bcast = in host up
.
grep -q 'pending' <<< "$(fdb_line in)" ||
    fail "what it was sent has made it arrive"

say "Its first frame."
expect_frames <<'.'
in -> bcast rarp = g1 host up
.
arrived() {
    grep -qw installed <<< "$(fdb_line in)"
}
wait_for 5 arrived || fail "its first frame has not made it arrive"
expect_frames <<'.'
g1 -> in = in
up -> in = in
host -> in = in
in -> g1 = g1
in -> unknown = up
.
expect_frames <<'.'
in -> g1 = g1
in -> bcast = g1 host up
.

say "It is still here after a restart of the controller."
before=$(ctl fdb br0)
stop_controller KILL
start_controller
settle
diff -u <(say "$before") <(ctl fdb br0) || fail "another table after a restart"
expect_frames <<'.'
g1 -> in = in
.

say "Held back again, it arrives with what is not an announcement, too."
vsctl set Interface in external_ids:iface-status=active
settle
vsctl set Interface in external_ids:iface-status=inactive
settle
expect_frames <<'.'
g1 -> in = up
in -> g1 = -
.
wait_for 5 arrived || fail "its first frame has not made it arrive"
expect_frames <<'.'
g1 -> in = in
.

# What is sent to a guest once it has announced itself must arrive, however busy
# the controller is: the switch itself puts in what it was offered.  It does so
# with a port's first frame for ten seconds or more, for which no flow is left in
# the datapath.
#
# hold_back [RECEIVER]
hold_back() {
    vsctl set Interface in external_ids:iface-status=active
    settle
    vsctl set Interface in external_ids:iface-status=inactive
    settle
    expect_frames <<.
g1 -> in = ${1-up}
.
    forget_datapath_flows
}
announced() {
    expect_frames <<'.'
in -> bcast rarp = g1 host up
wait
g1 -> in = in
up -> in = in
host -> in = in
.
}

say "The controller is busy when it arrives."
hold_back
kill -STOP "$(cat $OVS_RUNDIR/virtnet-controller.pid)"
announced
kill -CONT "$(cat $OVS_RUNDIR/virtnet-controller.pid)"
wait_for 5 arrived || fail "its first frame has not made it arrive"
check_laws

say "The controller is not there when it arrives, in a VLAN."
vsctl set Port g1 tag=10 -- set Port in tag=10
hold_back 'up[10]'
stop_controller KILL
expect_frames <<'.'
in -> bcast rarp = g1 host[10] up[10]
wait
g1 -> in = in
up -> in vlan=10 = in
up -> in = -
.
start_controller
settle
arrived || fail "that it has arrived is forgotten"
expect_frames <<'.'
g1 -> in = in
in -> g1 = g1
.
check_laws
vsctl clear Port g1 tag -- clear Port in tag
settle

say "A held-back clone of a guest that is here takes nothing."
add_guest br0 clone 52:54:00:00:00:01 \
    -- set Interface clone external_ids:iface-status=inactive
settle
kill -STOP "$(cat $OVS_RUNDIR/virtnet-controller.pid)"
expect_frames <<'.'
mac one 52:54:00:00:00:01
up -> one = g1
clone -> bcast rarp = g1 in host up
wait
up -> one = g1
in -> one = g1
.
kill -CONT "$(cat $OVS_RUNDIR/virtnet-controller.pid)"
wait_for 5 grep -q 'conflict.*(g1 has it)' <(fdb_line clone) || :
settle
expect_frames <<'.'
mac one 52:54:00:00:00:01
up -> one = g1
clone -> up = -
.
say "$(ctl fdb br0)"
unplug g1
settle
expect_frames <<'.'
mac one 52:54:00:00:00:01
up -> one = clone
clone -> up = up
.
finish
