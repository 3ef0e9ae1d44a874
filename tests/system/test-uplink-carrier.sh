#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The link of an uplink goes down and comes back, and the switch behind it has
# forgotten who is here: it is told of guests that say nothing themselves, and not
# of one that is elsewhere; also of what a guest has changed to that was kept from
# saying so.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
plant_foreign br0
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02 tag=10
add_guest br0 g3 52:54:00:00:00:03
vsctl set Interface g3 external_ids:iface-status=inactive
add_bridge phys physhost
add_uplink phys r1 52:54:00:00:ff:01
allow_log '\|(netdev_linux|dpif_netdev)(\([^|]*\))?\|(WARN|ERR)\|.*p1: Network is down'
allow_log 'mbridge\|WARN\|.*g4: has guard ip, but nobody says'
ip link add name u1 type veth peer name p1
ip link set dev u1 up
ip link set dev p1 up
vsctl add-port br0 u1 -- add-port phys p1
network net0 br0 libvirt
start_controller
settle

# is_known MAC VLAN: does the switch outside know where MAC is?
is_known() {
    ovs-appctl fdb/show phys | grep -q "^ *$(vsctl get Interface p1 ofport) *$2 *$1 "
}

has_link() {
    [ "$(vsctl get Interface u1 link_state)" = "$1" ]
}

for _ in 1 2; do
    ip link set dev p1 down
    wait_for 10 has_link down || fail "the link of u1 is not down"
    ovs-appctl fdb/flush phys > /dev/null
    ! is_known 52:54:00:00:00:01 0 || fail "nothing is forgotten"
    ip link set dev p1 up
    wait_for 10 has_link up || fail "the link of u1 does not come back"
    for guest in "01 0" "02 10"; do
        # shellcheck disable=SC2086
        wait_for 10 is_known 52:54:00:00:00:$guest ||
            fail "$guest is not announced: $(ovs-appctl fdb/show phys)"
    done
    ! is_known 52:54:00:00:00:03 0 || fail "a guest is announced that is elsewhere"
    wait_revalidated
    expect_frames <<'.'
r1 -> g1 = g1
r1 -> g3 = physhost
.
done

say "So it is if the daemon has seen the uplink, a veth, without a link alone."
ip link set dev p1 down
wait_for 10 has_link down || fail "the link of u1 is not down"
stop_controller
start_controller
settle
ovs-appctl fdb/flush phys > /dev/null
ip link set dev p1 up
for guest in "01 0" "02 10"; do
    # shellcheck disable=SC2086
    wait_for 10 is_known 52:54:00:00:00:$guest ||
        fail "$guest is not announced: $(ovs-appctl fdb/show phys)"
done

say "So it is told of what a guarded guest has changed to."
# Its own announcement is dropped, since it comes before anybody knows that it may.
network net0 br0 libvirt - <<'.'
  <portgroup name='trusted' trustGuestRxFilters='yes'/>
.
add_guest br0 g4 52:54:00:00:00:04 -- \
    set Interface g4 external_ids:virtnet-portgroup=trusted
for guards in mac ip; do
    case $guards in
        mac) mac=52:54:00:0c:00:01 ;;
        ip) mac=52:54:00:0c:00:02 ;;
    esac
    vsctl set Interface g4 external_ids:virtnet-guards=$guards
    settle
    echo "g4 -> bcast src=$mac garp = -" | expect_frames
    wait_for 10 is_known $mac 0 ||
        fail "guard $guards: it is not announced: $(ovs-appctl fdb/show phys)"
    wait_revalidated
    echo "r1 -> $mac = g4" | expect_frames
done
finish
