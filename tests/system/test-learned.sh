#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What NORMAL has learned behind guests in kernel mode, forged addresses above
# all, brings them nothing in libvirt mode, although NORMAL goes on serving the
# network side there.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
plant_foreign br0
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
add_guest br0 spy 52:54:00:00:00:03
make_port u1 52:54:00:00:ff:01
make_port u2 52:54:00:00:ff:02
network net0 br0 kernel
start_controller
settle

# Victims: remote hosts r1 and r2, an address that nobody has, another guest,
# the host, and 50 more.
cat > $S/names <<'.'
mac r1 52:54:00:0a:00:01
mac r2 52:54:00:0a:00:02
mac nobody 52:54:00:0a:00:03
.
{
    cat $S/names
    echo "u1 -> bcast src=r1"
    echo "u1 -> bcast src=r2"
    echo "g2 -> bcast"
    echo "host -> bcast"
    echo "sleep 600"
    for victim in r1 r2 nobody g2 host; do
        echo "spy -> bcast src=$victim"
        echo "spy -> bcast vlan=10 src=$victim"
    done
    for i in $(seq 50); do
        printf 'spy -> bcast src=52:54:00:0b:00:%02x\n' "$i"
    done
} > $S/lies

{
    cat $S/names
    for victim in r1 r2 nobody g2 host; do
        echo "g1 -> $victim"
        echo "host -> $victim"
        echo "u1 -> $victim"
        echo "u1 -> $victim vlan=10"
        echo "g1 -> $victim vlan=10"
    done
    for i in $(seq 50); do
        printf 'g1 -> 52:54:00:0b:00:%02x\n' "$i"
        printf 'u1 -> 52:54:00:0b:00:%02x\n' "$i"
        printf 'host -> 52:54:00:0b:00:%02x\n' "$i"
    done
} > $S/honest

# Prints how many frames of $S/honest the spy receives.
spied() {
    send_frames < $S/honest > $S/received
    grep -cE ' = .*\bspy\b' $S/received || :
}

# with_network WHAT: lies in kernel mode, switches, and counts.
check_switch() {
    local n

    network net0 br0 kernel
    settle
    send_frames < $S/lies > /dev/null
    sleep 0.6
    n=$(spied)
    say "$1: the spy receives $n of $(grep -c -- '->' $S/honest) frames in kernel mode"
    [ "$n" -gt 100 ] || fail "the lies were of no use, so nothing is tested"

    send_frames < $S/lies > /dev/null
    sleep 0.6
    network net0 br0 libvirt
    settle
    n=$(spied)
    say "$1: the spy receives $n in libvirt mode"
    [ "$n" = 0 ] || { grep -wE 'spy' $S/received; fail "it must be none"; }
    ! grep -E ' = .*\bg[12]\b' $S/received | grep -v -- '-> g2' ||
        fail "another guest receives what is not for it"

    # Nor later, when learned entries would have been used for a while.
    sleep 1
    [ "$(spied)" = 0 ] || fail "it receives something later"
}

say "== one network port"
plug_uplink br0 u1
settle
check_switch "one network port"

say "== two network ports"
plug_uplink br0 u2
settle
check_switch "two network ports"

say "== from one to two while in libvirt mode"
network net0 br0 kernel
settle
vsctl del-port u2
settle
send_frames < $S/lies > /dev/null
network net0 br0 libvirt
settle
plug_uplink br0 u2
settle
[ "$(spied)" = 0 ] || fail "the spy receives $(grep -w spy $S/received)"

say "== a bond"
# Its other end is a bridge with nothing else.
vsctl del-port u2 -- del-port u1
add_bridge phys physhost
plug_uplink phys u1
for i in 1 2; do
    ip link add name m$i type veth peer name p$i
    ip link set dev m$i up
    ip link set dev p$i up
    vsctl add-port phys p$i
done
for mode in active-backup balance-slb; do
    vsctl add-bond br0 bond0 m1 m2 bond_mode=$mode
    settle
    check_switch "a bond, $mode"
    vsctl del-port bond0
    settle
done

say "== the controller is away while a bridge with two network ports is made"
vsctl del-port phys u1
plug_uplink br0 u1
plug_uplink br0 u2
network net0 br0 kernel
settle
stop_controller KILL
send_frames < $S/lies > /dev/null
network net0 br0 libvirt
start_controller
settle
[ "$(spied)" = 0 ] || fail "the spy receives $(grep -w spy $S/received)"

finish
