# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The cases of the benchmark, each a function that leaves samples behind and
# nothing else.  What a case is compared with, and what it must reach, is in
# report.py.  Where there are two sides, they take turns.

# quick A B [C]: prints A if --quick is given, otherwise B, or C if that is given
# for the kernel's datapath, in which a port is a device.
quick() {
    if [ -n "$QUICK" ]; then
        echo "$1"
    elif [ "$BENCH_DATAPATH" = system ]; then
        echo "${3-$2}"
    else
        echo "$2"
    fi
}

# A full install, into an empty switch, by a controller that is running.
case_install() {
    local n runs i

    runs=$(quick 3 15)
    start_switch a
    start_switch b
    for n in $(quick "100 200" "1000 2000" "100 500"); do
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
    for n in $(quick "10 100 200" "10 100 1000 2000" "10 100 500"); do
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

    n=$(quick 200 2000 500)
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
