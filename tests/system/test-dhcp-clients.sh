#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Real DHCP clients with addresses that their ports are not configured with: a
# guest that has changed its own, and a container of its, on a macvlan.  Where the
# guest is trusted they have a lease, as with NORMAL, and are reached by that from
# then on; where it is not, they are not.  Another guest says all the time that
# these addresses are its own, and gets nothing.
#
# The server answers by broadcast who has no address yet, so that a lease alone
# says nothing.  dnsmasq, if it is installed, does not.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller
busybox udhcpd --help 2>&1 | grep -q Usage || skip "busybox has no DHCP server"

own=52:54:00:00:00:01
new=52:54:00:0c:00:01
behind=52:54:00:0c:00:02

cat > $S/lease <<'.'
#!/bin/sh
case $1 in
deconfig) ip addr flush dev "$interface" ;;
bound | renew) ip addr replace "$ip/24" dev "$interface"; echo "$ip" > "$S/ip" ;;
esac
.
chmod +x $S/lease

is_known() {
    ctl fdb br0 | grep -w "$1" | grep -qw installed
}

# lost NETNS DEVICE [MAC]: has it ask for an address, and prints how many percent of
# what is sent to that are not answered, once MAC is known.
lost() {
    rm -f $S/ip
    ip netns exec "$1" env S=$S busybox udhcpc -i "$2" -n -q -f -t 5 -T 1 \
        -s $S/lease > $S/udhcpc.log 2>&1 || {
        # Busybox's server of 1.38 does not answer by broadcast any more.
        say "    $1, $2: no lease: $(tail -n 1 $S/udhcpc.log)" >&2
        echo 100
        return
    }
    [ -z "${3-}" ] || wait_for 10 is_known "$3" || fail "not known: $(ctl fdb br0)"
    ip netns exec up ping -q -i 0.01 -c 50 -W 1 "$(cat $S/ip)" > $S/ping || :
    say "    $1, $2: $(cat $S/ip), $(grep -o '[0-9]*% packet loss' $S/ping)" >&2
    sed -n 's/.* \([0-9]*\)% packet loss.*/\1/p' $S/ping
}

is_reached() {
    [ "$(lost "$@")" = 0 ] || fail "$1 is not reached: $(cat $S/ping; ctl fdb br0)"
}

is_not_reached() {
    [ "$(lost "$@")" = 100 ] || fail "$1 is reached: $(cat $S/ping; ctl fdb br0)"
}

set_address() {
    ip -n "$1" link set dev eth0 down
    ip -n "$1" link set dev eth0 address "$2"
    ip -n "$1" link set dev eth0 up
}

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 $own -- set Interface g1 external_ids:virtnet-portgroup=trusted
add_guest br0 g2 52:54:00:00:00:02
add_guest br0 g3 52:54:00:00:00:03
ip -n up addr add 198.51.100.1/24 dev eth0
cat > $S/udhcpd.conf <<.
start 198.51.100.100
end 198.51.100.150
interface eth0
lease_file $S/leases
option subnet 255.255.255.0
.
: > $S/leases
ip netns exec up busybox udhcpd -f $S/udhcpd.conf > $S/udhcpd.log 2>&1 &
echo $! > $S/udhcpd.pid

for i in 1 2; do
    ip netns add c$i
    ip netns exec c$i bash -c "$(declare -f quiet_netns); quiet_netns"
    ip -n g$i link add mv0 link eth0 type macvlan mode bridge ||
        skip "there are no macvlans"
    ip -n g$i link set dev mv0 netns c$i
    ip -n c$i link set dev mv0 address ${behind%?}$((i + 1))
    ip -n c$i link set dev mv0 up
done

say "With NORMAL."
is_reached c1 mv0
set_address g1 $new
is_reached g1 eth0
is_reached c2 mv0
set_address g1 $own

network net0 br0 libvirt - <<'.'
  <metadata>
    <vn:network xmlns:vn='urn:ovs-virtnet:1'>
      <vn:portgroup name='trusted' rxFilterLimit='4'/>
    </vn:network>
  </metadata>
  <portgroup name='trusted' trustGuestRxFilters='yes'/>
.
start_controller
settle
start_probe hostile 50 <<.
g3 -> bcast src=$new garp = g1 g2 up host
g3 -> bcast src=$behind garp = g1 g2 up host
g3 -> bcast src=$behind rarp = g1 g2 up host
.

say "In libvirt mode."
is_reached c1 mv0 $behind
set_address g1 $new
is_reached g1 eth0 $new
is_not_reached c2 mv0
wait_revalidated
expect_frames <<.
up -> $new = g1
up -> $behind = g1
g2 -> $behind = g1
.
kill "$(cat $S/udhcpd.pid)"

if command -v dnsmasq > /dev/null; then
    say "By dnsmasq, which sends the answer to the address that asks."
    newer=52:54:00:0c:00:05
    ip netns exec up dnsmasq --keep-in-foreground --conf-file=/dev/null --port=0 \
        --interface=eth0 --bind-interfaces --no-resolv --no-hosts --user=root \
        --pid-file= --dhcp-leasefile=$S/dnsmasq.leases --no-ping \
        --log-facility=- --dhcp-range=198.51.100.160,198.51.100.190,1h \
        > $S/dnsmasq.log 2>&1 &
    echo $! > $S/dnsmasq.pid
    set_address g1 $newer
    is_reached g1 eth0 $newer
    ip -n c2 addr flush dev mv0
    ! ip netns exec c2 busybox udhcpc -i mv0 -n -q -f -t 2 -T 1 -s /bin/true \
        > $S/udhcpc.log 2>&1 || fail "c2 has a lease: $(cat $S/udhcpc.log)"
    grep -q "DHCPOFFER(eth0) .*${behind%?}3" $S/dnsmasq.log ||
        fail "c2 has not asked: $(cat $S/dnsmasq.log)"
    expect_frames <<.
up -> $newer = g1
.
    kill "$(cat $S/dnsmasq.pid)"
fi
stop_probe hostile > /dev/null || :
finish
