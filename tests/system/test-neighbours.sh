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
# tests/recorded has what each was seen to have ovs-vsctl and ovs-ofctl do, of which
# release, and how, or after which of its sources that was written.  Debian's
# NetworkManager comes without its plugin for Open vSwitch; tests/nm-ovsdb.py sends
# what it would.

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

# replay PROGRAM STEP: does what PROGRAM was recorded to have ovs-vsctl do, and on
# lines that begin with it ovs-ofctl, with the names that devices have here.
# Bridges are of the datapath at hand.
replay() {
    local datapath=datapath_type=$VIRTNET_DATAPATH line port words

    while read -r line; do
        line=$(sed -E "s/\\beth0\\b/up/g; s/datapath_type=system/$datapath/
            s/(add-br br0)( --)?\$/\1 -- set Bridge br0 $datapath/
            s/(add-br br0) (-- set bridge)/\1 -- set Bridge br0 $datapath \2/" <<< "$line")
        while [[ $line =~ @([^@]*)@ ]]; do
            port=$(vsctl get Interface "${BASH_REMATCH[1]}" ofport)
            line=${line//@${BASH_REMATCH[1]}@/$port}
        done
        read -ra words <<< "$line"
        [ "${words[0]}" = ovs-ofctl ] || words=(ovs-vsctl "${words[@]}")
        "${words[@]}" > /dev/null || fail "$1: $line"
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

## NetworkManager: a transaction for each port, the first with the bridge, which
## has no device of its own.

nm_sent=0
nm() {
    python3 "$TOP/tests/nm-ovsdb.py" "unix:$OVS_RUNDIR/db.sock" "$@" ||
        fail "NetworkManager: $*"
    # Returns when all until here has been carried out.
    vsctl set Open_vSwitch . external_ids:carried-out=$((++nm_sent))
}

# That has it, too, where a bridge in libvirt mode has none.
nm add br0 up up bridge.datapath_type=$VIRTNET_DATAPATH bridge.fail_mode=secure
uplink_role
plug_guests br0
wait_for 20 in_force br0 || fail "NetworkManager: not in force: $(ctl status)"
wait_installed
expect_frames <<'.'
g1 -> g2 = g2
g1 -> bcast = g2 up
up -> g1 = g1
up -> unknown = -
.
nm add br0 br0 br0 interface.type=internal
nm add br0 mgmt mgmt interface.type=internal port.tag=5
nm mtu mgmt 1400
note_host br0
wait_for 20 test -e /sys/class/net/mgmt || fail "no device mgmt"
ip link set dev mgmt up
echo "mgmt - mgmt" >> $S/ports
check_bridge br0 "NetworkManager"
expect_frames <<'.'
mgmt -> unknown = up[5]
up -> mgmt vlan=5 = mgmt
.
# It writes all that it knows of a port, or of the bridge.
nm reapply port mgmt tag=6
nm reapply bridge br0 rstp_enable=true 'fail_mode="secure"'
nm reapply bridge br0 'fail_mode="secure"'
check_bridge br0 "NetworkManager's changes"
expect_frames <<'.'
mgmt -> unknown = up[6]
up -> mgmt vlan=5 = -
.
sed -i '/^mgmt /d; /^host /d' $S/ports
# Guests' ports are not its own: with its last port it takes the bridge.
nm del mgmt
nm del up
expect_frames <<'.'
g1 -> g2 = g2
g1 -> unknown = -
.
nm del br0
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

## OpenNebula: flows for each card, beside ours, which come before them.  So a
## guest reaches others as ever, and what its flows would have kept it from is said
## to be for guards.

allow_log '\|br0: switch was changed by somebody else'
allow_log '\|br0: warning: .*do nothing'
replay opennebula g1
replay opennebula g2
says_void() {
    ctl status | grep "warning: br0: flows of somebody else's for single ports do nothing" |
        grep -q "priority=100,in_port=.*resubmit(,10), and others"
}
wait_for 20 says_void || fail "nothing is said of OpenNebula's flows: $(ctl status)"
wait_for 20 in_force br0 || fail "not in force: $(ctl status)"
wait_installed
expect_frames <<'.'
g1 -> unknown = up[10]
g2 -> g1 = up
g1 -> bcast = g2[10] host[10] up[10]
g2 -> bcast vlan=10 = g1 host[10] up[10]
g2 -> bcast = host up
g1 -> bcast vlan=20 = g2[20] host[20] up[20]
up -> g1 vlan=10 = g1
up -> g2 vlan=10 = g2[10]
up -> unknown vlan=10 = -
g1 -> g2 src=52:54:00:00:00:02 = g2[10]
.
one=$(vsctl get Interface g1 ofport)
[ "$(foreign_flows br0 | grep -c "in_port=$one")" = 14 ] ||
    fail "OpenNebula's flows: $(foreign_flows br0)"
say "OpenNebula"
replay opennebula deactivate
wait_installed
expect_frames <<'.'
g2 -> unknown = up
up -> g1 vlan=10 = -
g2 -> g1 vlan=10 = up[10]
.
ofctl del-flows br0 "in_port=$(vsctl get Interface g2 ofport)"
vsctl del-port g2
wait_for 20 eval '! ctl status | grep -q "do nothing"' || fail "$(ctl status)"
plug_guests br0
check_bridge br0 "OpenNebula has gone"

## Neutron: the bridge of a physical network has an owner, and NORMAL goes on.

allow_log '\|WARN\|br0: error: br0: .*forbids OpenFlow 1.5'
allow_log '\|(rconn|fail_open)\|WARN\|br(0|-int)<->'
allow_log '\|br0: connection dropped|version negotiation failed'
allow_log '\|WARN\|.*(int|phy)-br0'
replay neutron br-int
replay neutron br0
is_neutrons() {
    ctl status | grep -q "^bridge br0: .*not ok$" &&
        ctl status | grep -q "error: br0: .*bridges of Neutron's"
}
wait_for 20 is_neutrons || fail "br0 is not left to Neutron: $(ctl status)"
[ "$(ovs-ofctl -OOpenFlow13 dump-flows br0 | grep -c 'cookie=0xa1')" = 3 ] ||
    fail "Neutron's flows: $(ovs-ofctl -OOpenFlow13 dump-flows br0)"
! ovs-ofctl -OOpenFlow13 dump-flows br0 | grep -q cookie=$COOKIE_MAGIC ||
    fail "flows of ours are left"
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
vsctl del-br br-int -- del-port phy-br0 -- del-controller br0 \
    -- clear Bridge br0 protocols
ofctl del-flows br0 cookie=0xa1/-1
check_bridge br0 "Neutron has gone"
vsctl del-br br0
remove_network net0
wait_installed

## XCP-ng.

network net0 br0 libvirt
replay xapi bridge
uplink_role
note_host br0
replay xapi g1
plug br0 g2 52:54:00:00:00:02
check_bridge br0 "XCP-ng"
replay xapi vlan
add_host xapi1 h10
wait_installed
expect_frames <<'.'
h10 -> bcast = up[10] g1[10] g2[10] host[10]
up -> h10 vlan=10 = h10
.
sed -i '/^h10 /d' $S/ports

# A vif in locked mode, whose flows win over ours, which is said.  By NORMAL it
# reaches no other guest with what is for all.
allow_log '\|br0: not in force'
replay xapi lock
not_in_force() {
    ctl status | grep -q "not in force: somebody else's flow"
}
wait_for 20 not_in_force || fail "nothing is said of xapi's flows"
wait_installed
arp=0001080006040001525400000001
expect_frames <<.
g1 -> g2 src=52:54:00:00:00:02 = -
g1 -> bcast src=52:54:00:00:00:02 = -
g1 -> bcast type=0x806 head=${arp}0a0000010000000000000a000002 = host up
g1 -> bcast type=0x806 head=${arp}0a0000630000000000000a000002 = -
up -> g1 = g1
g2 -> g1 = g1
g2 -> unknown = up
.
[ "$(foreign_flows br0 | grep -c cookie=0x1,)" = 19 ] ||
    fail "xapi's flows: $(foreign_flows br0)"
say "XCP-ng's locked mode"
replay xapi unplug
replay xapi g1
check_bridge br0 "XCP-ng, unlocked"
replay xapi bridge-gone
wait_for 20 is_missed br0 || fail "br0 is not missed"
finish
