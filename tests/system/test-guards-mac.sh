#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Guard "mac": a guest sends from its own addresses only, whatever it sends and
# whatever state its port is in, and one that it gets enters at once.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller
allow_log 'mbridge\|WARN\|.*MAC conflict'

definition() {
    network net0 br0 libvirt - <<.
  <metadata>
    <vn:network xmlns:vn='urn:ovs-virtnet:1' guards='$1'>
      <vn:portgroup name='free' guards='none'/>
    </vn:network>
  </metadata>
  <portgroup name='free'/>
  <portgroup name='trusted' trustGuestRxFilters='yes'/>
.
}

cat > $S/names <<'.'
mac a 52:54:00:0c:00:01
mac b 52:54:00:0c:00:02
.
check() {
    cat $S/names - | expect_frames
}

# stopped PORT N: has the guard of PORT stopped N frames?
stopped() {
    [ "$(dump_flows br0 "table=204,in_port=$1" |
        sed -n 's/.*n_packets=\([0-9]*\),.* actions=drop/\1/p')" = "$2" ]
}
dump_flows() {
    ovs-ofctl -O OpenFlow15 --names dump-flows "$@"
}
has() {
    wait_for 5 has_address "$@" || fail "not so: $* in $(ctl fdb br0)"
    wait_installed
}
has_address() {
    ctl fdb br0 | grep -q "$2.*$1 "
}

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02 tag=10
add_guest br0 g3 52:54:00:00:00:03 -- \
    set Interface g3 external_ids:virtnet-portgroup=free
add_guest br0 g4 52:54:00:00:00:04 -- \
    set Interface g4 external_ids:virtnet-portgroup=trusted
definition none
start_controller
settle

say "Nobody asks, so there is nothing of it."
[ -z "$(dump_flows br0 table=204 | grep cookie=0x56e7)" ] ||
    fail "there are guards"
check <<'.'
g1 -> bcast src=up = g3 g4 host up
.

say "Asked for, a forged source is stopped, however it is sent."
definition mac
settle
ctl status | grep -q 'port g1: guest, 52:54:00:00:00:01, guarded (mac), ' ||
    fail "not shown: $(ctl status)"
! ctl status | grep -q '52:54:00:00:00:03, .*guarded' || fail "g3 is guarded"
frames=$S/frames
cat > $frames <<'.'
g1 -> up = up
g1 -> g3 = g3
g1 -> bcast = g3 g4 host up
g1 -> bcast rarp = g3 g4 host up
g1 -> mcast6 na = g3 g4 host up
g1 -> up src=g3 = -
g1 -> g3 src=up = -
g1 -> host src=a = -
g1 -> unknown src=a = -
g1 -> bcast src=up = -
g1 -> bcast src=host garp = -
g1 -> bcast src=g2 rarp = -
g1 -> mcast src=a = -
g1 -> mcast6 src=a na = -
g1 -> up src=bcast = -
g1 -> up src=a vlan=0/3 = -
g2 -> up = up[10]
g2 -> up src=g1 = -
g2 -> bcast src=up = -
g3 -> up src=a = up
g3 -> bcast src=up = g1 g4 host up
up -> g1 src=a = g1
host -> g1 src=a = g1
.
check < $frames
wait_for 5 stopped g1 10 || fail "counted: $(dump_flows br0 table=204)"
wait_for 5 stopped g2 2 || fail "counted: $(dump_flows br0 table=204)"

say "After a restart of the daemon, without a flow_mod."
stop_controller
check < $frames
start_controller
settle
ctl status | grep -q ' 0 flow_mods' || fail "flows were sent: $(ctl status)"
check < $frames

say "An address that it gets is its own at once, and no longer than it has it."
vsctl set Interface g1 'external_ids:virtnet-macs="52:54:00:0c:00:01"'
settle
check <<'.'
g1 -> up src=a = up
g1 -> bcast src=a garp = g3 g4 host up
g1 -> up src=b = -
.
vsctl remove Interface g1 external_ids virtnet-macs
settle
check <<'.'
g1 -> up src=a = -
.

say "A guest that may change is followed by what it announces, and by that only."
check <<'.'
g4 -> up src=a = -
g4 -> bcast src=up = -
g4 -> bcast src=a garp = -
.
has g4 52:54:00:0c:00:01
check <<'.'
g4 -> up src=a = up
g4 -> bcast src=a garp = g1 g3 host up
up -> a = g4
g4 -> up src=b = -
g4 -> bcast src=g1 garp = -
g4 -> up src=g1 = -
.

say "In conflict, it may say who it is, and not that it is somebody else."
add_guest br0 g5 52:54:00:00:00:01
settle
check <<'.'
g5 -> bcast src=g1 rarp = g1 g3 g4 host up
g5 -> bcast src=a rarp = -
g5 -> bcast src=up garp = -
g5 -> up src=g1 = -
.
unplug g5

say "Held back, it arrives by its own frame or another's, which gets nowhere."
add_guest br0 g6 52:54:00:00:00:06 -- \
    set Interface g6 external_ids:iface-status=inactive
settle
check <<'.'
g6 -> bcast src=up garp = -
g6 -> bcast garp = g1 g3 g4 host up
g6 -> up src=a = -
up -> g6 = g6
.

say "Plugged, it is guarded from its first frame on."
add_guest br0 p2 52:54:00:00:01:02
add_guest br0 p1 52:54:00:00:01:01
check <<'.'
p1 -> bcast src=up rarp = -
p1 -> up src=up = -
.
settle
check <<'.'
p1 -> up = up
p1 -> up src=p2 = -
.

say "Its own key goes before all; what cannot be understood cuts it off."
vsctl set Interface g1 external_ids:virtnet-guards=none
vsctl set Interface g3 external_ids:virtnet-guards=mac
vsctl set Interface p1 'external_ids:virtnet-guards="mac bogus"'
settle
check <<'.'
g1 -> up src=a = up
g3 -> up src=a = -
p1 -> up = -
p1 -> bcast rarp = -
up -> p1 = -
.
ctl status | grep -q "p1.*there is no guard 'bogus'" ||
    fail "nothing said: $(ctl status)"
allow_log "there is no guard 'bogus'"

say "With guard ip alone, it is followed by ARP and neighbor discovery, too."
vsctl set Interface g4 external_ids:virtnet-guards=ip \
    external_ids:virtnet-ips=10.0.0.4
settle
# arp MAC SENDER: a request of SENDER by MAC.
arp() {
    printf 'type=0x0806 head=0001080006040001%s%s0000000000000a0000fe' \
        ${1//:/} $2
}
b=52:54:00:0c:00:02
check <<.
g4 -> bcast src=b $(arp $b 0a000004) = -
.
has g4 $b
check <<.
g4 -> bcast src=b $(arp $b 0a000004) = g1 g3 g6 p2 host up
g4 -> bcast src=b $(arp $b 0a000009) = -
up -> b = g4
g4 -> bcast src=52:54:00:0c:00:03 rarp = g1 g3 g6 p2 host up
.
has g4 52:54:00:0c:00:03
stop_controller
start_controller
settle
ctl status | grep -q ' 0 flow_mods' || fail "flows were sent: $(ctl status)"
finish
