#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# From kernel to libvirt mode and back while traffic flows: no frame is lost,
# and a bridge that is back in kernel mode is exactly as it was found.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller
allow_log 'mbridge_shortfalls\|WARN\|.*not in force: somebody'

start_ovs
add_bridge br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
add_guest br0 g3 52:54:00:00:00:03 tag=10
add_guest br0 g4 52:54:00:00:00:04 vlan_mode=native-untagged tag=10 trunk=10,20
plant_foreign br0
# Something of the administrator's own, as flags and flows go.
ovs-ofctl mod-port br0 g4 no-flood
ofctl add-flow br0 'cookie=0xadadad,table=0,priority=5,dl_type=0x4444,actions=drop'
note_foreign br0
start_controller
settle
bridge_state br0 > $S/before

as_found() {
    bridge_state br0 | diff -u $S/before - ||
        fail "the bridge is not as it was found: $1"
}

# Everybody is known, so that also in kernel mode each frame has one receiver.
start_probe p 250 <<'.'
g1 -> g2 = g2
g2 -> g1 = g1
up -> g1 = g1
g1 -> up = up
.

for round in 1 2 3; do
    network net0 br0 libvirt
    settle
    expect_frames <<'.'
up -> unknown = -
g1 -> unknown = up
g3 -> g4 = g4
up -> g4 vlan=10 = g4
up -> bcast vlan=20 = g4[20] g1[20] g2[20] host[20]
.
    sleep 0.5
    case $round in
        1) network net0 br0 kernel; how="changed to kernel" ;;
        2) remove_network net0; how="removed" ;;
        3) sed -i "s/ macTableManager='libvirt'//" $NETWORKS/net0.xml
           how="macTableManager removed" ;;
    esac
    settle
    as_found "$how"
    sleep 0.5
    expect_frames <<'.'
up -> unknown = g1 g2 host
g1 -> unknown = g2 up host
.
    as_found "$how, then used"
done

# Frames to others than their receiver are what kernel mode does as long as it
# has not learned an address again, so only loss counts here.
stop_probe p > $S/probe || :
cat $S/probe
! grep -vE ' lost=0 duplicates=0 ' $S/probe || fail "frames were lost or doubled"

# Frames of a guest that lied in kernel mode: what was learned then must not
# attract a single frame afterwards.
network net0 br0 kernel
settle
expect_frames <<'.'
g2 -> bcast src=unknown3 = g1 host up
wait
g1 -> unknown3 = g2
up -> unknown3 = g2
.
network net0 br0 libvirt
settle
expect_frames <<'.'
g1 -> unknown3 = up
up -> unknown3 = -
host -> unknown3 = up
.

finish
