#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Containers whose veth is plugged without a word of whose it is, as ovs-docker,
# ovs-cni and LXC plug it: they are guests by the address of the veth's other end.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
make_port c1 52:54:00:00:00:02
vsctl add-port br0 c1
network net0 br0 libvirt
start_controller
settle

say "Exact from its first frame."
expect_frames <<'.'
g1 -> c1 = c1
up -> c1 = c1
g1 -> unknown = up
c1 -> unknown = up
up -> unknown = -
up -> bcast = c1 g1 host
.
say "$(ctl status br0)"

say "One that is plugged later."
make_port c2 52:54:00:00:00:03
vsctl add-port br0 c2
settle
expect_frames <<'.'
up -> c2 = c2
g1 -> c2 = c2
c1 -> c2 = c2
c2 -> unknown = up
up -> unknown = -
.

say "Plugged before it is the container's, it gets nothing of others'."
# plug_first NAME MAC: as ovs-docker does.
plug_first() {
    ip netns add $1
    ip netns exec $1 bash -c "$(declare -f quiet_netns); quiet_netns"
    ip link add name $1 type veth peer name $1_c
    vsctl --may-exist add-port br0 $1 \
        -- set interface $1 external_ids:container_id=$1 \
        -- set interface $1 external_ids:container_iface=eth0
    ip link set dev $1 up
    ip link set dev $1_c netns $1
    ip -n $1 link set dev $1_c name eth0 address $2 up
    echo "$1 $1 eth0 $2" >> $S/ports
}
allow_log '\|(netdev_linux|dpif_netdev)(\([^|]*\))?\|(WARN|ERR)\|.* (d[0-9]*|v1): Network is down'
received() {
    ip netns exec $1 sed -n 's/^ *eth0: *[0-9]* *\([0-9]*\) .*/\1/p' /proc/net/dev
}
start_probe w 2000 <<'.'
up -> unknown vlan=30 = -
up -> unknown2 = -
g1 -> unknown3 = up
.
for i in 1{0..9} 2{0..9}; do
    plug_first d$i 52:54:00:00:02:$i
done
settle
stop_probe w > $S/result || fail "$(cat $S/result)"
for i in 1{0..9} 2{0..9}; do
    [ "$(received d$i)" = 0 ] || fail "d$i: $(received d$i) frames of others"
done
expect_frames <<'.'
up -> d10 = d10
d10 -> d29 = d29
d29 -> unknown = up
up -> unknown = -
.
for i in 1{0..9} 2{0..9}; do
    vsctl del-port d$i
    sed -i "/^d$i /d" $S/ports
done

say "A veth whose other end stays here is of the network side once it is up."
ip link add name v1 type veth peer name v2
ip link set dev v1 up
vsctl add-port br0 v1
role_of() {
    ctl status | grep -q "^    port v1: $1"
}
wait_for 10 role_of guest || fail "$(ctl status)"
ip link set dev v2 up
wait_for 10 role_of network || fail "$(ctl status)"
vsctl del-port v1
settle

say "Its address changes."
ip -n c2 link set dev eth0 address 52:54:00:00:00:33
changed() {
    ctl fdb br0 | grep -w 52:54:00:00:00:33 | grep -qw installed
}
wait_for 10 changed || fail "the address of the other end is not followed"
settle
expect_frames <<'.'
up -> 52:54:00:00:00:33 = c2
up -> 52:54:00:00:00:03 = -
.

say "Also while more happens than the kernel can tell."
controller=$(cat $OVS_RUNDIR/virtnet-controller.pid)
kill -STOP "$controller"
ip -n c2 link set dev eth0 address 52:54:00:00:00:44
ip link add name much type veth peer name more
for i in {1000..9000}; do
    echo "link set dev much mtu $i"
done | ip -batch -
ip -n c2 link set dev eth0 address 52:54:00:00:00:33
ip link del much
kill -CONT "$controller"
grep_afresh() {
    grep -q 'link_source.*reading all devices afresh' \
        $OVS_LOGDIR/virtnet-controller.log
}
wait_for 10 grep_afresh || fail "the kernel could tell all"
sleep 0.5
settle
expect_frames <<'.'
up -> 52:54:00:00:00:33 = c2
up -> 52:54:00:00:00:44 = -
.

say "A restart of the controller sends nothing."
before=$(ctl fdb br0)
stop_controller KILL
start_controller
settle
diff <(ctl fdb br0) - <<< "$before" || fail "it is not as it was"

say "A container that was first yields to who is configured with the address."
ip -n c1 link set dev eth0 address 52:54:00:00:00:05
has_taken() {
    ctl fdb br0 | grep -w 52:54:00:00:00:05 | grep -qw c1
}
wait_for 10 has_taken || fail "the address of the other end is not followed"
allow_log '\|WARN\|.*MAC conflict'
add_guest br0 g5 52:54:00:00:00:05
settle
expect_frames <<'.'
up -> g5 = g5
g1 -> g5 = g5
.
ip -n c1 link set dev eth0 address 52:54:00:00:00:02
unplug g5
has_back() {
    ctl fdb br0 | grep -w 52:54:00:00:00:02 | grep -qw installed
}
wait_for 10 has_back || fail "its own address is not followed"
settle

say "By hand, or without its leave, it is a part of the network side."
vsctl set Interface c2 external_ids:virtnet-role=network
settle
expect_frames <<'.'
up -> unknown = c2
g1 -> unknown = c2 up
.
vsctl del-port c2
settle
expect_frames <<'.'
up -> unknown = -
g1 -> unknown = up
.
finish
