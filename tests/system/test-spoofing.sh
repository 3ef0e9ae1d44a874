#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Whatever source addresses a guest uses, it does not receive one frame more;
# and whatever comes in by the uplink does not move a guest.

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

# Frames that must arrive just where they would if nobody lied.
cat > $S/honest <<'.'
mac remote 52:54:00:00:ff:99
set all g1 g2 g3 host up
wait
g1 -> g2 = g2
g3 -> g2 = g2
host -> g2 = g2
up -> g2 = g2
up -> g2 src=remote = g2
g1 -> remote = up
g2 -> remote = up
host -> remote = up
g1 -> host = host
g2 -> host = host
up -> host = host
up -> g1 src=remote = g1
g2 -> g1 = g1
g3 -> g1 = g1
.

honest() {
    cat - $S/honest | expect_frames
}

honest < /dev/null

# g3 claims to be another guest, the host, a remote machine, a group.
honest <<'.'
mac remote 52:54:00:00:ff:99
g3 -> unknown src=g2 = up
g3 -> unknown src=host = up
g3 -> unknown src=remote = up
g3 -> unknown src=g1 = up
g3 -> bcast src=g2 = g1 g2 host up
g3 -> bcast src=host = g1 g2 host up
g3 -> bcast src=remote = g1 g2 host up
g3 -> bcast src=remote rarp = g1 g2 host up
g3 -> bcast src=g2 garp = g1 g2 host up
g3 -> g1 src=g2 = g1
g3 -> remote src=g2 = up
g3 -> g2 src=remote = g2
g3 -> host src=remote = host
sleep 600
g3 -> bcast src=g2 = g1 g2 host up
g3 -> bcast src=remote = g1 g2 host up
.

# The uplink brings guests' and the host's addresses as sources: reflections,
# loops, or somebody lying.
honest <<'.'
up -> unknown src=g1 = -
up -> unknown src=g2 = -
up -> bcast src=g1 = g1 g2 g3 host
up -> bcast src=g2 rarp = g1 g2 g3 host
up -> bcast src=g2 garp = g1 g2 g3 host
up -> g2 src=g1 = g2
up -> bcast src=host = g1 g2 g3 host
sleep 600
up -> bcast src=g1 = g1 g2 g3 host
.

# The same at a rate at which every learning table would have moved.
for i in $(seq 300); do
    echo "g3 -> bcast src=g2 = g1 g2 host up"
    echo "g1 -> g2 = g2"
    echo "up -> unknown src=g2 = -"
    echo "up -> g2 = g2"
done | honest

# Nothing was learned on any port.
learned=$(ovs-appctl fdb/show br0 | sed 1d)
say "Learned addresses: ${learned:-none}"
[ -z "$learned" ] || fail "addresses were learned in libvirt mode"

finish
