#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A guest that is migrated between two real libvirtds, each on a host of its own
# with an Open vSwitch and a controller: to the other host, back through
# libvirt's own connection, and once not, because it is called off.  It has its
# address on one host at a time, and its peers on both reach it.
#
# Its metadata gives it guards and a filter, before it is started, by virsh alone.
# From its first frame on, and wherever it is, nobody sees what it says of an
# address that is not its own.
#
# The line between the hosts' bridges is a wire, or, in long-fleet-migration.sh,
# tunnels of a fleet, which then says where the guest is.
#
# The hosts are namespaces of network, mounts and host name in the sandbox.
# Needs what long-libvirt.sh needs.  Takes about a minute.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/libvirt.sh"
# shellcheck source=tests/system/fleet.sh
. "$(dirname "$0")/fleet.sh"
get_guest_kernel
sandbox "$@"
need_controller
need_libvirt

FLEET=${FLEET-}
M1=52:54:00:00:00:01
GUEST_IP=10.0.0.1
FORGED_IP=10.0.0.66
METADATA="<vn:domain xmlns:vn='urn:ovs-virtnet:1'>
    <vn:interface mac='$M1' guards='mac ra'>
      <vn:filterref filter='clean-traffic'>
        <vn:parameter name='IP' value='$GUEST_IP'/>
      </vn:filterref>
    </vn:interface>
  </vn:domain>"

# Makes host $1, whose folder $S is folder $S/$1 here.
make_host() {
    mkdir "$S/$1"
    unshare --mount --net --uts sleep infinity &
    echo $! > "$S/$1.pid"
    wait_for 10 has_namespace "$1"
    VIRTNET_TEST_DIR=$S/$1 on "$1" enter_sandbox
}

has_namespace() {
    [ "$(readlink "/proc/$(cat "$S/$1.pid")/ns/net")" != \
        "$(readlink /proc/self/ns/net)" ]
}

# on HOST COMMAND...: runs a command, or a function of this script, on a host.
on() {
    nsenter -t "$(cat "$S/$1.pid")" --mount --net --uts -- bash -c "
        $(declare -p TOP BUILD S NETWORKS VSCTL_TIMEOUT FRAMES METADATA M1 \
            "${!COOKIE_@}" "${!GROUP_@}" "${!VIRTNET_@}" GUEST_IP FORGED_IP FLEET)
        $(declare -f)
        set -euE
        FINISHED=yes
        trap 'on_error \"\$BASH_COMMAND\"' ERR
        shift
        \"\$@\"" "$0" "$@"
}

# Joins hosts a and b by a line between themselves and another one between their
# bridges, unless that is for the fleet.
join_hosts() {
    local line

    for line in host ${FLEET:-up}; do
        [ "$line" != "$FLEET" ] || continue
        ip link add a-$line type veth peer name b-$line
        ip link set a-$line netns "$(cat $S/a.pid)" name $line
        ip link set b-$line netns "$(cat $S/b.pid)" name $line
    done
}

# start_host NAME NUMBER
start_host() {
    hostname "$1.example"
    start_ovs
    ovs-appctl -t ovs-vswitchd vlog/set vconn:file:dbg
    ovs-appctl -t ovs-vswitchd vlog/disable-rate-limit vconn
    add_bridge br0
    if [ -n "$FLEET" ]; then
        join_fleet "$1" "$2"
    else
        ip addr add "10.9.0.$2/24" dev host
        ip link set dev host up
        ip link set dev up up
        plug_uplink br0 up
    fi
    add_guest br0 peer "52:54:00:00:01:0$2"
    ip -n peer addr add "10.0.0.1$2/24" dev eth0
    LIBVIRTD_OPTIONS=--listen start_libvirt "
        host_uuid = \"00000000-1111-2222-3333-00000000000$2\"
        listen_tls = 0
        listen_tcp = 1
        auth_tcp = \"none\""
    # In a fleet, its definition says that.
    if [ -n "$FLEET" ]; then
        net_xml ""
    else
        net_xml "<vn:network xmlns:vn='urn:ovs-virtnet:1'
            macTableManager='libvirt'/>"
    fi > $S/tmp/net.xml
    virsh -q net-define $S/tmp/net.xml
    virsh -q net-start net
    start_host_controller
    becomes status_says '^libvirt: .* 1 networks'
    wait_installed
    start_listening peer
    echo $listener > $S/listener.pid
}

# join_fleet NAME NUMBER: the host has tunnels to the other by its own address,
# which is on a bridge that userspace's tunnels go by.
join_fleet() {
    vsctl set Open_vSwitch . external_ids:system-id="$1" \
        "external_ids:virtnet-fleet=\"unix:$S/run/fleet.sock\"" \
        external_ids:virtnet-tunnel-ip="10.9.0.$2"
    ip link set dev host mtu 1600 up
    add_bridge under underlay
    vsctl add-port under host
    ip addr add "10.9.0.$2/24" dev under
}

start_host_controller() {
    LIBVIRT_OPTION= start_controller ${FLEET:+"--fleet-directory=$S/fleet"}
}

# Starts the database of the fleet, which each host has a socket of.
start_fleet_of_both() {
    "$BUILD/controller/virtnetctl" fleet init > /dev/null
    serve_fleet --remote="punix:$S/a/run/fleet.sock" \
        --remote="punix:$S/b/run/fleet.sock"
    net_xml "<vn:network xmlns:vn='urn:ovs-virtnet:1' macTableManager='libvirt'
        overlay='geneve'/>" > $S/fleet-net.xml
    fleet define $S/fleet-net.xml > /dev/null
}

# In a fleet, each host has a flow for the guest, but one that leads to the other
# host does not deliver to it.
is_delivery() {
    local tunnel

    tunnel=$(vsctl --bare --columns=ofport find Interface type=geneve)
    grep -qv "resubmit(${tunnel:-no},"
}
has_flow() { our_flows br0 | grep -E "table=230.*dl_dst=$1" | is_delivery; }

# Nobody has seen what the guest forges, its filter has counted it here, and show
# says which filter that is.
guest_is_filtered() {
    becomes has_stopped
    ! grep "$M1 $FORGED_IP" $S/listened || fail "a forged address is seen"
    virtnetctl show br0 "$(port $M1)" > $S/show
    grep -q "filtered (clean-traffic IP=$GUEST_IP)" $S/show || fail "$(cat $S/show)"
    grep -q 'guarded (mac ra)' $S/show || fail "$(cat $S/show)"
}
has_stopped() {
    ctl fdb --stats br0 | grep -q "$M1.*(stopped: .*filter [1-9]"
}

boot_guest() {
    local kernel

    kernel=$(guest_kernel)
    guest g1 1 192 "$(interface $M1)" "
        <kernel>$kernel</kernel><initrd>$S/initramfs.gz</initrd>
        <cmdline>console=ttyS0 no_timer_check rdinit=/init addr=$GUEST_IP peer=10.0.0.11
        forge=$FORGED_IP</cmdline>"
}
has_pinged() { grep -qs 'guest has pinged' $S/a/log/g1.serial; }

# migrate HOST NUMBER [OPTION...]: to that host.
migrate() {
    local number=$1

    shift
    virsh -q migrate --live "$@" g1 "qemu+tcp://10.9.0.$number/system"
}

# Has the host's peer ask the guest 50 times a second, until stop_pings.
start_ping() {
    ip netns exec peer ping -D -i 0.02 $GUEST_IP > $S/pings &
    echo $! > $S/ping.pid
}

start_pings() {
    for host in a b; do
        on $host start_ping
    done
}

stop_pings() {
    local lost

    for host in a b; do
        kill "$(cat $S/$host/ping.pid)"
        lost=$(count_lost $host)
        say "peer at host $host: $lost"
        awk '{ exit !($(NF - 1) < 5) }' <<< "$lost" || fail "for too long"
    done
}

# Prints of how many pings from host $1 there was no answer, and for how long
# there was none at most.
count_lost() {
    sed -n 's/^\[\([^]]*\)\].* icmp_seq=\([0-9]*\) .*/\1 \2/p' "$S/$1/pings" |
        awk 'NR > 1 && $2 > seq + 1 { lost += $2 - seq - 1 }
             NR > 1 && $1 - time > gap { gap = $1 - time }
             { time = $1; seq = $2 }
             END { printf "%d of %d lost, no answer for %.2f s\n", lost, seq,
                   gap }'
}

ping_guest() { ip netns exec peer ping -q -c 20 -i 0.05 -W 1 $GUEST_IP; }

# Fails unless the guest is at host $1 and not at $2, for all that controllers
# and peers can tell.
guest_is_at() {
    on "$1" becomes fdb_says "$M1 .*installed.*g1"
    on "$1" has_flow $M1
    on "$1" guest_is_filtered
    on "$1" step "host $1 has the guest"
    on "$2" becomes has_no_port $M1
    on "$2" becomes has_no_flow $M1
    on "$2" step "host $2 has not"
    for host in a b; do
        on $host ping_guest > $S/ping || fail "peer at $host: $(cat $S/ping)"
        grep -q ' 20 received' $S/ping || fail "peer at $host: $(cat $S/ping)"
    done
}

# Has the switch ever been told to deliver to the guest?
was_told() {
    grep "table:230.*dl_dst=$M1" $OVS_LOGDIR/ovs-vswitchd.log | is_delivery
}

# Fails unless the guest is on its way from host $1 to host $2, where it has a
# port and nothing else.
guest_is_on_its_way() {
    on "$2" becomes fdb_says "$M1 .*pending"
    on "$2" has_no_flow $M1
    on "$1" has_flow $M1
    on "$2" step "host $2 waits for the guest"
}

make_initramfs
for host in a b; do
    make_host $host
    cp $S/initramfs.gz $S/$host
done
join_hosts
[ -z "$FLEET" ] || start_fleet_of_both
on a start_host a 1
on b start_host b 2
if [ -n "$FLEET" ]; then
    for host in a b; do
        on $host becomes status_says ': host, BFD up, '
    done
fi

say "A guest at host a."
on a boot_guest
wait_for 120 has_pinged || fail "g1: $(tail -n 30 $S/a/log/g1.serial)"
guest_is_at a b

say "It is migrated to host b, slowly, while its peers speak to it."
start_pings
on a migrate 2 --migrateuri tcp://10.9.0.2 --bandwidth 20 &
migration=$!
guest_is_on_its_way a b
! on b was_told || fail "host b had the guest's address for a moment"
on b stop_controller KILL
on b start_host_controller
guest_is_on_its_way a b
wait $migration
sleep 1
stop_pings
guest_is_at b a
on b was_told

say "It is migrated back, through libvirt's own connection."
start_pings
on b migrate 1 --p2p --tunnelled
sleep 1
stop_pings
guest_is_at a b

say "It sets out for host b again, and is called off."
on a migrate 2 --migrateuri tcp://10.9.0.2 --bandwidth 1 2> $S/called-off &
migration=$!
guest_is_on_its_way a b
on a virsh -q domjobabort g1
! wait $migration || fail "it was not called off"
guest_is_at a b

for host in a b; do
    grep -q "$M1 $GUEST_IP" $S/$host/listened || fail "nobody listened"
    ! grep "$M1 $FORGED_IP" $S/$host/listened || fail "a forged address is seen"
    kill "$(cat $S/$host/listener.pid)"
done

on a virsh -q destroy g1
on a becomes has_no_port $M1
for host in a b; do
    on $host stop_libvirtd
    on $host allow_log \
        'netdev_linux|bridge\|WARN\|could not open network device|tap|vnet'
    on $host allow_log '\|ovs_vsctl|reconnect'
    on $host finish > /dev/null
done
FINISHED=yes
say "PASS: $(basename "$0")"
