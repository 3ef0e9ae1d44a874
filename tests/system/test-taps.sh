#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Guests behind tap devices that a program holds, as QEMU does, beside those
# behind veth pairs: each frame goes to the same receivers.  A tap device is
# there before its program, and after it, and goes with its guest.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

# add_tap BRIDGE NAME MAC [ADD-PORT-WORD]...: as libvirt makes it.
add_tap() {
    local name=$2 mac=$3

    ip tuntap add dev "$name" mode tap vnet_hdr
    ip link set dev "$name" address "fe${mac#??}" up
    echo "$name @tap $name $mac" >> $S/ports
    plug "$@"
}

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_tap br0 t1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
add_tap br0 t3 52:54:00:00:00:03 tag=10
add_guest br0 g4 52:54:00:00:00:04 tag=10
add_tap br0 t5 52:54:00:00:00:05 trunk=10,20
network net0 br0 libvirt
start_controller
settle

cat > $S/matrix <<'.'
t1 -> g2 = g2
g2 -> t1 = t1
t1 -> up = up
up -> t1 = t1
host -> t1 = t1
t1 -> bcast = g2 host up
g2 -> mcast = t1 host up
up -> unknown = -
t1 -> unknown = up
t1 -> stp = -
t3 -> g4 = g4
g4 -> t3 = t3
up -> t3 vlan=10 = t3
up -> t3 = -
t3 -> bcast = g2[10] g4 host[10] t1[10] t5[10] up[10]
t5 -> bcast vlan=10/3 = g2[10/3] g4 host[10/3] t1[10/3] t3 up[10/3]
t5 -> t3 vlan=10 = t3
t5 -> t1 vlan=20 = t1[20]
up -> t5 vlan=20 = t5[20]
up -> unknown vlan=10 = -
t1 -> up len=1514 = up
up -> t1 len=1514 = t1
.
# Each time, a program opens the devices and closes them again.
for i in 1 2 3; do
    expect_frames < $S/matrix
done

say "A guest ends and is started again: libvirt makes its device anew."
# But for the number, which is a new one, and for carrier, which a tap has while
# a program holds it.
fdb() {
    ctl fdb br0 | sed "s/^ *[0-9]* *//; s/ (no carrier)//" | sort
}
fdb > $S/before
for i in 1 2 3; do
    unplug t1
    ip link del dev t1
    sed -i '/^t1 /d' $S/ports
    expect_frames <<'.'
g2 -> 52:54:00:00:00:01 = up
up -> 52:54:00:00:00:01 = -
.
    add_tap br0 t1 52:54:00:00:00:01
    settle
    expect_frames < $S/matrix
done
fdb | diff $S/before - || fail "its addresses are not as before"

finish
