#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Isolated guests reach the network side, the host and guests that are not
# isolated, and never each other: with one network port, with several, in a VLAN
# of their own and in many.  Guests of a community also reach each other.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

isolated="external_ids:virtnet-isolated=true"

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 i1 52:54:00:00:00:01 -- set Interface i1 $isolated
add_guest br0 i2 52:54:00:00:00:02 -- set Interface i2 $isolated
add_guest br0 i10 52:54:00:00:00:03 tag=10 -- set Interface i10 $isolated
add_guest br0 j10 52:54:00:00:00:04 tag=10 -- set Interface j10 $isolated
add_guest br0 g1 52:54:00:00:00:05
add_guest br0 g10 52:54:00:00:00:06 tag=10
network net0 br0 libvirt
start_controller
settle

say "As an access port of a VLAN, and as a trunk of all."
cat > $S/frames <<'.'
set net up
i1 -> i2 = -
i2 -> i1 = -
i10 -> j10 = -
i1 -> i10 vlan=10 = -
i10 -> i1 = -
i1 -> g1 = g1
g1 -> i1 = i1
i1 -> host = host
host -> i1 = i1
up -> i1 = i1
i1 -> unknown = @net
i1 -> up = up
i10 -> g10 = g10
g10 -> i10 = i10
i10 -> up = up[10]
up -> i10 vlan=10 = i10
i1 -> g10 vlan=10 = g10
# Nobody is isolated from himself, nor does he get what he sends.
i1 -> i1 = -
i1 -> bcast = g1 host @net
i2 -> mcast = g1 host @net
i1 -> mcast6 na = g1 host @net
i1 -> bcast rarp = g1 host @net
i1 -> bcast garp = g1 host @net
i10 -> bcast = g1[10] g10 host[10] @net[10]
j10 -> mcast6 = g1[10] g10 host[10] @net[10]
i1 -> bcast vlan=10 = g1[10] g10 host[10] @net[10]
g1 -> bcast = i1 i2 host @net
g1 -> mcast = i1 i2 host @net
g10 -> bcast = i1[10] i2[10] i10 j10 g1[10] host[10] @net[10]
host -> bcast = i1 i2 g1 @net
host -> bcast vlan=10 = i1[10] i2[10] i10 j10 g1[10] g10 @net[10]
up -> bcast = i1 i2 g1 host
up -> mcast vlan=10 = i1[10] i2[10] i10 j10 g1[10] g10 host[10]
.
expect_frames < $S/frames

say "The datapath's flows tell no more frames apart for it."
# Prints what the datapath's flow for a frame from port $1 to address $2 matches
# on, but for the port, the addresses themselves, and the bits that say that
# the source is not a group, and not no address at all.
megaflow() {
    ovs-appctl ofproto/trace br0 \
        "in_port=$1,dl_src=52:54:00:00:00:99,dl_dst=$2,dl_type=0x0800" |
        sed -n 's/^Megaflow: //p' |
        sed -E 's/in_port=[^,]*/in_port/; s/dl_dst=[^,]*/dl_dst/' |
        sed 's|dl_src=02:00:00:00:00:00/03:00:00:00:00:00,||'
}
for to in 52:54:00:00:00:05 52:54:00:00:00:02 52:54:00:00:77:77 \
    ff:ff:ff:ff:ff:ff; do
    flow=$(megaflow i1 $to)
    say "$flow"
    [ -n "$flow" ] && [ "$flow" = "$(megaflow g1 $to)" ] ||
        fail "they do: $(megaflow g1 $to)"
    ! grep -q dl_src <<< "$flow" || fail "the source is one of these"
done

say "A forged source is no way around it."
expect_frames <<'.'
i1 -> i2 src=g1 = -
i1 -> bcast src=g1 = g1 host up
i1 -> i2 src=up = -
.

say "With several network ports."
add_uplink br0 up2 52:54:00:00:ff:02
settle
expect_frames <<'.'
up -> bcast = i1 i2 g1 host up2
up -> bcast vlan=10 = i1[10] i2[10] i10 j10 g1[10] g10 host[10] up2[10]
wait
i1 -> i2 = -
i1 -> bcast = g1 host up up2
i1 -> unknown = up up2
i1 -> up = up
i10 -> j10 = -
i10 -> bcast = g1[10] g10 host[10] up[10] up2[10]
g10 -> bcast = i1[10] i2[10] i10 j10 g1[10] host[10] up[10] up2[10]
up -> i10 vlan=10 = i10
.
unplug up2
settle

say "In kernel mode, and where somebody has protected a port by hand."
protected() {
    vsctl --bare --columns=name find Port protected=true | sort | xargs
}
[ -z "$(protected)" ] || fail "ports are protected: $(protected)"
network net0 br0 kernel
settle
say "Protected: $(protected)"
[ "$(protected)" = "i1 i10 i2 j10" ] || fail "other ports are protected"
[ -z "$(our_flows br0)" ] || fail "there are flows in kernel mode"
# As above but for what nobody has: all are known, and i1 in VLAN 0.
{ for n in i1 i2 i10 j10 g1 g10 host up; do echo "$n -> bcast"; done
  echo 'i1 -> bcast vlan=10'; echo 'up -> bcast vlan=10'; } | send_frames > /dev/null
grep -v 'unknown\|vlan=10 = ' $S/frames | expect_frames
vsctl set Interface i2 external_ids:virtnet-isolated=false -- \
    set Port g1 protected=true
settle
[ "$(protected)" = "g1 i1 i10 j10" ] || fail "other ports are protected"
stop_controller
start_controller
settle
[ "$(protected)" = "g1 i1 i10 j10" ] || fail "after a restart others are"
network net0 br0 libvirt
settle
[ "$(protected)" = "g1" ] || fail "protection is left over: $(protected)"
expect_frames <<'.'
i1 -> i2 = i2
i1 -> g1 = -
g1 -> bcast = i2 host up
.
vsctl set Interface i2 external_ids:virtnet-isolated=true -- \
    set Port g1 protected=false
settle

say "Not for a moment while the mode changes either."
# Everybody is known to NORMAL, so that it would deliver.
start_probe p 1000 <<'.'
i1 -> i2 = -
i1 -> bcast = g1
i2 -> bcast = g1
.
for mode in kernel libvirt kernel libvirt kernel libvirt; do
    network net0 br0 $mode
    settle
    [ "$(protected)" = "$([ $mode = libvirt ] || echo i1 i10 i2 j10)" ] ||
        fail "in $mode mode, these are protected: $(protected)"
    sleep 0.7
done
stop_probe p > $S/result || :
say "$(grep -o '^stream=.*sent=[0-9]*\|strays.*' $S/result)"
! grep -E '"i1 .*stray_ports=.*[" ]i2[x" ]|"i2 .*stray_ports=.*[" ]i1[x" ]' \
    $S/result ||
    fail "isolated guests have reached each other"

say "Communities."
# Another isolated guest becomes a neighbour of i1, and one a trunk of all VLANs
# in a community of its own.
community() {
    for n in $2; do
        vsctl set Interface $n external_ids:virtnet-community=$1 -- \
            remove Interface $n external_ids virtnet-isolated
    done
}
community web "i1 i10 j10"
community db i2
add_guest br0 d10 52:54:00:00:00:07 tag=10 \
    -- set Interface d10 external_ids:virtnet-community=db
add_guest br0 a10 52:54:00:00:00:08 tag=10 -- set Interface a10 $isolated
settle
cat > $S/frames <<'.'
set net up
i10 -> j10 = j10
j10 -> i10 = i10
i1 -> i10 vlan=10 = i10
i10 -> d10 = -
d10 -> i10 = -
a10 -> i10 = -
i10 -> a10 = -
i10 -> g10 = g10
g10 -> i10 = i10
up -> i10 vlan=10 = i10
i10 -> up = up[10]
# i1 is in all VLANs, but its address is known in them as well.
i10 -> i1 = i1[10]
d10 -> i1 = -
i10 -> bcast = i1[10] j10 g1[10] g10 host[10] @net[10]
i10 -> mcast6 = i1[10] j10 g1[10] g10 host[10] @net[10]
d10 -> bcast = i2[10] g1[10] g10 host[10] @net[10]
d10 -> mcast = i2[10] g1[10] g10 host[10] @net[10]
a10 -> bcast = g1[10] g10 host[10] @net[10]
i1 -> bcast garp = g1 host @net
i1 -> bcast vlan=10 = i10 j10 g1[10] g10 host[10] @net[10]
g10 -> bcast = i1[10] i2[10] i10 j10 d10 a10 g1[10] host[10] @net[10]
up -> bcast vlan=10 = i1[10] i2[10] i10 j10 d10 a10 g1[10] g10 host[10]
i10 -> d10 src=d10 = -
i10 -> d10 src=a10 = -
.
expect_frames < $S/frames
for to in 52:54:00:00:00:01 52:54:00:00:00:04 52:54:00:00:77:77 \
    ff:ff:ff:ff:ff:ff; do
    [ "$(megaflow i10 $to)" = "$(megaflow g10 $to)" ] ||
        fail "to tell communities apart, $(megaflow i10 $to)"
done
virtnetctl verify --all br0 > $S/verify || fail "verify: $(cat $S/verify)"
ctl status | grep -q 'port d10: .*, community db, ' ||
    fail "status does not say which community d10 is in"

say "No window: at plug, at a change, after a restart with nothing to read."
start_probe p 1000 <<'.'
d10 -> i10 = -
d10 -> bcast = i2[10] g1[10] g10 host[10] up[10]
i10 -> bcast = i1[10] j10 g1[10] g10 host[10] up[10]
.
for n in 1 2 3; do
    add_guest br0 n$n 52:54:00:00:00:2$n tag=10 \
        -- set Interface n$n external_ids:virtnet-community=other
done
settle
allow_log '\|dir_source\|WARN\|[^|]*net0.xml:2: error: network: Couldn'
mv $NETWORKS/net0.xml $S/net0.xml
echo '<network' > $NETWORKS/net0.xml
stop_controller
start_controller
settle
mv $S/net0.xml $NETWORKS/net0.xml
settle
stop_probe p > $S/result || :
! grep -E '"(d10|i10) .*stray_ports=.*[" ]n[1-3][x" ]|"d10 .*stray_ports=.*[" ]i10[x" ]' \
    $S/result || fail "communities have reached each other"
for n in n1 n2 n3; do unplug $n; done

say "In kernel mode they are isolated, and that is said."
allow_log '\|WARN\|.*does not reach others of community'
network net0 br0 kernel
settle
[ "$(protected)" = "a10 d10 i1 i10 i2 j10" ] || fail "protected: $(protected)"
ctl show | grep -q 'does not reach others of community .web.' ||
    fail "nobody says that the community is none"
network net0 br0 libvirt
settle
expect_frames < $S/frames
for n in d10 a10; do unplug $n; done
for n in i1 i10 j10 i2; do
    vsctl set Interface $n external_ids:virtnet-isolated=true -- \
        remove Interface $n external_ids virtnet-community
done
settle

say "What an isolated guest costs does not depend on how many there are."
cost() {
    start_counting
    add_guest br0 "$1" "$2" tag=10 -- set Interface "$1" $isolated
    settle
    count_changes_at_once
}
first=$(cost k1 52:54:00:00:00:11)
for n in $(seq 2 9); do
    add_guest br0 "k$n" "52:54:00:00:00:1$n" tag=10 \
        -- set Interface "k$n" $isolated
done
settle
last=$(cost ka 52:54:00:00:00:1a)
say "Changes for the third isolated guest: $first, for the twelfth: $last"
[ "$first" = "$last" ] || fail "it costs more"
expect_frames <<'.'
k1 -> ka = -
ka -> bcast = g1[10] g10 host[10] up[10]
.

say "One that is isolated no longer, and the last."
vsctl set Interface i2 external_ids:virtnet-isolated=false
settle
expect_frames <<'.'
i1 -> i2 = i2
i2 -> i1 = i1
i1 -> bcast = i2 g1 host up
i2 -> bcast = i1 g1 host up
.
for n in i1 i10 j10 k1 k2 k3 k4 k5 k6 k7 k8 k9 ka; do
    vsctl remove Interface $n external_ids virtnet-isolated
done
settle
ctl plan br0 | grep -q 'reg0=0x4' &&
    fail "flows for isolated guests are left over"
expect_frames <<'.'
i1 -> i2 = i2
k1 -> ka = ka
i1 -> bcast = i2 g1 host up
.
finish
