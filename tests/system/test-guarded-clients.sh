#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Real programs behind all guards at once, "owner" included: a guest has a lease
# by DHCP, an address from a router advertisement, finds neighbors and is found,
# looks for duplicates and finds them.  What another guest has to say as a
# server or router reaches nobody.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller
busybox udhcpd --help 2>&1 | grep -q Usage || skip "busybox has no DHCP server"

mac=52:54:00:00:00:01
ll=fe80::5054:ff:fe00:1
slaac=2001:db8:1:0:5054:ff:fe00:1

cat > $S/lease <<'.'
#!/bin/sh
case $1 in
bound | renew) ip addr replace "$ip/24" dev "$interface"; echo "$ip" > "$S/ip" ;;
esac
.
chmod +x $S/lease

# server NETNS ADDRESS FIRST: a DHCP server there.
server() {
    ip -n $1 addr add $2/24 dev eth0
    cat > $S/udhcpd.$1 <<.
start $3
end $3
interface eth0
lease_file $S/leases.$1
option subnet 255.255.255.0
.
    : > $S/leases.$1
    ip netns exec $1 busybox udhcpd -f $S/udhcpd.$1 > $S/udhcpd.$1.log 2>&1 &
    echo $! >> $S/pids
}

# advertise NETNS PREFIX: a router advertisement for PREFIX::/64.
advertise() {
    ip netns exec $1 python3 - $2 <<'.'
import ipaddress, socket, struct, sys
s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
prefix = ipaddress.ip_address(sys.argv[1] + "::").packed
ra = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 0, 0, 0)
ra += struct.pack("!BBBBIII", 3, 4, 64, 0xc0, 3600, 3600, 0) + prefix
s.sendto(ra, ("ff02::1", 0, 0, socket.if_nametoindex("eth0")))
.
}

# v6 NETNS: lets its kernel have IPv6, with the addresses of its interface ID.
v6() {
    ip netns exec $1 sysctl -qw net.ipv6.conf.eth0.addr_gen_mode=0 \
        net.ipv6.conf.eth0.accept_ra=2 net.ipv6.conf.eth0.autoconf=1 \
        net.ipv6.conf.eth0.use_tempaddr=0 net.ipv6.conf.eth0.accept_dad=1 \
        net.ipv6.conf.eth0.router_solicitations=0 \
        net.ipv6.neigh.eth0.retrans_time_ms=300 \
        net.ipv6.conf.eth0.disable_ipv6=0
}
has() {
    ip -n $1 -6 addr show dev eth0 | grep -w "$2/$3" | grep -qv 'tentative\|dadfailed'
}
is_duplicate() {
    ip -n $1 -6 addr show dev eth0 | grep -w "$2" | grep -q dadfailed
}

start_ovs
add_bridge br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 $mac
add_guest br0 g2 52:54:00:00:00:02
for i in 1 2; do
    vsctl set Interface g$i 'external_ids:virtnet-guards="secure owner"'
done
vsctl set Interface g1 \
    "external_ids:virtnet-ips=\"198.51.100.77 $slaac 2001:db8::1\""
# It is another's address that g2 may have, too.
vsctl set Interface g2 'external_ids:virtnet-ips="198.51.100.2 2001:db8::1"'
network net0 br0 libvirt
start_controller
settle
server up 198.51.100.1 198.51.100.77
server g2 198.51.100.2 198.51.100.99

say "A lease, from the server and not from another guest."
ip netns exec g1 env S=$S busybox udhcpc -i eth0 -n -q -f -t 5 -T 1 \
    -s $S/lease > $S/udhcpc.log 2>&1 || fail "$(cat $S/udhcpc.log)"
[ "$(cat $S/ip)" = 198.51.100.77 ] || fail "the lease is $(cat $S/ip)"

say "It is found, and finds others."
ip netns exec up busybox arping -c 1 -w 3 -I eth0 198.51.100.77 > $S/said ||
    fail "$(cat $S/said)"
ip netns exec g1 busybox arping -c 1 -w 3 -I eth0 198.51.100.2 > $S/said ||
    fail "$(cat $S/said)"
ip netns exec g2 ping -q -c 2 -i 0.1 -W 1 198.51.100.77 > $S/said || fail "$(cat $S/said)"
ip netns exec up ping -q -c 2 -i 0.1 -W 1 198.51.100.77 > $S/said || fail "$(cat $S/said)"
# Nobody has it, as far as it sees itself.
ip netns exec g1 busybox arping -D -c 1 -w 1 -I eth0 198.51.100.77 > $S/said ||
    fail "its own address is taken: $(cat $S/said)"

say "IPv6: an address from the router and not from another guest."
for n in up g1 g2; do v6 $n; done
wait_for 10 has up fe80::5054:ff:fe00:ff01 64 || fail "$(ip -n up -6 addr)"
wait_for 10 has g2 fe80::5054:ff:fe00:2 64 || fail "$(ip -n g2 -6 addr)"
wait_for 10 has g1 $ll 64 || fail "$(ip -n g1 -6 addr)"
advertise g2 2001:db8:2
advertise up 2001:db8:1
wait_for 10 has g1 2001:db8:1:0:5054:ff:fe00:1 64 || fail "$(ip -n g1 -6 addr)"
! ip -n g1 -6 addr | grep 2001:db8:2: || fail "g2 is taken for a router"
ip netns exec up ping -6 -q -c 2 -i 0.1 -W 1 $ll%eth0 > $S/said || fail "$(cat $S/said)"
ip netns exec up ping -6 -q -c 2 -i 0.1 -W 1 $slaac > $S/said || fail "$(cat $S/said)"

say "It looks for duplicates, and finds one where two may have it."
ip -n g1 addr add 2001:db8::1/64 dev eth0
wait_for 10 has g1 2001:db8::1 64 || fail "$(ip -n g1 -6 addr)"
# On a busy machine the answer may take its time.
ip netns exec g2 sysctl -qw net.ipv6.conf.eth0.dad_transmits=5 \
    net.ipv6.neigh.eth0.retrans_time_ms=1000
ip -n g2 addr add 2001:db8::1/64 dev eth0
wait_for 10 is_duplicate g2 2001:db8::1 || fail "$(ip -n g2 -6 addr)"

for pid in $(cat $S/pids); do kill $pid; done
finish
