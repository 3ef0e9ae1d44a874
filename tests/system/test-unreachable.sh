#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The database or the switch goes away and comes back: the controller waits,
# says so once, and then carries on.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

log=$OVS_LOGDIR/virtnet-controller.log
allow_log 'reconnect|connection (attempt|dropped|closed|reset)|Connection refused|No such file'
allow_log 'another ovs-vswitchd process is running, disabling this process'
allow_log '\|(rconn|stream_unix|ovsdb_idl|jsonrpc|fatal_signal|ofp_util|vconn)'

lines() { wc -l < $log; }

# Fails if the controller has logged more than a few lines since line $1.
quiet_since() {
    local n=$(($(lines) - $1))

    [ $n -le 12 ] || fail "$n lines in the log: $(tail -n +"$1" $log)"
}

say "The controller is started before there is anything."
isolated_network net0 br0 libvirt
start_controller
wait_for 10 controller_is_up || fail "no answer without a database"
before=$(lines)
sleep 3
quiet_since "$before"

say "First the database comes, then the switch."
start_ovsdb
ovs-vsctl --no-wait init
sleep 1
ctl status > /dev/null || fail "no answer without a switch"
start_vswitchd
settle
add_host br0 host
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02 tag=10
add_guest br0 g3 52:54:00:00:00:03
settle

works() {
    expect_frames <<'.'
g1 -> g3 = g3
up -> g1 = g1
up -> unknown = -
g1 -> unknown = up
g2 -> unknown = up[10]
g1 -> bcast = g3 host up
.
}
works

say "The database goes and comes back: no flow is touched."
# ovs-vswitchd itself does nothing without the database's lock: it answers no
# OpenFlow, and a datapath in user space forwards nothing.  So there are no
# frames to be sent meanwhile.
start_counting
before=$(lines)
kill_daemon ovsdb-server KILL
sleep 3
ctl status > /dev/null || fail "no answer without a database"
quiet_since "$before"
start_ovsdb
settle
works
sleep 2
works
[ "$(count_changes)" = 0 ] || fail "it was told to the switch:
$(changes_received)"

say "Ports that change meanwhile."
stop_ovsdb
start_ovsdb
vsctl set Port g2 tag=20
settle
expect_frames <<'.'
up -> g2 vlan=20 = g2
up -> g2 vlan=10 = -
.
vsctl set Port g2 tag=10
settle
works

say "The switch goes and comes back: its flows do too."
forget_foreign br0
before=$(lines)
kill_daemon ovs-vswitchd KILL
sleep 3
ctl status > /dev/null || fail "no answer without a switch"
quiet_since "$before"
start_vswitchd
ip link set dev br0 up
settle
works
before=$(lines)
stop_vswitchd
start_vswitchd
ip link set dev br0 up
settle
works
quiet_since "$before"

say "A bridge is deleted and made again."
vsctl del-br br0 -- add-br br0 -- set Bridge br0 datapath_type=$VIRTNET_DATAPATH
ip link set dev br0 up
plug_uplink br0 up
plug br0 g1 52:54:00:00:00:01
plug br0 g2 52:54:00:00:00:02 tag=10
plug br0 g3 52:54:00:00:00:03
settle
works

say "Flows are deleted behind the controller's back."
# They come back at once; or, if the switch ends before that, with it.
allow_log 'br0: switch was changed by somebody else: deleted flow'
ofctl del-flows br0
stop_vswitchd
start_vswitchd
ip link set dev br0 up
settle
works

say "All at once."
kill_daemon ovs-vswitchd KILL
kill_daemon ovsdb-server KILL
start_ovsdb
start_vswitchd
ip link set dev br0 up
settle
works

finish
