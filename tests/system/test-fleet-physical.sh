#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A network of the fleet whose hosts have each other by their uplinks: a switch
# between them learns who is where, as without a fleet, and the definition, the
# guests and their migration are the fleet's.

. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/system/fleet.sh
. "$(dirname "$0")/fleet.sh"
sandbox "$@"
need_controller

# add_lan_uplink HOST: br0's way to the switch that all hosts are at.
add_lan_uplink() {
    [ -e /sys/class/net/lan ] || add_linux_bridge lan
    ip link add name "lan-$1" type veth peer name up netns "$1"
    ip link set dev "lan-$1" mtu 1400 master lan up
    ip -n "$1" link set dev up mtu 1400 up
    inside "$1" ethtool -K up tx off > /dev/null
    at "$1" plug_uplink br0 up
}

# Who there is says where he is, which the switch between the hosts learns.
get_known() {
    renew_all
    send_frames > /dev/null <<'.'
a1 -> bcast
b1 -> bcast
c2 -> bcast
sleep 600
.
}

renew_all() {
    local host

    for host in "${FLEET_HOSTS[@]}"; do
        at "$host" settle
        at "$host" renew_datapath_flows
    done
}

start_fleet
fleet_network net "" > /dev/null
for n in 1 2; do
    add_fleet_host h$n 10.0.0.$n
    add_lan_uplink h$n
done
add_fleet_guest h1 a1 52:54:00:00:00:a1
add_fleet_guest h1 a2 52:54:00:00:00:a2 tag=10
add_fleet_guest h2 b1 52:54:00:00:00:b1
add_fleet_guest h2 c2 52:54:00:00:00:c2 tag=10
get_known

say "Exact on each host, by VLAN, and no tunnel."
expect_fleet_frames <<'.'
a1 -> b1 = b1
b1 -> a1 = a1
a2 -> c2 = c2
c2 -> a2 = a2
a1 -> a2 = -
b1 -> c2 = -
a1 -> unknown = -
a1 -> bcast = b1 h1-host h2-host
.
for host in h1 h2; do
    [ -z "$(at $host vsctl --bare --columns=name find Interface type=geneve)" ] ||
        fail "$host has a tunnel"
done

say "A guest that is started elsewhere is found there, and so says the fleet."
at h1 unplug a2
ip -n h1 link set dev a2 netns h2
ip -n h2 link set dev a2 up
at h2 plug br0 a2 52:54:00:00:00:a2 tag=10
add_fleet_guest h1 d1 52:54:00:00:00:d1 tag=10
get_known
send_frames > /dev/null <<< "a2 -> bcast"
expect_fleet_frames <<'.'
d1 -> a2 = a2
c2 -> a2 = a2
a2 -> d1 = d1
a1 -> a2 = -
.
fleet ports | grep -q "52:54:00:00:00:a2 .*h2" || fail "$(fleet ports)"
finish_fleet
