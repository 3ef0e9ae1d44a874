#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What the host has on the bridge beside the bridge's own device: other devices
# that Open vSwitch has made for it, and macvlans, macvtaps and further addresses
# on these, also in other network namespaces.  They get what is for them, as on
# the Linux bridge and in kernel mode, and nobody's flood of unknown addresses.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

# on_top NAME LOWER MAC KIND...: makes device NAME on device LOWER.
on_top() {
    local name=$1 lower=$2 mac=$3

    shift 3
    ip link add link "$lower" name "$name" address "$mac" type "$@"
    ip link set dev "$name" up
    echo "$name - $name $mac" >> $S/ports
}

fdb_has() {
    ctl fdb br0 | grep -w "$1" | grep -qw installed
}

gains() {
    wait_for 10 fdb_has "$1" || fail "$1 is not followed: $(ctl fdb br0)"
    settle
}

loses() {
    wait_for 10 not fdb_has "$1" || fail "$1 stays: $(ctl fdb br0)"
    settle
}

not() {
    ! "$@"
}

say "On a Linux bridge."
add_linux_bridge lbr
make_port l1 52:54:00:00:02:01
ip link set dev l1 master lbr
on_top lmv lbr 52:54:00:00:02:02 macvlan mode bridge
forwards() {
    bridge link show dev l1 | grep -q 'state forwarding' &&
        [ "$(cat /sys/class/net/lbr/operstate)" = up ]
}
wait_for 10 forwards || fail "the Linux bridge does not forward"
expect_frames <<'.'
l1 -> lmv = lmv
.

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
vsctl add-port br0 int1 -- set Interface int1 type=internal
add_host int1 int1
vsctl add-port br0 int10 tag=10 -- set Interface int10 type=internal
add_host int10 int10
on_top mv1 br0 52:54:00:00:01:01 macvlan mode private
on_top mv2 int1 52:54:00:00:01:02 macvtap mode bridge

say "In kernel mode."
expect_frames <<'.'
mv1 -> bcast = g1 int1 mv2 up
.
network net0 br0 kernel
start_controller
settle

say "In libvirt mode, from the first."
network net0 br0 libvirt
settle
say "$(ctl fdb br0)"
[ "$(ctl fdb br0 | grep -c behind)" = 2 ] || fail "not said where they are from"
cat > $S/exact <<'.'
up -> mv1 = host mv1
up -> mv2 = int1 mv2
g1 -> mv1 = host mv1
g1 -> mv2 = int1 mv2
up -> int1 = int1
g1 -> int1 = int1
up -> int10 vlan=10 = int10
up -> int10 = -
g1 -> unknown = up
up -> unknown = -
int1 -> unknown = up
mv1 -> unknown = up
mv2 -> g1 = g1
up -> bcast = g1 host mv1 int1 mv2
up -> bcast vlan=10 = g1[10] host[10] mv1[10] int1[10] mv2[10] int10
.
expect_frames < $S/exact

say "They go, change and come back."
ip link set dev mv1 down
loses 52:54:00:00:01:01
expect_frames <<'.'
up -> mv1 = -
.
ip link set dev mv1 address 52:54:00:00:01:11
ip link set dev mv1 up
gains 52:54:00:00:01:11
expect_frames <<'.'
up -> 52:54:00:00:01:11 = host mv1
up -> mv1 = -
.
ip link set dev mv1 address 52:54:00:00:01:01
gains 52:54:00:00:01:01
expect_frames < $S/exact

say "In another network namespace, where the kernel tells nobody here of them."
ip netns add box
ip link add link br0 name eth0 netns box address 52:54:00:00:01:03 \
    type macvlan mode bridge
ip -n box link set dev eth0 up
gains 52:54:00:00:01:03
echo "box box eth0 52:54:00:00:01:03" >> $S/ports
expect_frames <<'.'
up -> box = host box
g1 -> box = host box
box -> g1 = g1
.
ip -n box link set dev eth0 address 52:54:00:00:01:33
gains 52:54:00:00:01:33
loses 52:54:00:00:01:03
expect_frames <<'.'
up -> 52:54:00:00:01:33 = host box
up -> box = -
.
ip netns del box
loses 52:54:00:00:01:33
sed -i /^box/d $S/ports

say "The host's own device is moved there, and given another address."
allow_log 'netdev_linux\|WARN\|.* on network device int10 failed: No such device'
allow_log 'mbridge\|WARN\|.*(its device is in another|does not know its address)'
ip netns add box
expect_elsewhere() {
    ctl status | grep -q "warning: int10: $1" ||
        fail "$(ctl status)"
}
ip link set dev int10 netns box
# (Open vSwitch loses one on the kernel's datapath that is renamed.)
ip -n box link set dev int10 address 52:54:00:00:01:0a up
gains 52:54:00:00:01:0a
expect_elsewhere "its device is in another network namespace, .*52:54:00:00:01:0a"
sed -i /^int10/d $S/ports
echo "box box int10 52:54:00:00:01:0a" >> $S/ports
expect_frames <<'.'
up -> box vlan=10 = box
g1 -> unknown = up
up -> unknown vlan=10 = -
box -> unknown = up[10]
.
ip -n box link set dev int10 address 52:54:00:00:01:0b
gains 52:54:00:00:01:0b
loses 52:54:00:00:01:0a
expect_frames <<'.'
up -> 52:54:00:00:01:0b vlan=10 = box
up -> box vlan=10 = -
.
# A program that is started then does not know it, and says so, with what helps,
# where Open vSwitch does not go on to tell the address that it had here.
stop_controller
start_controller
settle
[ "$VIRTNET_DATAPATH" = system ] ||
    expect_elsewhere "is the host's, but Open vSwitch does not know its address"
vsctl set Interface int10 external_ids:attached-mac='"52:54:00:00:01:0b"'
gains 52:54:00:00:01:0b
expect_frames <<'.'
up -> 52:54:00:00:01:0b vlan=10 = box
.
vsctl remove Interface int10 external_ids attached-mac
sed -i /^box/d $S/ports
vsctl del-port int10
ip netns del box
vsctl add-port br0 int10 tag=10 -- set Interface int10 type=internal
add_host int10 int10
settle
expect_frames < $S/exact

# Not every kernel has them.
if ip link add link br0 name vl10 address 52:54:00:00:01:06 type vlan id 10 \
        2> /dev/null; then
    say "A VLAN on it."
    ip link set dev vl10 up
    echo "vl10 - vl10 52:54:00:00:01:06" >> $S/ports
    gains 52:54:00:00:01:06
    expect_frames <<'.'
up -> vl10 vlan=10 = host[10] vl10
g1 -> vl10 vlan=10 = host[10] vl10
vl10 -> g1 = g1[10]
.
    ip link del dev vl10
    loses 52:54:00:00:01:06
    sed -i /^vl10/d $S/ports
fi

if command -v keepalived > /dev/null; then
    say "A virtual router's, which keepalived has come and go on the host."
    ip address add 10.0.0.1/24 dev br0
    cat > $S/keepalived.conf <<'.'
vrrp_instance router {
    state BACKUP
    interface br0
    use_vmac
    virtual_router_id 7
    priority 100
    version 3
    advert_int 0.1
    virtual_ipaddress {
        10.0.0.7/24
    }
}
.
    keepalived --dont-fork --log-console --vrrp --use-file=$S/keepalived.conf \
        --pid=$S/keepalived.pid --vrrp_pid=$S/vrrp.pid \
        --bfd_pid=$S/bfd.pid > $S/keepalived.log 2>&1 &
    keepalived=$!
    gains 00:00:5e:00:01:07
    expect_frames <<'.'
g1 -> 00:00:5e:00:01:07 = host
up -> 00:00:5e:00:01:07 = host
g1 -> unknown = up
.
    kill -TERM $keepalived
    wait $keepalived || :
    loses 00:00:5e:00:01:07
    expect_frames <<'.'
g1 -> 00:00:5e:00:01:07 = up
.
    ip address flush dev br0
fi

say "By hand."
bridge fdb add 52:54:00:00:01:04 dev br0 self
gains 52:54:00:00:01:04
expect_frames <<'.'
up -> 52:54:00:00:01:04 = host
.
bridge fdb del 52:54:00:00:01:04 dev br0 self
loses 52:54:00:00:01:04
vsctl set Interface br0 'external_ids:virtnet-macs="52:54:00:00:01:05"'
settle
expect_frames <<'.'
up -> 52:54:00:00:01:05 = host
.

say "A guest has its address before a device that somebody makes."
allow_log 'mbridge\|WARN\|.*MAC conflict'
on_top thief int1 52:54:00:00:00:01 macvlan mode bridge
conflict() {
    ctl fdb br0 | grep -w 52:54:00:00:00:01 | grep -q 'conflict .*behind'
}
wait_for 10 conflict || fail "no conflict: $(ctl fdb br0)"
settle
expect_frames <<'.'
up -> g1 = g1
.
ip link del dev thief
sed -i /^thief/d $S/ports

say "A restart of the controller sends nothing."
before=$(ctl fdb br0)
expect_quiet_restart
diff <(ctl fdb br0) - <<< "$before" || fail "it is not as it was"
expect_frames < $S/exact

say "With several uplinks, nothing is flooded to them, by flows or by NORMAL."
several_uplinks() {
    settle
    expect_noflood br0 "$1"
    expect_frames <<'.'
up -> mv1 = host mv1
g1 -> mv2 = int1 mv2
g1 -> unknown = up up2
up -> unknown = up2
int1 -> unknown = up up2
.
}
add_uplink br0 up2 52:54:00:00:ff:02
several_uplinks "g1"
# NORMAL serves them then.  It learns of what the datapath already has flows for
# when these are looked at.
vsctl set Bridge br0 mcast_snooping_enable=true
settle
send_frames > /dev/null <<'.'
up -> unknown
up -> mv1
sleep 600
.
several_uplinks "br0 g1 int1 int10"
vsctl set Bridge br0 mcast_snooping_enable=false
unplug up2
sed -i /^up2/d $S/ports
settle

say "One that is a port of a Linux bridge is a part of the network side."
ip link set dev int10 master lbr
is_network() {
    ctl status | grep -q 'int10.*: network'
}
wait_for 10 is_network || fail "$(ctl status)"
settle
expect_frames <<'.'
up -> unknown vlan=10 = int10 l1
l1 -> g1 = g1[10]
.
ip link set dev int10 nomaster
wait_for 10 not is_network || fail "$(ctl status)"
settle
expect_frames < $S/exact
finish
