#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Where the bridge is a part of a spanning tree, guests have no say in it: by
# what one of them sends, no uplink is blocked, nobody else becomes the root, and
# a guest that has just been plugged need not wait for the tree.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
# The least delay: a port listens and learns for 8 seconds.
add_bridge br0 host -- set Bridge br0 stp_enable=true \
    other_config:stp-forward-delay=4 other_config:stp-hello-time=1
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01

# A bridge's identity in a BPDU: its priority and its address.
UPSTREAM=1000525400ee0001
IMPOSTOR=0000525400000001

cat > $S/hello.py <<'.'
# hello.py TREE ROOT BRIDGE COUNT: sends configuration messages of IEEE 802.1D on
# eth0, one a second, as BRIDGE, which says that ROOT is the root and is next to
# it; as its port of TREE rstp, one that is designated and forwards.
import socket, sys, time

tree, root, bridge, count = sys.argv[1:]
length, kind = {"stp": ("0026", "00" "00" "00"),
                "rstp": ("0027", "02" "02" "3c")}[tree]
bpdu = bytes.fromhex("0180c2000000" + bridge[4:] + length + "424203"
                     + "0000" + kind + root + "00000000" + bridge
                     + "8001" "0000" "1400" "0100" "0400" + "00" * 8)
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("eth0", 0))
for _ in range(int(count)):
    s.send(bpdu)
    time.sleep(1)
.

# hello NETNS ROOT BRIDGE: starts what hello.py says.
hello() {
    ip netns exec "$1" /usr/bin/python3 $S/hello.py "$tree" "$2" "$3" 600 &
}

# port_is PORT STATE [ROLE]: is that what the spanning tree says of PORT?
port_is() {
    ovs-appctl "$tree/show" br0 |
        awk -v port="$1" -v state="${3+$3 *}$2" \
            '$1 == port && $3 " " $2 " " $3 ~ state { found = 1 }
             END { exit !found }'
}

is_root() {
    ovs-appctl "$tree/show" br0 | sed -n '/Root ID/,/Bridge ID/p' |
        grep -qi "$1"
}

takes_part() {
    ovs-appctl "$tree/show" br0 | grep -q "^  *$1 "
}

tree=stp
network net0 br0 kernel
start_controller
settle

say "In kernel mode a guest can block the uplink, as on a Linux bridge."
hello up $UPSTREAM $UPSTREAM
wait_for 60 port_is up forwarding || fail "$(ovs-appctl stp/show)"
is_root 52:54:00:ee:00:01
hello g1 $UPSTREAM $IMPOSTOR
wait_for 60 port_is up blocking || fail "$(ovs-appctl stp/show)"

say "In libvirt mode it cannot."
network net0 br0 libvirt
settle
wait_for 60 port_is up forwarding || fail "$(ovs-appctl stp/show)"
! takes_part g1 || fail "$(ovs-appctl stp/show)"
for i in 1 2 3; do
    sleep 1
    port_is up forwarding && is_root 52:54:00:ee:00:01 ||
        fail "$(ovs-appctl stp/show)"
done
expect_frames <<'.'
host -> up = up
up -> host = host
g1 -> up = up
up -> g1 = g1
g1 -> stp = -
.

# What it sends is counted as its own fault.
ofport=$(vsctl get Interface g1 ofport)
ofctl dump-flows br0 "$COOKIE_MATCH,in_port=$ofport,dl_dst=01:80:c2:00:00:00" |
    grep 'n_packets=[1-9].* actions=drop' > /dev/null ||
    fail "what g1 sends is not counted"

say "A guest that has just been plugged is not silent."
add_guest br0 g2 52:54:00:00:00:02
ctl wait --timeout=20 g2
vsctl set Open_vSwitch . external_ids:carried-out=1
expect_frames <<'.'
g2 -> g1 = g1
up -> g2 = g2
.

say "So it is with RSTP."
vsctl set Bridge br0 stp_enable=false rstp_enable=true \
    other_config:rstp-priority=32768 other_config:rstp-forward-delay=4
tree=rstp
settle
wait_for 60 port_is up Forwarding || fail "$(ovs-appctl rstp/show)"
wait_for 60 is_root 52:54:00:ee:00:01 || fail "$(ovs-appctl rstp/show)"
! takes_part g1 || fail "$(ovs-appctl rstp/show)"
hello up $UPSTREAM $UPSTREAM
hello g1 $UPSTREAM $IMPOSTOR
for i in 1 2 3; do
    sleep 1
    port_is up Forwarding && is_root 52:54:00:ee:00:01 ||
        fail "$(ovs-appctl rstp/show)"
done
add_guest br0 g3 52:54:00:00:00:03
ctl wait --timeout=20 g3
vsctl set Open_vSwitch . external_ids:carried-out=2
expect_frames <<'.'
g3 -> g2 = g2
up -> g3 = g3
g1 -> stp = -
.

say "All of that is taken back, but for what somebody else has changed."
[ "$(vsctl get Port g1 other_config external_ids:virtnet-stp)" = \
  '{rstp-enable="false", stp-enable="false"}
"rstp-enable stp-enable"' ] || fail "$(vsctl list Port g1)"
vsctl set Port g2 other_config:rstp-enable=true
wait_for 30 eval 'controller_diagnostics | grep -q "g2: takes part in the"' ||
    fail "$(controller_status)"
allow_log 'mbridge\|WARN\|br0: warning: g2: takes part in the spanning tree'
network net0 br0 kernel
settle
[ "$(vsctl get Port g1 other_config external_ids)" = '{}
{}' ] || fail "$(vsctl list Port g1)"
[ "$(vsctl get Port g2 other_config external_ids)" = '{rstp-enable="true"}
{}' ] || fail "$(vsctl list Port g2)"
vsctl set Bridge br0 rstp_enable=false
network net0 br0 libvirt
settle
[ "$(vsctl get Port g1 other_config)" = '{}' ] || fail "$(vsctl list Port g1)"

finish
