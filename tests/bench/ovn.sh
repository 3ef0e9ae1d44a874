# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Case "ovn": what case "fleet" measures, of OVN as it is installed, with a
# logical switch for the network.  Two hosts have an ovn-controller each, and
# the others are chassis whose ports are bound.

OVN_SCHEMAS=${OVN_PKGDATADIR:-/usr/share/ovn}
NB=$S/ovn/nb.sock
SB=$S/ovn/sb.sock

# start_ovn_db NAME SCHEMA SOCKET
start_ovn_db() {
    ovsdb-tool create "$S/ovn/$1.db" "$OVN_SCHEMAS/$2.ovsschema"
    ovsdb-server -vconsole:off -vfile:err --detach --no-chdir \
        --pidfile="$S/ovn/$1.pid" --log-file="$S/ovn/$1.log" \
        --unixctl="$S/ovn/$1.ctl" --remote="punix:$3" "$S/ovn/$1.db"
}

start_ovn_central() {
    mkdir -p "$S/ovn"
    start_ovn_db nb ovn-nb "$NB"
    start_ovn_db sb ovn-sb "$SB"
    ovn-northd -vconsole:off -vfile:err --detach --no-chdir \
        --pidfile="$S/ovn/northd.pid" --log-file="$S/ovn/northd.log" \
        --unixctl="$S/ovn/northd.ctl" --ovnnb-db="unix:$NB" --ovnsb-db="unix:$SB"
}

# Starts switch $1, a chassis, with guests $2 to $2 + $3 - 1.
start_chassis() {
    start_empty_switch "$1"
    on "$1" vsctl set Open_vSwitch . external_ids:system-id="$1" \
        "external_ids:ovn-remote=\"unix:$SB\"" external_ids:ovn-bridge=br0 \
        external_ids:ovn-encap-type=geneve \
        "external_ids:ovn-encap-ip=10.0.0.$((16#$1))"
    "$BENCH" plug "$S/$1/run" "$2" "$3"
    on "$1" env OVN_RUNDIR="$S/$1/run" ovn-controller -vconsole:off -vfile:err --detach --no-chdir \
        --pidfile="$S/$1/run/ovn-controller.pid" \
        --log-file="$S/$1/log/ovn-controller.log" "unix:$S/$1/run/db.sock"
}

# Prints the key of guest $1 in its datapath, by which flows name it.
key_of() {
    ovn-sbctl --db="unix:$SB" --bare --columns=tunnel_key find Port_Binding \
        "logical_port=$(printf '%08x-0000-4000-8000-000000000000' "$1")"
}

# Has switch $1 flows for so many guests of others as $2 says?  Each has one in
# the table that says by which tunnel.
has_remote() {
    [ "$(on "$1" ovs-ofctl -O OpenFlow15 dump-flows br0 |
        grep -c 'reg15=0x.*,metadata=.* actions=.*output:')" -ge "$2" ]
}

ovn_cpu() {
    cpu_usec "$(pid_of "$1" ovn-controller)"
}

case_ovn() {
    local hosts each runs total i before others=()

    if ! command -v ovn-controller ovn-northd ovn-nbctl ovn-sbctl > /dev/null; then
        say "ovn: not measured, for it is not installed (ovn-central, ovn-host)" >&2
        return
    fi
    hosts=$(quick 5 20)
    each=$(quick 20 250)
    runs=$(quick 10 50)
    total=$((hosts * each))
    for ((i = 3; i <= hosts; i++)); do
        others+=("h$i:$((i << 16)):$each")
    done
    start_ovn_central
    # One more, to be plugged.
    python3 "$TOP/tests/bench/ovn-rows.py" nb "$NB" "1:$((each + 1))" \
        "$((1 << 10)):$each" "${others[@]#*:}"
    ovn-nbctl --db="unix:$NB" --timeout=600 --wait=sb sync
    python3 "$TOP/tests/bench/ovn-rows.py" sb "$SB" "${others[@]}"
    start_chassis a 1 "$each"
    start_chassis b $((1 << 10)) "$each"
    wait_for 300 has_remote b $((total - each)) ||
        fail "OVN has not all flows: $(on b ovs-ofctl -O OpenFlow15 dump-flows br0 |
            grep 'reg15=' | head -3)"
    sleep 3
    before=$(ovn_cpu b)
    "$BENCH" across $S/a/run $S/b/run $((each + 1)) "$runs" 20 \
        "$(key_of $((each + 1)))" | sed -n 's/^SAMPLE ours/SAMPLE x/p' |
        samples "fleet-plug/$total" ovn
    sample "fleet-cpu/$total" ovn $((($(ovn_cpu b) - before) / runs))
    sample "fleet-memory/$total" ovn "$(rss_kb "$(pid_of b ovn-controller)")"
    for i in a b; do
        kill_bench_daemon $i ovn-controller KILL
        stop_switch $i
    done
    for i in northd nb sb; do
        kill "$(cat "$S/ovn/$i.pid")"
    done
}
