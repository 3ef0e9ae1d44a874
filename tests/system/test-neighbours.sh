#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Others that work on the same bridges, by the transactions of each, with frames:
# what they do goes through, what they have keeps working, and libvirt mode is
# what status says.  tests/neighbours.at has what becomes of flows and rows.
#
# The uplink is a veth into another network namespace, so it says in one more
# command that it is not a guest.
#
# tests/recorded has what netplan, ifupdown, Ansible and os-vif were seen to have
# ovs-vsctl do, and how; what the others do is from their sources.  Debian's
# NetworkManager comes without its plugin for Open vSwitch.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

in_force() {
    ctl status | grep -q "^bridge $1: mode libvirt, state installed, ok$"
}

is_missed() {
    ctl status | grep -q "$1' does not exist"
}

uplink_role() {
    vsctl set Interface up external_ids:virtnet-role=network
}

plug_guests() {
    plug "$1" g1 52:54:00:00:00:01
    plug "$1" g2 52:54:00:00:00:02
}

# Frames where bridge $1 is in libvirt mode and $2 is what holds there.
check_bridge() {
    wait_for 20 in_force "$1" || fail "$2: not in force: $(ctl status)"
    wait_installed
    expect_frames <<'.'
g1 -> g2 = g2
g1 -> unknown = up
up -> g1 = g1
up -> unknown = -
up -> bcast = g1 g2 host
g1 -> bcast src=52:54:00:00:00:02 = g2 host up
up -> g2 = g2
host -> g1 = g1
g2 -> host = host
.
    say "$2"
}

# replay PROGRAM STEP: does what PROGRAM was recorded to have ovs-vsctl do, with
# the names that devices have here.  Bridges are of the datapath at hand.
replay() {
    local datapath=datapath_type=$VIRTNET_DATAPATH line words

    while read -r line; do
        line=$(sed -E "s/\\beth0\\b/up/g; s/datapath_type=system/$datapath/
            s/(add-br br0)( --)?\$/\\1 -- set Bridge br0 $datapath/" <<< "$line")
        read -ra words <<< "$line"
        ovs-vsctl "${words[@]}" > /dev/null || fail "$1: ovs-vsctl $line"
    done < <(awk -v step="$2" '$1 == "step" { on = $2 == step; next }
                               on && !/^#/' "$TOP/tests/recorded/$1")
}

# The row of the device of a bridge made anew.
note_host() {
    sed -i '/^host /d' $S/ports
    add_host "$1" host
}

start_ovs
: > $S/ports
make_port up 52:54:00:00:ff:01
make_port g1 52:54:00:00:00:01
make_port g2 52:54:00:00:00:02
network net0 br0 libvirt
start_controller
wait_for 20 is_missed br0 || fail "br0 is not missed"

## NetworkManager: one insert for the bridge and its ports.

nm_insert() {
    local root port

    port='"external_ids":["map",[["NM.connection.uuid","p"]]],
          "other_config":["map",[]]'
    root=$(ovs-vsctl get Open_vSwitch . _uuid)
    ovsdb-client transact "unix:$OVS_RUNDIR/db.sock" "[\"Open_vSwitch\",
      {\"op\":\"wait\",\"table\":\"Open_vSwitch\",\"timeout\":0,
       \"columns\":[\"bridges\"],\"until\":\"==\",
       \"rows\":[{\"bridges\":[\"set\",[]]}],
       \"where\":[[\"_uuid\",\"==\",[\"uuid\",\"$root\"]]]},
      {\"op\":\"update\",\"table\":\"Open_vSwitch\",
       \"row\":{\"bridges\":[\"named-uuid\",\"rowBridge\"]},
       \"where\":[[\"_uuid\",\"==\",[\"uuid\",\"$root\"]]]},
      {\"op\":\"insert\",\"table\":\"Bridge\",\"uuid-name\":\"rowBridge\",
       \"row\":{\"name\":\"br0\",\"datapath_type\":\"$VIRTNET_DATAPATH\",
                \"fail_mode\":\"secure\",
                \"ports\":[\"set\",[[\"named-uuid\",\"rowPort\"],
                                    [\"named-uuid\",\"rowPort2\"]]],
                \"external_ids\":[\"map\",[[\"NM.connection.uuid\",\"b\"]]],
                \"other_config\":[\"map\",[]]}},
      {\"op\":\"insert\",\"table\":\"Port\",\"uuid-name\":\"rowPort\",
       \"row\":{\"name\":\"up\",$port,
                \"interfaces\":[\"named-uuid\",\"rowInterface\"]}},
      {\"op\":\"insert\",\"table\":\"Interface\",
       \"uuid-name\":\"rowInterface\",
       \"row\":{\"name\":\"up\",\"type\":\"system\",$port}},
      {\"op\":\"insert\",\"table\":\"Port\",\"uuid-name\":\"rowPort2\",
       \"row\":{\"name\":\"br0\",$port,
                \"interfaces\":[\"named-uuid\",\"rowInterface2\"]}},
      {\"op\":\"insert\",\"table\":\"Interface\",
       \"uuid-name\":\"rowInterface2\",
       \"row\":{\"name\":\"br0\",\"type\":\"internal\",$port}},
      {\"op\":\"mutate\",\"table\":\"Open_vSwitch\",
       \"mutations\":[[\"next_cfg\",\"+=\",1]],
       \"where\":[[\"_uuid\",\"==\",[\"uuid\",\"$root\"]]]}]" > $S/nm
    ! grep error $S/nm || fail "NetworkManager: $(cat $S/nm)"
}

nm_insert
uplink_role
note_host br0
plug_guests br0
check_bridge br0 "NetworkManager"
vsctl del-br br0
wait_for 20 is_missed br0 || fail "br0 is not missed"

## netplan: a command for each setting.

replay netplan br0
uplink_role
note_host br0
plug_guests br0
check_bridge br0 "netplan"
# A VLAN of netplan's is a fake bridge, with a port of the host's.
replay netplan br0.10
add_host br0.10 h10
wait_installed
expect_frames <<'.'
h10 -> unknown = up[10]
up -> h10 vlan=10 = h10
h10 -> bcast = up[10] g1[10] g2[10] host[10]
.
sed -i '/^h10 /d' $S/ports
[ "$(vsctl get Bridge br0 external_ids:netplan/protocols)" = '"OpenFlow10,OpenFlow15"' ] ||
    fail "netplan's keys are gone: $(vsctl get Bridge br0 external_ids)"
vsctl --if-exists del-br br0
wait_for 20 is_missed br0 || fail "br0 is not missed"

## ifupdown: with an address of the host's in a port of its own.

replay ifupdown ifup
uplink_role
note_host br0
plug_guests br0
wait_for 20 test -e /sys/class/net/mgmt || fail "no device mgmt"
ip link set dev mgmt up
echo "mgmt - mgmt" >> $S/ports
check_bridge br0 "ifupdown"
expect_frames <<'.'
mgmt -> unknown = up[5]
up -> mgmt vlan=5 = mgmt
mgmt -> bcast = up[5] g1[5] g2[5] host[5]
.
sed -i '/^mgmt /d' $S/ports
replay ifupdown ifdown
wait_for 20 is_missed br0 || fail "br0 is not missed"

## Ansible: whose guest a port is comes in pieces, in the Port row.

allow_log 'warning: g[12]: is a guest.s, by external_ids:(iface-id|vm-id)'
replay ansible bridge
uplink_role
note_host br0
replay ansible g1
replay ansible g2
vsctl remove Port g2 tag 10
check_bridge br0 "Ansible"
replay ansible again
vsctl set Port g2 tag=10
wait_for 20 in_force br0 || fail "not in force"
wait_installed
expect_frames <<'.'
g1 -> g2 = g2
g1 -> unknown = up[10]
up -> g1 vlan=10 = g1
up -> g1 = -
.
replay ansible absent
wait_for 20 is_missed br0 || fail "br0 is not missed"

## nova, by os-vif.

replay os-vif bridge
vsctl add-port br0 up
uplink_role
note_host br0
replay os-vif g1
replay os-vif g2
check_bridge br0 "os-vif"
ctl fdb br0 | grep -q '52:54:00:00:00:01 .* 22222222-2222-2222-2222-222222222222' ||
    fail "the guest has no name: $(ctl fdb br0)"
replay os-vif unplug
wait_installed
expect_frames <<'.'
g1 -> g2 = up
up -> g1 = g1
.
replay os-vif g2

## OpenNebula: flows for each card, beside ours.  They are in the way, which is
## said; what it asks for, that the guest cannot use another's address, holds.

one=$(vsctl get Interface g1 ofport)
vsctl set Port g1 tag=10
vsctl set Port g2 tag=10
allow_log '\|br0: (not in force|switch was changed by somebody else)'
ofctl add-flow br0 "table=0,in_port=$one,priority=100,actions=note:00.00.00.01.00.00,resubmit(,10)"
ofctl add-flow br0 "table=10,in_port=$one,priority=100,actions=resubmit(,20)"
ofctl add-flow br0 "table=20,in_port=$one,priority=100,actions=normal"
ofctl add-flow br0 "table=10,in_port=$one,dl_src=52:54:00:00:00:01,priority=45000,actions=resubmit(,20)"
ofctl add-flow br0 "table=10,in_port=$one,priority=40000,actions=drop"
not_in_force() {
    ctl status | grep -q "not in force: somebody else's flow .*in_port=$one"
}
wait_for 20 not_in_force || fail "nothing is said of OpenNebula's flows"
wait_installed
# Whichever of the two flows for the port of one priority is looked at first.
expect_frames <<'.'
up -> g1 vlan=10 = g1
up -> unknown vlan=10 = -
g2 -> g1 = g1
g2 -> unknown = up[10]
.
[ "$(foreign_flows br0 | grep -c "in_port=$one")" = 5 ] ||
    fail "OpenNebula's flows: $(foreign_flows br0)"
ofctl del-flows br0 "in_port=$one"
wait_for 20 in_force br0 || fail "not in force without OpenNebula's flows"
vsctl remove Port g1 tag 10 -- remove Port g2 tag 10
check_bridge br0 "OpenNebula"

## Neutron: the bridge of a physical network has an owner, and NORMAL goes on.

allow_log 'error: .*Neutron|has ports that libvirt mode'
vsctl add-br br-int -- set Bridge br-int datapath_type=$VIRTNET_DATAPATH
vsctl --may-exist add-port br-int int-br0 \
    -- set Interface int-br0 type=patch options:peer=phy-br0 \
    -- --may-exist add-port br0 phy-br0 \
    -- set Interface phy-br0 type=patch options:peer=int-br0
phy=$(vsctl get Interface phy-br0 ofport)
ofctl add-flows br0 - <<.
cookie=0xa1,table=0,priority=0,actions=NORMAL
cookie=0xa1,table=0,priority=2,in_port=$phy,actions=drop
.
is_neutrons() {
    ctl status | grep -q "^bridge br0: mode kernel, .*not ok$"
}
wait_for 20 is_neutrons || fail "br0 is not left to Neutron: $(ctl status)"
wait_installed
send_frames > /dev/null <<'.'
g1 -> bcast
g2 -> bcast
.
expect_frames <<'.'
g2 -> g1 = g1
g1 -> g2 = g2
up -> bcast = g1 g2 host
.
say "Neutron"
vsctl del-br br-int -- del-port phy-br0
ofctl del-flows br0 cookie=0xa1/-1
check_bridge br0 "Neutron has gone"
vsctl del-br br0
remove_network net0
wait_installed

## XCP-ng.

network xen xenbr0 libvirt
vsctl --timeout=30 -- --may-exist add-br xenbr0 \
    -- set bridge xenbr0 datapath_type=$VIRTNET_DATAPATH \
    other-config:hwaddr=aa:55:aa:55:00:01 external-ids:xs-network-uuids=u1
vsctl --timeout=30 -- --may-exist add-port xenbr0 up
uplink_role
note_host xenbr0
for g in 1 2; do
    vsctl --timeout=30 -- --if-exists del-port g$g \
        -- add-port xenbr0 g$g \
        -- set interface g$g \
        "external-ids:\"attached-mac\"=\"52:54:00:00:00:0$g\"" \
        'external-ids:"xs-network-uuid"="u1"' \
        "external-ids:\"xs-vif-uuid\"=\"v$g\"" \
        "external-ids:\"xs-vm-uuid\"=\"m$g\""
done
check_bridge xenbr0 "XCP-ng"

# A vif in locked mode, by the flows of xapi's setup-vif-rules.
vif=$(vsctl get Interface g1 ofport)
allow_log '\|xenbr0: (not in force|switch was changed by somebody else)'
ofctl add-flows xenbr0 - <<.
in_port=$vif,priority=7000,dl_src=52:54:00:00:00:01,arp,arp_sha=52:54:00:00:00:01,arp_spa=10.0.0.1,actions=normal
in_port=$vif,priority=5000,dl_src=52:54:00:00:00:01,ip,nw_src=10.0.0.1,actions=normal
in_port=$vif,priority=4000,actions=drop
.
not_in_force() {
    ctl status | grep -q "not in force: somebody else's flow"
}
wait_for 20 not_in_force || fail "nothing is said of xapi's flows"
wait_installed
expect_frames <<'.'
g1 -> g2 src=52:54:00:00:00:02 = -
g1 -> bcast src=52:54:00:00:00:02 = -
up -> g1 = g1
g2 -> g1 = g1
g2 -> unknown = up
.
say "XCP-ng's locked mode"
ofctl del-flows xenbr0 "in_port=$vif"
check_bridge xenbr0 "XCP-ng, unlocked"
finish
