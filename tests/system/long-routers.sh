#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Virtual routers of several makes, as a client sees them that pings their address
# every millisecond, or every ten while there is no answer: keepalived with VRRP 3 for
# IPv4 and for IPv6 and VRRP 2, each with an address of its own and without, and CARP
# by ucarp.  The master is stopped, loses its link, is killed and is unplugged; with
# NORMAL first, which is what must not be exceeded.  Where the router has an address of its own, a third
# guest says all the time that it is the router.
#
# It takes some minutes, and wants package ucarp, which bootstrap does not install;
# without it, it is left out.  test-shared.sh is the short one of these.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller
command -v keepalived > /dev/null || skip "keepalived is not installed"
ping -V > /dev/null || skip "ping is not installed"

vmacs="00:00:5e:00:01:07 00:00:5e:00:02:07"

# How many answers may be lost more than with NORMAL.  Some hundred are lost while
# nobody is the master yet, in one to three seconds, whoever forwards.
PATIENCE=${VIRTNET_AT_ONCE_MS:-150}

# keepalived_conf PORT PRIORITY
keepalived_conf() {
    cat <<.
global_defs {
    router_id $1
    vrrp_garp_master_repeat 5
    vrrp_garp_master_delay 1
}
vrrp_instance router {
    state BACKUP
    interface eth0
    virtual_router_id 7
    priority $2
    version $version
    advert_int $interval
    $vmac_word
    virtual_ipaddress {
        $address/$prefix
    }
}
.
}

# Starts the router in guest $1 with priority $2.
start_router() {
    : > $S/$1.log
    if [ $make = carp ]; then
        # ucarp adds no address itself.
        printf '#!/bin/sh\necho Entering MASTER STATE\nip addr add %s/24 dev "$1"\n' \
            $address > $S/up
        printf '#!/bin/sh\nip addr del %s/24 dev "$1"\n' $address > $S/down
        chmod +x $S/up $S/down
        ip netns exec "$1" ucarp --interface=eth0 --srcip=192.0.2.${1#g} \
            --vhid=7 --pass=secret --addr=$address --advbase=1 \
            --advskew=$((200 - $2)) --shutdown \
            --upscript=$S/up --downscript=$S/down > $S/$1.log 2>&1 &
    else
        keepalived_conf "$1" "$2" > $S/$1.conf
        ip netns exec "$1" keepalived --dont-fork --log-console --vrrp \
            --use-file=$S/$1.conf --pid=$S/$1.pid --vrrp_pid=$S/$1.vrrp.pid \
            --bfd_pid=$S/$1.bfd.pid > $S/$1.log 2>&1 &
    fi
    echo $! > $S/$1.router
    disown
}

# Ends the router in guest $1 by signal $2.
stop_router() {
    local pid

    for pid in $(cat $S/$1.vrrp.pid $S/$1.router 2> /dev/null || :); do
        kill -"$2" "$pid" 2> /dev/null || :
    done
    wait_for 10 is_gone "$(cat $S/$1.router)" || fail "the router goes on"
    rm -f $S/$1.vrrp.pid
}
is_master() {
    grep -q 'Entering MASTER STATE' $S/$1.log
}
answers() {
    ip netns exec up ping -q -c 1 -W 1 "$target" > /dev/null
}

# Leaves nothing of the router in guest $1.
clean_guest() {
    ip -n "$1" link del dev vrrp.7 2> /dev/null || :
    ip -n "$1" link set dev eth0 up
    ip -n "$1" addr del $address/$prefix dev eth0 2> /dev/null || :
}

plug_router() {
    plug br0 "$1" 52:54:00:00:00:0${1#g} \
        -- set Interface "$1" "external_ids:virtnet-macs=\"$vmacs\""
}

# fail_over HOW: sets 'lost' to how many were not answered.
fail_over() {
    local how=$1 pid

    start_router g1 200
    wait_for 20 is_master g1 || fail "g1 is not the master: $(cat $S/g1.log)"
    start_router g2 100
    wait_for 20 answers || fail "nobody answers: $(cat $S/g1.log; ctl fdb br0)"
    sleep 1
    ip netns exec up ping -q -i 0.001 -W 1 "$target" > $S/ping 2>&1 &
    pid=$!
    sleep 0.5
    case $how in
    stop) stop_router g1 TERM ;;
    link) ip -n g1 link set dev eth0 down ;;
    kill) stop_router g1 KILL; ip -n g1 link set dev eth0 down ;;
    unplug) unplug g1 ;;
    esac
    wait_for 20 is_master g2 || fail "g2 is not the master: $(cat $S/g2.log)"
    sleep 2
    kill -INT $pid
    wait $pid || :
    read -r sent received <<< "$(sed -nE \
        's/^([0-9]+) packets transmitted, ([0-9]+) received.*/\1 \2/p' $S/ping)"
    lost=$((sent - received))
    say "    $how: $sent asked, $lost not answered"
    answers || fail "g2 does not answer: $(ctl fdb br0)"
    stop_router g2 TERM
    stop_router g1 KILL
    clean_guest g1
    clean_guest g2
    [ $how != unplug ] || plug_router g1
}

fail_overs() {
    local how

    for how in stop link kill unplug; do
        fail_over $how
        if [ -s $S/libvirt-mode ]; then
            eval "worst=\$normal_${make}_$how"
            # shellcheck disable=SC2154
            [ $lost -le $((worst + PATIENCE)) ] ||
                fail "more is lost than with NORMAL, $worst"
            settle
        else
            eval "normal_${make}_$how=$lost"
        fi
    done
}

# Sets what router $make is like.  Fails if there is none such here.
set_make() {
    vmac=00:00:5e:00:01:07
    vmac_word=
    version=3
    interval=0.3
    address=192.0.2.7 prefix=24 target=192.0.2.7
    case $make in
    *_vmac) vmac_word="use_vmac vrrp.7" ;;
    esac
    case $make in
    v2*) version=2 interval=1 ;;
    v6*) vmac=00:00:5e:00:02:07 address=fe80::7 prefix=64 target=fe80::7%eth0 ;;
    carp) command -v ucarp > /dev/null || return 1 ;;
    esac
}

# All makes, in the mode that is in force.
all_makes() {
    for make in v3_vmac v3 v2_vmac v2 v6_vmac v6 carp; do
        set_make || continue
        say "  $make"
        if [ -n "$vmac_word" ] && [ -s $S/libvirt-mode ]; then
            start_probe hostile 50 <<.
g3 -> bcast src=$vmac garp = g1 g2 up host
g3 -> mcast6 src=$vmac na = g1 g2 up host
g3 -> bcast src=$vmac vrrp = g1 g2 up host
up -> $vmac = g1 g2 g3
.
        fi
        fail_overs
        if [ -n "$vmac_word" ] && [ -s $S/libvirt-mode ]; then
            stop_probe hostile > $S/result || :
            grep -qE '^stream="up .* to=g3( .*)? received=0 ' $S/result ||
                fail "g3 gets something: $(cat $S/result)"
        fi
    done
}

start_ovs
add_bridge br0
add_uplink br0 up 52:54:00:00:ff:01
ip -n up addr add 192.0.2.100/24 dev eth0
# Has guest or host $1 speak IPv6 by eth0.
enable_ipv6() {
    ip netns exec "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=0 \
        net.ipv6.conf.eth0.disable_ipv6=0
}
enable_ipv6 up
for i in 1 2; do
    make_port g$i 52:54:00:00:00:0$i
    ip -n g$i addr add 192.0.2.$i/24 dev eth0
    ip -n g$i link set dev lo up
    enable_ipv6 g$i
    plug_router g$i
done
add_guest br0 g3 52:54:00:00:00:03

say "With NORMAL."
all_makes

echo yes > $S/libvirt-mode
network net0 br0 libvirt
start_controller
settle
say "In libvirt mode."
all_makes
finish
