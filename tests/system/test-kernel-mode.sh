#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# In kernel mode the controller changes nothing: not a flow, not a column, and
# no frame goes otherwise than by NORMAL.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
add_guest br0 g3 52:54:00:00:00:03 tag=10
plant_foreign br0
ovs-ofctl mod-port br0 g3 no-flood
bridge_state br0 > $S/before
start_counting

same() {
    settle
    bridge_state br0 | diff -u $S/before - || fail "the bridge has changed: $1"
    [ "$(count_changes)" = 0 ] ||
        fail "the switch was told to change something: $1
$(changes_received)"
}

# Sends frames that flooding and learning decide about, with addresses that no
# one has seen before.
round=0
expect_learned() {
    { echo "mac a 52:54:00:a0:00:0$round"
      echo "mac b 52:54:00:b0:00:0$round"
      cat; } | expect_frames
    wait_revalidated
}
as_normal() {
    round=$((round + 1))
    expect_learned <<'.'
g1 -> unknown = g2 host up
up -> unknown = g1 g2 host
up -> unknown vlan=10 = g1[10] g2[10] host[10]
g1 -> bcast = g2 host up
# Learning: what was unknown is known once it has spoken.
g1 -> a src=b = g2 host up
g2 -> bcast src=a = g1 host up
.
    expect_learned <<'.'
g1 -> a src=b = g2
g2 -> b src=a = g1
# It moves too, and a guest can take what is another's.
up -> bcast src=a = g1 g2 host
sleep 600
.
    expect_learned <<'.'
g1 -> a src=b = up
g3 -> unknown = up[10] host[10] g1[10] g2[10]
g1 -> stp = -
.
}

as_normal
start_controller
same "no network"
as_normal
network net0 br0 kernel
same "network in kernel mode"
as_normal
{ sed "s/ macTableManager='kernel'//" $NETWORKS/net0.xml > $NETWORKS/net0.new
  mv $NETWORKS/net0.new $NETWORKS/net0.xml; }
same "network without macTableManager"
as_normal
remove_network net0
same "network removed"
as_normal
stop_controller
bridge_state br0 | diff -u $S/before -
start_controller
same "restarted"
as_normal

finish
