#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The controller is killed at random moments, KILLS times (default 40), many of
# them in the middle of a bundle, and is stopped and continued.  No frame between
# guests or to and from the uplink is lost, at 1,000 frames a second each.
#
# The moments come from a seed, SEED, which is printed.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

KILLS=${KILLS:-40}
RANDOM=${SEED:=$RANDOM}
say "SEED=$SEED"

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
network net0 br0 libvirt
start_controller
settle

start_probe p 1000 <<'.'
g1 -> g2 = g2
g2 -> unknown = up
up -> g1 = g1
up -> unknown = -
.

# Guests that only change: $1 is the VLAN of all of them.
N=20
add_others() {
    local i words=()

    for ((i = 0; i < N; i++)); do
        words+=(-- add-port br0 other$i
                -- set Interface other$i type=internal
                "external-ids:attached-mac=\"52:54:00:00:01:$((10 + i))\"")
    done
    vsctl --no-wait "${words[@]}"
}
set_others() {
    local i words=()

    for ((i = 0; i < N; i++)); do
        words+=(-- set Port other$i tag="$1")
    done
    vsctl --no-wait "${words[@]}"
}

# A part of a second, from 0 to $1 thousandths.
pause() {
    sleep "$(printf '0.%03d' $((RANDOM % ($1 + 1))))"
}

add_others
in_flight=0
for ((kill = 1; kill <= KILLS || (in_flight == 0 && kill <= 5 * KILLS);
      kill++)); do
    set_others $((kill % 9 + 10)) &
    pause 100
    stop_controller KILL
    wait $!
    # Nothing says more of a bundle than that it is there in part.
    our_flows br0 > $S/flows
    old=$(grep -cE "dl_vlan=$(((kill + 8) % 9 + 10)),dl_dst=52:54:00:00:01:" $S/flows || :)
    new=$(grep -cE "dl_vlan=$((kill % 9 + 10)),dl_dst=52:54:00:00:01:" $S/flows || :)
    [ "$old" = 0 ] || [ "$new" = 0 ] || fail "half a bundle: $old old, $new new"
    [ "$new" = $N ] || in_flight=$((in_flight + 1))
    pause 50
    start_controller
    if [ $((kill % 10)) = 0 ]; then
        settle
        check_laws
    else
        pause 200
    fi
done
settle
check_laws
say "killed $((kill - 1)) times, $in_flight of them before the bundle was in"
[ $in_flight -gt 0 ] || fail "no kill came before a bundle was in"

say "Nothing has changed: 0 messages."
expect_quiet_restart

say "The connection is reset by another datapath ID."
vsctl set Bridge br0 other_config:datapath-id=00000000000000aa
settle
[ "$(count_changes)" = 0 ] || fail "a new connection sent: $(changes_received)"

say "Stopped for a while, and continued."
pid=$(cat $OVS_RUNDIR/virtnet-controller.pid)
kill -STOP "$pid"
set_others 30
sleep "${STOP_SECONDS:-3}"
kill -CONT "$pid"
settle
check_laws
[ "$(our_flows br0 | grep -c dl_vlan=30,dl_dst=52:54:00:00:01:)" = $N ] ||
    fail "what changed while it was stopped was not caught up with"

stop_probe p > $S/probe || fail "frames were lost: $(cat $S/probe)"
cat $S/probe
allow_log 'virtnet-controller.*\|WARN\|.*(connection closed|Broken pipe)'
# If it was stopped for longer than the switch waits for it.
allow_log 'rconn\|ERR\|br0<->unix.*: no response to inactivity probe after'
finish
