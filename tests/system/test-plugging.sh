#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Ports come, change and go; nothing is left behind by those that went.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02 tag=10
make_port g3 52:54:00:00:00:03
network net0 br0 libvirt
start_controller
settle

state() {
    say "== flows"; our_flows br0
    say "== groups"; our_groups br0
    say "== foreign"; foreign_flows br0
    say "== fdb"; ctl fdb br0
    say "== plan"; planned_flows br0
    say "== status"; controller_status | grep -vE '^database:|^ *sent:'
    say "== database"; database_state
}
descriptors() {
    find "/proc/$(cat $OVS_RUNDIR/virtnet-controller.pid)/fd" | wc -l
}

# The first time, so that whatever is made once is made.
plug br0 g3 52:54:00:00:00:03
settle
unplug g3
settle
state > $S/before
fds=$(descriptors)

for i in $(seq 100); do
    words=()
    case $((i % 4)) in
        1) words=(tag=10) ;;
        2) words=('trunk=10,20') ;;
        3) words=(vlan_mode=native-untagged tag=10 'trunk=10,20') ;;
    esac
    plug br0 g3 52:54:00:00:00:03 "${words[@]}"
    # Half of them leave before anybody can have finished with them.
    if [ $((i % 10)) = 0 ]; then
        wait_installed
        case $((i % 4)) in
            0) echo "g1 -> g3 = g3" ;;
            2) printf 'g2 -> g3 = g3[10]\nup -> g3 vlan=20 = g3[20]\n' ;;
        esac | expect_frames
    fi
    unplug g3
done
settle
state | diff -u $S/before - || fail "100 times plugged, something is left"
[ "$(descriptors)" -le "$fds" ] || fail "file descriptors are left open"
expect_frames <<'.'
g1 -> g3 = up
up -> g3 = -
g1 -> bcast = host up
.

say "The device is deleted under the switch, not the port."
plug br0 g3 52:54:00:00:00:03
settle
allow_log '\|ERR\|error receiving data from g3:'
ip link del dev g3
sed -i '/^g3 /d' $S/ports
ip netns del g3
settle
expect_frames <<'.'
up -> 52:54:00:00:00:03 = -
g1 -> bcast = host up
.
unplug g3
# It comes back, as after a restart of the guest.
add_guest br0 g3 52:54:00:00:00:03
settle
expect_frames <<'.'
up -> g3 = g3
g1 -> bcast = g3 host up
.

say "A guest's address changes."
vsctl set Interface g3 'external-ids:attached-mac="52:54:00:00:00:33"'
settle
expect_frames <<'.'
up -> 52:54:00:00:00:33 = g3
up -> g3 = -
g1 -> 52:54:00:00:00:33 = g3
g1 -> g3 = up
.

say "Upper case is the same address."
vsctl set Interface g3 'external-ids:attached-mac="52:54:00:AA:BB:CC"'
settle
expect_frames <<'.'
up -> 52:54:00:aa:bb:cc = g3
up -> 52:54:00:00:00:33 = -
.

say "A guest's port without an address is cut off, until one is written."
vsctl remove Interface g3 external_ids attached-mac
settle
expect_frames <<'.'
up -> unknown = -
g1 -> bcast = up host
g3 -> g1 = -
g3 -> bcast = -
.

say "A port that is no guest is flooded, and receives what is unknown."
vsctl clear Interface g3 external_ids \
    -- set Interface g3 external_ids:virtnet-role=network
vsctl del-port up
sed -i '/^up /d' $S/ports
settle
expect_frames <<'.'
g1 -> unknown = g3
g3 -> unknown = -
g3 -> g1 = g1
g1 -> bcast = g3 host
host -> unknown = g3
.
vsctl set Interface g3 'external-ids:attached-mac="52:54:00:00:00:03"' \
    -- remove Interface g3 external_ids virtnet-role
settle
expect_frames <<'.'
g1 -> unknown = -
g1 -> g3 = g3
.

say "Malformed addresses make no guest, and are named."
plug_uplink br0 up
echo "up up eth0 52:54:00:00:ff:01" >> $S/ports
for bad in 52:54:00:00:00 52:54:00:00:00:03:04 01:00:5e:00:00:01 \
           00:00:00:00:00:00 ff:ff:ff:ff:ff:ff nonsense 52-54-00-00-00-03 \
           '' 52:54:00:00:00:0g; do
    vsctl set Interface g3 "external-ids:attached-mac=\"$bad\""
    settle
    controller_diagnostics | grep -q g3 || fail "\"$bad\" is not reported: $(ctl status)"
    [ "$(ctl fdb br0 | grep -cw g3)" = 0 ] ||
        fail "\"$bad\" made a guest: $(ctl fdb br0)"
done
allow_log '\|WARN\|.*g3'
vsctl set Interface g3 'external-ids:attached-mac="52:54:00:00:00:03"'
settle
! controller_diagnostics | grep -w g3 || fail "still reported"
expect_frames <<'.'
g1 -> g3 = g3
up -> g3 = g3
g1 -> unknown = up
.

say "A port that cannot be opened is reported, the others go on."
allow_log 'nosuchdev'
plug br0 nosuchdev 52:54:00:00:00:44 2> /dev/null || :
settle
controller_diagnostics | grep -q nosuchdev || fail "not reported: $(ctl status)"
expect_frames <<'.'
g1 -> g3 = g3
up -> 52:54:00:00:00:44 = -
.
unplug nosuchdev
settle
! controller_diagnostics | grep nosuchdev || fail "still reported"

finish
