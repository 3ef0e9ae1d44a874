#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# In libvirt mode each guest receives its own frames and those for groups, and
# nothing else.  No VLANs here.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
add_guest br0 g3 52:54:00:00:00:03
network net0 br0 libvirt
start_controller
settle

expect_frames <<'.'
set all g1 g2 g3 host up

# Nobody has sent anything yet.
up -> g1 = g1
g1 -> g2 = g2
host -> g3 = g3

# Unknown: to the uplink only, and never to a guest.
g1 -> unknown = up
host -> unknown = up
up -> unknown = -
up -> unknown src=unknown2 = -

# Known.
g1 -> g2 = g2
g2 -> g1 = g1
g1 -> host = host
host -> g1 = g1
up -> g1 = g1
up -> g2 src=unknown2 = g2
up -> host = host
g1 -> up = up
host -> up = up

# To oneself: nothing comes back.
g1 -> g1 = -
up -> up = -

# Groups: all but the sender.
g1 -> bcast = @all
g1 -> mcast = @all
g1 -> mcast6 = @all
host -> bcast = @all
host -> mcast = @all
up -> bcast = @all
up -> mcast6 = @all

# What hosts say about themselves.
g1 -> bcast rarp = @all
g2 -> bcast garp = @all
g3 -> mcast6 na = @all
up -> bcast garp = @all

# Sizes and types.
g1 -> g2 len=1514 = g2
g1 -> g2 len=60 = g2
g1 -> g2 type=0x0800 = g2
g1 -> g2 type=0x86dd = g2
g1 -> g2 type=0x88cc = g2
.

# What was learned changes nothing: the same again, with time in between for
# whatever the switch does in the background.
expect_frames <<'.'
g1 -> unknown = up
up -> unknown = -
sleep 1000
g1 -> unknown = up
up -> unknown = -
g2 -> unknown2 = up
up -> unknown2 = -
.

# Many unknown addresses, from everywhere, reach no guest.
for i in $(seq 100 255); do
    printf 'g1 -> 52:54:00:fd:00:%02x = up\n' "$i"
    printf 'up -> 52:54:00:fd:00:%02x src=52:54:00:fc:00:%02x = -\n' "$i" "$i"
    printf 'host -> 52:54:00:fd:01:%02x = up\n' "$i"
done | expect_frames

# A guest's address that is plugged elsewhere does not matter here.
add_bridge br1 host1
add_guest br1 h1 52:54:00:00:00:01
settle
expect_frames <<'.'
g2 -> 52:54:00:00:00:01 = g1
up -> 52:54:00:00:00:01 = g1
.

# Without an uplink unknown frames go nowhere.
network net1 br1 libvirt
add_guest br1 h2 52:54:00:00:01:02
settle
expect_frames <<'.'
h1 -> unknown = -
h1 -> h2 = h2
h1 -> bcast = h2 host1
host1 -> unknown = -
host1 -> h1 = h1
.

# A plain guest costs no more than four flows.
before=$(our_flows br1 | wc -l)
add_guest br1 h3 52:54:00:00:01:03
settle
after=$(our_flows br1 | wc -l)
say "Flows for one more guest: $((after - before))"
[ $((after - before)) -le 4 ] || fail "a guest costs more than four flows"

finish
