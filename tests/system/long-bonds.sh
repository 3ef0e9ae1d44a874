#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A bond as the network side, in every mode.  Its other end is a plain bridge of
# the same switch, with a bond likewise, or with an own port for each member.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
plant_foreign br0
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
add_guest br0 g3 52:54:00:00:00:03 tag=10

# The physical switch, with two hosts on it.
add_bridge phys physhost
add_uplink phys r1 52:54:00:00:ff:01
add_uplink phys r2 52:54:00:00:ff:02
allow_log '\|(netdev_linux|dpif_netdev)(\([^|]*\))?\|(WARN|ERR)\|.*(p[12]: Network is down|Dropped [0-9]+ log messages)'
for i in 1 2; do
    ip link add name m$i type veth peer name p$i
    ip link set dev m$i up
    ip link set dev p$i up
done

cat > $S/names <<'.'
set all g1 g2 host r1 r2 physhost
set tag10 g1 g2 host r1 r2 physhost
.

check() {
    cat $S/names - | expect_frames
}

active_member() {
    ovs-appctl bond/show bond0 | sed -n 's/^active member mac:.*(\(.*\))$/\1/p'
}

other_member() {
    case $(active_member) in m1) echo m2 ;; *) echo m1 ;; esac
}

is_active() {
    [ "$(active_member)" = "$1" ]
}

# What holds in every mode: all that should cross the bond does so once, and
# nothing that has gone out by one member comes in again by the other.
check_frames() {
    # Lets the physical switch know who is where.
    send_frames > /dev/null <<'.'
r1 -> bcast
r2 -> bcast
r1 -> bcast vlan=10
physhost -> bcast
g1 -> bcast
g2 -> bcast
host -> bcast
g3 -> bcast
sleep 600
.
    check <<'.'
g1 -> bcast = @all
g1 -> mcast = @all
g2 -> bcast rarp = @all
host -> bcast garp = @all
r1 -> bcast = @all
r2 -> mcast6 = @all
physhost -> bcast = @all
g3 -> bcast = @tag10[10]
g3 -> mcast6 = @tag10[10]
r1 -> bcast vlan=10 = g3 g1[10] g2[10] host[10] r2[10] physhost[10]
g1 -> g2 = g2
g1 -> host = host
g1 -> r1 = r1
g2 -> r2 = r2
host -> r1 = r1
r1 -> g1 = g1
r2 -> g2 = g2
r2 -> host = host
r1 -> r2 = r2
r1 -> g3 vlan=10 = g3
g3 -> r1 = r1[10]
# The physical switch floods what it does not know.
g1 -> unknown = r1 r2 physhost
g2 -> unknown = r1 r2 physhost
host -> unknown = r1 r2 physhost
g3 -> unknown = r1[10] r2[10] physhost[10]
r1 -> unknown2 = r2 physhost
r2 -> unknown2 = r1 physhost
# A guest lies.
g2 -> bcast src=g1 = @all
g2 -> unknown src=g1 = r1 r2 physhost
g2 -> g1 = g1
host -> g1 = g1
r2 -> r1 = r1
.
    for i in $(seq 50); do
        cat <<'.'
g1 -> bcast = @all
r1 -> bcast = @all
g2 -> r1 = r1
g1 -> unknown = r1 r2 physhost
r1 -> unknown2 = r2 physhost
r2 -> g2 = g2
g1 -> g2 = g2
.
    done | check
}

# fail_over WHAT COMMAND...: runs the command while everybody is talking, and
# says what was lost.  Nothing may be lost between guests, nothing may arrive
# twice, and nothing may reach a guest that it is not for.
fail_over() {
    local what=$1

    shift
    start_probe p 1000 <<'.'
g2 -> g1 = g1
r1 -> g1 = g1
g1 -> r1 = r1
.
    start_probe b 100 <<'.'
r1 -> bcast = g1 g2 host r2 physhost
g2 -> bcast = g1 host r1 r2 physhost
.
    sleep 0.7
    "$@"
    sleep 0.3
    forget_datapath_flows
    sleep 1.2
    settle
    stop_probe b > $S/broadcast || :
    stop_probe p > $S/unicast || :
    say "$what:"
    sed -E 's/^/    /; s/ (reordered|stray_ports)=[^ ]*//g' $S/unicast $S/broadcast
    ! grep -hvE ' duplicates=0 ' $S/unicast || fail "frames were doubled"
    ! grep '"g2 -> bcast"' $S/broadcast | grep -v ' duplicates=0 ' ||
        fail "a guest's broadcasts were reflected"
    # The datapath's flows of two members do not change in the same instant, so
    # that one frame which the physical switch sends to both may pass twice.
    ! grep -hvE ' duplicates=[01] ' $S/broadcast ||
        fail "broadcasts were doubled"
    grep '"g2 -> g1".* lost=0 ' $S/unicast > /dev/null ||
        fail "frames between guests were lost"
    ! grep -E 'stray_ports=.*[" ](g1|g2|g3|host)[x" ]' $S/unicast ||
        fail "a guest has received what is not for it"
    # What is lost is what was sent before vswitchd, the database and the
    # controller knew: tens of milliseconds.  The physical switch, which learns
    # where the guest is from its frames, may take half a second.
    [ "$(sed -n 's/.* lost=\([0-9]*\) .*/\1/p' $S/unicast | sort -n |
         tail -1)" -lt 1000 ] || fail "a second or more is lost"
}

# The same for a guest that only listens, so that the physical switch goes on
# sending to the member of before until somebody tells it.  Prints how many of
# 1,000 frames a second are lost in two seconds, in both modes.
silent() {
    local mode

    for mode in kernel libvirt; do
        network net0 br0 $mode
        settle
        check < /dev/null
        send_frames <<< "g1 -> bcast" > /dev/null
        sleep 1
        start_probe s 1000 <<< "r1 -> g1 = g1"
        sleep 0.5
        set_active "$(other_member)"
        sleep 2
        stop_probe s > $S/silent || :
        say "$1, a silent guest, $mode mode:" \
            "$(grep -o 'sent=.* duplicates=[0-9]*' $S/silent)"
    done
}

set_active() {
    ovs-appctl bond/set-active-member bond0 "$1" > /dev/null
    wait_for 10 is_active "$1" || fail "$1 does not become active"
}

link_down() {
    ip link set dev "p${1#m}" down
    wait_for 10 eval '! is_active '"$1"
}

link_up() {
    ip link set dev "p${1#m}" up
    wait_for 10 eval "ovs-appctl bond/show bond0 | grep -q 'member $1: enabled'"
}

## Modes that the physical switch knows nothing of.

network net0 br0 libvirt
start_controller

# A balance-slb bond sends by flows, or if it has an updelay, by NORMAL.
for mode in active-backup balance-slb balance-slb/normal; do
    say "== $mode"
    [ $mode = balance-slb/normal ] && updelay=100 || updelay=0
    vsctl add-bond br0 bond0 m1 m2 bond_mode=${mode%/*} bond_updelay=$updelay \
        -- add-port phys p1 -- add-port phys p2
    settle
    check_frames
    [ "$(ovs-ofctl -O OpenFlow10 show br0 | grep -c NO_FLOOD)" = 4 ] ||
        fail "no-flood is not set on guests and the host, and on them alone"
    for round in 1 2; do
        fail_over "$mode, another active member" set_active "$(other_member)"
        check_frames
        down=$(active_member)
        fail_over "$mode, the active member's link goes down" link_down "$down"
        check_frames
        fail_over "$mode, it comes back" link_up "$down"
        check_frames
    done
    silent $mode
    vsctl del-port bond0 -- del-port p1 -- del-port p2
    settle
done

## A bond at both ends.

say "== balance-tcp"
vsctl add-bond br0 bond0 m1 m2 bond_mode=balance-tcp lacp=active \
        other_config:lacp-time=fast \
    -- add-bond phys bond1 p1 p2 bond_mode=balance-tcp lacp=active \
        other_config:lacp-time=fast
negotiated() {
    [ "$(ovs-appctl bond/show | grep -c '^lacp_status: negotiated')" = 2 ] &&
        [ "$(ovs-appctl bond/show | grep -c '^member .*: enabled')" = "$1" ]
}
wait_for 20 negotiated 4 || fail "LACP does not agree: $(ovs-appctl bond/show)"
settle
check_frames
for member in m1 m2; do
    fail_over "balance-tcp, the link of $member goes down" \
        ip link set dev "p${member#m}" down
    check_frames
    ip link set dev "p${member#m}" up
    wait_for 20 negotiated 4 || fail "LACP does not agree again"
    settle
    check_frames
done

finish
