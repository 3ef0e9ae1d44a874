#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A patch port to a physical bridge in kernel mode, which has the real uplink:
# the usual way to give several bridges one uplink.  Then a second path.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

# Adds a pair of patch ports: BRIDGE PORT BRIDGE PORT [ADD-PORT-WORD]...
patch() {
    local a=$1 pa=$2 b=$3 pb=$4

    shift 4
    vsctl add-port "$a" "$pa" "$@" \
            -- set Interface "$pa" type=patch options:peer="$pb" \
        -- add-port "$b" "$pb" \
            -- set Interface "$pb" type=patch options:peer="$pa"
}

start_ovs
add_bridge br0
add_bridge br1 host1
add_bridge phys physhost
plant_foreign br0
plant_foreign phys
add_uplink phys up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02 tag=10
add_guest br1 h1 52:54:00:00:01:01
add_guest br1 h2 52:54:00:00:01:02 tag=10
patch br0 to-phys phys to-br0
patch br1 to-phys1 phys to-br1
network net0 br0 libvirt
network net1 br1 libvirt
network net2 phys kernel
start_controller
settle

# Each port says why it is none of a guest's.
why() {
    virtnetctl show "$1" "$2" | sed -n 's/^ *role-from: //p'
}
[ "$(why br0 to-phys), $(why phys to-br0), $(why br0 br0), $(why br0 g1)" = \
    "a patch port, a patch port, the bridge's own port, " ] ||
    fail "$(virtnetctl show)"

cat > $S/frames <<'.'
set all g1 host h1 host1 physhost up
g1 -> bcast = @all
h1 -> bcast = @all
up -> bcast = @all
host -> mcast = @all
physhost -> mcast6 = @all
g2 -> bcast = h2 g1[10] host[10] h1[10] host1[10] physhost[10] up[10]
h2 -> bcast = g2 g1[10] host[10] h1[10] host1[10] physhost[10] up[10]
host1 -> bcast = @all
up -> bcast vlan=10 = g2 h2 g1[10] host[10] h1[10] host1[10] physhost[10]
wait
g1 -> up = up
up -> g1 = g1
g1 -> h1 = h1
h1 -> g1 = g1
h1 -> up = up
g2 -> h2 = h2
up -> g2 vlan=10 = g2
host -> host1 = host1
physhost -> g1 = g1
up -> physhost = physhost
# What nobody knows goes to the network and to other hosts, not to guests.
g1 -> unknown = up physhost
h1 -> unknown = up physhost
host -> unknown = up physhost
up -> unknown = physhost
physhost -> unknown = up
g2 -> unknown = up[10] physhost[10]
up -> unknown vlan=10 = physhost[10]
# On the other bridge, an address in another VLAN is as good as unknown.
g1 -> h2 = up physhost
g1 -> stp = -
.
expect_frames < $S/frames
! planned_flows br0 | grep NORMAL || fail "one patch port is a plain port"

say "A guest that lies on one bridge is believed by the physical one alone."
expect_frames <<'.'
g2 -> bcast vlan=10 src=h2 = -
g1 -> bcast src=h1 = h1 host host1 physhost up
sleep 600
# The physical bridge, in kernel mode, has learned that; nobody else has, and
# the liar gets nothing of it.
up -> h1 = -
h1 -> g1 = g1
host1 -> h1 = h1
h1 -> bcast = g1 host host1 physhost up
sleep 600
up -> h1 = h1
.

say "A trunk that carries one VLAN."
vsctl set Port to-phys trunks=10
settle
expect_frames <<'.'
g1 -> unknown = -
g1 -> bcast = host
up -> g1 = -
g2 -> unknown = up[10] physhost[10]
up -> g2 vlan=10 = g2
up -> bcast = h1 host1 physhost
.
vsctl clear Port to-phys trunks
settle
expect_frames < $S/frames

say "A second network port beside the patch port."
add_uplink br0 other 52:54:00:00:ff:02
settle
send_frames > /dev/null <<'.'
other -> bcast
up -> bcast
h1 -> bcast
physhost -> bcast
host1 -> bcast
sleep 600
.
expect_frames <<'.'
set all g1 host h1 host1 physhost up other
g1 -> bcast = @all
up -> bcast = @all
other -> bcast = @all
h1 -> bcast = @all
g1 -> unknown = up physhost other
h1 -> unknown = up physhost other
up -> unknown = physhost other
other -> unknown = physhost up
other -> up = up
up -> other = other
other -> h1 = h1
h1 -> other = other
other -> g1 = g1
up -> g1 = g1
g1 -> other = other
g1 -> up = up
.

finish
