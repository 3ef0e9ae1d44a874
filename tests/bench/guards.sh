# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The cases of the benchmark that are about guards; see cases.sh.

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
