# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The cases of the benchmark that carry frames, or count what the datapath needs
# for them; see cases.sh.

# Entries in the datapath: S remote senders to D guests.
case_megaflows() {
    local s d mode side

    s=$(quick 5 50)
    d=$(quick 4 20)
    write_network kernel "$NETWORK"
    start_switch a
    on a vsctl set Open_vSwitch . other_config:max-idle=600000
    # NORMAL is what there is without a controller.
    on a ovs-ofctl add-flow br0 cookie=1,priority=0,actions=NORMAL
    start_bench_controller
    populate "$d" a
    bench_ctl wait
    use_devices "$d"
    for mode in kernel libvirt; do
        set_mode $mode
        case $mode in kernel) side=reference ;; *) side=ours ;; esac
        # Access ports of VLAN 10 need an uplink that is in it.
        on a vsctl set Port uplink tag=10
        bench_ctl wait
        sleep 1
        on a ovs-appctl revalidator/purge
        "$BENCH" inject "$INJECT" guests "$d"
        sleep 1
        on a ovs-appctl revalidator/purge
        "$BENCH" inject "$INJECT" uplink "$s" "$d"
        sample "megaflows/${s}x$d" $side \
            "$(on a ovs-appctl dpctl/dump-flows | grep -c 'in_port(.*actions:' || :)"
    done
    stop_bench_controller
    stop_switch a
}

# Has the devices of the uplink and of guests 1 to $1 carry frames, and says in
# $INJECT how these get there.
use_devices() {
    local name

    if [ "$BENCH_DATAPATH" = system ]; then
        INJECT=-
        for name in uplink $(seq -f g%g "$1"); do
            ip link set dev "$name" up
        done
    else
        INJECT=$(echo $S/a/run/ovs-vswitchd.*.ctl)
    fi
}

# A broadcast to many guests, in CPU time of what forwards.
case_broadcast() {
    local n runs count i mode

    n=$(quick 100 1000 200)
    runs=$(quick 2 10)
    count=$(quick 20 200)
    write_network kernel "$NETWORK"
    start_switch a
    on a ovs-ofctl add-flow br0 cookie=1,priority=0,actions=NORMAL
    on a vsctl set Port uplink tag=10
    start_bench_controller
    populate "$n" a
    bench_ctl wait
    use_devices "$n"
    for ((i = 0; i < runs; i++)); do
        if ((i % 2)); then
            broadcast libvirt ours
            broadcast kernel reference
        else
            broadcast kernel reference
            broadcast libvirt ours
        fi
    done
    stop_bench_controller
    stop_switch a
}

# Sums up what guests have been sent so far.
frames_to_guests() {
    if [ "$BENCH_DATAPATH" = system ]; then
        cat /sys/class/net/g[0-9]*/statistics/rx_packets |
            awk '{ s += $1 } END { print s + 0 }'
        return
    fi
    on a ovs-ofctl -O OpenFlow15 --no-names dump-ports br0 |
        awk '/^ *port +[0-9]+:/ { p = $2 + 0 }
             /tx pkts=/ && p < 30000 {
                 sub(/.*tx pkts=/, ""); s += $0 + 0; p = 30000
             }
             END { print s + 0 }'
}

broadcast() {
    local cpu before

    set_mode "$1"
    sleep 1
    "$BENCH" inject "$INJECT" broadcast 5
    sleep 0.2
    before=$(frames_to_guests)
    cpu=$(switch_usec)
    "$BENCH" inject "$INJECT" broadcast "$count"
    sample "broadcast/$n" "$2" $((($(switch_usec) - cpu) / count))
    sleep 0.5
    sample "broadcast-lost/$n" "$2" \
        $((count * n - ($(frames_to_guests) - before)))
}

# Frames per second, with real devices.  In each round NORMAL is measured twice,
# so that the table shows how much it differs from itself.  Beside the kernel's
# datapath there is a Linux bridge as libvirt makes it for macTableManager
# 'libvirt'.
case_frames() {
    local orders=("reference ours again" "again reference ours"
        "ours again reference")
    local runs msec i side

    runs=$(quick 1 12)
    msec=$(quick 200 400)
    start_frames 2
    [ "$BENCH_DATAPATH" != system ] || start_linux_bridge
    for ((i = 0; i < runs; i++)); do
        for side in ${orders[i % 3]}; do
            set_frames_mode
            frames_per_second guests-1 g1 g2 1
            frames_per_second guests-1000 g1 g2 1000
            frames_per_second uplink-1 uplink g1 1
        done
        [ "$BENCH_DATAPATH" != system ] || linux_bridge_frames
    done
    [ "$BENCH_DATAPATH" != system ] || ip link del linux
    stop_frames
}

# Has the switch forward as $side says.
set_frames_mode() {
    case $side in ours) set_mode libvirt ;; *) set_mode kernel ;; esac
    # Or the flows of one mode would serve the other as well.
    on a ovs-appctl revalidator/purge
}

# Makes a Linux bridge with guests l1 and l2 and an uplink lup, in namespaces.
start_linux_bridge() {
    local name

    add_linux_bridge linux
    ip link set linux type bridge vlan_filtering 1
    for name in l1 l2 lup; do
        make_port $name "$(mac_of $name)"
        ip link set $name master linux
    done
    for name in l1 l2; do
        bridge link set dev $name learning off flood off
        bridge fdb add "$(mac_of $name)" dev $name master static
    done
}

linux_bridge_frames() {
    local side=bridge

    frames_per_second guests-1 l1 l2 1
    frames_per_second guests-1000 l1 l2 1000
    frames_per_second uplink-1 lup l1 1
}

# Starts switch a with $1 guests and an uplink that are namespaces.
start_frames() {
    local i

    write_network kernel "$NETWORK"
    start_empty_switch a "$BENCH_DATAPATH"
    on a ovs-ofctl add-flow br0 cookie=1,priority=0,actions=NORMAL
    DATAPATH=$BENCH_DATAPATH start_bench_controller
    for ((i = 1; i <= $1; i++)); do
        on a add_guest br0 g$i "$(guest_mac $i)"
    done
    on a add_uplink br0 uplink 02:00:00:00:00:01
    bench_ctl wait

    # Sender and switch do not take turns on one processor.
    SENDER=()
    if [ "$(nproc)" -gt 1 ]; then
        taskset -acp 0 "$(pid_of a ovs-vswitchd)" > /dev/null
        SENDER=(taskset -c 1)
    fi
}

guest_mac() {
    printf '52:54:00:00:00:%02x' "$1"
}

stop_frames() {
    local i

    stop_bench_controller
    stop_switch a
    ip -all netns delete
    for i in /sys/class/net/g[0-9]* /sys/class/net/uplink; do
        [ ! -e "$i" ] || ip link del "${i##*/}" 2> /dev/null || :
    done
}

mac_of() {
    case $1 in
    uplink | lup) echo 02:00:00:00:00:01 ;;
    *) guest_mac "${1#[gl]}" ;;
    esac
}

# received NAMESPACE: prints the number of frames that its device has received.
received() {
    ip netns exec "$1" cat /proc/net/dev |
        awk '/eth0:/ { sub(/.*:/, ""); print $2 }'
}

# blast FROM TO MSEC FLOWS: sends as fast as it can.
blast() {
    ip netns exec "$1" "${SENDER[@]}" "$BENCH" blast eth0 "$3" \
        "$(mac_of "$2")" "$(mac_of "$1")" "$4" > /dev/null
}

# frames_per_second NAME FROM TO FLOWS: and the switch's CPU time for a frame, for
# side $side.
frames_per_second() {
    local before after cpu handled

    # Both addresses are known to NORMAL.
    blast "$3" "$2" 20 1
    blast "$2" "$3" 100 "$4"
    sleep 0.1
    before=$(received "$3")
    handled=$(handled "$3")
    cpu=$(switch_usec)
    blast "$2" "$3" "$msec" "$4"
    sleep 0.1
    cpu=$(($(switch_usec) - cpu))
    handled=$(($(handled "$3") - handled))
    after=$(received "$3")
    sample "frames/$1" "$side" $(((after - before) * 1000 / msec))
    sample "frames-cpu/$1" "$side" $((cpu * 1000 / handled))
}

# CPU time of what forwards: of vswitchd, or with the kernel's datapath of the
# whole machine, with the sender, which is the same on all sides.
switch_usec() {
    if [ "$BENCH_DATAPATH" != system ]; then
        cpu_usec "$(pid_of a ovs-vswitchd)"
    else
        busy_usec
    fi
}

side_of() {
    case $1 in kernel) echo reference ;; *) echo ours ;; esac
}

# A storm of frames from the uplink to an address that nobody has.
case_storm() {
    local n runs msec i mode

    n=$(quick 5 50)
    runs=$(quick 1 5)
    msec=$(quick 300 2000)
    start_frames "$n"
    for ((i = 0; i < runs; i++)); do
        for mode in $( ((i % 2)) && echo libvirt kernel || echo kernel libvirt); do
            set_mode "$mode"
            storm
        done
    done
    stop_frames
}

# Prints how many frames vswitchd has taken in; the rest have been lost before,
# between the device and its socket.  With the kernel's datapath, or a Linux
# bridge, prints how many have come to namespace $1; or if there is none, how many
# the datapath has looked up.
handled() {
    if [ "$BENCH_DATAPATH" = netdev ]; then
        on a ovs-appctl dpif-netdev/pmd-stats-show |
            awk '/packets received:/ { s += $3 } END { print s + 0 }'
    elif [ -n "${1-}" ]; then
        received "$1"
    else
        on a ovs-appctl dpctl/show |
            sed -n 's/^ *lookups: hit:\([0-9]*\) missed:\([0-9]*\).*/\1 \2/p' |
            awk '{ print $1 + $2 }'
    fi
}

all_received() {
    local i sum=0

    for ((i = 1; i <= n; i++)); do
        sum=$((sum + $(received g$i)))
    done
    echo $sum
}

storm() {
    local cpu before handled

    sleep 0.2
    before=$(all_received)
    handled=$(handled)
    cpu=$(switch_usec)
    ip netns exec uplink "$BENCH" blast eth0 "$msec" 52:54:00:ff:ff:ff 02:00:00:00:00:01 1 > /dev/null
    sleep 0.3
    cpu=$(($(switch_usec) - cpu))
    handled=$(($(handled) - handled))
    sample "storm-delivered/$n" "$(side_of "$mode")" $(($(all_received) - before))
    # Nanoseconds for each frame, which is milliseconds for a million.
    sample "storm/$n" "$(side_of "$mode")" $((cpu * 1000 / handled))
}
