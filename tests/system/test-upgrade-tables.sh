#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# An upgrade from version 0.1, which had its flows in tables that other programs
# use too: all of them move in one bundle, no frame is lost, and what the old
# flows tell of the past is remembered.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02 \
    -- set Interface g2 external_ids:virtnet-portgroup=trusted
add_guest br0 g3 52:54:00:00:00:03 tag=10
add_guest br0 g4 52:54:00:00:00:04 vlan_mode=native-untagged tag=10 trunk=10,20
add_guest br0 in 52:54:00:00:00:05 \
    -- set Interface in external_ids:iface-status=inactive
network net0 br0 libvirt - <<'.'
  <portgroup name='trusted' trustGuestRxFilters='yes'/>
.
start_controller
settle
expect_frames <<'.'
mac changed 52:54:00:0c:00:02
g2 -> bcast src=changed garp = g1 in host up
.
is_followed() {
    ctl fdb br0 | grep -q '52:54:00:0c:00:02 *g2 .*announced'
}
wait_for 5 is_followed || fail "no other address: $(ctl fdb br0)"
wait_installed

say "As version 0.1 would have left it."
stop_controller TERM
change_flows 's/(table=|goto_table:|resubmit\([^,]*,)20([0-9])/\1\2/g
    s/(table=|goto_table:|resubmit\([^,]*,)2([1-9][0-9])/\1\2/g'
[ "$(our_flows br0 | sed -n 's/.*table=\([0-9]*\),.*/\1/p' | sort -nu |
    xargs)" = "10 15 30 35 40 50" ]
expect_frames <<'.'
g1 -> g2 = g2
in -> g1 rarp = g1
g1 -> in = in
.
our_flows br0 | grep -q 'table=30,.*dl_dst=52:54:00:00:00:05' ||
    fail "the flow that was offered is not there"

start_probe p 1000 <<'.'
mac changed 52:54:00:0c:00:02
g1 -> g2 = g2
g1 -> changed = g2
g1 -> in = in
in -> bcast rarp = g1 g2 host up
g2 -> unknown = up
g3 -> g4 = g4
up -> g1 = g1
up -> unknown = -
up -> bcast = g1 g2 in host
.
sleep 0.5
take_over
grep -q 'table=30,' $S/before
our_flows br0 | grep -E 'table=[1-9][0-9]?,' && fail "flows are left over"
is_followed || fail "the address of g2 was forgotten: $(ctl fdb br0)"
ctl fdb br0 | grep -w in | grep -qw installed || fail "in has gone: $(ctl fdb br0)"

sleep 0.5
stop_probe p > $S/probe || fail "frames were lost: $(cat $S/probe)"
cat $S/probe
finish
