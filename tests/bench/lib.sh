# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What the benchmark's cases need: private switches, the controller, samples.
#
# There are up to two switches, "a", which the controller looks after, and "b",
# the reference.  Each has a folder of its own, $S/a and $S/b, with its
# database, its sockets and its logs, and one bridge, br0.

# shellcheck source=tests/system/lib.sh
. "$TOP/tests/system/lib.sh"

BENCH=$BUILD/tests/bench/bench
CTL=$S/a/run/virtnet-controller.ctl
NETWORK=$NETWORKS/net0.xml

## Samples.

# sample CASE SIDE VALUE: records a measurement.  SIDE is "ours", "reference" or
# the name of something that is printed beside the two.
sample() {
    printf '%s\t%s\t%s\n' "$1" "$2" "$3" >> "$SAMPLES"
}

# Records the samples that the bench program has printed on standard input for
# case $1.
samples() {
    local word side value

    while read -r word side value; do
        [ "$word" = SAMPLE ] || continue
        case $side in
        ours | reference | barrier | whole | transaction | unplug) ;;
        *) side=${2:-ours} ;;
        esac
        sample "$1" "$side" "$value"
    done
}

now_usec() {
    echo "${EPOCHREALTIME/./}"
}

# timed CASE SIDE COMMAND...: records how long COMMAND takes.
timed() {
    local case=$1 side=$2 start end

    shift 2
    start=$(now_usec)
    "$@" > /dev/null
    end=$(now_usec)
    sample "$case" "$side" $((end - start))
}

## CPU time, in microseconds, from the scheduler: of all threads of a process.
## And that of the whole machine, which counts in hundredths of a second.

busy_usec() {
    awk '/^cpu / {
        print ($2 + $3 + $4 + $7 + $8) * 10000
    }' /proc/stat
}

cpu_usec() {
    cat /proc/"$1"/task/*/schedstat | awk '{ s += $1 } END { print int(s / 1000) }'
}

pid_of() {
    cat "$S/$1/run/$2.pid"
}

rss_kb() {
    awk '/^VmRSS:/ { print $2 }' "/proc/$1/status"
}

# How often has process $1 waited for something to do?
count_turns() {
    awk '/^voluntary_ctxt_switches:/ { print $2 }' "/proc/$1/status"
}

switches_of() {
    awk '/ctxt_switches:/ { s += $2 } END { print s }' "/proc/$1/status"
}

## Switches.

# on SWITCH COMMAND...: runs COMMAND for that switch.
on() {
    local dir=$S/$1

    shift
    OVS_RUNDIR=$dir/run OVS_LOGDIR=$dir/log OVS_DBDIR=$dir/db "$@"
}

# Starts vswitchd of switch $1.  Devices and datapaths are dummies unless $2 is
# "netdev" or "system".  The kernel has one datapath in a network namespace, so
# that the reference is in another.
start_bench_vswitchd() {
    local options=() inside=()

    [ "${2-}" = system ] || options+=(--disable-system)
    [ -n "${2-}" ] || options+=(--enable-dummy)
    if [ "$1/${2-}" = b/system ]; then
        [ -e /run/netns/b ] || ip netns add b
        inside=(nsenter --net=/run/netns/b)
    fi
    on "$1" ${inside[@]+"${inside[@]}"} ovs-vswitchd -vconsole:off -vfile:err --detach --no-chdir \
        --pidfile --log-file "${options[@]}" "unix:$S/$1/run/db.sock"
}

# Starts switch $1 with bridge br0 of type $2 (default: dummy).
start_empty_switch() {
    mkdir -p "$S/$1"/{run,log,db}
    on "$1" ovsdb-tool create "$S/$1/db/conf.db" \
        "${OVS_PKGDATADIR:-/usr/share/openvswitch}/vswitch.ovsschema"
    on "$1" ovsdb-server -vconsole:off -vfile:err --detach --no-chdir \
        --pidfile --log-file "--remote=punix:$S/$1/run/db.sock" \
        "$S/$1/db/conf.db"
    on "$1" ovs-vsctl --no-wait init
    start_bench_vswitchd "$1" "${2-}"
    on "$1" vsctl add-br br0 -- set Bridge br0 "datapath_type=${2:-dummy}" \
        other_config:hwaddr=aa:55:00:00:00:01 fail_mode=secure
}

# Starts switch $1, with devices that are dummies, or else the kernel's own: the
# network side is one port, "uplink", and guests are what the program plugs.
start_switch() {
    if [ "$BENCH_DATAPATH" = system ]; then
        start_empty_switch "$1" system
    else
        start_empty_switch "$1"
    fi
    on "$1" vsctl add-port br0 uplink -- set Interface uplink \
        type="$BENCH_PORT_TYPE" ofport_request=30000 \
        external_ids:virtnet-role=network
}

kill_bench_daemon() {
    local pid

    pid=$(pid_of "$1" "$2" 2> /dev/null) || return 0
    kill "-${3:-TERM}" "$pid"
    wait_for 30 is_gone "$pid" || fail "$2 does not end"
    rm -f "$S/$1/run/$2.pid"
}

# Ends vswitchd of switch $1 and has the kernel forget its datapath.
clear_datapath() {
    local pid

    pid=$(pid_of "$1" ovs-vswitchd)
    on "$1" ovs-appctl exit --cleanup
    wait_for 60 is_gone "$pid" || fail "ovs-vswitchd does not end"
}

stop_switch() {
    [ "$BENCH_DATAPATH" != system ] || clear_datapath "$1"
    kill_bench_daemon "$1" ovs-vswitchd KILL
    kill_bench_daemon "$1" ovsdb-server KILL
    rm -rf "${S:?}/$1"
}

# Gives switches $2... guests up to number $1.
populate() {
    local n=$1 side have

    shift
    for side; do
        have=$(on "$side" ovs-vsctl --no-wait --bare --columns=name \
                   list Interface | grep -c '^g') || :
        [ "$have" -ge "$n" ] ||
            "$BENCH" plug "$S/$side/run" $((have + 1)) $((n - have))
    done
}

## The controller.

controller_command() {
    local dp=${DATAPATH:-dummy}

    [ "$BENCH_DATAPATH" != system ] || dp=system
    COMMAND=("$BUILD/controller/virtnet-controller" "unix:$S/a/run/db.sock"
        --networks=$NETWORKS --libvirt=none --datapath-type="$dp"
        -vconsole:off -vfile:warn --log-file="$S/a/log/virtnet-controller.log"
        --pidfile="$S/a/run/virtnet-controller.pid" --unixctl="$CTL")
}

# Starts the controller and waits until it has installed everything.  Words are
# put before its command line.
start_bench_controller() {
    controller_command
    on a "$BENCH" start "$CTL" "$@" "${COMMAND[@]}" > "$S/start.out"
}

stop_bench_controller() {
    kill_bench_daemon a virtnet-controller "${1:-TERM}"
    rm -f "$CTL"
}

bench_ctl() {
    ovs-appctl --timeout=60 -t "$CTL" "$@"
}

# Prints the number that stands before word $1 in what the controller says it
# has sent.
sent() {
    bench_ctl status |
        sed -nE "s/^ *sent:.* ([0-9]+) $1.*/\1/p;s/^ *sent: ([0-9]+) $1.*/\1/p" |
        sed -n 1p
}

# Writes a network definition for bridge br0 in mode $1 as file $2.  Portgroup
# "guests" is in VLAN $3.
write_network() {
    cat > "$2" <<.
<network>
  <name>net0</name>
  <forward mode='bridge'/>
  <bridge name='br0' macTableManager='$1'/>
  <virtualport type='openvswitch'/>
  <portgroup name='guests'><vlan><tag id='${3:-10}'/></vlan></portgroup>
</network>
.
}

# Puts bridge br0 into mode $1 and waits until that is installed.
set_mode() {
    write_network "$1" "$NETWORK.new"
    on a "$BENCH" apply "$CTL" "$NETWORK.new" "$NETWORK" > "$S/apply.out"
    # What was learned may be being flushed yet.
    for _ in {1..100}; do
        # All of it is read, lest ovs-appctl fail to write the rest.
        bench_ctl status > "$S/status.out"
        ! grep -q "^bridge br0: mode $1, state installed" "$S/status.out" ||
            return 0
        sleep 0.05
    done
    fail "bridge is not in mode $1: $(head -20 "$S/status.out")"
}

# Writes the controller's plan as a file for "ovs-ofctl bundle".
save_plan() {
    bench_ctl plan br0 | grep -v '^#' > "$1"
}

# Gives switch b the flows and groups in file $1.
restore_plan() {
    on b ovs-ofctl -O OpenFlow15 bundle br0 "$1"
}

clear_flows() {
    on b ovs-ofctl -O OpenFlow15 del-flows br0
    on b ovs-ofctl -O OpenFlow15 del-groups br0
}
