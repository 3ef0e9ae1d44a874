#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Two ports that claim one address: one has it, the other is shown with the
# reason and gets nothing that is sent to it, until the first lets go.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller
allow_log 'mbridge\|WARN\|.*MAC conflict'

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
# A guest whose name comes before the bridge's, with the host's address.
vsctl set Bridge br0 'other_config:hwaddr="52:54:00:00:00:aa"'
add_guest br0 aaa 52:54:00:00:00:99
vsctl set Interface aaa 'external_ids:attached-mac="52:54:00:00:00:aa"'
# The clone's name comes first in the alphabet, but the other was there before.
network net0 br0 libvirt
start_controller
settle
add_guest br0 clone 52:54:00:00:00:02
settle

# Prints the line of the controller's MAC table for port $1.
fdb_line() {
    ctl fdb br0 | grep -w "$1" || :
}

say "The host has its own address from the start."
expect_frames <<'.'
up -> host = host
aaa -> bcast = -
.
unplug aaa
settle
say "$(ctl fdb br0)"
[ -n "$(fdb_line g2)" ] && [ -n "$(fdb_line clone)" ] ||
    fail "one of the two is not shown"
grep -q g2 <<< "$(fdb_line clone)" ||
    fail "the clone's line does not say who has the address"
expect_frames <<'.'
mac two 52:54:00:00:00:02
g1 -> two = g2
up -> two = g2
host -> two = g2
# The clone may say that it is there and nothing else, and changes nothing.
clone -> bcast = -
clone -> g1 = -
clone -> unknown = -
clone -> bcast rarp = g1 g2 host up
clone -> bcast garp = g1 g2 host up
g1 -> two = g2
up -> two = g2
g1 -> bcast = g2 clone host up
.

say "A restarted controller says the same."
before=$(ctl fdb br0)
stop_controller KILL
start_controller
settle
ctl fdb br0 > $S/fdb
expect_frames <<'.'
mac two 52:54:00:00:00:02
g1 -> two = g2
up -> two = g2
.
diff -u <(say "$before") $S/fdb || fail "another owner after a restart"

say "The owner goes; the other one takes over."
unplug g2
settle
say "$(ctl fdb br0)"
expect_frames <<'.'
mac two 52:54:00:00:00:02
g1 -> two = clone
up -> two = clone
.
plug br0 g2 52:54:00:00:00:02
settle
expect_frames <<'.'
mac two 52:54:00:00:00:02
g1 -> two = clone
up -> two = clone
.

say "In different VLANs there is no conflict."
vsctl set Port clone tag=10 -- set Port g2 tag=20 -- set Port g1 tag=10
settle
expect_frames <<'.'
mac two 52:54:00:00:00:02
g1 -> two = clone
up -> two vlan=10 = clone
up -> two vlan=20 = g2
.

say "A guest cannot have the host's address."
host=$(cat /sys/class/net/br0/address)
vsctl set Bridge br0 "other_config:hwaddr=\"$host\""
add_guest br0 thief 52:54:00:00:00:77
vsctl set Interface thief "external_ids:attached-mac=\"$host\""
settle
say "$(ctl fdb br0)"
expect_frames <<.
thief -> bcast = -
up -> $host = host
thief -> $host = -
.

finish
