#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Tunnels as network ports: guests reach whoever is behind them, and nothing that
# comes in by one goes out by another.  At their other ends are the kernel's: VXLAN
# for userspace, and Geneve for the kernel's datapath, which has a way of its own
# to the remote hosts.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/storm.sh"
sandbox "$@"
need_controller

start_ovs

# The underlay: a bridge of its own, with the remote hosts on it.  Its address
# must not change, or tunnels listen on the old one, and no other device of this
# side may answer for it.  Userspace's is the host's port underhost, which sees
# nothing of the tunnels.
if [ $VIRTNET_DATAPATH = netdev ]; then
    tunnel=vxlan tunnel_port=4789
    add_bridge under underhost other_config:hwaddr=52:54:00:00:fe:01
    plug_underlay() { vsctl add-port under "$1"; }
    underlay_neighbors() { ovs-appctl tnl/neigh/show | grep '^10\.0\.0\.'; }
else
    tunnel=geneve tunnel_port=6081
    add_linux_bridge under address 52:54:00:00:fe:01
    plug_underlay() { ip link set dev "$1" master under; }
    underlay_neighbors() { ip neigh show dev under | grep lladdr; }
fi
ip addr add 10.0.0.1/24 dev under
echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore

# add_remote N: namespace tN, at 10.0.0.1N, with a tunnel to here.
add_remote() {
    ip netns add "t$1"
    ip netns exec "t$1" bash -c "$(declare -f quiet_netns); quiet_netns"
    ip link add name "und$1" type veth peer name eth0 netns "t$1"
    ip link set dev "und$1" up
    ip -n "t$1" link set dev eth0 up
    ip netns exec "t$1" ethtool -K eth0 tx off > /dev/null
    ip -n "t$1" addr add "10.0.0.1$1/24" dev eth0
    ip -n "t$1" link add tun0 address "52:54:00:00:ff:0$1" type $tunnel id 7 \
        remote 10.0.0.1 dstport $tunnel_port
    ip -n "t$1" link set dev tun0 up
    plug_underlay "und$1"
    echo "t$1 t$1 tun0 52:54:00:00:ff:0$1" >> $S/ports
}

# add_tunnel BRIDGE N
add_tunnel() {
    vsctl add-port "$1" "vx$2" -- set Interface "vx$2" type=$tunnel \
        options:remote_ip="10.0.0.1$2" options:key=7
}

# A tunnel that is not there, or not yet.
allow_log '\|tunnel(\([^|]*\))?\|WARN\|receive tunnel port not found'

add_bridge br0
plant_foreign br0
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
for n in 1 2 3; do
    add_remote $n
done
add_tunnel br0 1
add_tunnel br0 2
network net0 br0 kernel
start_controller
settle

# Waits until vswitchd has taken in what has become of the devices.
#
# Whenever a device of its network namespace has come, gone or changed, it
# forgets all routes and the tunnels that it listens for, and reads them anew.
# Datapath flows that it looks at in this moment deliver to LOCAL what comes by a
# tunnel.  It has been through its main loop when it has answered twice, and then
# it looks at all datapath flows once more.
await_routes() {
    ovs-appctl version > /dev/null
    ovs-appctl version > /dev/null
    ovs-appctl revalidator/wait
}
await_routes

# Underlay addresses are learned from the first frames, some of which are lost.
know_neighbors() {
    send_frames > /dev/null <<'.'
g1 -> bcast
t1 -> bcast
t2 -> bcast
t3 -> bcast
.
    [ "$(underlay_neighbors | wc -l)" = 3 ]
}
wait_for 10 know_neighbors || fail "the underlay does not work"

# Lets NORMAL learn anew what a change of the database or of the mode has made it
# forget.
get_known() {
    send_frames > /dev/null <<'.'
up -> g1
up -> bcast
up -> unknown
t1 -> g1
t1 -> bcast
sleep 600
.
}

# Prints columns protected and external_ids of tunnels and guests.
protected() {
    local port

    for port in vx1 vx2 vx3 g1; do
        say "$port" $(vsctl --if-exists get Port $port protected external_ids)
    done
}

# expect_protected: fails unless that is what standard input says.
expect_protected() {
    cat > $S/expected
    settle
    await_routes
    protected | diff -u $S/expected - || fail "ports are not as expected (-)"
}

say "Kernel mode: NORMAL forwards from tunnel to tunnel."
expect_frames <<'.'
t1 -> bcast = g1 g2 host t2
g1 -> bcast = g2 host t1 t2
t2 -> t1 = t1
.
expect_protected <<'.'
vx1 false {}
vx2 false {}
vx3
g1 false {}
.

say "Libvirt mode: it does not."
network net0 br0 libvirt
expect_protected <<'.'
vx1 true {virtnet-protected="true"}
vx2 true {virtnet-protected="true"}
vx3
g1 false {}
.
for i in 1 2 3; do
    expect_frames <<'.'
t1 -> bcast = g1 g2 host
t2 -> mcast = g1 g2 host
t1 -> unknown = -
t1 -> t2 = -
t2 -> t1 = -
t1 -> g1 = g1
t2 -> g1 = g1
t2 -> host = host
g1 -> bcast = g2 host t1 t2
g1 -> t1 = t1
g2 -> t2 = t2
host -> t1 = t1
g1 -> unknown = t1 t2
g1 -> g2 = g2
.
done

say "A third tunnel, and an uplink, which has to do with all of them."
add_tunnel br0 3
add_uplink br0 up 52:54:00:00:ff:09
expect_protected <<'.'
vx1 true {virtnet-protected="true"}
vx2 true {virtnet-protected="true"}
vx3 true {virtnet-protected="true"}
g1 false {}
.
expect_frames <<'.'
up -> bcast = g1 g2 host t1 t2 t3
t1 -> bcast = g1 g2 host up
t3 -> bcast = g1 g2 host up
t1 -> t3 = -
t3 -> t2 = -
t1 -> up = up
up -> t3 = t3
t1 -> unknown = up
up -> unknown = t1 t2 t3
g1 -> unknown = t1 t2 t3 up
g1 -> t3 = t3
.

say "Guests that are plugged get nothing of what is on its way."
make_storm
network net0 br0 libvirt - <<'.'
  <metadata>
    <vn:network xmlns:vn='urn:ovs-virtnet:1'>
      <vn:portgroup name='apart' isolated='yes'/>
    </vn:network>
  </metadata>
  <portgroup name='apart'><vlan><tag id='20'/></vlan></portgroup>
.
streams() {
    cat <<'.'
t1 -> unknown = -
t1 -> bcast = -
up -> unknown2 vlan=20 = -
up -> bcast vlan=30 = -
g1 -> unknown = -
g2 -> bcast = -
n1 -> g1 vlan=30 = -
n2 -> bcast vlan=30 = -
.
}
settle
# Whenever a device comes or goes, what comes by a tunnel is LOCAL's for a moment;
# see await_routes.
storm tunnels "t1 t2 t3 up g2 underhost" plug_apart
await_routes
network net0 br0 libvirt
settle

say "A port that somebody has protected would not reach them."
vsctl set Port g1 protected=true
expect_protected <<'.'
vx1 false {}
vx2 false {}
vx3 false {}
g1 true {}
.
controller_diagnostics | grep -q 'warning: br0: has several tunnels' ||
    fail "that is not said: $(controller_status)"
get_known
expect_frames <<'.'
g1 -> bcast = g2 host t1 t2 t3 up
t1 -> g1 = g1
.
vsctl set Port g1 protected=false
settle
! controller_diagnostics | grep 'several tunnels' || fail "it is still said"

say "What somebody else has set stays."
for n in 1 2; do
    vsctl remove Port vx$n external_ids virtnet-protected
done
expect_protected <<'.'
vx1 true {}
vx2 true {}
vx3 true {virtnet-protected="true"}
g1 false {}
.
# A mark alone says nothing.
vsctl set Port g2 external_ids:virtnet-protected=true
settle
[ "$(vsctl get Port g2 protected external_ids | tr '\n' ' ')" = "false {} " ] ||
    fail "the mark of g2 is still there, or more"
network net0 br0 kernel
expect_protected <<'.'
vx1 true {}
vx2 true {}
vx3 false {}
g1 false {}
.
vsctl set Port vx1 protected=false -- set Port vx2 protected=false

say "One tunnel alone."
network net0 br0 libvirt
settle
vsctl del-port vx2 -- del-port vx3
sed -i '/^t[23] /d' $S/ports
expect_protected <<'.'
vx1 false {}
vx2
vx3
g1 false {}
.
get_known
expect_frames <<'.'
t1 -> bcast = g1 g2 host up
up -> bcast = g1 g2 host t1
g1 -> unknown = t1 up
up -> unknown = t1
.

finish
