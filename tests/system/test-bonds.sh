#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A bond as the network side: its active member fails over under traffic, and no
# frame arrives twice, no guest's address moves, and no guest receives what is
# not for it.  The bond's other end is a bridge that knows nothing of bonds.  The
# long form of this is long-bonds.sh.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
plant_foreign br0
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
add_bridge phys physhost
add_uplink phys r1 52:54:00:00:ff:01
allow_log '\|(netdev_linux|dpif_netdev)(\([^|]*\))?\|(WARN|ERR)\|.*p[12]: Network is down'
for i in 1 2; do
    ip link add name m$i type veth peer name p$i
    ip link set dev m$i up
    ip link set dev p$i up
done
network net0 br0 libvirt
start_controller

active_member() {
    ovs-appctl bond/show bond0 | sed -n 's/^active member mac:.*(\(.*\))$/\1/p'
}

is_other_active() {
    [ -n "$(active_member)" ] && [ "$(active_member)" != "$1" ]
}

is_enabled() {
    ovs-appctl bond/show bond0 | grep -q "^member $1: enabled"
}

# Everybody says where he is, and is found there.
check_frames() {
    settle
    renew_datapath_flows
    send_frames > /dev/null <<'.'
r1 -> bcast
physhost -> bcast
g1 -> bcast
g2 -> bcast
host -> bcast
sleep 600
.
    expect_frames <<'.'
set all g1 g2 host r1 physhost
g1 -> bcast = @all
g2 -> mcast = @all
r1 -> bcast = @all
physhost -> mcast6 = @all
g1 -> g2 = g2
g1 -> r1 = r1
r1 -> g1 = g1
r1 -> host = host
# A guest lies, and what it has sent comes back by nobody.
g2 -> bcast src=g1 = @all
g2 -> unknown src=g1 = r1 physhost
g2 -> g1 = g1
host -> g1 = g1
.
}

# Fails unless what the probe has counted is as it must be.
check_probe() {
    stop_probe p > $S/result || :
    sed -E 's/^/    /; s/ (reordered|first|next|after|heard)=[^ ]*//g' $S/result
    ! grep -v ' duplicates=0 ' $S/result || fail "frames were doubled"
    ! grep -E 'stray_ports=.*[" ](g1|g2|host)[x" ]' $S/result ||
        fail "a guest has received what is not for it"
    ! grep -E ' received=[0-9]? ' $S/result || fail "hardly anything arrives"
}

# Does "$@", after which g1, which says nothing, is to be reached by another
# member, so that only an announcement can tell the outside.  Of what is sent to
# it in 1.5 seconds, all that is sent after the first moment arrives.
move_silently() {
    start_probe s 300 <<< "r1 -> g1 = g1"
    sleep 0.3
    "$@"
    sleep 1.2
    stop_probe s > $S/silent || :
    say "    $(grep -oE 'sent=.* lost=[0-9]+' $S/silent)"
    awk -v RS='[ \n]' -F= '{ v[$1] = $2 }
        END { exit !(v["sent"] > 0 && v["lost"] < v["sent"] / 3) }' \
        $S/silent || fail "the outside does not learn where a guest is"
}

other_member() {
    case $(active_member) in m1) echo m2 ;; *) echo m1 ;; esac
}

set_active() {
    ovs-appctl bond/set-active-member bond0 "$1" > /dev/null
}

# Another member becomes active without any link going down.
fail_over_silently() {
    local other

    other=$(other_member)
    say "    $other becomes active"
    move_silently set_active $other
    [ "$(active_member)" = $other ] || fail "$other does not become active"
}

# Prints the member by which g1 sends.
member_of_g1() {
    local i

    renew_datapath_flows
    send_frames <<< "g1 -> bcast" > /dev/null
    for i in 1 2; do
        ! ovs-appctl fdb/show phys | grep -q "^ *$(vsctl get Interface \
            p$i ofport) .* 52:54:00:00:00:01 " || echo m$i
    done
}

# A member fails that is not the active one, but the one by which g1 sends.
fail_passive_silently() {
    local by

    by=$(member_of_g1)
    [ "$by" != "$(active_member)" ] || set_active "$(other_member)"
    say "    $by fails"
    [ "$(member_of_g1)" = "$by" ] || fail "g1 does not send by $by"
    move_silently ip link set dev "p${by#m}" down
    ip link set dev "p${by#m}" up
    wait_for 20 is_enabled "$by" || fail "$by does not come back"
}

# A member fails while the daemon does not run: the switch itself sends by another,
# what is for groups as well.
fail_over_alone() {
    local down pid

    down=$(active_member)
    pid=$(cat $OVS_RUNDIR/virtnet-controller.pid)
    kill -STOP "$pid"
    ip link set dev "p${down#m}" down
    wait_for 20 is_other_active "$down" || fail "alone: no other is active"
    wait_revalidated
    expect_frames <<'.'
g1 -> bcast = g2 host r1 physhost
g1 -> mcast6 = g2 host r1 physhost
g1 -> r1 = r1
.
    kill -CONT "$pid"
    ip link set dev "p${down#m}" up
    wait_for 20 is_enabled "$down" || fail "alone: $down does not come back"
}

# A balance-slb bond sends by flows; one that has an updelay, by NORMAL: that is
# below, and in long-bonds.sh.
for mode in active-backup balance-slb; do
    say "== $mode"
    vsctl add-bond br0 bond0 m1 m2 bond_mode=$mode \
            other_config:bond-rebalance-interval=0 \
        -- add-port phys p1 -- add-port phys p2
    check_frames
    # Who sends from outside sends to one place: what is flooded to both members
    # may pass twice in the moment in which their flows change.
    start_probe p 300 <<'.'
g2 -> g1 = g1
r1 -> g1 = g1
g1 -> r1 = r1
g2 -> bcast = g1 host r1 physhost
.
    sleep 0.3
    down=$(active_member)
    ip link set dev "p${down#m}" down
    wait_for 20 is_other_active "$down" || fail "$mode: no other is active"
    sleep 0.5
    ip link set dev "p${down#m}" up
    wait_for 20 is_enabled "$down" || fail "$mode: $down does not come back"
    sleep 0.5
    check_probe
    check_frames
    fail_over_silently
    [ $mode != balance-slb ] || fail_passive_silently
    fail_over_alone
    vsctl del-port bond0 -- del-port p1 -- del-port p2
done

say "== balance-slb, by load"
add_guest br0 g3 52:54:00:00:00:03
vsctl add-bond br0 bond0 m1 m2 bond_mode=balance-slb \
        other_config:bond-rebalance-interval=1000 \
    -- add-port phys p1 -- add-port phys p2
settle
# way_of GUEST: the number of the member by which leaves what it sends.
way_of() {
    ovs-appctl ofproto/trace br0 \
        "in_port=$1,dl_src=52:54:00:00:00:0${1#g},dl_dst=52:54:00:fe:00:77" |
        sed -n 's/^Datapath actions: //p'
}
# Two of three guests, at least, leave by one of two members.
pair="g1 g2"
[ "$(way_of g1)" != "$(way_of g3)" ] || pair="g1 g3"
[ "$(way_of g2)" != "$(way_of g3)" ] || pair="g2 g3"
are_parted() {
    # shellcheck disable=SC2086
    set -- $pair
    [ "$(way_of "$1")" != "$(way_of "$2")" ]
}
! are_parted || fail "three guests leave by three ways"
send_frames > /dev/null <<'.'
r1 -> bcast
g1 -> bcast
g2 -> bcast
g3 -> bcast
sleep 600
.
start_probe p 300 <<.
${pair% *} -> r1 len=1400 = r1
${pair#* } -> r1 len=1400 = r1
r1 -> ${pair% *} = ${pair% *}
r1 -> ${pair#* } = ${pair#* }
.
wait_for 20 are_parted || fail "who sends as much leaves by one member"
sleep 0.5
stop_probe p > $S/result || fail "frames are lost: $(cat $S/result)"
expect_quiet_restart
are_parted || fail "a restart has put them together again"
unplug g3
vsctl del-port bond0 -- del-port p1 -- del-port p2

# A bond that is in some VLANs only: what is for one address, which NORMAL is
# taught to be behind it, and what is for groups, leaves by it in these alone.
add_guest br0 v10 52:54:00:00:00:0a tag=10
add_guest br0 v30 52:54:00:00:00:1e tag=30
check_vlans() {
    renew_datapath_flows
    send_frames > /dev/null <<.
r1 -> bcast $1
r1 -> bcast vlan=20
v10 -> bcast
sleep 600
.
    expect_frames <<.
v10 -> unknown = r1$2 physhost$2
v10 -> bcast = g1[10] g2[10] host[10] r1$2 physhost$2
v10 -> mcast6 = g1[10] g2[10] host[10] r1$2 physhost$2
v10 -> r1 = r1$2
r1 -> v10 $1 = v10
r1 -> v30 $1 = physhost$2
g1 -> unknown vlan=20 = r1[20] physhost[20]
g1 -> bcast vlan=20/3 = g2[20/3] host[20/3] r1[20/3] physhost[20/3]
host -> bcast vlan=20 = g1[20] g2[20] r1[20] physhost[20]
v30 -> unknown = -
v30 -> bcast = g1[30] g2[30] host[30]
v30 -> r1 = -
g1 -> unknown = -
g1 -> bcast = g2 host
host -> r1 = -
r1 -> bcast vlan=30 = physhost[30]
r1 -> g1 vlan=30 = physhost[30]
.
    check_shown
}
# What goes nowhere is not shown to anybody for that.
check_shown() {
    ! ovs-appctl dpctl/dump-flows | grep 'controller(' ||
        fail "frames are shown to a controller"
}
for mode in active-backup balance-slb "balance-slb bond_updelay=100"; do
    for native in "" "vlan_mode=native-untagged tag=10"; do
        say "== $mode, trunks=10,20 $native"
        # shellcheck disable=SC2086
        vsctl add-bond br0 bond0 m1 m2 bond_mode=$mode trunks=10,20 $native \
            -- add-port phys p1 -- add-port phys p2
        settle
        if [ -n "$native" ]; then
            check_vlans "" ""
        else
            check_vlans vlan=10 "[10]"
        fi
        vsctl del-port bond0 -- del-port p1 -- del-port p2
    done
done

say "== LACP without a partner"
vsctl add-port phys p1 -- add-port phys p2
start_probe l 100 <<< "r1 -> bcast = physhost"
vsctl add-bond br0 bond0 m1 m2 bond_mode=balance-tcp lacp=active
# For three seconds the switch waits for one, and says that there is.
vsctl wait-until Interface m1 lacp_current=true \
    -- wait-until Interface m2 lacp_current=true
vsctl wait-until Interface m1 lacp_current=false \
    -- wait-until Interface m2 lacp_current=false
stop_probe l > $S/result || :
sed -E 's/^/    /; s/ (reordered|first|next|after|heard)=[^ ]*//g' $S/result
grep -q 'sent=[0-9]{3,} received=[0-9]{3,} .* strays=0 ' -E $S/result ||
    fail "frames are let in by members without a partner"
settle
renew_datapath_flows
expect_frames <<'.'
g1 -> bcast = g2 host
g1 -> mcast6 = g2 host
g1 -> unknown = -
r1 -> g1 = physhost
.
check_shown

# A bond beside another port, behind which there are others: they and the guests
# reach each other, once, and what came in by the bond does not go back.  When
# another member becomes active, the outside is told of who is behind the other
# port as well.
say "== beside another port"
add_uplink br0 u3 52:54:00:00:ff:03
vsctl del-port v10 -- del-port v30 -- del-port bond0 -- del-port p1 \
    -- del-port p2 \
    -- add-bond br0 bond0 m1 m2 bond_mode=active-backup \
    -- add-port phys p1 -- add-port phys p2
settle
check_beside() {
    send_frames > /dev/null <<'.'
g1 -> bcast
r1 -> bcast
u3 -> bcast
physhost -> bcast
sleep 600
.
    wait_revalidated
    expect_frames <<'.'
set all g1 g2 host r1 u3 physhost
g1 -> bcast = @all
r1 -> bcast = @all
u3 -> bcast = @all
physhost -> mcast6 = @all
u3 -> mcast6 = @all
g1 -> r1 = r1
g1 -> u3 = u3
u3 -> r1 = r1
r1 -> u3 = u3
r1 -> g1 = g1
u3 -> g1 = g1
g1 -> unknown = r1 u3 physhost
u3 -> unknown2 = r1 physhost
r1 -> unknown3 = u3 physhost
g2 -> unknown src=g1 = r1 u3 physhost
g1 -> bcast vlan=20 = g2[20] host[20] r1[20] u3[20] physhost[20]
u3 -> unknown vlan=20 = r1[20] physhost[20]
.
}
check_beside
start_probe s 300 <<< "r1 -> u3 = u3"
sleep 0.3
set_active "$(other_member)"
sleep 1.2
stop_probe s > $S/silent || :
say "    $(grep -oE 'sent=.* lost=[0-9]+' $S/silent)"
awk -v RS='[ \n]' -F= '{ v[$1] = $2 }
    END { exit !(v["sent"] > 0 && v["lost"] < v["sent"] / 3) }' $S/silent ||
    fail "the outside does not learn who is behind the other port"
check_beside
down=$(active_member)
ip link set dev "p${down#m}" down
wait_for 20 is_other_active "$down" || fail "beside: no other is active"
wait_revalidated
check_beside
ip link set dev "p${down#m}" up
wait_for 20 is_enabled "$down" || fail "beside: $down does not come back"

finish
