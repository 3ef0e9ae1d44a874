# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Case "fleet": 20 hosts, of which two are real, switches a and b with a
# controller each, and the others rows and replicas.

FLEET_SOCKET=$S/run/virtnet-fleet.sock

start_fleet_server() {
    "$BUILD/controller/virtnetctl" fleet init > /dev/null
    ovsdb-server -vconsole:off -vfile:err --detach --no-chdir \
        --pidfile="$S/run/virtnet-fleet.pid" \
        --log-file="$S/log/virtnet-fleet.log" \
        --unixctl="$S/run/virtnet-fleet.ctl" --remote="punix:$FLEET_SOCKET" \
        "$S/db/virtnet-fleet.db"
}

# Starts switch $1, which is host $1 of the fleet, with a tunnel to each of the
# other hosts and no other network side.
start_host() {
    local host

    start_switch "$1"
    on "$1" vsctl del-port br0 uplink -- set Open_vSwitch . \
        external_ids:system-id="$1" "external_ids:virtnet-fleet=unix:$FLEET_SOCKET"
    for host in a b $(seq -f h%g 3 $FLEET_HOSTS); do
        [ "$host" = "$1" ] || on "$1" vsctl add-port br0 "to-$host" -- \
            set Interface "to-$host" type=geneve options:key=7 \
            options:remote_ip=10.0.0.$((16#${host//[!0-9a-f]/} % 256)) \
            external_ids:virtnet-fleet-host="$host"
    done
}

start_host_controller() {
    local dir=$S/$1

    mkdir -p "$dir/networks"
    write_network libvirt "$dir/networks/net0.xml"
    on "$1" "$BENCH" start "$dir/run/virtnet-controller.ctl" \
        "$BUILD/controller/virtnet-controller" "unix:$dir/run/db.sock" \
        --networks="$dir/networks" --libvirt=none --datapath-type=dummy \
        --fleet-directory="$dir/fleet" -vconsole:off -vfile:warn \
        --log-file="$dir/log/virtnet-controller.log" \
        --pidfile="$dir/run/virtnet-controller.pid" \
        --unixctl="$dir/run/virtnet-controller.ctl" > "$S/start.out"
}

host_ctl() {
    ovs-appctl --timeout=60 -t "$S/$1/run/virtnet-controller.ctl" "${@:2}"
}

# Does host $1 have flows for $2 addresses?
has_addresses() {
    [ "$(on "$1" ovs-ofctl -O OpenFlow15 dump-flows br0 table=230 |
        grep -c 'priority=100,.*dl_dst=52:54')" = "$2" ]
}

fleet_cpu() {
    cpu_usec "$(pid_of "$1" virtnet-controller)"
}

# How many flow-mods host $1's controller has sent since it was started.
flow_mods_of() {
    host_ctl "$1" status | sed -nE 's/^ *sent:.* ([0-9]+) flow_mods.*/\1/p' |
        sed -n 1p
}

case_fleet() {
    local each runs total before i seconds

    FLEET_HOSTS=$(quick 5 20)
    each=$(quick 20 250)
    runs=$(quick 10 200)
    seconds=$(quick 2 10)
    total=$((FLEET_HOSTS * each))
    start_fleet_server
    start_host a
    start_host b
    "$BENCH" plug $S/a/run 1 "$each"
    "$BENCH" plug $S/b/run $((1 << 10)) "$each"
    start_host_controller a
    start_host_controller b
    wait_for 60 has_addresses b $((2 * each)) || fail "b does not know of a's"
    host_ctl b wait
    sleep 1
    sample "fleet-memory/$total" before "$(rss_kb "$(pid_of b virtnet-controller)")"

    # All others.
    "$BENCH" replay "$FLEET_SOCKET" 3 $((FLEET_HOSTS - 2)) "$each" \
        > "$S/replay.out" &
    REPLAY=$!
    wait_for 60 has_addresses b "$total" || fail "b does not know of all"
    host_ctl b wait
    sleep 2
    sample "fleet-memory/$total" guests $(((FLEET_HOSTS - 2) * each))
    sample "fleet-memory/$total" after "$(rss_kb "$(pid_of b virtnet-controller)")"

    # What a host costs that has nothing to do but to be told that others are
    # there, and with plugs elsewhere.
    for i in 1 2; do
        before=$(fleet_cpu b)
        sleep "$seconds"
        sample "fleet-idle/$total" ours \
            $((($(fleet_cpu b) - before) / seconds))
    done
    before=$(fleet_cpu b)
    "$BENCH" across $S/a/run $S/b/run $((each + 1)) "$runs" 20 |
        samples "fleet-plug/$total"
    sample "fleet-cpu/$total" ours $((($(fleet_cpu b) - before) / runs))

    # A restart.
    for i in 1 2 3; do
        kill_bench_daemon b virtnet-controller KILL
        start_host_controller b
        samples "fleet-restart/$total" < "$S/start.out"
        sleep 2
        sample "fleet-restart-mods/$total" ours "$(flow_mods_of b)"
    done

    # The same, with a switch that has nothing.
    for i in 1 2 3; do
        kill_bench_daemon b virtnet-controller KILL
        on b ovs-ofctl -O OpenFlow15 del-flows br0
        on b ovs-ofctl -O OpenFlow15 del-groups br0
        start_host_controller b
        has_addresses b "$total" || fail "b has not all flows"
        samples "fleet-install/$total" < "$S/start.out"
    done
    kill $REPLAY
    for i in a b; do
        kill_bench_daemon $i virtnet-controller
        stop_switch $i
    done
    kill "$(cat "$S/run/virtnet-fleet.pid")"
}
