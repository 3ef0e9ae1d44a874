#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The controller as a user of its own, who may do nothing but connect to the
# database and to the bridges.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
network net0 br0 libvirt

# The two kinds of sockets are its group's.  Connecting takes the right to write.
let_in() {
    chgrp nogroup "$@"
    chmod g+rw "$@"
}
let_in $OVS_RUNDIR/db.sock $OVS_RUNDIR/br0.mgmt
chmod 755 $S $S/networks
chmod 644 $NETWORKS/*.xml
chgrp nogroup $OVS_RUNDIR $OVS_LOGDIR
chmod 770 $OVS_RUNDIR $OVS_LOGDIR

start_controller --user=nobody:nogroup
settle
status=/proc/$(cat $OVS_RUNDIR/virtnet-controller.pid)/status
say "$(grep -E '^(Uid|Gid|CapEff)' "$status")"
uid=$(id -u nobody)
gid=$(getent group nogroup | cut -d: -f3)
grep -qE "^Uid:	$uid	$uid	$uid	$uid" "$status" || fail "not the user"
grep -qE "^Gid:	$gid	$gid	$gid	$gid" "$status" || fail "not the group"
# What --user of all of Open vSwitch's daemons keeps: CAP_NET_BIND_SERVICE and
# CAP_IPC_LOCK.
grep -qE '^CapEff:	0+4400$' "$status" || fail "it can do more than it needs"

expect_frames <<'.'
g1 -> g2 = g2
g1 -> unknown = -
.
# It writes to the database, too.
network net0 br0 libvirt - <<'.'
<portgroup name='blue'><vlan><tag id='7'/></vlan></portgroup>
.
chmod 644 $NETWORKS/*.xml
# A portgroup that is not there yet would be one to warn of.
settle
vsctl set Interface g2 external_ids:virtnet-portgroup=blue
settle
[ "$(vsctl get Port g2 tag)" = 7 ] || fail "no VLAN in the database"
expect_frames <<'.'
g1 -> g2 = -
.

# What it may not connect to, it says, and goes on with the rest.
add_bridge br1 host1
add_guest br1 g3 52:54:00:00:00:03
network net1 br1 libvirt
chmod 644 $NETWORKS/*.xml
wait_for 20 eval "ctl status | grep -q 'bridge br1: .*Permission denied'" ||
    fail "$(ctl status)"
expect_frames <<'.'
g1 -> g2 = -
g1 -> unknown = -
.
let_in $OVS_RUNDIR/br1.mgmt
settle
allow_log 'rconn\|WARN\|br1: connection failed \(Permission denied\)'
finish
