#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What the controller writes into the database: bridges that networks name, and
# VLANs of ports that name a portgroup.  Nothing else, and nothing twice.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
vsctl add-br theirs -- set Bridge theirs datapath_type=$VIRTNET_DATAPATH
make_port g1 52:54:00:00:00:01
make_port g2 52:54:00:00:00:02
make_port g3 52:54:00:00:00:03
make_port g4 52:54:00:00:00:04
start_controller
settle

# A bridge's socket goes with it.
allow_log '\|rconn\|WARN\|(made|br0)[^|]*: connection (failed|dropped)'

has_bridge() { vsctl br-exists "$1"; }
has_no_bridge() { ! vsctl br-exists "$1"; }

say "A bridge is made for its network, and goes with it if it is empty."
database_state > $S/before
isolated_network net0 made libvirt
wait_for 10 has_bridge made || fail "the bridge was not created"
settle
[ "$(vsctl get Bridge made datapath_type)" = $VIRTNET_DATAPATH ] ||
    fail "the bridge's datapath is $(vsctl get Bridge made datapath_type)"
[ "$(vsctl get Bridge made external_ids)" != '{}' ] ||
    fail "the bridge is not marked as ours"
add_host made host
expect_frames <<'.'
host -> unknown = -
.
remove_network net0
wait_for 10 has_no_bridge made || fail "the empty bridge was not removed"
settle
database_state | diff -u $S/before - || fail "something is left"

say "A bridge with somebody's port stays, and so does one that is not ours."
isolated_network net0 made libvirt
network net1 theirs libvirt
wait_for 10 has_bridge made
settle
plug made g1 52:54:00:00:00:01
remove_network net0
remove_network net1
settle
sleep 0.5
has_bridge made || fail "a bridge with a port was removed"
has_bridge theirs || fail "somebody else's bridge was removed"
[ -z "$(our_flows made)$(our_flows theirs)" ] || fail "flows are left"
unplug g1
# Whether it goes now or with the next network's end is not promised.
if vsctl br-exists made; then
    isolated_network net0 made libvirt
    settle
    remove_network net0
fi
wait_for 10 has_no_bridge made || fail "the bridge that became empty was kept"

say "A bridge that is ours is still ours after a restart."
isolated_network net0 made libvirt
wait_for 10 has_bridge made
settle
stop_controller KILL
remove_network net0
start_controller
wait_for 10 has_no_bridge made || fail "the bridge was forgotten"

say "Portgroups."
isolated_network net0 br0 libvirt - <<'.'
  <portgroup name='plain' default='yes'/>
  <portgroup name='access'>
    <vlan><tag id='42'/></vlan>
  </portgroup>
  <portgroup name='trunk'>
    <vlan trunk='yes'><tag id='42'/><tag id='47'/></vlan>
  </portgroup>
  <portgroup name='native'>
    <vlan trunk='yes'><tag id='42' nativeMode='untagged'/><tag id='47'/></vlan>
  </portgroup>
  <portgroup name='nativealone'>
    <vlan><tag id='42' nativeMode='untagged'/></vlan>
  </portgroup>
  <portgroup name='nativetagged'>
    <vlan trunk='yes'><tag id='42' nativeMode='tagged'/><tag id='47'/></vlan>
  </portgroup>
.
wait_for 10 has_bridge br0
settle
add_host br0 host
add_uplink br0 up 52:54:00:00:ff:01

# Puts device $2 into the network's portgroup $1 as a person would who has no
# libvirt; $3 is the guest's address.
plug_into() {
    vsctl add-port br0 "$2" -- set Interface "$2" \
        "external_ids:attached-mac=\"$3\"" "external_ids:virtnet-portgroup=$1"
}

# vlans_are PORT TAG TRUNKS MODE
vlans_are() {
    [ "$(vsctl get Port "$1" tag trunks vlan_mode | xargs)" = "$2 $3 $4" ]
}
expect_vlans() {
    wait_for 10 vlans_are "$@" ||
        fail "port $1: $(vsctl get Port "$1" tag trunks vlan_mode | xargs)"
}

plug_into access g1 52:54:00:00:00:01
expect_vlans g1 42 [] '[]'
plug_into trunk g2 52:54:00:00:00:02
expect_vlans g2 [] '[42, 47]' '[]'
plug_into native g3 52:54:00:00:00:03
expect_vlans g3 42 '[42, 47]' native-untagged
plug_into nativetagged g4 52:54:00:00:00:04
expect_vlans g4 42 '[42, 47]' native-tagged
make_port g5 52:54:00:00:00:05
plug_into nativealone g5 52:54:00:00:00:05
expect_vlans g5 42 [] native-untagged
settle
expect_frames <<'.'
g1 -> bcast = g2[42] g3 g4[42] g5 host[42] up[42]
up -> g5 vlan=7 = g5[7]
g1 -> g5 = g5
g1 -> g3 = g3
g1 -> g2 = g2[42]
g2 -> g1 vlan=42 = g1
up -> g3 vlan=47 = g3[47]
up -> g1 vlan=47 = -
g1 -> unknown = up[42]
.

say "The portgroup of a port, and the portgroup itself, change."
vsctl set Interface g1 external_ids:virtnet-portgroup=native
expect_vlans g1 42 '[42, 47]' native-untagged
vsctl set Interface g1 external_ids:virtnet-portgroup=plain
expect_vlans g1 [] [] '[]'
vsctl set Interface g1 external_ids:virtnet-portgroup=access
expect_vlans g1 42 [] '[]'
sed -i "/name='access'/,/portgroup>/s/42/43/" $NETWORKS/net0.xml
expect_vlans g1 43 [] '[]'
settle
expect_frames <<'.'
g1 -> bcast = g5[43] host[43] up[43]
up -> g1 vlan=43 = g1
up -> g1 vlan=42 = -
.

say "An unknown portgroup is reported, and changes nothing."
allow_log '\|WARN\|.*nosuch'
vsctl set Interface g1 external_ids:virtnet-portgroup=nosuch
settle
controller_diagnostics | grep -q nosuch || fail "not reported: $(ctl status)"
vsctl set Interface g1 external_ids:virtnet-portgroup=access
settle
! controller_diagnostics | grep nosuch || fail "still reported"

say "A port whose VLANs libvirt has set is left as it is."
unplug g4
plug br0 g4 52:54:00:00:00:04 vlan_mode=native-untagged tag=7 trunk=7,8 \
    -- set Interface g4 'external-ids:port-profile="access"'
settle
sleep 0.5
expect_vlans g4 7 '[7, 8]' native-untagged
unplug g4
plug br0 g4 52:54:00:00:00:04 tag=9
settle
sleep 0.5
expect_vlans g4 9 [] '[]'

say "When all is in place, nothing is written."
settle
database_state > $S/before
monitors=()
for table in Bridge:external_ids,ports,datapath_type \
             Port:tag,trunks,vlan_mode,external_ids Interface:external_ids; do
    ovsdb-client monitor unix:$OVS_RUNDIR/db.sock Open_vSwitch \
        "${table%:*}" "${table#*:}" > "$S/writes-${table%:*}" &
    monitors+=($!)
    wait_for 10 test -s "$S/writes-${table%:*}"
done
wc -l $S/writes-* > $S/writes
ctl reload
stop_controller
start_controller
settle
sleep 1
kill "${monitors[@]}"
wait "${monitors[@]}" || :
wc -l $S/writes-* | diff $S/writes - ||
    fail "written: $(tail -n 5 $S/writes-*)"
database_state | diff -u $S/before - || fail "the database has changed"

finish
