#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Frames whose source is a group, or everybody, are dropped and counted, from
# whoever they come, as on the Linux bridge beside.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
add_guest br0 trusted 52:54:00:00:00:03 \
    -- set Interface trusted external_ids:virtnet-portgroup=trusted
network net0 br0 libvirt - <<'.'
  <portgroup name='trusted' trustGuestRxFilters='yes'/>
.
start_controller
settle

add_linux_bridge lbr
for port in l1 l2; do
    make_port $port 52:54:00:00:01:0${port#l}
    ip link set dev $port master lbr
done

# Prints frames from sources that nobody has, from port $1 to port $2.
from_nobody() {
    local mac dst

    for mac in 01:00:5e:00:00:01 33:33:00:00:00:01 01:80:c2:00:00:00 \
               03:00:00:00:00:01 ff:ff:ff:ff:ff:ff; do
        for dst in "$2" bcast mcast6 unknown; do
            echo "$1 -> $dst src=$mac = -"
        done
    done
}

dropped() {
    ovs-appctl revalidator/purge
    ofctl dump-flows br0 'table=0' |
        sed -n 's/.*n_packets=\([0-9]*\),.*dl_src=01:00:00:00:00:00.*/\1/p'
}

say "On a Linux bridge."
{ echo "l1 -> bcast = l2"; from_nobody l1 l2; } | expect_frames

say "Here."
for pair in "g1 g2" "up g1" "host g1" "trusted g1"; do
    # shellcheck disable=SC2086
    from_nobody $pair
done > $S/from-nobody
before=$(dropped)
expect_frames < $S/from-nobody
after=$(dropped)
say "$((after - before)) frames were counted as dropped"
[ $((after - before)) = "$(wc -l < $S/from-nobody)" ] || fail "not all of them"
expect_frames <<'.'
g1 -> g2 = g2
up -> g1 = g1
g1 -> bcast = g2 trusted host up
.

finish
