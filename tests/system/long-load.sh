#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Many guests, GUESTS (default 200), and one that sends as fast as it can:
# broadcasts, forged sources, destinations that nobody has, announcements.  The
# controller is told nothing of it, or a limited number of frames, and does
# nothing; the datapath's flows stay few; guests are plugged as usual.  What the
# storms cost is printed, for each of MODES (default: libvirt).
#
# GUESTS=2000 PLUGS=10 STORM_SECONDS=5 MODES='kernel libvirt' is the long form.
#
# All guests are real devices.  Those that send or are sent to have namespaces.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

GUESTS=${GUESTS:-200}
PLUGS=${PLUGS:-2}
MODES=${MODES:-libvirt}
BENCH=$BUILD/tests/bench/bench

# vswitchd forwards in the thread that does everything else.
allow_log '\|(timeval|ovs_rcu|netlink_notifier|poll_loop)(\([^|]*\))?\|WARN\|'
# Each destination that nobody has is a flow of the datapath, in any mode.
allow_log 'ofproto_dpif_upcall.*\|WARN\|upcall: datapath reached the dynamic limit'

# Makes devices $1... without namespaces, v$i for the switch.
make_devices() {
    local i

    for i; do
        echo "link add name v$i type veth peer name w$i"
        echo "link set dev v$i up"
        echo "link set dev w$i up"
    done > $S/links
    ip -batch $S/links
}

mac_of() {
    printf '52:54:00:01:%02x:%02x' $(($1 / 256)) $(($1 % 256))
}

start_ovs
add_bridge br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 loud 52:54:00:00:00:02
add_guest br0 trusted 52:54:00:00:00:03 -- set Interface trusted \
    external_ids:virtnet-portgroup=trusted
add_guest br0 waiting 52:54:00:00:00:04 -- set Interface waiting \
    external_ids:iface-status=inactive
make_devices $(seq $((GUESTS + PLUGS)))
words=()
for i in $(seq "$GUESTS"); do
    words+=(-- add-port br0 "v$i" -- set Interface "v$i"
            "external-ids:attached-mac=\"$(mac_of "$i")\"")
done
vsctl "${words[@]}"
definition() {
    network net0 br0 "$1" - <<< "<portgroup name='trusted'
        trustGuestRxFilters='yes'/>"
}
definition libvirt
start_controller
settle
say "$GUESTS guests: $(our_flows br0 | wc -l) flows, $(our_groups br0 | wc -l) groups"
plant_foreign br0

now_ms() {
    echo $((${EPOCHREALTIME/./} / 1000))
}

# Prints how many frames the switch has shown to the controller.
shown() {
    ctl metrics | sed -n 's/^virtnet_frames_shown.* //p'
}

controller_cpu_ms() {
    awk '{ print int($1 / 1000000) }' \
        "/proc/$(cat $OVS_RUNDIR/virtnet-controller.pid)/schedstat"
}

megaflows() {
    ovs-appctl dpctl/show | sed -n 's/^ *flows: //p'
}

taken_in() {
    ovs-appctl dpif-netdev/pmd-stats-show |
        awk '/packets received:/ { s += $3 } END { print s + 0 }'
}

# Prints how many frames the guests without namespaces have been sent.
received() {
    local i

    for i in $(seq "$GUESTS"); do
        cat "/sys/class/net/w$i/statistics/rx_packets"
    done | awk '{ n += $1 } END { print n }'
}

# Plugs PLUGS guests, one after the other, and unplugs them.  Prints the median
# and the maximum of what ovs-vsctl took, of what the controller took from then
# on until its flows were acknowledged, and of what a echo took then.
time_plugs() {
    local i start plugged ready

    for i in $(seq $((GUESTS + 1)) $((GUESTS + PLUGS))); do
        start=$(now_ms)
        vsctl add-port br0 "v$i" -- set Interface "v$i" \
            "external-ids:attached-mac=\"$(mac_of "$i")\""
        plugged=$(now_ms)
        [ "$mode" = kernel ] || ctl wait --timeout=30 "v$i" > $S/wait ||
            fail "v$i is not ready: $(cat $S/wait)"
        ready=$(now_ms)
        ofctl probe br0
        echo $((plugged - start)) $((ready - plugged)) $(($(now_ms) - ready))
    done > $S/times
    for i in 1 2 3; do
        cut -d ' ' -f $i $S/times | sort -n | awk '
            { t[NR] = $1 }
            END { printf "%9s", t[int((NR + 1) / 2)] "/" t[NR] }'
    done
    for i in $(seq $((GUESTS + 1)) $((GUESTS + PLUGS))); do
        unplug "v$i"
    done
}

# storm NAME COMMAND...: has COMMAND send frames, and prints what that does.
# Then, in variables: SHOWN, MESSAGES, CPU, MEGAFLOWS, DELIVERED and TAKEN_IN.
storm() {
    local name=$1 pid start plugs

    shift
    ovs-appctl revalidator/purge
    send_frames <<< 'g1 -> up' > $S/sent
    SHOWN=$(shown) TAKEN_IN=$(taken_in) DELIVERED=$(received)
    CPU=$(controller_cpu_ms)
    start_counting
    start=$(now_ms)
    "$@" > $S/storm 2>&1 &
    pid=$!
    sleep "${STORM_SECONDS:-1}"
    MEGAFLOWS=$(megaflows)
    MESSAGES=$(count_changes)
    CPU=$((($(controller_cpu_ms) - CPU) * 1000 / ($(now_ms) - start)))
    SHOWN=$(($(shown) - SHOWN))
    TAKEN_IN=$((($(taken_in) - TAKEN_IN) * 1000 / ($(now_ms) - start)))
    DELIVERED=$(($(received) - DELIVERED))
    ovs-appctl -t ovs-vswitchd vlog/set vconn:file:info
    plugs=$(time_plugs)
    [ -e "/proc/$pid" ] || fail "$name: the storm is over: $(cat $S/storm)"
    kill -TERM $pid
    wait $pid || :
    printf '%-8s %-10s %9d %6d %6d %9d %5d%s\n' "$mode" "$name" \
        "$TAKEN_IN" "$MEGAFLOWS" "$SHOWN" "$MESSAGES" "$CPU" "$plugs"
}

# Nothing of storm $1 has come to the controller.
unaffected() {
    [ "$SHOWN" = 0 ] || fail "$1: $SHOWN frames were shown to the controller"
    [ "$MESSAGES" = 0 ] || fail "$1: $(changes_received)"
    [ "$CPU" -le 50 ] || fail "$1: the controller took $CPU ms a second"
}

# Storms last longer than what happens meanwhile.
blast() {
    exec ip netns exec "$1" "$BENCH" blast eth0 600000 "${@:2}"
}

say "                     taken in  mega- frames  messages   CPU plugging, ms (median/most)"
say "mode     storm      frames/s  flows  shown            ms/s    vsctl  flows     echo"
for mode in $MODES; do
    definition $mode
    settle
    storm none sleep 600
    storm broadcast blast loud ff:ff:ff:ff:ff:ff 52:54:00:00:00:02 1
    unaffected broadcast
    [ "$DELIVERED" -ge "$GUESTS" ] || fail "$DELIVERED broadcasts came out"
    storm forged blast loud 52:54:00:00:00:01 random 60000
    if [ $mode = libvirt ]; then
        unaffected forged
        [ "$MEGAFLOWS" -le 10 ] || fail "forged sources make $MEGAFLOWS flows"
        [ "$DELIVERED" = 0 ] || fail "$DELIVERED came to other guests"
    fi
    storm unknown blast loud random random 60000
    [ "$MEGAFLOWS" -le 200000 ] || fail "$MEGAFLOWS flows in the datapath"
    if [ $mode = libvirt ]; then
        unaffected unknown
        [ "$DELIVERED" = 0 ] || fail "$DELIVERED came to guests"
    fi
done

# These have a meaning in libvirt mode alone.
storm waiting blast waiting ff:ff:ff:ff:ff:ff random 1000
[ "$SHOWN" -ge 1 ] || fail "the guest that was waited for was not noticed"
[ "$SHOWN" -le 500 ] || fail "$SHOWN frames of a guest that was waited for"
storm waiting blast waiting ff:ff:ff:ff:ff:ff random 1000
unaffected "the guest that has come"

for i in $(seq 0 999); do
    printf 'trusted -> bcast garp src=52:54:00:0d:%02x:%02x\n' \
        $((i / 256)) $((i % 256))
done > $S/announcements
frame_ports > $S/frame-ports
announce() {
    exec "$FRAMES" --rate=20 $S/frame-ports $S/announcements
}
allow_log 'trusted announces too many addresses'
storm announcing announce
[ "$SHOWN" -ge 1 ] || fail "no announcement was noticed"
[ "$SHOWN" -le 500 ] || fail "$SHOWN announcements were shown"
[ "$MESSAGES" -le 150 ] || fail "announcements changed $MESSAGES flows"

definition libvirt
settle
expect_frames <<'.'
g1 -> loud = loud
up -> g1 = g1
up -> unknown = -
loud -> g1 src=52:54:00:00:ff:01 = g1
.
finish
