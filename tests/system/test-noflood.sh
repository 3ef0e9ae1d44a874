#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Flows of others that use NORMAL do not flood to guests, also where ours do
# without it, and reach the host and the network as ever.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
add_guest br0 own 52:54:00:00:00:03
add_guest br0 in 52:54:00:00:00:04 \
    -- set Interface in external_ids:iface-status=inactive
ovs-ofctl mod-port br0 own no-flood
network net0 br0 libvirt
start_controller
settle

# The daemon says that it can win over ours.
allow_log '\|mbridge_shortfalls\|WARN\|br0: not in force: '
stray() {
    ofctl add-flow br0 'cookie=0xf05,table=0,priority=300,actions=NORMAL'
    expect_frames <<'.'
up -> unknown = host
up -> bcast = host
g1 -> unknown = up host
g2 -> bcast = up host
host -> unknown2 = up
up -> g1 = g1
.
    ofctl del-flows br0 cookie=0xf05/-1
}

expect_noflood br0 "g1 g2 in own"
stray

say "A new guest."
add_guest br0 g5 52:54:00:00:00:05
settle
expect_noflood br0 "g1 g2 g5 in own"
stray

say "A restart of the controller changes nothing."
stop_controller KILL
start_counting
start_controller
settle
expect_frames <<'.'
g1 -> bcast = g2 g5 own in host up
.
expect_noflood br0 "g1 g2 g5 in own"
[ "$(count_changes)" = 0 ] || fail "sent: $(changes_received)"

say "A restart of the switch."
vsctl del-port own
allow_log '\|rconn\|WARN\|br0: connection dropped'
allow_log 'bridge\|ERR\|another ovs-vswitchd process is running'
stop_vswitchd
start_vswitchd
ip link set dev br0 up
settle
expect_noflood br0 "g1 g2 g5 in"

say "Without OpenFlow 1.0 it is said, and nothing waits for it."
# A connection of the controller's may just be under way.
allow_log '\|vconn\|WARN\|.*version negotiation failed'
allow_log '\|rconn\|WARN\|br0<->.*connection dropped .Protocol error'
vsctl set Bridge br0 protocols=OpenFlow13,OpenFlow15
settle
controller_diagnostics | grep -q 'note: br0: .*forbids OpenFlow 1.0' ||
    fail "nothing is said: $(controller_status)"
vsctl clear Bridge br0 protocols
settle
expect_noflood br0 "g1 g2 g5 in"

say "Flows of vswitchd's own, for a manager of the database, are said."
# Are they there, and does status tell?
has_hidden() {
    ovs-appctl bridge/dump-flows br0 | grep -q 'priority=180008' &&
        ctl status | grep -q 'not in force: a manager of the database'
}
has_no_hidden() {
    ! ovs-appctl bridge/dump-flows br0 | grep -q 'priority=18000' &&
        ! ctl status | grep -q 'not in force'
}
wait_for 10 has_no_hidden || fail "in-band control: $(ctl status)"
allow_log '\|in_band\|WARN\|br0: cannot find route'
allow_log '\|(stream_tcp|reconnect)\|(ERR|WARN)\|tcp:10.99.0.1:1: '
vsctl set-manager tcp:10.99.0.1:1
wait_for 10 has_hidden || fail "it is not said: $(ctl status)"
vsctl del-manager
wait_for 10 has_no_hidden || fail "it does not end: $(ctl status)"

say "In kernel mode it is taken back."
network net0 br0 kernel
settle
expect_noflood br0 ""

finish
