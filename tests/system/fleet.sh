# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The part of lib.sh that knows many hosts: each is a network namespace with an
# Open vSwitch and a controller of its own, and all are on one wire, a Linux
# bridge in the sandbox's own namespace.  What they have in common, the fleet's
# database, is reached by a Unix socket.
#
#     start_fleet                 (unless it is somebody else's)
#     add_fleet_host h1 10.0.0.1
#     add_fleet_host h2 10.0.0.2
#     fleet_network net "overlay='geneve'"
#     add_fleet_guest h1 a1 52:54:00:00:00:0a
#     settle_fleet
#     expect_fleet_frames <<'.'
#     a1 -> unknown = -
#     .
#     finish_fleet
#
# Functions of lib.sh work on one of the hosts with "at HOST" before them.

FLEET_HOSTS=()
FLEET_SOCKET=$S/run/virtnet-fleet.sock

# at HOST COMMAND...: runs a command, which may be a function, with HOST's Open
# vSwitch and controller.
# shellcheck disable=SC2030,SC2031,SC2034
at() {
    (
        FLEET_HOST=$1
        shift
        NETWORKS=$S/$FLEET_HOST/networks
        OVS_RUNDIR=$S/$FLEET_HOST/run OVS_LOGDIR=$S/$FLEET_HOST/log
        OVS_DBDIR=$S/$FLEET_HOST/db OVS_SYSCONFDIR=$S/$FLEET_HOST/etc
        "$@"
    )
}

# inside HOST COMMAND...: runs a program in HOST's network namespace.
inside() {
    local host=$1

    shift
    nsenter --net="/run/netns/$host" "$@"
}

# Makes the database of a fleet and starts its server.
start_fleet() {
    "$BUILD/controller/virtnetctl" fleet init > /dev/null
    serve_fleet
}

# serve_fleet [OPTION]...
serve_fleet() {
    ovsdb-server -vconsole:off --detach --no-chdir \
        --pidfile="$S/run/virtnet-fleet.pid" \
        --log-file="$S/log/virtnet-fleet.log" \
        --unixctl="$S/run/virtnet-fleet.ctl" --remote="punix:$FLEET_SOCKET" \
        "$@" "$S/db/virtnet-fleet.db"
}

fleet() {
    "$BUILD/controller/virtnetctl" fleet "$@"
}

# add_fleet_host NAME ADDRESS [REMOTE]: another host, a member of the fleet,
# that takes tunnels at ADDRESS.  Its bridge br0 is "NAME-host" in frame scripts.
add_fleet_host() {
    local name=$1 address=$2 remote=${3:-unix:$FLEET_SOCKET}
    local n=$((${#FLEET_HOSTS[@]} + 1))

    need_controller
    FLEET_HOSTS+=("$name")
    mkdir -p "$S/$name"/{run,log,db,etc,networks}
    [ -e /sys/class/net/wire ] || add_linux_bridge wire
    ip netns add "$name"
    inside "$name" bash -c "$(declare -f quiet_netns); quiet_netns
        echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore
        ip link set dev lo up"
    ip link add name "wire-$name" type veth peer name wire netns "$name"
    ip link set dev "wire-$name" master wire up
    ip -n "$name" link set dev wire up
    inside "$name" ethtool -K wire tx off > /dev/null
    at "$name" start_ovsdb
    at "$name" vsctl --no-wait init -- set Open_vSwitch . \
        external_ids:system-id="$name" "external_ids:virtnet-fleet=\"$remote\"" \
        "external_ids:virtnet-tunnel-ip=$address"
    at "$name" start_host_vswitchd
    at "$name" vsctl add-br br0 -- set Bridge br0 \
        datapath_type=$VIRTNET_DATAPATH other_config:hwaddr=52:54:00:00:fd:0$n
    at "$name" add_underlay "$address" 52:54:00:00:fe:0$n
    ip -n "$name" link set dev br0 up
    echo "$name-host $name br0 52:54:00:00:fd:0$n" >> $S/ports
    at "$name" start_host_controller
}

# add_underlay ADDRESS MAC: where tunnels of the host come and go.  Userspace has
# them pass a bridge with the address on its own device, the kernel its routes.
add_underlay() {
    local address=$1 mac=$2 device=wire

    if ! on_kernel; then
        device=under
        vsctl add-br under -- set Bridge under datapath_type=netdev \
            "other_config:hwaddr=$mac" -- add-port under wire
    else
        ip -n "$FLEET_HOST" link set dev wire address "$mac"
    fi
    ip -n "$FLEET_HOST" link set dev "$device" up
    ip -n "$FLEET_HOST" addr add "$address/24" dev "$device"
}

start_host_controller() {
    VIRTNET_WRAPPER="nsenter --net=/run/netns/$FLEET_HOST"
    start_controller --fleet-directory="$S/$FLEET_HOST/fleet"
}

# Has the host written down what guests there are?  It does so a moment after it is
# told of them, for its next controller.
has_kept_all() {
    ovsdb-client --format=json dump "unix:$FLEET_SOCKET" Virtnet_Fleet Port |
        /usr/bin/python3 -c '
import json, sys

def key(row):
    return row["host"], row["interface"]

def value(cell):
    return cell[1] if isinstance(cell, list) else [cell]

table = json.load(sys.stdin)
there = {key(row): row for row in (dict(zip(table["headings"], cells))
                                   for cells in table["data"])}
kept = {}
for line in filter(str.strip, open(sys.argv[1])):
    row = json.loads(line)
    kept[key(row)] = row
kept = {k: row for k, row in kept.items() if "gone" not in row}
sys.exit(there.keys() != kept.keys()
         or any(value(kept[k][column]) != value(there[k][column])
                for k in kept for column in kept[k]))
' "$S/$FLEET_HOST/fleet/Port.json"
}

# Kills the controller of the host, and starts another one, which has nothing to
# change in the switch.
restart_host_controller() {
    wait_for 30 has_kept_all || fail "$FLEET_HOST does not keep what it knows"
    start_counting
    stop_controller KILL
    start_host_controller
    settle
    [ "$(count_changes)" = 0 ] || fail "a restart sent: $(changes_received)"
}

start_host_vswitchd() {
    start_vswitchd inside "$FLEET_HOST"
}

# fleet_network NAME ATTRIBUTES: defines a network on bridge br0 of all hosts,
# with what standard input says in its element, if ATTRIBUTES are followed by
# "-".
fleet_network() {
    {
        echo "<network>"
        echo "  <name>$1</name>"
        echo "  <metadata>"
        echo "    <vn:network xmlns:vn='urn:ovs-virtnet:1' $2/>"
        echo "  </metadata>"
        echo "  <bridge name='br0' macTableManager='libvirt'/>"
        echo "  <mtu size='1400'/>"
        [ "${3-}" != - ] || cat
        echo "</network>"
    } > "$S/$1.xml"
    fleet define "$S/$1.xml"
}

# add_fleet_guest HOST NAME MAC [ADD-PORT-WORD]... [-- COMMAND...]
add_fleet_guest() {
    local host=$1 name=$2 mac=$3

    shift
    make_port "$name" "$mac"
    ip -n "$name" link set dev eth0 mtu 1400
    ip link set dev "$name" mtu 1400 netns "$host"
    ip -n "$host" link set dev "$name" up
    at "$host" plug br0 "$@"
}

# Waits until each host can be reached by all others, and knows all of the
# guests that the fleet has.
settle_fleet() {
    local host

    for host in "${FLEET_HOSTS[@]}"; do
        at "$host" settle
    done
    wait_for 30 fleet_is_settled ||
        fail "the fleet does not settle: $(fleet ports
            for host in "${FLEET_HOSTS[@]}"; do at "$host" ctl status; done)"
}

# True if all tunnels have BFD up and each host has a flow for each address that
# the fleet has.
fleet_is_settled() {
    local host others=$((${#FLEET_HOSTS[@]} - 1))

    fleet ports > $S/fleet-ports || return 1
    for host in "${FLEET_HOSTS[@]}"; do
        [ "$(at "$host" ctl status | grep -c ': host, BFD up, ')" = $others ] &&
            at "$host" ovs-ofctl dump-flows br0 table=230 > "$S/$host-known" &&
            knows_all "$S/$host-known" || return 1
    done
}

# Are all addresses of file fleet-ports in file $1?
knows_all() {
    awk 'match($0, /[0-9a-f][0-9a-f](:[0-9a-f][0-9a-f])+/) {
             mac = substr($0, RSTART, RLENGTH)
             if (FNR == NR) known[mac]; else wanted[mac]
         }
         END { for (mac in wanted) if (!(mac in known)) exit 1 }' \
        "$1" $S/fleet-ports
}

# sends_to HOST MAC OTHER: does HOST send what is for MAC to host OTHER?
sends_to() {
    local port

    port=$(at "$1" vsctl --bare --columns=ofport,external_ids list Interface |
        awk -v RS= -v host="virtnet-fleet-host=$3/" \
            'index($0, host) { print $1 }')
    [ -n "$port" ] &&
        at "$1" ovs-ofctl --no-names dump-flows br0 "table=230,dl_dst=$2" |
            grep -qF "resubmit($port,"
}

# move_fleet_guest NAME MAC FROM TO [ADD-PORT-WORD]...: a guest that is started
# anew elsewhere; returns when everybody knows.
move_fleet_guest() {
    local name=$1 mac=$2 from=$3 to=$4 host

    shift 4
    at "$from" unplug "$name"
    ip -n "$from" link set dev "$name" netns "$to"
    ip -n "$to" link set dev "$name" up
    at "$to" plug br0 "$name" "$mac" "$@"
    for host in "${FLEET_HOSTS[@]}"; do
        [ "$host" = "$to" ] || wait_for 30 sends_to "$host" "$mac" "$to" ||
            fail "$host does not know that $name is on $to"
    done
    settle_fleet
}

# lose_fleet_host HOST: it dies, and is none of those that are looked at any more.
lose_fleet_host() {
    local name host hosts=()

    for name in virtnet-controller ovs-vswitchd ovsdb-server; do
        at "$1" kill_daemon $name KILL
    done
    for host in "${FLEET_HOSTS[@]}"; do
        [ "$host" = "$1" ] || hosts+=("$host")
    done
    FLEET_HOSTS=("${hosts[@]}")
}

# Like expect_frames.  The switches are in other network namespaces than the
# frames program, which does not see what they still have to read.
expect_fleet_frames() {
    expect_frames --quiet="$((250 * VIRTNET_PATIENCE))" "$@"
}

# Like finish.
finish_fleet() {
    local host pid

    for host in "${FLEET_HOSTS[@]}"; do
        at "$host" check_laws
    done
    for host in "${FLEET_HOSTS[@]}"; do
        at "$host" kill_daemon virtnet-controller
        at "$host" kill_daemon ovs-vswitchd
        at "$host" kill_daemon ovsdb-server
        at "$host" check_logs
    done
    if [ -e $S/run/virtnet-fleet.pid ]; then
        pid=$(cat $S/run/virtnet-fleet.pid)
        kill "$pid"
        wait_for 30 is_gone "$pid" || fail "the fleet's server does not end"
    fi
    finish
}
