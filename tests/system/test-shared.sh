#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Takes long
#
# Addresses that several guests may have, as that of a virtual router: keepalived
# in two guests, with an address of its own for it (use_vmac) and without, VRRP 2
# and 3, IPv4 and IPv6.  The one that announced it last has it.  The master is
# stopped, loses its link, is killed, with its device, too, and is unplugged, while a
# guest sends to the router 1,000 times a second; with NORMAL first, which is what
# must not be exceeded.  A third guest says all the time that it is the router, and
# gets nothing.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller
command -v keepalived > /dev/null || skip "keepalived is not installed"

vmac=00:00:5e:00:01:07

# How many frames, at 1,000 a second, may be lost more than with NORMAL, since the
# machine is busy with other things.
PATIENCE=$((${VIRTNET_AT_ONCE_MS:-100} * VIRTNET_PATIENCE))

# keepalived_conf PORT PRIORITY VERSION VMAC ADDRESS
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
    version $3
    advert_int $interval
    $4
    virtual_ipaddress {
        $5
    }
}
.
}

# Starts keepalived in guest $1 with the configuration on standard input.
start_keepalived() {
    cat > $S/$1.conf
    ip netns exec "$1" keepalived --dont-fork --log-console --vrrp \
        --use-file=$S/$1.conf --pid=$S/$1.pid --vrrp_pid=$S/$1.vrrp.pid \
        --bfd_pid=$S/$1.bfd.pid > $S/$1.log 2>&1 &
    echo $! > $S/$1.keepalived
}

# Ends keepalived of guest $1 by signal $2.
stop_keepalived() {
    local pid

    for pid in $(cat $S/$1.vrrp.pid $S/$1.keepalived 2> /dev/null || :); do
        kill -"$2" "$pid" 2> /dev/null || :
    done
    wait_for 10 is_gone "$(cat $S/$1.keepalived)" || fail "keepalived goes on"
}
is_master() {
    grep -q 'Entering MASTER STATE' $S/$1.log
}

# carrier PORT up|down: that of the guest's card.
carrier() {
    ip -n "$1" link set dev eth0 "$2"
}

# Starts both: g1 is the master, unless it fails.  VERSION is that of VRRP, VMAC
# "use_vmac" or nothing.
start_both() {
    local address=192.0.2.7/24

    [ "$version" = 2 ] || address=fe80::7/64
    for i in 1 2; do
        rm -f $S/g$i.log
        keepalived_conf g$i $((300 - 100 * i)) "$version" "$vmac_word" "$address" |
            start_keepalived g$i
    done
    wait_for 20 is_master g1 || fail "g1 is not the master: $(cat $S/g1.log)"
    [ ! -s $S/libvirt-mode ] || wait_for 10 has_address g1 ||
        fail "not with g1: $(ctl fdb br0)"
}

# True if port $1 has the router's address.
has_address() {
    ctl fdb br0 | grep -w $vmac | grep -w "$1" | grep -qw installed
}

# A count of stream "up -> vmac" to port $1.
received() {
    sed -nE "s/^stream=\"up .* to=$1( .*)? received=([0-9]+) .*/\2/p" $S/result
}

# fail_over HOW: g1 fails, by a stop, the loss of its link, a kill, or being
# unplugged.  Sets 'lost' to the frames that neither has got.
fail_over() {
    local how=$1 sent old new

    start_both
    wait_revalidated
    start_probe p 1000 <<.
up -> $vmac = g1 g2 g3
.
    sleep 0.5
    case $how in
    stop) stop_keepalived g1 TERM ;;
    link) carrier g1 down ;;
    kill) stop_keepalived g1 KILL; ip netns exec g1 ip link set dev eth0 down ;;
    unplug) unplug g1 ;;
    esac
    wait_for 20 is_master g2 || fail "g2 is not the master: $(cat $S/g2.log)"
    sleep 1
    stop_probe p > $S/result || :
    sent=$(sed -nE '1s/.* sent=([0-9]+) .*/\1/p' $S/result)
    old=$(received g1)
    new=$(received g2)
    lost=$((sent - old - new))
    say "    $how: $old frames to the old master, $new to the new one, $lost to none"
    [ "$old" -gt 200 ] && [ "$new" -gt 300 ] || fail "hardly anything arrives:
$(cat $S/result)
$(ctl fdb br0)"
    [ ! -s $S/libvirt-mode ] || [ "$(received g3)" = 0 ] || fail "g3 gets something: $(cat $S/result)"
    stop_keepalived g2 TERM
    stop_keepalived g1 KILL
    ip -n g1 link del dev vrrp.7 2> /dev/null || :
    carrier g1 up
    [ "$how" != unplug ] || plug_router g1
}

# The guest of port $1 says that it has the address.
announce() {
    send_frames > $S/result <<.
$1 -> bcast src=$vmac garp
.
}

# The master is that of port "up", on another host, and then g2, while a guest here
# sends to the router 1,000 times a second.  Sets 'away' and 'back' to the frames
# that nobody has got.
to_another_host() {
    local port sent got

    announce g1
    [ ! -s $S/libvirt-mode ] || wait_for 5 has_address g1 || fail "$(ctl fdb br0)"
    wait_revalidated
    for port in up g2; do
        start_probe p 1000 <<.
g3 -> $vmac = g1 g2 up
$port -> bcast src=$vmac garp once = $(xargs <<< "g1 g2 up" | sed "s/ *$port//")
.
        sleep 0.3
        probe_once p
        sleep 0.5
        stop_probe p > $S/result 2> $S/late || :
        sent=$(sed -nE '1s/.* sent=([0-9]+) .*/\1/p' $S/result)
        got=$(sed -nE 's/^stream="g3 .* received=([0-9]+) .*/\1/p' $S/result |
            awk '{ n += $1 } END { print n + 0 }')
        say "    to $port: $((sent - got)) of $sent frames to none, $(
            sed -nE "s/^stream=\"g3 .* to=$port( .*)? received=([0-9]+) .*/\2/p" \
                $S/result) there"
        if [ $port = up ]; then away=$((sent - got)); else back=$((sent - got)); fi
    done
}

# Plugs guest $1 as one that may have the router's address.
plug_router() {
    plug br0 "$1" 52:54:00:00:00:0${1#g} -- set Interface "$1" "$key"
}

# Tries each failure.
fail_overs() {
    local how

    for how in "$@"; do
        fail_over $how
        eval "worst=\${normal_$how:-}"
        if [ -s $S/libvirt-mode ]; then
            # shellcheck disable=SC2154
            [ $lost -le $((worst + PATIENCE)) ] ||
                fail "more is lost than with NORMAL, $worst"
            settle
        else
            eval "normal_$how=$lost"
        fi
    done
}

nobody_has_it() {
    ! ctl fdb br0 | grep -qw $vmac
}

start_hostile() {
    start_probe hostile 50 <<.
g3 -> bcast src=$vmac garp = g1 g2 up host
g3 -> bcast src=$vmac rarp = g1 g2 up host
g3 -> mcast6 src=$vmac na = g1 g2 up host
g3 -> bcast src=$vmac vrrp = g1 g2 up host
.
}

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
for i in 1 2; do
    make_port g$i 52:54:00:00:00:0$i
    ip -n g$i addr add 192.0.2.$i/24 dev eth0
    ip netns exec g$i sysctl -qw net.ipv6.conf.all.disable_ipv6=0
    ip netns exec g$i sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0
done
add_guest br0 g3 52:54:00:00:00:03
key="external_ids:virtnet-macs=\"$vmac\""
plug_router g1
plug_router g2

version=2
interval=1
vmac_word="use_vmac vrrp.7"
say "With NORMAL."
fail_overs stop link unplug
to_another_host
normal_away=$away normal_back=$back

# From now on somebody else says that he is the router.
echo yes > $S/libvirt-mode
allow_log 'mbridge_life\|WARN\|.*announces too many'

# The sum of counter $1 of the daemon's, whatever its labels but port=$2.
counter() {
    ctl metrics | awk -v name="virtnet_$1_total{" -v port="${2:+port=\"$2\"}" \
        'index($0, name) == 1 && index($0, port) { n += $NF } END { print n + 0 }'
}
network net0 br0 libvirt - <<'.'
  <portgroup name='trusted' trustGuestRxFilters='yes'/>
.
start_controller
settle
start_hostile

say "Listed by both."
fail_overs stop link kill unplug
# Who is not guarded is counted as well, by whatever he says it, and what he has
# to say is looked at no more often than every two seconds.
tried=$SECONDS
forged=$(counter port_address_moves_refused g3)
seen=$(counter frames_shown)
say "    $forged times g3 was refused it; $seen frames were looked at"
[ "$forged" -ge 3 ] || fail "g3 is not counted: $(ctl metrics | grep refused)"
[ "$forged" -le $((tried / 2 + 1)) ] && [ "$seen" -le $((100 * forged)) ] ||
    fail "too much is looked at: $forged, $seen"
grep -q "br0: g3 (guest .*) announces $vmac, which it cannot have" \
    $OVS_LOGDIR/virtnet-controller.log || fail "the log does not say who"

say "Both are trusted; VRRP 3 for IPv6."
unplug g1
unplug g2
key=external_ids:virtnet-portgroup=trusted
plug_router g1
plug_router g2
settle
version=3
interval=0.3
# IPv6 has addresses of its own for virtual routers.
vmac=00:00:5e:00:02:07
stop_probe hostile > /dev/null || :
start_hostile
# (When it is unplugged, NORMAL floods what is for nobody any longer to the one
# that is not the master yet.)
fail_overs stop link
stop_probe hostile > /dev/null || :

say "The announcement moves it at once."
vmac=00:00:5e:00:01:07
unplug g1
unplug g2
key="external_ids:virtnet-macs=\"$vmac\""
plug_router g1
plug_router g2
settle
for i in 1 2 1 2; do
    other=$((3 - i))
    start_probe p 1000 <<.
up -> $vmac = g1 g2
g$i -> bcast src=$vmac garp once = g$other g3 up host
.
    sleep 0.3
    probe_once p
    sleep 0.5
    stop_probe p > $S/result || :
    has_address g$i || fail "not with g$i: $(ctl fdb br0)"
    sent=$(sed -nE '1s/.* sent=([0-9]+) .*/\1/p' $S/result)
    lost=$((sent - $(received g1) - $(received g2)))
    say "    to g$i: $lost frames to none"
    [ $lost -le $PATIENCE ] || fail "too many are lost: $(cat $S/result)"
    wait_revalidated
    expect_frames <<.
up -> $vmac = g$i
g3 -> $vmac = g$i
g$other -> $vmac = g$i
.
done

[ "$(counter address_moves)" -ge 4 ] || fail "the moves are not counted: $(ctl metrics)"
for i in 1 2; do
    [ "$(counter port_address_moves_refused g$i)" = 0 ] || fail "something was refused"
done
ctl fdb br0 > $S/fdb
grep -w g1 $S/fdb | grep -q 'shared, g2 has it' || fail "$(cat $S/fdb)"
grep -w g2 $S/fdb | grep -q 'shared, since .*Z: announced it' || fail "$(cat $S/fdb)"

say "A guest whose program dies loses it as well."
# Holds tap device $1, as QEMU does, and writes into file $2 how many frames have
# come for $vmac, until it is killed.
hold_tap() {
    python3 -c '
import fcntl, os, struct, sys

tap = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tap, 0x400454ca, struct.pack("16sH22x", sys.argv[1].encode(), 0x1002))
out = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
mac = bytes.fromhex(sys.argv[3].replace(":", ""))
n = 0
while True:
    if os.read(tap, 2048)[:6] == mac:
        n += 1
    os.pwrite(out, b"%d\n" % n, 0)
' "$1" "$2" $vmac &
    echo $! > $S/tap.pid
    disown
}
tap_runs() {
    [ "$(cat /sys/class/net/t1/carrier)" = 1 ]
}
if ip tuntap add dev t1 mode tap 2> $S/result; then
    ip link set dev t1 up
    : > $S/tap-received
    hold_tap t1 $S/tap-received
    wait_for 10 tap_runs || fail "nobody holds the tap device"
    plug br0 t1 52:54:00:00:00:04 -- set Interface t1 "$key"
    settle
    # All others go before it by name, but have no carrier for now.
    for i in 1 2; do carrier g$i down; done
    wait_for 10 has_address t1 || fail "not with t1: $(ctl fdb br0)"
    for i in 1 2; do carrier g$i up; done
    settle
    has_address t1 || fail "not with t1: $(ctl fdb br0)"
    wait_revalidated
    start_probe p 1000 <<.
up -> $vmac = g1 g2
.
    sleep 0.5
    kill -KILL "$(cat $S/tap.pid)"
    sleep 0.5
    stop_probe p > $S/result || :
    sent=$(sed -nE '1s/.* sent=([0-9]+) .*/\1/p' $S/result)
    lost=$((sent - $(cat $S/tap-received) - $(received g1) - $(received g2)))
    say "    $(cat $S/tap-received) to the one that died, $lost to none"
    [ "$(cat $S/tap-received)" -gt 100 ] || fail "hardly any: $(cat $S/result)"
    [ $lost -le $PATIENCE ] || fail "too many are lost: $(cat $S/result)"
    unplug t1
    announce g2
    wait_for 5 has_address g2 || fail "not with g2: $(ctl fdb br0)"
    settle
fi

say "It stays so over a restart."
expect_quiet_restart
expect_frames <<.
up -> $vmac = g2
.

say "Without a daemon it goes to the next, and back, with the link."
# True if the switch sees that the link of port $1 is down, if $2 is.
sees_link() {
    local n=0

    ! ofctl show br0 | grep -A3 "($1)" | grep -q LINK_DOWN || n=1
    [ $n = "$([ "$2" = down ] && echo 1 || echo 0)" ]
}
kill_daemon virtnet-controller KILL
for link in down up; do
    carrier g2 $link
    wait_for 10 sees_link g2 $link || fail "$(ofctl show br0)"
    wait_revalidated
    forget_datapath_flows
    expect_frames <<.
up -> $vmac = g$([ $link = down ] && echo 1 || echo 2)
g3 -> $vmac = g$([ $link = down ] && echo 1 || echo 2)
.
done
start_controller
settle
has_address g2 || fail "not with g2: $(ctl fdb br0)"

# The network side says that it has the address.
announce_outside() {
    send_frames > $S/result <<.
up -> bcast src=$vmac ${1:-garp}
.
}
forgets_refused() {
    ! ctl plan br0 | grep -q 'table=215,priority=60'
}
outside_has_it() {
    ctl fdb br0 | grep -w $vmac | grep -w 'network side' | grep -qw installed
}

say "Nobody outside takes it unless the guests share it."
announce_outside
settle
expect_frames <<.
up -> $vmac = g2
.

say "A master on another host, and back."
for how in listed trusted; do
    unplug g1
    unplug g2
    [ $how = listed ] || key=external_ids:virtnet-portgroup=trusted
    plug_router g1
    plug_router g2
    vsctl set Interface g1 external_ids:virtnet-shared=true \
        -- set Interface g2 external_ids:virtnet-shared=true
    settle
    if [ $how = listed ]; then
        to_another_host
        # shellcheck disable=SC2154
        [ $away -le $((normal_away + PATIENCE)) ] &&
            [ $back -le $((normal_back + PATIENCE)) ] ||
            fail "more is lost than with NORMAL, $normal_away and $normal_back"
    fi
    announce g1
    wait_for 5 has_address g1 || fail "not with g1: $(ctl fdb br0)"
    announce_outside
    [ $how = trusted ] || wait_for 5 outside_has_it || fail "$(ctl fdb br0)"
    [ $how = listed ] || wait_for 5 nobody_has_it || fail "$(ctl fdb br0)"
    wait_revalidated
    # Who has had it may send by it; a third guest gets nothing by it.
    expect_frames <<.
up -> $vmac =
g2 -> $vmac = up
g3 -> $vmac = up
up -> bcast src=$vmac = g1 g2 g3 host
g3 -> bcast src=$vmac garp = g1 g2 up host
g3 -> $vmac = up
.
    # What g3 has forged is not looked at for a while.
    wait_for 10 forgets_refused || fail "still refused: $(ctl plan br0)"
    settle
    expect_quiet_restart
    expect_frames <<.
g3 -> $vmac = up
.
    announce g2
    wait_for 5 has_address g2 || fail "not with g2: $(ctl fdb br0)"
    wait_revalidated
    expect_frames <<.
g3 -> $vmac = g2
up -> $vmac = g2
.
done

say "Who forges the announcement is counted and named, if it is guarded."
allow_log 'mbridge_offences\|WARN\|br0: guard mac of g3'
vsctl set Interface g3 'external_ids:virtnet-guards="mac log"'
settle
expect_frames <<.
g3 -> bcast src=$vmac garp = -
g3 -> bcast src=$vmac rarp = -
g3 -> bcast src=$vmac vrrp = -
g1 -> $vmac = g2
.
has_address g2 || fail "moved: $(ctl fdb br0)"
ctl fdb --stats br0 | grep -q ' g3 .*(stopped: mac [1-9]' ||
    fail "fdb does not say who forges: $(ctl fdb --stats br0)"
ctl metrics | grep -q 'stopped_packets_total{.*port="g3",kind="mac"} [1-9]' ||
    fail "metrics do not"
grep -q "guard mac of g3.* stops what it sends: $vmac to " \
    $OVS_LOGDIR/virtnet-controller.log || fail "the log does not"
finish
