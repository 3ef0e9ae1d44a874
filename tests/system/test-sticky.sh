#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Guests of which nobody says which address they have: they are held back until
# their first frame and have its address from then on, never that of another port,
# through restarts of the daemon and of the switch, and until they are unplugged.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

# Time for the taps that a script has opened to have a carrier.
sleep_in_script="sleep 300"

# A tap has a carrier only while somebody has it open, as the frames program has.
add_tap() {
    ip tuntap add dev "$1" mode tap
    ip link set dev "$1" up
    echo "$1 @tap $1 $2" >> $S/ports
    vsctl add-port br0 "$1"
}

allow_log 'mbridge\|WARN\|.*MAC conflict'
start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_tap t1 52:54:00:00:01:01
add_tap t2 52:54:00:00:01:02
network net0 br0 libvirt
start_controller
settle

# has_address PORT MAC
has_address() {
    ctl fdb br0 | grep -w "$1" | grep -w installed | grep -qw "$2"
}
has_none() {
    ! ctl fdb br0 | grep -w "$1" | grep -qw installed
}
# Fails unless each of t1 and t2 gets what is for it, and nothing else.
exact() {
    expect_frames <<.
$sleep_in_script
up -> t1 = t1
up -> t2 = t2
g1 -> t1 = t1
t2 -> t1 = t1
t1 -> g1 = g1
up -> unknown = -
g1 -> unknown = up
t1 -> unknown = up
up -> bcast = g1 host t1 t2
# Nobody's address is had by saying so.
t1 -> up src=t2 = up
t2 -> up src=g1 = up
t2 -> up src=unknown2 = up
up -> t2 = t2
up -> g1 = g1
up -> unknown2 = -
.
}

say "They are sent nothing, and what they send by another's address is nothing."
expect_frames <<.
$sleep_in_script
up -> t1 = -
up -> bcast = g1 host
g1 -> t1 = up
t1 -> up src=g1 = -
t1 -> bcast src=g1 = -
t2 -> up src=host = -
t2 -> unknown src=00:00:00:00:00:00 = -
up -> g1 = g1
up -> host = host
up -> bcast = g1 host
.
sleep 0.5
has_none t1 && has_none t2 || fail "an address was taken: $(ctl fdb br0)"
virtnetctl verify br0 > $S/verified || fail "$(cat $S/verified)"

say "The first frame by an address that is nobody's; only one of two has it."
send_frames > /dev/null <<.
$sleep_in_script
t1 -> bcast rarp
t2 -> bcast rarp src=t1
sleep 600
.
wait_for 10 has_address t1 52:54:00:00:01:01 || fail "t1 has no address"
has_none t2 || fail "t2 has taken the address of t1"
send_frames > /dev/null <<.
$sleep_in_script
t2 -> up
sleep 300
.
wait_for 10 has_address t2 52:54:00:00:01:02 || fail "t2 has no address"
settle
exact
exact

say "As many as rxFilterLimit, and no third."
network net0 br0 libvirt - <<'.'
  <metadata><vn:network xmlns:vn='urn:ovs-virtnet:1' rxFilterLimit='2'/></metadata>
.
settle
for last in 22 23; do
    send_frames > /dev/null <<.
$sleep_in_script
t2 -> bcast rarp src=52:54:00:00:01:$last
sleep 600
.
done
wait_for 10 has_address t2 52:54:00:00:01:22 || fail "t2 has one address only"
settle
expect_frames <<.
$sleep_in_script
up -> 52:54:00:00:01:22 = t2
up -> 52:54:00:00:01:23 = -
up -> t2 = t2
.

say "With a lower rxFilterLimit, the first is the one that stays."
network net0 br0 libvirt
settle
expect_frames <<.
$sleep_in_script
up -> t2 = t2
up -> 52:54:00:00:01:22 = -
.

say "In kernel mode it is of the network side, and has its address again after that."
network net0 br0 kernel
settle
has_none t2 || fail "t2 is a guest"
network net0 br0 libvirt
settle
exact

network net0 br0 libvirt - <<'.'
  <metadata><vn:network xmlns:vn='urn:ovs-virtnet:1' rxFilterLimit='2'/></metadata>
.
settle
send_frames > /dev/null <<.
$sleep_in_script
t2 -> bcast rarp src=52:54:00:00:01:22
sleep 600
.
wait_for 10 has_address t2 52:54:00:00:01:22 || fail "t2 has one address only"
settle

say "The daemon is killed, and another finds all as it was."
stop_controller KILL
start_counting
start_controller
settle
[ "$(count_changes)" = 0 ] || fail "sent: $(changes_received)"
exact

say "The switch is started anew, and has forgotten all flows."
allow_log '\|rconn\|WARN\|br0: connection dropped'
allow_log 'bridge\|ERR\|another ovs-vswitchd process is running'
stop_vswitchd
start_vswitchd
plant_foreign br0
settle
has_address t1 52:54:00:00:01:01 && has_address t2 52:54:00:00:01:02 ||
    fail "an address is forgotten"
has_address t2 52:54:00:00:01:22 || fail "the second address is forgotten"
exact

say "It goes with the port."
vsctl del-port t1
settle
vsctl add-port br0 t1
settle
has_none t1 || fail "t1 still has an address"
expect_frames <<.
$sleep_in_script
up -> t1 = -
t1 -> bcast src=t2 = -
.
send_frames > /dev/null <<.
$sleep_in_script
t1 -> up src=52:54:00:00:01:11
sleep 300
.
wait_for 10 has_address t1 52:54:00:00:01:11 || fail "t1 has no new address"
settle
expect_frames <<.
$sleep_in_script
up -> 52:54:00:00:01:11 = t1
up -> t1 = -
up -> t2 = t2
.

say "So it does with the Interface row, though the switch keeps the port."
vsctl del-port t1 -- add-port br0 t1
settle
has_none t1 || fail "t1 still has an address"
expect_frames <<.
$sleep_in_script
up -> 52:54:00:00:01:11 = -
up -> t2 = t2
.

say "Who sends by a listed address first has it before its own, after a restart too."
# In which order another daemon finds the two depends on the addresses.
for i in 3 4 5 6; do
    add_tap t$i 52:54:00:00:01:0$i
    vsctl set Interface t$i "external_ids:virtnet-macs=\"52:54:00:00:02:0$i\""
done
settle
(
    echo "$sleep_in_script"
    for src in 52:54:00:00:02 52:54:00:00:01; do
        for i in 3 4 5 6; do
            echo "t$i -> bcast rarp src=$src:0$i"
        done
        echo "sleep 600"
    done
) | send_frames > /dev/null
for i in 3 4 5 6; do
    wait_for 10 has_address t$i 52:54:00:00:01:0$i &&
        has_address t$i 52:54:00:00:02:0$i || fail "t$i: $(ctl fdb br0)"
done
settle
stop_controller KILL
start_counting
start_controller
settle
[ "$(count_changes)" = 0 ] || fail "sent: $(changes_received)"

say "It keeps its own if that is listed no more."
for i in 3 4 5 6; do
    vsctl remove Interface t$i external_ids virtnet-macs
done
settle
(
    echo "$sleep_in_script"
    for i in 3 4 5 6; do
        echo "up -> t$i = t$i"
        echo "up -> 52:54:00:00:02:0$i = -"
    done
) | expect_frames

finish
