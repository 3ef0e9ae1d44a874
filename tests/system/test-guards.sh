#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Guards "ip", "dhcp", "ra" and "other", each alone, untagged and tagged, and all
# together, on an access port and on a trunk, too: what hostile guests send,
# evasions included, is stopped by the guard that is there for it and by no other,
# and what honest ones send gets through.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller
allow_log 'mbridge\|WARN\|.*(MAC conflict|virtnet-ips)'

# guest NAME INDEX GUARDS [COLUMN...]: a guest with the addresses that
# guard-frames.py gives it.
guest() {
    local name=$1 index=$2 guards=$3

    shift 3
    add_guest br0 $name 52:54:00:00:00:$index "$@" -- \
        set Interface $name "external_ids:virtnet-guards=\"$guards\"" \
        "external_ids:virtnet-ips=\"10.0.0.$((16#$index)) 2001:db8::$index\""
}
# frames_of PORT INDEX GUARDS RECEIVER GROUP [WORD...]
frames_of() {
    python3 "$TOP/tests/system/guard-frames.py" "$@"
}
frags_are() {
    ovs-ofctl get-frags br0 | grep -qx "$1"
}
flows() {
    ovs-ofctl -O OpenFlow15 dump-flows br0 "$1" | grep -c cookie=0x56e7
}

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
guest g1 01 none
guest g2 02 none tag=10
guest g3 03 none vlan_mode=trunk trunks=10,20
guest g4 04 none
guest g5 05 none
network net0 br0 libvirt
start_controller
settle
cat > $S/sets <<'.'
set all g1 g4 g5 host up
.

say "Nobody asks, so all of it gets through and there is no flow for it."
[ "$(flows table=206) $(flows table=212)" = "0 0" ] || fail "there are flows"
frags_are normal || fail "fragments: $(ovs-ofctl get-frags br0)"
(cat $S/sets; frames_of g1 01 none up @all) | expect_frames

say "All guards, untagged, on an access port and on a trunk."
for g in g1 g2 g3; do
    vsctl set Interface $g external_ids:virtnet-guards=secure
done
all=mac,ip,dhcp,ra,other
settle
frags_are nx-match || fail "fragments: $(ovs-ofctl get-frags br0)"

# Who sets it otherwise opens a way round the guards: said, and set right.
allow_log 'mgmt_conn\|WARN\|br0: somebody has had IP fragments'
ovs-ofctl set-frags br0 normal
virtnetctl verify br0 >$S/frags && fail "verify does not see to fragments"
grep -q 'br0: IP fragments are not handled as guards need it' $S/frags \
    || fail "verify says: $(cat $S/frags)"
wait_for 20 frags_are nx-match || fail "fragments are not set right"
grep -q "somebody has had IP fragments handled as 'normal'" \
    "$OVS_LOGDIR/virtnet-controller.log" || fail "fragments are not logged"
virtnetctl verify br0 >$S/frags || fail "verify says: $(cat $S/frags)"
(
    cat $S/sets
    frames_of g1 01 $all up @all
    frames_of g2 02 $all 'up[10]' '@all[10] g3[10]'
    frames_of g3 03 $all 'up[10]' '@all[10] g2' vlan=10
    # What is behind another tag nobody can look into.
    echo 'g1 -> up vlan=0/1 vlan=5 = -'
    echo 'g3 -> up vlan=10 vlan=5 = -'
) | expect_frames

say "One guard stops what it is there for, and nothing else."
for guards in ip,dhcp ra,other; do
    set -- ${guards/,/ }
    vsctl set Interface g4 external_ids:virtnet-guards=$1
    vsctl set Interface g5 external_ids:virtnet-guards=$2
    settle
    (
        cat $S/sets
        frames_of g4 04 $1 up @all
        frames_of g5 05 $2 up @all
    ) | expect_frames
    (
        cat $S/sets
        frames_of g4 04 $1 'up[10]' '@all[10] g2 g3[10]' vlan=10
        frames_of g5 05 $2 'up[10]' '@all[10] g2 g3[10]' vlan=10
    ) | expect_frames
done

say "All that is stopped is counted for its port, without IPv6 addresses, too."
ips=$(vsctl get Interface g4 external_ids:virtnet-ips)
vsctl set Interface g4 external_ids:virtnet-guards=ip \
    external_ids:virtnet-ips=10.0.0.4
settle
frames_of g4 04 ip up @all | grep -- '= -$' | expect_frames
ovs-appctl revalidator/wait
ofctl --no-names dump-flows br0 table=212 > $S/stopped
grep 'n_packets=0,.* priority=1 actions=drop' $S/stopped ||
    fail "some are nobody's: $(cat $S/stopped)"
for port in g4 g5; do
    ctl metrics | grep -q "stopped_packets_total{.*port=\"$port\",kind=\"ip\"} [1-9]" ||
        fail "$port: not counted: $(ctl metrics | grep stopped_packets)"
done
vsctl set Interface g4 "external_ids:virtnet-ips=$ips"

say "Guard other lets pass what is listed, too."
vsctl set Interface g5 'external_ids:virtnet-guards="other 0x88b5"'
settle
expect_frames <<'.'
g5 -> up type=0x88b5 = up
g5 -> up type=0x88b6 = -
.

say "After a restart of the daemon, without a flow_mod."
stop_controller
start_controller
settle
ctl status | grep -q ' 0 flow_mods' || fail "flows were sent: $(ctl status)"
frags_are nx-match || fail "fragments: $(ovs-ofctl get-frags br0)"

say "Addresses change, are not known, or cannot be understood."
# arp_from IP: a request that says that g1 has it.
arp_from() {
    printf 'g1 -> bcast type=0x0806 head=0001080006040001525400000001%02x%02x%02x%02x0000000000000a0000fe = %s\n' \
        ${1//./ } "$2"
}
change() {
    vsctl set Interface g1 "external_ids:virtnet-ips=\"$1\""
    settle
    (cat $S/sets; cat) | expect_frames
}
{ arp_from 10.0.0.1 -; arp_from 10.0.0.9 @all; } | change 10.0.0.9
{ arp_from 10.0.1.1 @all; arp_from 10.0.2.1 -; } | change "10.0.1.0/24"
{ arp_from 10.0.0.1 -; } | change ""
ctl status | grep -q 'g1: has guard ip, but nobody says' ||
    fail "nothing said: $(ctl status)"
{ arp_from 10.0.0.1 -; echo 'g1 -> up rarp = -'; } | change "10.0.0.1 x"
ctl status | grep -q "g1.*'x' is not an IPv4 or IPv6 address" ||
    fail "nothing said: $(ctl status)"
vsctl set Interface g1 'external_ids:virtnet-ips="10.0.0.1"'

say "Held back, or in conflict, a port passes its guards nevertheless."
guest h1 11 secure
vsctl set Interface h1 external_ids:iface-status=inactive
guest h2 01 secure
settle
(
    cat $S/sets
    echo "h1 -> bcast garp = -"
    echo "h2 -> bcast garp = -"
    echo "h1 -> bcast rarp = @all h2"
    echo "h2 -> bcast rarp = @all h1"
) | expect_frames

say "With the last guard all that there was for it goes."
for g in g1 g2 g3 g4 g5 h1 h2; do
    vsctl set Interface $g external_ids:virtnet-guards=none
done
settle
wait_for 5 frags_are normal || fail "fragments: $(ovs-ofctl get-frags br0)"
[ "$(flows table=206) $(flows table=212)" = "0 0" ] || fail "there are flows"
finish
