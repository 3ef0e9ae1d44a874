#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The output port of a mirror gets the copies that its owner wants, and nothing
# of its own; it takes part in nothing.  What others have put on the bridge
# stays.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller
allow_log 'mbridge_shortfalls\|WARN\|.*not in force: (somebody|a mirror)'

# Prints how often this Open vSwitch mirrors a frame that a flow gives a tag:
# once, or as it came and as it went.  See Documentation/releases.rst.
times_mirrored() {
    local port

    vsctl add-br probe -- set Bridge probe datapath_type=netdev
    for port in in out copy; do
        vsctl add-port probe p$port -- set Interface p$port type=internal
    done
    vsctl -- --id=@copy get Port pcopy -- --id=@m create Mirror name=probe \
        select_all=true output_port=@copy -- set Bridge probe mirrors=@m \
        > /dev/null
    ovs-ofctl add-flow probe 'in_port=pin,actions=mod_vlan_vid:10,output:pout'
    ovs-appctl ofproto/trace --names probe in_port=pin |
        sed -n 's/^Datapath actions: //p' | grep -ow pcopy | wc -l
    vsctl del-br probe
}

start_ovs
add_bridge br0
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
add_guest br0 g3 52:54:00:00:00:03 tag=10
add_uplink br0 u1 52:54:00:00:ff:01
make_port u2 52:54:00:00:ff:02
make_port tap 52:54:00:00:ee:01
plant_foreign br0
n_mirrored=$(times_mirrored)
case $n_mirrored in
    1) again= ;;
    2) again=x2; say "This Open vSwitch mirrors once more what flows have changed." ;;
    *) fail "mirrored $n_mirrored times" ;;
esac
ofctl add-meter br0 'meter=5,pktps,bands=type=drop,rate=1000'
ofctl add-flow br0 'cookie=0xf02,table=0,priority=9,dl_type=0x88fe,actions=meter:5,group:77'
note_foreign br0
meters() {
    ofctl dump-meters br0 | sed 1d
}
meters > $S/meters
network net0 br0 libvirt
start_controller
settle

mirror() {
    vsctl -- --id=@out get Port tap -- --id=@m create Mirror name=m0 \
        output_port=@out "$@" -- set Bridge br0 mirrors=@m
    settle
}

no_mirror() {
    vsctl clear Bridge br0 mirrors
    settle
}

# The rest of the bridge must not notice any of it.
others() {
    expect_frames <<.
set all g1 g2 host u1
g1 -> g2 = g2 $1
u1 -> g1 = g1
g1 -> u1 = u1 $1
g2 -> bcast = g1 host u1 $2
g1 -> bcast = g2 host u1 $1
u1 -> bcast = g1 g2 host
g1 -> unknown = u1 $1
u1 -> unknown = -
g2 -> u1 = u1
g3 -> bcast = g1[10] g2[10] host[10] u1[10]
.
}

say "A port is a network port until a mirror takes it for its output."
plug_uplink br0 tap
settle
expect_frames <<'.'
g1 -> bcast = g2 host u1 tap
g1 -> unknown = u1 tap
u1 -> unknown = tap
tap -> bcast = g1 g2 host u1
.
mirror "select_src_port=$(vsctl get Port g1 _uuid)"
others tap ""
controller_diagnostics | grep -q 'tap.*mirror' ||
    fail "it is not shown: $(ctl status)"
# One network port is left, a plain one.
! planned_flows br0 | grep NORMAL || fail "the output port counts as an uplink"

say "What comes in by it goes nowhere."
expect_frames <<'.'
tap -> g1 = -
tap -> bcast = -
tap -> bcast src=g1 = -
tap -> unknown = -
tap -> u1 = -
tap -> host = -
u1 -> tap = -
g1 -> 52:54:00:00:ee:01 = u1 tap
g2 -> tap = u1
.

say "All frames, as mirrors select them: each once, if Open vSwitch can."
no_mirror
mirror select_all=true
expect_frames <<.
g1 -> g2 = g2 tap
u1 -> g1 = g1 tap
g1 -> unknown = u1 tap
g1 -> bcast = g2 host u1 tap
u1 -> bcast = g1 g2 host tap
host -> bcast = g1 g2 u1 tap
u1 -> unknown = tap
g3 -> bcast = g1[10] g2[10] host[10] u1[10] tap[10]$again
.

say "What goes out to a guest: no other guest's frames."
no_mirror
mirror "select_dst_port=$(vsctl get Port g2 _uuid)"
expect_frames <<'.'
g1 -> g2 = g2 tap
u1 -> g1 = g1
g1 -> bcast = g2 host u1 tap
g1 -> unknown = u1
u1 -> g2 = g2 tap
.

say "With two network ports, where NORMAL serves the network side."
plug_uplink br0 u2
settle
send_frames > /dev/null <<'.'
u1 -> bcast
u2 -> bcast
sleep 600
.
expect_frames <<'.'
g1 -> g2 = g2 tap
g1 -> u1 = u1
u1 -> u2 = u2
u2 -> g1 = g1
g1 -> bcast = g2 host u1 u2 tap
u1 -> bcast = g1 g2 host u2 tap
u2 -> mcast = g1 g2 host u1 tap
g1 -> unknown = u1 u2
u1 -> unknown = u2
tap -> g1 = -
tap -> bcast = -
tap -> u1 = -
u1 -> 52:54:00:00:ee:02 = u2
.
no_mirror
vsctl del-port u2
settle

say "The mirror goes: the port is a network port again."
send_frames > /dev/null <<'.'
u1 -> bcast
tap -> bcast
sleep 600
.
expect_frames <<'.'
g1 -> bcast = g2 host u1 tap
g1 -> unknown = u1 tap
u1 -> unknown = tap
tap -> g1 = g1
tap -> u1 = u1
.

say "A guest's port as output."
vsctl del-port tap
plug br0 tap 52:54:00:00:ee:01
settle
expect_frames <<'.'
g1 -> bcast = g2 host u1 tap
u1 -> tap = tap
.
mirror "select_src_port=$(vsctl get Port g2 _uuid)"
expect_frames <<'.'
g1 -> bcast = g2 host u1
g2 -> bcast = g1 host u1 tap
u1 -> tap = -
g1 -> tap = u1
.

say "Meters of others are as they were, too; check_laws sees to the rest."
meters | diff -u $S/meters - || fail "meters have changed"
network net0 br0 kernel
settle
meters | diff -u $S/meters - || fail "meters have changed"

say "Into a VLAN (RSPAN): what is mirrored is for everybody there, in any mode."
add_guest br0 r1 52:54:00:00:00:04 tag=99
vsctl -- --id=@m create Mirror name=m1 select_all=true output_vlan=99 \
    -- set Bridge br0 mirrors=@m
cat > $S/rspan <<'.'
u1 -> bcast
g1 -> bcast
g3 -> bcast
g1 -> g2
g2 -> u1
u1 -> g1
u1 -> g3 vlan=10
.
for mode in kernel libvirt; do
    network net0 br0 $mode
    settle
    send_frames < <(cat $S/rspan; echo 'g2 -> bcast') > /dev/null
    forget_datapath_flows
    send_frames < $S/rspan > $S/rspan-$mode
done
sed "s/${again:-none}//g" $S/rspan-libvirt | diff -u $S/rspan-kernel - ||
    fail "libvirt mode (+) mirrors otherwise than NORMAL (-)"
[ "$(grep -cwE 'r1(x2)?' $S/rspan-libvirt)" = 7 ] || fail "$(cat $S/rspan-libvirt)"
no_mirror

finish
