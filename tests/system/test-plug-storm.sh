#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Takes long
#
# Guests are plugged while 2,000 frames a second are on their way, none of which
# is for them: to unknown addresses, in other VLANs, from guests that they are
# isolated from.  From the first moment on they get none, and what they send in
# VLANs that are not theirs arrives nowhere.  Their VLANs are their portgroup's,
# which the database has only when it has taken the daemon's write.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/storm.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
plant_foreign br0
make_port u1 52:54:00:00:ff:01
make_port u2 52:54:00:00:ff:02
make_port u3 52:54:00:00:ff:03
plug_uplink br0 u1
add_guest br0 i1 52:54:00:00:00:01 -- set Interface i1 \
    external_ids:virtnet-portgroup=apart
add_guest br0 g1 52:54:00:00:00:02 tag=30
make_storm
network net0 br0 libvirt - <<'.'
  <metadata>
    <vn:network xmlns:vn='urn:ovs-virtnet:1'>
      <vn:portgroup name='apart' isolated='yes'/>
    </vn:network>
  </metadata>
  <portgroup name='apart'><vlan><tag id='20'/></vlan></portgroup>
.
start_controller
settle

streams() {
    cat <<'.'
u1 -> unknown vlan=30 = -
u1 -> bcast vlan=30 = -
g1 -> unknown = -
g1 -> bcast = -
i1 -> unknown2 = -
i1 -> bcast = -
n1 -> g1 vlan=30 = -
n2 -> bcast vlan=30 = -
.
}

# The database takes nothing for a while after the plug.
plug_and_stop() {
    local pid

    pid=$(cat "$OVS_RUNDIR/ovsdb-server.pid")
    ovs-vsctl --no-wait add-port br0 "$1" \
        -- set Interface "$1" "external_ids:attached-mac=\"$2\"" \
        external_ids:virtnet-portgroup=apart
    kill -STOP "$pid"
    sleep 0.1
    kill -CONT "$pid"
}

# As nova, Ansible and others do: whose guest it is, before what its address and
# its VLANs are.
plug_late() {
    vsctl add-port br0 "$1" -- set Interface "$1" external_ids:iface-id="$1"
    vsctl set Interface "$1" external_ids:virtnet-portgroup=apart
    vsctl set Interface "$1" "external_ids:attached-mac=\"$2\""
}

storm one u1 plug_apart
storm slow u1 plug_and_stop
allow_log 'warning: n[0-9]*: is a guest.s, by external_ids:iface-id'
storm late u1 plug_late

# With several uplinks, flows of ours serve the network side, and name them.
plug_uplink br0 u2
settle
storm two "u1 u2" plug_apart
storm two-slow "u1 u2" plug_and_stop
vsctl set Port u1 protected=true -- set Port u2 protected=true
settle
storm two-apart "u1 u2" plug_apart

# With a bond flows send what is for groups, by the active member, or with LACP by
# any that is up, and NORMAL what it is taught to be behind the bond.
vsctl del-port u1 -- del-port u2 -- add-bond br0 bond0 u1 u2 \
    bond_mode=active-backup
settle
storm bond "u1 u2" plug_apart
storm bond-slow "u1 u2" plug_and_stop
# One of several ports it is, too, to unknown addresses as well.
plug_uplink br0 u3
settle
storm bond-beside "u1 u2 u3" plug_apart
storm bond-beside-slow "u1 u2 u3" plug_and_stop
vsctl del-port u3
settle
# Of these NORMAL learns nothing.
vsctl set Bridge br0 flood_vlans=20,30
settle
storm bond-flood "u1 u2" plug_apart '/^i1/d'
vsctl clear Bridge br0 flood_vlans
settle

# The other end of LACP is a bond as well, behind which nobody is.
allow_log '\|(netdev_linux|dpif_netdev)(\([^|]*\))?\|(WARN|ERR)\|.*[mp][12]: Network is down'
add_bridge phys physhost
for i in 1 2; do
    ip link add name m$i type veth peer name p$i
    ip link set dev m$i up
    ip link set dev p$i up
done
vsctl del-port bond0 \
    -- add-bond br0 bond0 m1 m2 bond_mode=balance-tcp lacp=active \
        other_config:lacp-time=fast \
    -- add-bond phys bond1 p1 p2 bond_mode=balance-tcp lacp=passive \
        other_config:lacp-time=fast

members_up() {
    [ "$(ovs-appctl bond/show bond0 | grep -c '^member .*: enabled')" = 2 ]
}
wait_for 20 members_up || fail "LACP has not come to an end"
settle
storm lacp physhost plug_apart '/^u1/d'
plug_uplink br0 u3
settle
storm lacp-beside "physhost u3" plug_apart '/^u1/d'
send_frames > /dev/null <<'.'
u3 -> bcast vlan=30
physhost -> bcast vlan=30
sleep 600
.
expect_frames <<'.'
g1 -> bcast = host[30] physhost[30] u3[30]
g1 -> unknown = physhost[30] u3[30]
g1 -> physhost = physhost[30]
g1 -> u3 = u3[30]
u3 -> physhost vlan=30 = physhost[30]
physhost -> u3 vlan=30 = u3[30]
u3 -> unknown2 vlan=30 = physhost[30]
physhost -> unknown3 vlan=30 = u3[30]
physhost -> bcast vlan=30 = g1 host[30] u3[30]
u3 -> bcast vlan=30 = g1 host[30] physhost[30]
.
vsctl del-port u3
settle
expect_frames <<'.'
# A storm begins with nothing that is on its way.
g1 -> bcast = host[30] physhost[30]
i1 -> bcast = host[20] physhost[20]
.

# A balance-slb bond sends by flows, too.
vsctl del-port bond0 -- del-br phys \
    -- add-bond br0 bond0 u1 u2 bond_mode=balance-slb
settle
storm slb "u1 u2" plug_apart
# One with an updelay does by NORMAL, which alone knows by which member.  It
# floods what is for groups to a new port until that has no-flood, by the VLANs
# of its row: those must be there with the port.  What is for one address it is
# taught nevertheless.
plug_tagged() {
    plug br0 "$1" "$2" tag=20
}
vsctl set Port bond0 bond_updelay=100
settle
# NORMAL is taught by a frame that is looked at.  Those of before go by flows of the
# datapath, which the switch looks at again when it counts them.
send_frames > /dev/null <<'.'
i1 -> unknown2
g1 -> unknown
u1 -> unknown vlan=30
sleep 600
.
storm slb-normal "u1 u2" plug_tagged '/^i1/d'
storm slb-unicast "u1 u2" plug_apart '/^[ug].*bcast/d;/^i.*bcast/d'

finish
