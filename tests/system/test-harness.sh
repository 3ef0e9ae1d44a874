#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The harness itself, on Open vSwitch without any controller: frames are
# attributed rightly, wrong expectations are found, loss is counted, sandboxes
# do not see each other, and nothing is left of one that is killed.

. "$(dirname "$0")/lib.sh"

# A sandbox to be killed: it starts everything and then waits.
if [ -n "${HARNESS_VICTIM-}" ]; then
    sandbox
    start_ovs
    add_bridge victim0
    add_guest victim0 victim1 52:54:00:00:00:01
    start_probe p 100 <<'.'
victim1 -> bcast = host
.
    cat $OVS_RUNDIR/*.pid > $S/running
    sleep 1000
fi

sandbox "$@"

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01 tag=10
add_guest br0 g2 52:54:00:00:00:02 tag=10
add_guest br0 g3 52:54:00:00:00:03 tag=20
add_guest br0 g4 52:54:00:00:00:04

say "Learning and flooding, and every notation of receivers."
expect_frames <<'.'
set tagged up host g4
g1 -> unknown = g2 @tagged[10]
g1 -> g2 = g2 @tagged[10]
g2 -> g1 = g1
.
wait_revalidated
expect_frames <<'.'
set tagged up host g4
g1 -> g2 = g2
up -> bcast vlan=20/3 = g3 host[20/3] g4[20/3]
up -> bcast vlan=30/7 = host[30/7] g4[30/7]
up -> bcast svlan=200 vlan=10 = host[s200,10] g4[s200,10]
up -> bcast vlan=0/5 = host[0/5] g4[0/5]
g1 -> stp = -
host -> bcast = up g4
g3 -> bcast na = @tagged[20]
g3 -> bcast rarp = @tagged[20]
g4 -> up len=1514 = up
.
ofctl add-flow br0 \
    'table=0,priority=9,in_port=g1,dl_type=0x1111,actions=output:g2,output:g2'
ofctl add-flow br0 \
    'table=0,priority=9,in_port=g1,dl_type=0x1112,actions=mod_dl_src:02:00:00:00:00:09,output:g2'
expect_frames <<'.'
g1 -> g2 type=0x1111 = g2x2
g1 -> g2 type=0x1112 = g2+mangled
.
ofctl del-flows --strict br0 'table=0,priority=9,in_port=g1,dl_type=0x1111'
ofctl del-flows --strict br0 'table=0,priority=9,in_port=g1,dl_type=0x1112'

say "Expectations that are wrong are found wrong."
frame_ports > $S/frame-ports
n=0
while read -r wrong; do
    n=$((n + 1))
    if "$FRAMES" --check --patience=100 $S/frame-ports - <<< "$wrong" \
            > $S/tmp/out; then
        fail "not found: $wrong"
    fi
    grep -q '1 of 1 frames' $S/tmp/out || fail "reported: $(cat $S/tmp/out)"
done <<'.'
g1 -> g2 = -
g1 -> g2 = g2 up[10]
g1 -> g2 = g1
g1 -> g2 = g2[10]
g1 -> g2 = g2x2
g1 -> g2 = g2+mangled
g1 -> bcast = g2
g1 -> bcast = g2 host[10] up[10] g4[11]
g1 -> bcast = g2 host[10] up[10] g4[10/1]
g1 -> bcast = g2 host[10] up[10] g4
g1 -> bcast = g2 host[10] up[10] g4[10] g3
g1 -> stp = g2
.
say "$n wrong expectations found."

say "Thousands of frames."
for i in $(seq 1000); do
    printf 'g1 -> g2 = g2\ng1 -> bcast len=%d = g2 host[10] up[10] g4[10]\n' \
        $((60 + i))
    printf 'host -> bcast vlan=20 = g3 up[20] g4[20]\nup -> g1 vlan=10 = g1\n'
done | expect_frames

say "Loss and strays are counted."
start_probe p 1000 <<'.'
g1 -> g2 = g2
up -> g3 vlan=20 = g3
g1 -> stp = -
.
sleep 1
stop_probe p > $S/tmp/perfect || fail "not perfect: $(cat $S/tmp/perfect)"

# The kernel's datapath runs whether vswitchd does or not.
if ! on_kernel; then
say "A switch that does not run does not lose frames; the sender waits."
start_probe p 1000 <<'.'
g1 -> g2 = g2
up -> g1 vlan=10 = g1
.
sleep 0.3
kill -STOP "$(cat $OVS_RUNDIR/ovs-vswitchd.pid)"
sleep 2
kill -CONT "$(cat $OVS_RUNDIR/ovs-vswitchd.pid)"
sleep 0.3
stop_probe p > $S/tmp/stopped || fail "not perfect: $(cat $S/tmp/stopped)"
waited=$(sed -nE 's/.* waited ([0-9]+)\..*/\1/p' $S/probe-p.err)
[ "$waited" -ge 1000 ] || fail "the sender waited for $waited ms only"
grep -qE ' 0 of receivers, (0|unknown) of the switch$' $S/probe-p.err ||
    fail "sockets were full"

say "What does not fit into the switch's sockets is counted."
cat > $S/tmp/flood <<'.'
g1 -> g2 = g2
.
kill -STOP "$(cat $OVS_RUNDIR/ovs-vswitchd.pid)"
"$FRAMES" --rate=10000 --count=2000 --blind $S/frame-ports $S/tmp/flood \
    > $S/tmp/out 2> $S/tmp/err &
sleep 1
kill -CONT "$(cat $OVS_RUNDIR/ovs-vswitchd.pid)"
! wait $! || fail "no frames were lost"
cat $S/tmp/err
lost=$(sed -nE 's/.* lost=([0-9]+) .*/\1/p' $S/tmp/out)
grep -qE " ($lost|unknown) of the switch\$" $S/tmp/err ||
    fail "$lost frames were lost, but as many were not dropped"
fi

say "Loss in the switch is loss."
start_probe p 1000 <<'.'
g1 -> g2 = g2
.
sleep 0.3
ofctl add-flow br0 'table=0,priority=9,in_port=g1,actions=drop'
sleep 0.5
ofctl add-flow br0 'table=0,priority=9,in_port=g1,actions=output:g2,output:g3'
sleep 0.3
! stop_probe p > $S/tmp/loss || fail "loss was not counted"
cat $S/tmp/loss
counted() { sed -E "s/.* $1=([0-9]+).*/\\1/" $S/tmp/loss; }
sent=$(counted sent)
lost=$(counted lost)
strays=$(counted strays)
duplicates=$(counted duplicates)
gap=$(counted longest_gap_ms)
[ "$lost" -gt 100 ] && [ "$lost" -lt "$sent" ] || fail "lost: $lost"
[ "$strays" -gt 50 ] && [ "$duplicates" = 0 ] || fail "strays: $strays"
[ "$gap" -ge 300 ] || fail "longest gap: $gap ms"
ofctl del-flows --strict br0 'table=0,priority=9,in_port=g1'

say "Messages that change something are counted."
start_counting
[ "$(count_changes)" = 0 ]
ofctl dump-flows br0 > /dev/null
[ "$(count_changes)" = 0 ] || fail "reading was counted"
ofctl add-flow br0 'table=9,actions=drop'
[ "$(count_changes)" = 1 ] || fail "a flow-mod was not counted"
printf 'table=9,priority=%d,actions=drop\n' $(seq 10) |
    ofctl --bundle add-flows br0 -
[ "$(count_changes)" = 11 ] || fail "a bundle was counted as $(count_changes)"
ofctl add-group br0 'group_id=5,type=all,bucket=actions=drop'
[ "$(count_changes)" = 12 ] || fail "a group-mod was not counted"
ovs-ofctl mod-port br0 g1 no-flood
ovs-ofctl mod-port br0 g1 flood
[ "$(count_changes)" = 14 ] || fail "a port-mod was not counted"
ofctl del-flows br0 table=9
ofctl del-groups br0 group_id=5

say "The state of a bridge is the same after everything was undone."
{ foreign_flows br0; foreign_groups br0; } | diff $S/foreign-br0 -
bridge_state br0 > $S/tmp/before
vsctl set Port g1 tag=11
! bridge_state br0 | cmp -s $S/tmp/before - || fail "a changed tag went unseen"
vsctl set Port g1 tag=10
ovs-ofctl mod-port br0 g1 no-flood
! bridge_state br0 | cmp -s $S/tmp/before - || fail "no-flood went unseen"
ovs-ofctl mod-port br0 g1 flood
bridge_state br0 | diff -u $S/tmp/before -

say "Sandboxes do not see each other, and nothing is left of a killed one."
victim() {
    mkdir -p "$S/victim$1"
    (unset VIRTNET_SANDBOX KEEP_SHELL
     HARNESS_VICTIM=yes VIRTNET_TEST_DIR=$S/victim$1 exec bash "$0" \
         > "$S/victim$1.out" 2>&1) &
}
victim 1
one=$!
victim 2
two=$!
for i in 1 2; do
    wait_for 60 test -s $S/victim$i/running ||
        fail "victim $i: $(cat $S/victim$i.out)"
done
running=$(pgrep -xc ovs-vswitchd)
[ "$running" = 3 ] || fail "$running switches instead of three"
[ ! -e /run/netns/victim1 ] || fail "another sandbox's namespace is visible"
! ip link show dev victim1 2> /dev/null ||
    fail "another sandbox's device is visible"
expect_frames <<'.'
g1 -> bcast = g2 host[10] up[10] g4[10]
.
kill -KILL $one
kill -TERM $two
only_own_left() {
    [ "$(pgrep -xc ovs-vswitchd)" = 1 ] && [ "$(pgrep -xc ovsdb-server)" = 1 ] &&
        ! pgrep -x frames > /dev/null && ! pgrep -x sleep > /dev/null
}
wait_for 20 only_own_left || fail "left: $(ps ax)"
expect_frames <<'.'
g1 -> bcast = g2 host[10] up[10] g4[10]
.

finish
