#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Alone in its machine: nobody else may use the module meanwhile.
#
# "ovs-ctl force-reload-kmod" under the controller's eyes: it ends all daemons of
# Open vSwitch, removes the kernel's datapath and module and starts anew.  All is
# exact again then, and others' flows are there.
#
# Not on the userspace datapath, which has no module.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02 tag=10
add_guest br0 g3 52:54:00:00:00:03
vsctl set Interface g3 external_ids:virtnet-guards=mac
network net0 br0 libvirt
start_controller
settle

cat > $S/matrix <<'.'
up -> bcast = g1 g3 host
up -> bcast vlan=10 = g1[10] g2 g3[10] host[10]
g1 -> g3 = g3
g1 -> g2 = up
g2 -> g1 = g1[10]
up -> g2 vlan=10 = g2
up -> unknown vlan=10 = -
g3 -> g1 src=g2 = -
g3 -> bcast = g1 host up
g1 -> host = host
.
expect_frames < $S/matrix

ovs_ctl() {
    /usr/share/openvswitch/scripts/ovs-ctl --system-id=random --no-monitor \
        --no-mlockall --no-record-hostname "$@" > $S/ovs-ctl 2>&1 ||
        fail "ovs-ctl $*: $(cat $S/ovs-ctl)"
}

for i in 1 2; do
    module=$(stat -c %Y /sys/module/openvswitch)
    ovs_ctl force-reload-kmod
    [ "$(stat -c %Y /sys/module/openvswitch)" != "$module" ] ||
        fail "the module was not removed: $(cat $S/ovs-ctl)"
    ip link set dev br0 up
    settle
    expect_frames < $S/matrix
    check_laws
done

say "ovs-ctl restart leaves the module."
module=$(stat -c %Y /sys/module/openvswitch)
ovs_ctl restart
[ "$(stat -c %Y /sys/module/openvswitch)" = "$module" ] ||
    fail "the module was removed"
settle
expect_frames < $S/matrix

finish
