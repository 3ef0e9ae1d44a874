#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Network ports come and go under traffic, and with them what is learned: none,
# one plain port, two, two of which one is a bond.  Guests have no-flood always, the
# host where NORMAL is used.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
plant_foreign br0
make_port u1 52:54:00:00:ff:01
make_port u2 52:54:00:00:ff:02
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
add_guest br0 g3 52:54:00:00:00:03 tag=10
start_controller
settle

no_uplink() {
    expect_noflood br0 "g1 g2 g3"
    expect_frames <<'.'
g1 -> g2 = g2
g1 -> unknown = -
host -> g1 = g1
host -> unknown = -
g1 -> bcast = g2 host
g3 -> bcast = g1[10] g2[10] host[10]
.
}

one_uplink() {
    expect_noflood br0 "g1 g2 g3"
    expect_frames <<'.'
g1 -> unknown = u1
host -> unknown = u1
u1 -> unknown = -
u1 -> g1 = g1
g1 -> bcast = g2 host u1
u1 -> bcast vlan=10 = g3 g1[10] g2[10] host[10]
.
}

# Learning takes a while where the datapath has flows from before; see
# test-uplinks.sh.
two_uplinks() {
    expect_noflood br0 "g1 g2 g3"
    send_frames > /dev/null <<'.'
u1 -> bcast
u2 -> bcast
u1 -> bcast vlan=10
u2 -> bcast vlan=10
sleep 600
.
    expect_frames <<'.'
g1 -> unknown = u1 u2
host -> unknown = u1 u2
u1 -> unknown = u2
u2 -> unknown = u1
g1 -> u1 = u1
g2 -> u2 = u2
u1 -> u2 = u2
u1 -> g1 = g1
u2 -> g1 = g1
u2 -> host = host
g1 -> g2 = g2
g1 -> bcast = g2 host u1 u2
u1 -> bcast = g1 g2 host u2
u2 -> bcast vlan=10 = g3 g1[10] g2[10] host[10] u1[10]
g3 -> unknown2 = u1[10] u2[10]
.
}

say "0, 1, 2, 1, 0, 2, 0 network ports, while guests talk to each other."
network net0 br0 libvirt
settle
start_probe p 250 <<'.'
g1 -> g2 = g2
g2 -> g1 = g1
host -> g1 = g1
.
no_uplink
plug_uplink br0 u1
settle
one_uplink
for round in 1 2; do
    plug_uplink br0 u2
    settle
    two_uplinks
    vsctl del-port u2
    settle
    one_uplink
done
vsctl del-port u1
settle
no_uplink
plug_uplink br0 u1
plug_uplink br0 u2
settle
two_uplinks
vsctl del-port u1 -- del-port u2
settle
no_uplink
stop_probe p > $S/probe || fail "loss between guests: $(cat $S/probe)"
cat $S/probe

say "The first network port is used all the time while the second comes and goes."
plug_uplink br0 u1
settle
start_probe p 250 <<'.'
u1 -> g1 = g1
g1 -> u1 = u1
g2 -> 52:54:00:00:ff:99 src=g2 = u1
.
for round in 1 2 3; do
    plug_uplink br0 u2
    settle
    sleep 0.3
    vsctl del-port u2
    settle
    sleep 0.3
done
# A frame to an unknown address reaches the second one too, as it should.
stop_probe p > $S/probe || :
cat $S/probe
! grep -vE ' lost=0 duplicates=0 ' $S/probe || fail "frames were lost or doubled"
! grep -oE 'stray_ports="[^"]*"' $S/probe | grep -E '\b(g[123]|host)\b' ||
    fail "a guest has received what is not for it"

say "A restart of the controller in that state tells the switch nothing."
plug_uplink br0 u2
settle
two_uplinks
for how in TERM KILL; do
    start_counting
    stop_controller $how
    two_uplinks
    start_controller
    settle
    [ "$(count_changes)" = 0 ] || fail "a restart after SIG$how sent:
$(changes_received)"
    two_uplinks
done

say "A port that is made anew, and a new one, get no-flood."
unplug g2
plug br0 g2 52:54:00:00:00:02
add_guest br0 g4 52:54:00:00:00:04 tag=20
settle
expect_noflood br0 "g1 g2 g3 g4"
expect_frames <<'.'
g1 -> unknown3 = u1 u2
u1 -> g2 = g2
u2 -> unknown vlan=20 = u1[20]
g4 -> unknown = u1[20] u2[20]
.
unplug g4
settle
two_uplinks

say "Somebody takes it away, and it is put back."
ovs-ofctl -O OpenFlow10 mod-port br0 g1 flood
expect_noflood br0 "g1 g2 g3"
two_uplinks

say "vswitchd is started anew."
start_probe p 100 <<'.'
g1 -> unknown = u1 u2
u1 -> unknown2 = u2
.
stop_vswitchd
forget_foreign br0
start_vswitchd
ip link set dev br0 up
plant_foreign br0
settle
sleep 0.3
two_uplinks
stop_probe p > $S/probe || :
cat $S/probe
# The database server may take a while to see that it is gone.
allow_log '\|bridge\|ERR\|another ovs-vswitchd process is running'
allow_log '\|rconn\|WARN\|br0: connection dropped'
kill_daemon ovs-vswitchd KILL
rm -f $OVS_RUNDIR/ovs-vswitchd.*.ctl
forget_foreign br0
start_vswitchd
ip link set dev br0 up
plant_foreign br0
settle
two_uplinks

say "A guest becomes a network port and a guest again."
vsctl set Interface g2 external_ids:virtnet-role=network
settle
expect_noflood br0 "g1 g3"
expect_frames <<'.'
g2 -> bcast src=52:54:00:0a:00:01 = g1 host u1 u2
g1 -> unknown = g2 u1 u2
g1 -> 52:54:00:0a:00:01 = g2
u1 -> unknown = g2 u2
.
vsctl remove Interface g2 external_ids virtnet-role
settle
two_uplinks
# What was learned behind it is forgotten.
expect_frames <<'.'
g1 -> 52:54:00:0a:00:01 = u1 u2
.

say "A new datapath ID closes all connections."
vsctl set Bridge br0 other_config:datapath-id=00000000000000aa
settle
two_uplinks

say "Back to kernel mode: no-flood is taken back."
network net0 br0 kernel
settle
expect_noflood br0 ""
vsctl del-port u1 -- del-port u2
settle

say "What somebody else has set stays, whatever happens in between."
plug_uplink br0 u1
plug_uplink br0 u2
ovs-ofctl -O OpenFlow10 mod-port br0 g3 no-flood
ovs-ofctl -O OpenFlow10 mod-port br0 u1 no-flood
bridge_state br0 > $S/before
for round in 1 2 3; do
    network net0 br0 libvirt
    settle
    # That of a network port is obeyed too, as NORMAL does, which is why that
    # serves the network side then.
    expect_noflood br0 "br0 g1 g2 g3 u1"
    expect_frames <<'.'
g1 -> unknown = u2
u2 -> unknown = -
.
    case $round in
        1) network net0 br0 kernel ;;
        2) remove_network net0 ;;
        3) vsctl del-port u2
           settle
           expect_noflood br0 "g1 g2 g3 u1"
           remove_network net0
           settle
           plug_uplink br0 u2 ;;
    esac
    settle
    [ $round = 3 ] || bridge_state br0 | diff -u $S/before - ||
        fail "the bridge is not as it was found"
    expect_noflood br0 "g3 u1"
done

say "What is behind a bond alone need not be so any longer with another port."
vsctl del-port u1 -- del-port u2
network net0 br0 libvirt
vsctl add-bond br0 bond0 u1 u2 bond_mode=active-backup \
    -- set Interface u1 external_ids:virtnet-role=network \
    -- set Interface u2 external_ids:virtnet-role=network
settle
echo "g1 -> unknown" | send_frames > /dev/null
knows_unknown() {
    ovs-appctl fdb/show br0 | grep -q 52:54:00:fe:00:01
}
wait_for 10 knows_unknown || fail "nothing is known to be behind the bond"
add_uplink br0 u3 52:54:00:00:ff:03
settle
! knows_unknown || fail "somebody is behind the bond of whom nobody has heard"
finish
