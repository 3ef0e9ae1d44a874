# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The cases of the benchmark, each a function that leaves samples behind and
# nothing else.  What a case is compared with, and what it must reach, is in
# report.py.  Where there are two sides, they take turns.

# quick A B: prints A if --quick is given, otherwise B.
quick() {
    if [ -n "$QUICK" ]; then echo "$1"; else echo "$2"; fi
}

# A full install, into an empty switch, by a controller that is running.
case_install() {
    local n runs i

    runs=$(quick 3 15)
    start_switch a
    start_switch b
    for n in $(quick "100 200" "1000 2000"); do
        populate "$n" a b
        rm -f "$NETWORK"
        start_bench_controller
        set_mode libvirt
        save_plan "$S/plan"
        sed -n 's/^flow add //p' "$S/plan" > "$S/flows"
        sed -n 's/^group add //p' "$S/plan" > "$S/groups"
        for ((i = 0; i < runs; i++)); do
            set_mode kernel
            clear_flows
            if ((i % 2)); then
                install_reference "$n"
                install_ours "$n"
            else
                install_ours "$n"
                install_reference "$n"
            fi
        done
        stop_bench_controller
    done
    stop_switch a
    stop_switch b
}

install_ours() {
    write_network libvirt "$NETWORK.new"
    on a "$BENCH" apply "$CTL" "$NETWORK.new" "$NETWORK" g1 |
        samples "install/$1" ours
}

install_reference() {
    timed "install/$1" reference restore_plan "$S/plan"
    clear_flows
    timed "install/$1" "replace-flows" replace_flows
}

replace_flows() {
    on b ovs-ofctl -O OpenFlow15 --bundle add-groups br0 "$S/groups"
    on b ovs-ofctl -O OpenFlow15 --bundle replace-flows br0 "$S/flows"
}

# Plugging one guest.
case_plug() {
    local n runs cpu turns

    start_switch a
    start_switch b
    start_bench_controller
    set_mode libvirt
    for n in $(quick "10 100 200" "10 100 1000 2000"); do
        populate "$n" a b
        bench_ctl wait
        save_plan "$S/plan"
        clear_flows
        restore_plan "$S/plan"
        runs=$(quick 10 $((n < 1000 ? 60 : 30)))
        cpu=$(cpu_usec "$(pid_of a virtnet-controller)")
        turns=$(count_turns "$(pid_of a virtnet-controller)")
        "$BENCH" latency $S/a/run $S/b/run "$CTL" "$n" "$runs" |
            samples "plug/$n"
        turns=$(($(count_turns "$(pid_of a virtnet-controller)") - turns))
        cpu=$(($(cpu_usec "$(pid_of a virtnet-controller)") - cpu))
        sample "plug-cpu/$n" ours $((cpu / runs))
        sample "plug-turn-cpu/$n" ours $((cpu / turns))
        cpu=$(cpu_usec "$(pid_of a virtnet-controller)")
        "$BENCH" cold $S/a/run "$CTL" "$n" "$runs" > /dev/null
        cpu=$(($(cpu_usec "$(pid_of a virtnet-controller)") - cpu))
        sample "plug-cold-cpu/$n" ours $((cpu / runs))
    done
    stop_bench_controller
    stop_switch a
    stop_switch b
}

# Instructions of the controller for one plug.
case_instructions() {
    local n count runs i

    count=5
    runs=$(quick 1 4)
    write_network libvirt "$NETWORK"
    start_switch a
    for n in $(quick "20 200" "100 2000"); do
        populate "$n" a
        start_bench_controller valgrind -q --tool=callgrind \
            --callgrind-out-file="$S/callgrind" --log-file="$S/valgrind.log"
        plug_and_unplug "$n" 3
        dump_instructions > /dev/null
        for ((i = 0; i < runs; i++)); do
            plug_only $((n + i * count)) "$count"
            sample "instructions/$n" ours $(($(dump_instructions) / count))
        done
        stop_bench_controller KILL
        "$BENCH" unplug $S/a/run $((n + 1)) $((runs * count))
    done
    stop_switch a
}

# Plugs guest after guest, $2 of them, on top of $1.
plug_only() {
    local i

    for ((i = 1; i <= $2; i++)); do
        "$BENCH" plug $S/a/run $(($1 + i)) 1
        bench_ctl wait "g$(($1 + i))"
    done
}

plug_and_unplug() {
    plug_only "$1" "$2"
    "$BENCH" unplug $S/a/run $(($1 + 1)) "$2"
    bench_ctl wait
}

# Prints the number of instructions since the last call.
dump_instructions() {
    rm -f "$S"/callgrind.*
    callgrind_control --dump "$(pid_of a virtnet-controller)" > /dev/null 2>&1
    wait_for 20 grep -qs '^totals:' "$S"/callgrind.*
    sed -n 's/^totals: //p' "$S"/callgrind.* | head -1
}

# The controller's share of all CPU time that it takes to wire guests one at a
# time.
case_share() {
    local n i before=() after=() d=() children

    n=$(quick 50 1000)
    write_network libvirt "$NETWORK"
    start_switch a
    start_bench_controller
    mapfile -t before < <(daemon_times)
    children=$(children_usec)
    for ((i = 1; i <= n; i++)); do
        plug_by_vsctl "$i"
    done
    children=$(($(children_usec) - children))
    bench_ctl wait
    mapfile -t after < <(daemon_times)
    for i in 0 1 2; do
        d[i]=$((after[i] - before[i]))
    done
    sample share/$n ours "${d[0]}"
    sample share/$n reference $((children + d[1] + d[2]))
    sample share/$n vsctl "$children"
    sample share/$n ovsdb-server "${d[1]}"
    sample share/$n vswitchd "${d[2]}"
    stop_bench_controller
    stop_switch a
}

daemon_times() {
    cpu_usec "$(pid_of a virtnet-controller)"
    cpu_usec "$(pid_of a ovsdb-server)"
    cpu_usec "$(pid_of a ovs-vswitchd)"
}

# CPU time of this shell's children that have ended.
children_usec() {
    awk -v hz="$(getconf CLK_TCK)" \
        '{ sub(/^.*\) /, ""); print int(($14 + $15) * 1e6 / hz) }' /proc/$$/stat
}

plug_by_vsctl() {
    on a vsctl add-port br0 "g$1" tag=10 -- set Interface "g$1" type=dummy \
        "external_ids:attached-mac=\"$(printf 52:54:00:00:%02x:%02x \
            $(($1 / 256)) $(($1 % 256)))\"" \
        "external_ids:iface-id=\"i$1\"" "external_ids:vm-id=\"v$1\"" \
        external_ids:iface-status=active
}

# A restart with nothing changed.
case_restart() {
    local n runs i mods

    n=$(quick 200 2000)
    runs=$(quick 3 15)
    write_network libvirt "$NETWORK"
    start_switch a
    populate "$n" a
    start_bench_controller
    for ((i = 0; i < runs; i++)); do
        stop_bench_controller KILL
        if ((i % 2)); then
            restart_reference "$n"
            restart_ours "$n"
        else
            restart_ours "$n"
            restart_reference "$n"
        fi
        sample "restart-mods/$n" ours $(($(sent flow_mods) + $(sent group_mods)))
    done
    stop_bench_controller
    stop_switch a
}

restart_ours() {
    start_bench_controller
    samples "restart/$1" ours < "$S/start.out"
}

# What it takes to read the database alone is recorded, too.
restart_reference() {
    "$BENCH" idl "unix:$S/a/run/db.sock" once | samples "restart/$1" database
    timed "restart/$1" reference on a ovs-ofctl -O OpenFlow15 dump-flows br0
}

# vswitchd is killed.
case_return() {
    local n runs i

    n=$(quick 200 2000)
    runs=$(quick 3 9)
    write_network libvirt "$NETWORK"
    start_switch a
    start_switch b
    populate "$n" a b
    start_bench_controller
    save_plan "$S/plan"
    for ((i = 0; i < runs; i++)); do
        if ((i % 2)); then
            return_reference "$n"
            return_ours "$n"
        else
            return_ours "$n"
            return_reference "$n"
        fi
    done
    stop_bench_controller
    stop_switch a
    stop_switch b
}

kill_vswitchd() {
    kill_bench_daemon "$1" ovs-vswitchd KILL
    rm -f "$S/$1/run/br0.mgmt"
}

return_ours() {
    kill_vswitchd a
    "$BENCH" return $S/a/run/br0.mgmt "$CTL" > "$S/return.out" &
    start_bench_vswitchd a
    wait $!
    samples "return/$1" ours < "$S/return.out"
}

return_reference() {
    kill_vswitchd b
    on b "$BENCH" return $S/b/run/br0.mgmt -- \
        ovs-ofctl -O OpenFlow15 bundle br0 "$S/plan" > "$S/return.out" &
    start_bench_vswitchd b
    wait $!
    samples "return/$1" reference < "$S/return.out"
}

# Many guests leave at once.
case_unplug() {
    local n total before cpu

    total=$(quick 200 2000)
    write_network libvirt "$NETWORK"
    start_switch a
    start_bench_controller
    populate "$total" a
    for n in $(quick "50 100" "250 500 1000 1000 500 250"); do
        bench_ctl wait
        before=$(sent bundles)
        cpu=$(cpu_usec "$(pid_of a virtnet-controller)")
        "$BENCH" unplug $S/a/run $((total - n + 1)) "$n" "$CTL" |
            samples "unplug/$n" time
        sample "unplug/$n" ours \
            $((($(cpu_usec "$(pid_of a virtnet-controller)") - cpu) / n))
        sample "unplug-bundles/$n" ours $(($(sent bundles) - before))
        populate "$total" a
    done
    stop_bench_controller
    stop_switch a
}

# A network's VLAN is changed.
case_edit() {
    local n i before

    n=$(quick 100 1000)
    write_network libvirt "$NETWORK"
    start_switch a
    start_bench_controller
    "$BENCH" plug $S/a/run 1 "$n" guests
    bench_ctl wait
    for ((i = 0; i < $(quick 2 5); i++)); do
        before=$(sent bundles)
        write_network libvirt "$NETWORK.new" $((100 + i))
        on a "$BENCH" apply "$CTL" "$NETWORK.new" "$NETWORK" |
            samples "edit/$n" ours
        sleep 1
        bench_ctl wait
        sample "edit-bundles/$n" ours $(($(sent bundles) - before))
    done
    stop_bench_controller
    stop_switch a
}

# Nothing happens.
case_idle() {
    local n seconds cpu switches pid

    n=$(quick 200 2000)
    seconds=$(quick 5 60)
    write_network libvirt "$NETWORK"
    start_switch a
    start_bench_controller
    populate "$n" a
    bench_ctl wait
    sleep 6
    pid=$(pid_of a virtnet-controller)
    cpu=$(cpu_usec "$pid")
    switches=$(switches_of "$pid")
    sleep "$seconds"
    sample "idle-cpu/$n" ours $(($(cpu_usec "$pid") - cpu))
    sample "idle-wakeups/$n" ours $(($(switches_of "$pid") - switches))
    stop_bench_controller
    stop_switch a
}

# Resident memory.
case_memory() {
    local n pid small large first=yes

    small=$(quick 50 100)
    large=$(quick 300 5000)
    write_network libvirt "$NETWORK"
    start_switch a
    for n in $small $large; do
        populate "$n" a
        start_bench_controller
        "$BENCH" idl "unix:$S/a/run/db.sock" > "$S/idl.out" &
        pid=$!
        wait_for 30 grep -q idl "$S/idl.out"
        sample "memory/$n" ours "$(rss_kb "$(pid_of a virtnet-controller)")"
        sample "memory/$n" reference "$(rss_kb $pid)"
        kill $pid
        wait $pid || :
        stop_bench_controller
    done
    stop_switch a
}

# Compiling alone, in CPU time.  A bridge has fewer than 65,280 port numbers, so
# many ports are several bridges.
case_offline() {
    local n bridges i

    n=$(quick 10000 25000)
    bridges=$(quick 1 4)
    "$BENCH" ports "$n" > "$S/ports.json"
    write_network libvirt "$NETWORK"
    for ((i = 0; i < $(quick 2 9); i++)); do
        if ((i % 2)); then
            offline reference "$BENCH" offline "$n"
            offline ours virtnetctl_compile
        else
            offline ours virtnetctl_compile
            offline reference "$BENCH" offline "$n"
        fi
    done
    rm "$NETWORK"
}

virtnetctl_compile() {
    "$BUILD/controller/virtnetctl" compile "$NETWORK" --ports "$S/ports.json"
}

# offline SIDE COMMAND...
offline() {
    local side=$1 before j

    shift
    before=$(children_usec)
    for ((j = 0; j < bridges; j++)); do
        "$@" > /dev/null
    done
    sample "offline/$((n * bridges))" "$side" $(($(children_usec) - before))
}

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
    for mode in kernel libvirt; do
        set_mode $mode
        case $mode in kernel) side=reference ;; *) side=ours ;; esac
        # Access ports of VLAN 10 need an uplink that is in it.
        on a vsctl set Port uplink tag=10
        bench_ctl wait
        sleep 1
        on a ovs-appctl revalidator/purge
        "$BENCH" inject $S/a/run/ovs-vswitchd.*.ctl guests "$d"
        sleep 1
        on a ovs-appctl revalidator/purge
        "$BENCH" inject $S/a/run/ovs-vswitchd.*.ctl uplink "$s" "$d"
        sample "megaflows/${s}x$d" $side \
            "$(on a ovs-appctl dpctl/dump-flows | grep -c 'in_port(.*actions:' || :)"
    done
    stop_bench_controller
    stop_switch a
}

# Guards: without any beside all, in one run.  Entries in the datapath for S
# remote hosts and D guests that talk to each other, by protocol; flows; and the
# time to plug one more guest.
case_guards() {
    local s d i n kind guards

    s=$(quick 5 50)
    d=$(quick 4 20)
    n=$(quick 10 100)
    write_guarded_network none "$n"
    start_switch a
    start_switch b
    on a vsctl set Open_vSwitch . other_config:max-idle=600000
    start_bench_controller
    populate "$d" a b
    on a vsctl set Port uplink tag=10
    bench_ctl wait
    for guards in none secure; do
        set_guards $guards "$n"
        for kind in tcp udp icmp arp tcp6 both6 udp6 nd; do
            on a ovs-appctl revalidator/purge
            python3 "$TOP/tests/bench/guard-frames.py" \
                "$S"/a/run/ovs-vswitchd.*.ctl $kind "$s" "$d"
            sleep .2
            sample "guards-$kind/${s}x$d" "$(guarded_side $guards)" \
                "$(on a ovs-appctl dpctl/dump-flows | grep -c 'in_port(.*actions:' || :)"
        done
        sample "guards-flows/$d" "$(guarded_side $guards)" \
            "$(on a ovs-ofctl -O OpenFlow15 dump-flows br0 | grep -c cookie=0x56e7)"
    done
    on a vsctl remove Port uplink tag 10
    set_guards none "$n"
    populate "$n" a b
    bench_ctl wait
    # What is measured on b in turn needs something to add to.
    save_plan "$S/plan"
    clear_flows
    restore_plan "$S/plan"
    for ((i = 0; i < $(quick 1 4); i++)); do
        for guards in none secure; do
            set_guards $guards "$n"
            "$BENCH" latency $S/a/run $S/b/run "$CTL" "$n" "$(quick 5 15)" \
                > "$S/latency"
            sed -n "s/^SAMPLE ours/SAMPLE $(guarded_side $guards)/p" \
                "$S/latency" | samples "guards-plug/$n"
            sed -n "s/^SAMPLE whole/SAMPLE $(guarded_side $guards)/p" \
                "$S/latency" | samples "guards-wire/$n"
        done
    done
    stop_bench_controller
    stop_switch b
    guarded_instructions "$n"
    stop_switch a
    guarded_frames
}

# Instructions of the controller for one plug, on top of $1 guests.
guarded_instructions() {
    local guards i

    for guards in none secure; do
        write_guarded_network $guards $(($1 + 20))
        start_bench_controller valgrind -q --tool=callgrind \
            --callgrind-out-file="$S/callgrind" --log-file="$S/valgrind.log"
        plug_and_unplug "$1" 3
        dump_instructions > /dev/null
        for ((i = 0; i < $(quick 1 3); i++)); do
            plug_only $(($1 + 5 * i)) 5
            sample "guards-instructions/$1" "$(guarded_side $guards)" \
                $(($(dump_instructions) / 5))
        done
        stop_bench_controller KILL
        "$BENCH" unplug $S/a/run $(($1 + 1)) $((5 * i))
    done
}

# CPU time for a frame between two guests, which has what guard "ip" lets both of
# them have.
guarded_frames() {
    local guards i g side msec=$(quick 200 400)

    start_frames 2
    set_mode libvirt
    for ((i = 0; i < $(quick 2 12); i++)); do
        for guards in $( ((i % 2)) && echo none secure || echo secure none); do
            for g in g1 g2; do
                on a vsctl set Interface $g \
                    "external_ids:virtnet-guards=$guards" \
                    'external_ids:virtnet-ips="10.0.0.1 10.0.0.2"'
            done
            wait_for 20 has_guards "$guards"
            bench_ctl wait
            on a ovs-appctl revalidator/purge
            side=$(guarded_side "$guards")
            frames_per_second guards-1 g1 g2 1
            frames_per_second guards-1000 g1 g2 1000
        done
    done
    stop_frames
}

# Requests for guests' addresses, with guard "owner" beside none such.
case_owner() {
    local i n s guards g words=()

    n=$(quick 10 100)
    s=$(quick 2 10)
    start_frames "$n"
    set_mode libvirt
    for ((i = 1; i <= n; i++)); do
        words+=(-- set Interface g$i external_ids:virtnet-ips="10.1.0.$i")
    done
    on a vsctl "${words[@]}"
    for ((i = 0; i < $(quick 1 6); i++)); do
        for guards in 'mac ip' 'mac ip owner'; do
            words=()
            for ((g = 1; g <= n; g++)); do
                words+=(-- set Interface g$g
                    "external_ids:virtnet-guards=\"$guards\"")
            done
            on a vsctl "${words[@]}"
            bench_ctl wait
            on a ovs-appctl revalidator/purge
            ask_for_guests "$([ "$guards" = 'mac ip' ] && echo reference || echo ours)"
        done
    done
    stop_frames
}

# $s remote hosts ask for each of $n guests.
ask_for_guests() {
    local cpu before handled pid

    pid=$(pid_of a ovs-vswitchd)
    sleep 1
    before=$(frames_to_guests)
    handled=$(handled uplink)
    cpu=$(cpu_usec "$pid")
    ip netns exec uplink python3 "$TOP/tests/bench/guard-frames.py" eth0 \
        ask "$s" "$n"
    cpu=$(($(cpu_usec "$pid") - cpu))
    sleep .5
    handled=$(($(handled uplink) - handled))
    sample "owner-cpu/$n" "$1" $((cpu / handled))
    sample "owner-frames/$n" "$1" \
        "$(awk "BEGIN { print ($(frames_to_guests) - $before) / $handled }")"
}

guarded_side() {
    case $1 in none) echo reference ;; *) echo ours ;; esac
}

# Writes the network with guards $1, and with addresses for $2 guests and one.
write_guarded_network() {
    local i

    write_network libvirt "$NETWORK.new"
    {
        sed '/<\/network>/d' "$NETWORK.new"
        echo "<metadata><vn:network xmlns:vn='urn:ovs-virtnet:1' guards='$1'>"
        for ((i = 1; i <= $2 + 1; i++)); do
            printf "<vn:host mac='52:54:00:00:%02x:%02x' ip='%s'/>\n" \
                $((i >> 8)) $((i & 255)) "10.1.$((i >> 8)).$((i & 255))" \
                $((i >> 8)) $((i & 255)) "$(printf '2001:db8:1::%x' $i)"
        done
        echo '</vn:network></metadata></network>'
    } > "$NETWORK.guarded"
    mv "$NETWORK.guarded" "$NETWORK"
}

# The same, and waits until that is installed.
set_guards() {
    write_guarded_network "$@"
    wait_for 20 has_guards "$1"
    bench_ctl wait
}

# Have the guests guards, if $1 is not "none"?
has_guards() {
    local n

    n=$(bench_ctl status | grep -c guarded || :)
    case $1 in none) [ "$n" = 0 ] ;; *) [ "$n" != 0 ] ;; esac
}

# A broadcast to many guests, in CPU time of vswitchd.
case_broadcast() {
    local n runs count i mode

    n=$(quick 100 1000)
    runs=$(quick 2 10)
    count=$(quick 20 200)
    write_network kernel "$NETWORK"
    start_switch a
    on a ovs-ofctl add-flow br0 cookie=1,priority=0,actions=NORMAL
    on a vsctl set Port uplink tag=10
    start_bench_controller
    populate "$n" a
    bench_ctl wait
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
    on a ovs-ofctl -O OpenFlow15 --no-names dump-ports br0 |
        awk '/^ *port +[0-9]+:/ { p = $2 + 0 }
             /tx pkts=/ && p < 30000 {
                 sub(/.*tx pkts=/, ""); s += $0 + 0; p = 30000
             }
             END { print s + 0 }'
}

broadcast() {
    local cpu before pid

    set_mode "$1"
    pid=$(pid_of a ovs-vswitchd)
    sleep 1
    "$BENCH" inject $S/a/run/ovs-vswitchd.*.ctl broadcast 5
    sleep 0.2
    before=$(frames_to_guests)
    cpu=$(cpu_usec "$pid")
    "$BENCH" inject $S/a/run/ovs-vswitchd.*.ctl broadcast "$count"
    sample "broadcast/$n" "$2" $((($(cpu_usec "$pid") - cpu) / count))
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
    [ "$FRAMES_DATAPATH" != system ] || start_linux_bridge
    for ((i = 0; i < runs; i++)); do
        for side in ${orders[i % 3]}; do
            set_frames_mode
            frames_per_second guests-1 g1 g2 1
            frames_per_second guests-1000 g1 g2 1000
            frames_per_second uplink-1 uplink g1 1
        done
        [ "$FRAMES_DATAPATH" != system ] || linux_bridge_frames
    done
    [ "$FRAMES_DATAPATH" != system ] || ip link del linux
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
    start_switch a "$FRAMES_DATAPATH"
    on a ovs-ofctl add-flow br0 cookie=1,priority=0,actions=NORMAL
    DATAPATH=$FRAMES_DATAPATH start_bench_controller
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
    if [ "$FRAMES_DATAPATH" = netdev ]; then
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
    if [ "$FRAMES_DATAPATH" = netdev ]; then
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
