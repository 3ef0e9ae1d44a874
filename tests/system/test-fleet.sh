#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Takes long
#
# Three hosts, one network: guests on each are as exact for the others as if all
# were on one.

. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/system/fleet.sh
. "$(dirname "$0")/fleet.sh"
# shellcheck source=tests/system/requests.sh
. "$(dirname "$0")/requests.sh"
sandbox "$@"
need_controller

# A tunnel that is not there, or not yet.
allow_log '\|tunnel(\([^|]*\))?\|WARN\|receive tunnel port not found'

# True if all hosts have tunnels of type $1 and of no other.
tunnels_are() {
    local host

    for host in "${FLEET_HOSTS[@]}"; do
        [ "$(at "$host" vsctl --bare --columns=type find Interface \
            bfd:enable=true | xargs)" = "$1 $1" ] || return 1
    done
}

start_fleet
fleet_network net "overlay='geneve'" > /dev/null
for n in 1 2 3; do
    add_fleet_host h$n 10.0.0.$n
done
add_fleet_guest h1 a1 52:54:00:00:00:a1
add_fleet_guest h1 a2 52:54:00:00:00:a2 tag=10
add_fleet_guest h2 b1 52:54:00:00:00:b1
add_fleet_guest h2 b2 52:54:00:00:00:b2 trunks=0,10
settle_fleet
say "Guests of other hosts are exact, and a host without guests gets nothing."
expect_fleet_frames <<'.'
a1 -> b1 = b1
b1 -> a1 = a1
b2 -> a1 = a1
a1 -> b1 vlan=30/5 = b1[30/5]
a1 -> bcast = b1 b2 h1-host h2-host
b1 -> bcast = b2 a1 h1-host h2-host
h1-host -> bcast = a1 b1 b2 h2-host
a1 -> mcast = b1 b2 h1-host h2-host
a1 -> unknown = -
b1 -> unknown = -
a1 -> stp = -
h1-host -> b1 = b1
# A network has guests.  A host is on its own bridge only.
b1 -> h1-host = -
h3-host -> a1 = -
.
say "A guest on the third host; VLANs."
add_fleet_guest h3 c1 52:54:00:00:00:c1 tag=20
settle_fleet
expect_fleet_frames <<'.'
a2 -> b2 = b2[10]
b2 -> a2 vlan=10/3 = a2
b2 -> a2 = -
a2 -> bcast = a1[10] b1[10] b2[10] h1-host[10] h2-host[10]
b1 -> bcast vlan=10 = a1[10] a2 b2[10] h1-host[10] h2-host[10]
c1 -> bcast = a1[20] b1[20] h1-host[20] h2-host[20] h3-host[20]
a1 -> bcast vlan=20 = b1[20] c1 h1-host[20] h2-host[20] h3-host[20]
a1 -> bcast = b1 b2 h1-host h2-host
a1 -> c1 vlan=20 = c1
a1 -> c1 = -
a2 -> c1 = -
c1 -> b1 = b1[20]
c1 -> b2 = -
c1 -> unknown = -
.
say "Who forges the address of a guest moves nothing, whoever and where he is."
expect_fleet_frames <<'.'
# c1 is in VLAN 20 only, in which they are as well.
c1 -> bcast src=52:54:00:00:00:a1 = a1[20] b1[20] h1-host[20] h2-host[20] h3-host[20]
c1 -> bcast garp src=52:54:00:00:00:b1 = a1[20] b1[20] h1-host[20] h2-host[20] h3-host[20]
a2 -> bcast rarp src=52:54:00:00:00:b1 = a1[10] b1[10] b2[10] h1-host[10] h2-host[10]
b1 -> bcast garp src=52:54:00:00:00:a1 = a1 b2 h1-host h2-host
h2-host -> bcast garp src=52:54:00:00:00:c1 vlan=20 = a1[20] b1[20] c1 h1-host[20] h3-host[20]
h3-host -> bcast garp src=52:54:00:00:00:a1 vlan=20 = a1[20] b1[20] c1 h1-host[20] h2-host[20]
wait
a1 -> b1 = b1
b1 -> a1 = a1
b2 -> a1 = a1
c1 -> b1 = b1[20]
c1 -> a1 = a1[20]
a1 -> c1 vlan=20 = c1
b1 -> c1 vlan=20 = c1
h2-host -> a1 = a1
.
say "A frame is traced through both hosts."
cat > $S/via <<.
#!/bin/bash
export OVS_RUNDIR=$S/\$1/run PATH=$BUILD/controller:\$PATH
shift
exec "\$@" --target=\$OVS_RUNDIR/virtnet-controller.ctl
.
chmod +x $S/via
# trace HOST ARGUMENT...
trace() {
    local host=$1

    shift
    $S/via "$host" virtnetctl trace br0 "$@"
}
trace h1 a2 --dst=52:54:00:00:00:b2 > $S/trace
grep -qx "on host h2 it goes on: virtnetctl trace br0 h1 \
dl_dst=52:54:00:00:00:b2,dl_src=52:54:00:00:00:a2,dl_vlan=10" $S/trace ||
    fail "trace: $(cat $S/trace)"
trace h1 a2 --dst=52:54:00:00:00:b2 --via=$S/via > $S/trace
grep -A 1 "^on host h2:" $S/trace | grep -q "to b2" ||
    fail "trace by way of h2: $(cat $S/trace)"
trace h1 a2 --dst=52:54:00:00:00:b2 --via=$S/via --format=json |
    grep -q '"verdict": "to b2' || fail "trace as JSON"
trace h1 a1 --dst=ff:ff:ff:ff:ff:ff --vlan=20 --via=$S/via > $S/trace
[ "$(grep -c '^on host' $S/trace)" = 2 ] || fail "broadcast: $(cat $S/trace)"
! trace h1 a1 --dst=52:54:00:00:00:b1 --via=false > $S/trace ||
    fail "a host that does not answer is no failure: $(cat $S/trace)"
say "Who asks for an address asks the host of its guest alone, and that the guest."
# add_owner HOST NAME INDEX: a guest that is 10.0.0.INDEX and 2001:db8::INDEX.
add_owner() {
    add_fleet_guest $1 $2 52:54:00:00:00:$3 tag=40 -- \
        set Interface $2 external_ids:virtnet-guards=ip \
        "external_ids:virtnet-ips=\"10.0.0.$((16#$3)) 2001:db8::$3\""
}
# are_asked NUMBER: does each host know of so many IPv4 addresses whom to ask?
are_asked() {
    local host

    for host in "${FLEET_HOSTS[@]}"; do
        [ "$(at "$host" ovs-ofctl dump-flows br0 table=235 |
            grep -c 'priority=300,arp')" = $1 ] || return 1
    done
}
# Those in VLAN 40 that are asked for nothing.
others='a1[40] b1[40] h1-host[40] h2-host[40] h3-host[40]'
add_owner h1 o1 41
add_owner h2 o2 42
add_owner h3 o3 43
settle_fleet
wait_for 30 are_asked 3 || fail "hosts do not know whom to ask"
(
    ask o1 41 10.0.0.65 10.0.0.66 '' o2
    ask o3 43 10.0.0.67 10.0.0.66 '' o2
    ask a1 a1 10.0.0.161 10.0.0.67 'vlan=40 ' o3
    look o1 41 2001:db8::41 2001:db8::42 '' o2
    look o1 41 fe80::5054:ff:fe00:41 fe80::5054:ff:fe00:43 '' o3
    look a1 a1 :: 2001:db8::43 'vlan=40 ' o3
    # In another VLAN it is nobody's.
    ask a1 a1 10.0.0.161 10.0.0.66 'vlan=30 ' \
        'b1[30] h1-host[30] h2-host[30]'
    ask o1 41 10.0.0.65 10.0.0.99 '' "$others o2 o3"
    # Who says that he has it, and who looks for another one that has.
    ask o1 41 10.0.0.65 10.0.0.65 '' "$others o2 o3"
    ask a1 a1 10.0.0.66 10.0.0.66 'vlan=40 ' "${others/a1?40? } o1 o2 o3"
    ask o2 42 0.0.0.0 10.0.0.66 '' "$others o1 o3"
    look o2 42 :: 2001:db8::42 '' "$others o1 o3"
) | expect_fleet_frames
at h2 vsctl set Interface o2 external_ids:virtnet-isolated=true
at h3 vsctl set Interface o3 external_ids:virtnet-isolated=true
# knows_isolated HOST: does HOST know that who is isolated does not ask o2?
knows_isolated() {
    at "$1" ovs-ofctl dump-flows br0 table=235 |
        grep -q 'arp,reg0=0/0x84,.*arp_tpa=10.0.0.66'
}
wait_for 30 knows_isolated h3 || fail "h3 does not know that o2 is isolated"
wait_for 30 knows_isolated h1 || fail "h1 does not know that o2 is isolated"
settle_fleet
(
    ask o1 41 10.0.0.65 10.0.0.66 '' o2
    ask o3 43 10.0.0.67 10.0.0.66 '' "$others o1"
) | expect_fleet_frames
at h1 restart_host_controller
settle_fleet
ask o1 41 10.0.0.65 10.0.0.67 '' o3 | expect_fleet_frames
# On two hosts: nobody's, for who asks.
at h3 vsctl set Interface o3 'external_ids:virtnet-ips="10.0.0.66"'
wait_for 30 are_asked 1 || fail "hosts ask one of two who have an address"
ask a1 a1 10.0.0.161 10.0.0.66 'vlan=40 ' "${others/a1?40? } o1 o2 o3" |
    expect_fleet_frames
at h1 unplug o1
at h2 unplug o2
at h3 unplug o3
settle_fleet
say "Guests that are kept apart are so on all hosts; they reach all others."
i="external_ids:virtnet-isolated=true"
c="external_ids:virtnet-community=web"
add_fleet_guest h1 i1 52:54:00:00:00:11 -- set Interface i1 $i
add_fleet_guest h2 i2 52:54:00:00:00:12 -- set Interface i2 $i
add_fleet_guest h1 w1 52:54:00:00:00:21 -- set Interface w1 $c
add_fleet_guest h3 w3 52:54:00:00:00:23 -- set Interface w3 $c
settle_fleet
expect_fleet_frames <<'.'
a1 -> i2 = i2
b1 -> i1 = i1
i1 -> b1 = b1
i2 -> a1 = a1
w1 -> b1 = b1
b1 -> w3 = w3
w1 -> w3 = w3
w3 -> w1 = w1
i1 -> i2 = -
i2 -> w3 = -
w3 -> i1 = -
i1 -> bcast = a1 b1 b2 h1-host h2-host h3-host
w3 -> bcast = a1 b1 b2 w1 h1-host h2-host h3-host
b1 -> bcast = a1 b2 i1 i2 w1 w3 h1-host h2-host h3-host
# Nobody becomes another one by another's address.
i1 -> i2 src=52:54:00:00:00:a1 = -
i1 -> bcast src=52:54:00:00:00:21 = -
i1 -> i2 src=52:54:00:00:00:99 = -
# Nor does who is unknown reach them from another host.
a1 -> i2 src=52:54:00:00:00:99 = -
a1 -> b1 src=52:54:00:00:00:99 = b1
.
say "A restart of the daemon changes nothing."
at h1 restart_host_controller
settle_fleet
expect_fleet_frames <<'.'
i1 -> i2 = -
i1 -> b1 = b1
b1 -> i1 = i1
w3 -> w1 = w1
.
say "A guest that moves is found where it is, also by third hosts."
move_fleet_guest a2 52:54:00:00:00:a2 h1 h3 tag=10
expect_fleet_frames <<'.'
b2 -> a2 vlan=10 = a2
a1 -> a2 vlan=10 = a2
a2 -> b2 = b2[10]
a2 -> c1 = -
.
say "A guest migrates while others send to it 1,000 times a second."
# result SENDER RECEIVER FIELD: a number of what the probe has counted.
result() {
    sed -nE "s/^stream=\"$1 .* to=$2( .*)? $3=([0-9]+) .*/\2/p" $S/result
}
vm="-- set Interface m2 external_ids:vm-id=ffffffff-0000-0000-0000-000000000001"
add_fleet_guest h2 m2 52:54:00:00:00:31 $vm
add_fleet_guest h3 m3 52:54:00:00:00:31 ${vm/m2/m3} \
    external_ids:iface-status=inactive
settle_fleet
wait_for 30 sends_to h1 52:54:00:00:00:31 h2 || fail "m2 is not on h2"
start_probe p 1000 <<.
a1 -> m2 = m2 m3
w3 -> m2 = m2 m3
m3 -> bcast rarp once = a1 a2 b1 b2 w1 w3 i1 i2 m2
.
sleep 0.7
probe_once p
sleep 0.6
at h2 unplug m2
sleep 0.6
stop_probe p > $S/result || :
for peer in a1 w3; do
    heard=$(result m3 $peer heard) last=$(result $peer m2 next)
    first=$(result $peer m3 first)
    say "    $peer: frames up to $last to the old place, heard after $heard," \
        "from $first to the new"
    [ $(($(result $peer m2 received) + $(result $peer m3 received))) = \
        $(($(result $peer m2 sent) - (first - last))) ] ||
        fail "frames are lost at other times, or doubled: $(cat $S/result)"
    [ "$first" -le $((heard + 100 * VIRTNET_PATIENCE)) ] ||
        fail "more is lost after the announcement: $(cat $S/result)"
done
at h3 unplug m3
settle_fleet
say "The same by VXLAN."
fleet_network net "overlay='vxlan'" > /dev/null
wait_for 30 tunnels_are vxlan || fail "tunnels are not of type vxlan"
settle_fleet
expect_fleet_frames <<'.'
a1 -> b1 = b1
b1 -> a1 = a1
a2 -> b2 = b2[10]
a1 -> i2 = i2
i1 -> i2 = -
w1 -> w3 = w3
c1 -> bcast = a1[20] b1[20] i1[20] i2[20] w1[20] w3[20] h1-host[20] h2-host[20] h3-host[20]
a1 -> unknown = -
.
say "A host dies.  A guest of it that is started elsewhere is found there."
allow_log '\|mbridge\|WARN\|br0: port [a-z0-9]+: MAC conflict'
lose_fleet_host h3
add_fleet_guest h2 c2 52:54:00:00:00:c1 tag=20
expect_fleet_frames <<'.'
# It may not be dead.
a1 -> c2 vlan=20 = -
.
wait_for 60 sends_to h1 52:54:00:00:00:c1 h2 ||
    fail "the guest of a dead host is not found: $(fleet ports)"
at h1 ctl status | grep -qx "fleet: host h3 is not seen" ||
    fail "status does not say that h3 is dead"
at h1 ctl metrics | grep -qx "virtnet_fleet_hosts_unseen 1" ||
    fail "metrics do not count the dead host"
expect_fleet_frames <<'.'
a1 -> c2 vlan=20 = c2
c2 -> a1 = a1[20]
b1 -> c2 vlan=20 = c2
.
finish_fleet
