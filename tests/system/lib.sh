# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What every system test needs: a sandbox, a private Open vSwitch in it, guests
# as network namespaces, the controller, frames, and the laws at the end.
#
# A test is a bash script, runnable alone as root, that reads like this:
#
#     #!/bin/bash
#     # SPDX-License-Identifier: Apache-2.0
#     #
#     # What is tested, in a sentence.
#
#     . "$(dirname "$0")/lib.sh"
#     sandbox "$@"
#
#     start_ovs
#     add_bridge br0
#     add_guest br0 g1 52:54:00:00:00:01
#     network net0 br0 libvirt
#     start_controller
#     settle
#     expect_frames <<'.'
#     g1 -> unknown = -
#     .
#     finish
#
# Exit status: 0 passed, 77 skipped, anything else failed.
#
# Environment:
#   VIRTNET_BUILD       build tree (default: _build in the source tree)
#   VIRTNET_TEST_DIR    existing empty folder for everything that the test
#                       writes (default: one that vanishes with the test)
#   VIRTNET_DATAPATH    netdev (default: in ovs-vswitchd, wants no module) or
#                       system (the kernel's; see tests/kernel-datapath)
#   VIRTNET_PATIENCE    how many times as long as here all may take that is
#                       waited for (default 1; more on an emulated machine)
#   VIRTNET_WRAPPER     words before the controller's command line (valgrind)
#   FRAMES              the frames program, if it is built already

set -euE

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=${VIRTNET_BUILD:-$TOP/_build}
VIRTNET_DATAPATH=${VIRTNET_DATAPATH:-netdev}
VIRTNET_PATIENCE=${VIRTNET_PATIENCE:-1}

# Everything that the sandbox writes is below this folder of its own /run.
S=/run/virtnet-test
NETWORKS=$S/networks
export OVS_RUNDIR=$S/run OVS_LOGDIR=$S/log OVS_DBDIR=$S/db
export OVS_SYSCONFDIR=$S/etc

# On a busy machine vswitchd may take longer than libvirt would wait.
VSCTL_TIMEOUT=60

## Reporting.

say() {
    printf '%s\n' "$*"
}

fail() {
    say "FAIL: $*" >&2
    trap - ERR
    exit 1
}

skip() {
    say "SKIP: $*"
    FINISHED=yes
    exit 77
}

# Says which command failed and from where it was reached.
on_error() {
    local i

    say "FAIL: $1" >&2
    for ((i = 1; i < ${#BASH_SOURCE[@]}; i++)); do
        say "    ${BASH_SOURCE[i]##*/}, line ${BASH_LINENO[i - 1]}" >&2
    done
    trap - ERR
}

# Runs when the test ends, however it does.
on_exit() {
    local status=$?

    trap - ERR
    if [ $status = 0 ] && [ -z "${FINISHED-}" ]; then
        say "FAIL: the test ended without 'finish'" >&2
        status=1
    fi
    if [ $status != 0 ] && [ $status != 77 ] && [ -n "${KEEP_SHELL-}" ]; then
        say "The sandbox is still there; leave this shell to end it." >&2
        (cd $S && PS1='sandbox# ' bash --norc) || :
    fi
    exit $status
}

## The sandbox.

# Runs the calling script again, in mount, network and process namespaces of
# its own.  /run is a file system of its own there, so that the names of
# network namespaces and all sockets are private too.  Nothing outlives the
# script: the first process of the process namespace is the script itself, and
# when it ends, however it ends, the kernel ends all others, and then the
# namespaces with all that is in them.
#
# The script's only option is --shell: a shell in the sandbox if it fails.
sandbox() {
    if [ -n "${VIRTNET_SANDBOX-}" ]; then
        enter_sandbox
        [ "${1-}" != --shell ] || KEEP_SHELL=yes
        return
    fi
    [ "$(id -u)" = 0 ] || { say "$0: must be root" >&2; exit 2; }

    # unshare itself cannot be stopped by the usual signals, so this process
    # stays and passes them on.  It in turn may be killed: hence --pdeathsig.
    export VIRTNET_SANDBOX=yes
    # What runs in the background is deaf to the keyboard, but for this.
    env --default-signal=INT,QUIT setpriv --pdeathsig KILL \
        unshare --mount --net --pid --fork --kill-child --mount-proc \
        -- bash "$0" "$@" <&0 &
    local child=$!
    trap 'kill -KILL $child; wait $child || :; exit 130' INT TERM HUP
    local status=0
    wait $child || status=$?
    exit $status
}

enter_sandbox() {
    # A folder given from outside must stay visible below our own /run.
    local outside=${VIRTNET_TEST_DIR-}

    if [ -n "$outside" ]; then
        mount --bind "$outside" /mnt
    fi
    # /sys shows the network devices of the namespace it was mounted in.
    mount -t sysfs sysfs /sys
    mount -t tmpfs -o mode=755 tmpfs /run
    mkdir -p $S
    if [ -n "$outside" ]; then
        mount --move /mnt $S
    fi
    mkdir -p $S/{run,log,db,etc,tmp,networks} /run/netns
    export TMPDIR=$S/tmp
    export ASAN_OPTIONS=log_path=$OVS_LOGDIR/asan:${ASAN_OPTIONS-}
    export UBSAN_OPTIONS=print_stacktrace=1:log_path=$OVS_LOGDIR/ubsan:${UBSAN_OPTIONS-}
    : > $S/ports

    trap on_exit EXIT
    trap 'on_error "$BASH_COMMAND"' ERR
    quiet_netns
    ip link set dev lo up
    find_frames
}

# Keeps the present network namespace from sending frames of its own accord.
quiet_netns() {
    local f

    for f in all default; do
        f=/proc/sys/net/ipv6/conf/$f/disable_ipv6
        [ ! -e $f ] || echo 1 > $f
    done
}

# Sets FRAMES to the frames program, which needs nothing but a C compiler, so
# that tests of Open vSwitch alone can run without a build tree.
find_frames() {
    [ -z "${FRAMES-}" ] || return 0
    if [ -x "$BUILD/tests/frames" ]; then
        FRAMES=$BUILD/tests/frames
    else
        compile_frames $S/frames
    fi
}

# Compiles the frames program as file $1 and sets FRAMES to it.
compile_frames() {
    ${CC:-cc} -std=gnu11 -O2 -o "$1" "$TOP"/tests/frames*.c
    FRAMES=$1
}

# Runs "$@" until it succeeds, for at most $1 seconds.
wait_for() {
    local deadline=$((SECONDS + $1 * VIRTNET_PATIENCE))

    shift
    until "$@"; do
        [ $SECONDS -le $deadline ] || return 1
        sleep 0.05
    done
}

## Open vSwitch.

start_ovs() {
    start_ovsdb
    ovs-vsctl --no-wait init
    start_vswitchd
}

start_ovsdb() {
    local schema=${OVS_PKGDATADIR:-/usr/share/openvswitch}/vswitch.ovsschema

    [ -e $OVS_DBDIR/conf.db ] || ovsdb-tool create $OVS_DBDIR/conf.db "$schema"
    ovsdb-server -vconsole:off --detach --no-chdir --pidfile --log-file \
        --remote=punix:$OVS_RUNDIR/db.sock \
        --remote=db:Open_vSwitch,Open_vSwitch,manager_options \
        $OVS_DBDIR/conf.db
}

# Has process $1, which leads a session, run before others.  The userspace
# datapath loses frames when it does not run for longer than its sockets can hold
# them, a quarter of a second at 1,000 frames a second.  That is no fault of what
# is tested, so other work on the machine should not cause it.
prefer() {
    renice -n -15 -p "$1" > /dev/null 2>&1 || :
    # Among sessions, Linux divides the time by this.
    ! echo -15 2> /dev/null > "/proc/$1/autogroup" || :
}

# True if bridges are on the kernel's datapath.
on_kernel() {
    [ "$VIRTNET_DATAPATH" = system ]
}

# start_vswitchd [COMMAND...]: by way of COMMAND, if there is one.  Without the
# kernel's datapath, vswitchd is not to look for one.
start_vswitchd() {
    local options=(--disable-system)

    ! on_kernel || options=()
    "$@" ovs-vswitchd -vconsole:off --detach --no-chdir --pidfile --log-file \
        "${options[@]}" unix:$OVS_RUNDIR/db.sock
    prefer "$(cat $OVS_RUNDIR/ovs-vswitchd.pid)"
}

# Ends daemon $1 (ovsdb-server, ovs-vswitchd, virtnet-controller) by signal $2
# and waits until it is gone.
kill_daemon() {
    local pid

    pid=$(cat "$OVS_RUNDIR/$1.pid")
    kill -"${2:-TERM}" "$pid"
    wait_for 120 is_gone "$pid" || fail "$1 does not end on signal $2"
    rm -f "$OVS_RUNDIR/$1.pid"
}

is_gone() {
    # A zombie is gone too, and has closed its files if it is the last thread.
    ! grep -qs '^State:[[:space:]]*[^Z[:space:]]' "/proc/$1/status" &&
        [ "$(find "/proc/$1/task" -mindepth 1 -maxdepth 1 2> /dev/null |
            wc -l)" -le 1 ]
}

stop_ovsdb() { kill_daemon ovsdb-server TERM; }
stop_vswitchd() { kill_daemon ovs-vswitchd TERM; }

vsctl() {
    ovs-vsctl --timeout=$VSCTL_TIMEOUT "$@"
}

ofctl() {
    ovs-ofctl -O OpenFlow15 "$@"
}

# Adds bridge $1, whose LOCAL device is the port named $2 (default: host) of
# frame scripts.  Further words go to ovs-vsctl.
add_bridge() {
    local bridge=$1 host=${2:-host}

    shift; [ $# = 0 ] || shift
    vsctl add-br "$bridge" \
        -- set Bridge "$bridge" datapath_type=$VIRTNET_DATAPATH "$@"
    add_host "$bridge" "$host"
}

# Makes the LOCAL device of bridge $1 the port named $2 of frame scripts.
add_host() {
    wait_for 20 test -e "/sys/class/net/$1" || fail "no device of bridge $1"
    ip link set dev "$1" up
    echo "$2 - $1" >> $S/ports
}

# add_linux_bridge NAME [WORD]...: a Linux bridge, alone, without what netfilter
# does to IPv6 in it.  Words are those of "ip link add".
add_linux_bridge() {
    local f name=$1

    shift
    for f in /proc/sys/net/bridge/bridge-nf-call-*; do
        [ ! -e "$f" ] || echo 0 > "$f"
    done
    ip link add name "$name" "$@" type bridge stp_state 0 mcast_snooping 0 \
        forward_delay 0
    ip link set dev "$name" up
}

## Ports.

# Makes network namespace $1 with a device eth0 whose address is $2 and whose
# other end, in the sandbox's own namespace, is device $1.  Like a tap device
# of libvirt, that end has the guest's address with fe in front.
make_port() {
    local name=$1 mac=$2

    ip netns add "$name"
    ip netns exec "$name" bash -c "$(declare -f quiet_netns); quiet_netns"
    ip link add name "$name" address "fe${mac#??}" type veth \
        peer name eth0 address "$mac" netns "$name"
    # Checksums left to a device that does not exist would be wrong in OVS.
    ip netns exec "$name" ethtool -K eth0 tx off > /dev/null
    ip -n "$name" link set dev eth0 up
    ip link set dev "$name" up
    echo "$name $name eth0 $mac" >> $S/ports
}

# Plugs device $2 into bridge $1 as libvirt 9.0 does for a guest interface with
# address $3.  Words before "--" are those of add-port (tag=10), words from it
# on are further commands.
plug() {
    local bridge=$1 name=$2 mac=$3 words=()

    shift 3
    while [ $# != 0 ] && [ "$1" != -- ]; do
        words+=("$1")
        shift
    done
    vsctl -- --may-exist add-port "$bridge" "$name" "${words[@]}" \
        -- set Interface "$name" "external-ids:attached-mac=\"$mac\"" \
        -- set Interface "$name" "external-ids:iface-id=\"$(uuid "i$name")\"" \
        -- set Interface "$name" "external-ids:vm-id=\"$(uuid "v$name")\"" \
        -- set Interface "$name" external-ids:iface-status=active \
        "$@"
}

# Unplugs device $1 as libvirt does.
unplug() {
    vsctl -- --if-exists del-port "$1"
}

# Prints a UUID that depends on nothing but $1.
uuid() {
    md5sum <<< "$1" |
        sed -E 's/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/\1-\2-\3-\4-\5/'
}

# add_guest BRIDGE NAME MAC [ADD-PORT-WORD]... [-- COMMAND...]
add_guest() {
    make_port "$2" "$3"
    plug "$@"
}

# plug_uplink BRIDGE NAME [ADD-PORT-WORD]...: by its kind, a veth into another
# network namespace, it would be a guest's.
plug_uplink() {
    vsctl add-port "$@" \
        -- set Interface "$2" external_ids:virtnet-role=network
}

# add_uplink BRIDGE NAME MAC [ADD-PORT-WORD]...
add_uplink() {
    local bridge=$1 name=$2 mac=$3

    shift 3
    make_port "$name" "$mac"
    plug_uplink "$bridge" "$name" "$@"
}

# Prints the ports of bridge $1 that have no-flood, by name.
noflood() {
    ovs-ofctl -O OpenFlow10 show "$1" |
        awk '/^ *([0-9]+|LOCAL)\(/ { sub(/.*\(/, ""); sub(/\).*/, ""); p = $0 }
             /config:.*NO_FLOOD/ { print p }' | sort | xargs
}

has_noflood() {
    [ "$(noflood "$1")" = "$2" ]
}

# expect_noflood BRIDGE PORTS: fails unless it is soon on exactly these.
expect_noflood() {
    wait_for 10 has_noflood "$1" "$2" ||
        fail "no-flood is on \"$(noflood "$1")\" and not on \"$2\""
}

## Frames.

# Prints the ports as frame scripts know them.  The address of a LOCAL device
# changes with the ports of its bridge, so it is looked up each time.
frame_ports() {
    local name netns iface mac

    while read -r name netns iface mac; do
        if [ -z "$mac" ] && [ -e "/sys/class/net/$iface" ]; then
            mac=$(cat "/sys/class/net/$iface/address")
        fi
        [ -z "$mac" ] || echo "port $name $netns $iface $mac"
    done < $S/ports
}

# Sends the frames of the script on standard input; fails unless exactly those
# receive them who should.  Options are those of the frames program.
expect_frames() {
    frame_ports > $S/frame-ports
    cat > $S/frame-script
    if ! "$FRAMES" --check --at-wait="$AT_WAIT" "$@" $S/frame-ports \
        $S/frame-script; then
        fail "frames sent from ${BASH_SOURCE[1]##*/}, line ${BASH_LINENO[0]}"
    fi
}

# Sends the frames of the script on standard input and prints who received
# what.
send_frames() {
    frame_ports > $S/frame-ports
    "$FRAMES" --at-wait="$AT_WAIT" "$@" $S/frame-ports -
}

# known_in_vlans PORT...: prints frames from each port to each in every VLAN that
# both are in, with and without a priority.  For each port, associative array
# "members" has the VLANs that it is in, and "untagged" the one that is its own
# without a tag, if there is one.
known_in_vlans() {
    local src dst tag vlan

    for src; do
        for dst; do
            for tag in '' 0/2 10 10/7 20 30; do
                vlan=${tag%/*}
                if [ "${vlan:-0}" = 0 ]; then
                    vlan=${untagged[$src]-none}
                fi
                case " ${members[$dst]} " in
                    *" $vlan "*) echo "$src -> $dst ${tag:+vlan=$tag}" ;;
                esac
            done
        done
    done
}

# start_probe NAME RATE: sends each frame of the script on standard input RATE
# times a second, until stop_probe NAME.
start_probe() {
    local name=$1 rate=$2

    frame_ports > "$S/probe-$name.ports"
    cat > "$S/probe-$name.script"
    setsid "$FRAMES" --rate="$rate" "$S/probe-$name.ports" "$S/probe-$name.script" \
        > "$S/probe-$name.out" 2> "$S/probe-$name.err" &
    prefer $!
    echo $! > "$S/probe-$name.pid"
    wait_for 20 grep -qs sending "$S/probe-$name.out" ||
        fail "probe $name: $(cat "$S/probe-$name.err")"
}

# Has probe $1 send the frames that its script has with the word "once".
probe_once() {
    kill -USR1 "$(cat "$S/probe-$1.pid")"
}

# Ends probe $1 and prints its results, a line for each receiver.  Its status
# is 0 if they are perfect.
stop_probe() {
    local pid status=0

    pid=$(cat "$S/probe-$1.pid")
    kill -TERM "$pid"
    wait "$pid" || status=$?
    cat "$S/probe-$1.err" >&2
    sed 1d "$S/probe-$1.out"
    return $status
}

# probe_for RATE SECONDS: sends each frame of the script on standard input RATE
# times a second, for so long, and prints the results, which are in $S/result then.
# Sets took_ms to what it took at most: a busy machine is late.
probe_for() {
    local begun

    begun=$(date +%s%3N)
    start_probe p "$1"
    sleep "$2"
    stop_probe p > $S/result || :
    took_ms=$(($(date +%s%3N) - begun))
    cat $S/result
}

# shellcheck source=tests/system/datapath.sh
. "$TOP/tests/system/datapath.sh"
# What "wait" in a frame script waits for, too.  Not every test has an ovs-vswitchd.
AT_WAIT="{ $REVALIDATE; } >/dev/null 2>&1"
# shellcheck source=tests/system/controller.sh
. "$TOP/tests/system/controller.sh"
