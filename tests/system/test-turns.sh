#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Two ports of one guest with one address, as Xen plugs them for each network
# card of a fully virtualized guest: one for its driver, which has no carrier
# before that is there, and one that is emulated for its firmware.  Whichever of
# them is used has the address, as with NORMAL, which is asked first; what others
# forge moves nothing.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

vm=$(uuid vm1)
nic=$(uuid nic1)
mac=52:54:00:00:00:01

# Plugs device $1 as xapi's scripts do.
plug_xen() {
    vsctl --timeout=30 add-port br0 "$1" -- set interface "$1" \
        "external-ids:\"xs-vif-uuid\"=\"$nic\"" \
        "external-ids:\"xs-vm-uuid\"=\"$vm\"" \
        "external-ids:\"attached-mac\"=\"$mac\""
}

carrier() {
    ip -n "$1" link set dev eth0 "$2"
}

# Frames to and from the guest, which uses port $1 and not $2.
used() {
    cat <<.
up -> 52:54:00:00:00:01 = $1
g1 -> 52:54:00:00:00:01 = $1
$1 -> g1 = g1
$1 -> unknown = up
up -> unknown = -
.
}

# What the port that has the address has sent must have been counted before the
# other sends: until then, vswitchd may take it for new, and give it back.
# Waits until port $1 has the address.
has_address() {
    ctl fdb br0 | grep -w $mac | grep -w "$1" | grep -qw installed
}
moves() {
    wait_for 10 has_address "$1" || fail "not with $1: $(ctl fdb br0)"
    settle
    # The datapath goes on by its flows from before until then.
    wait_revalidated
}

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:02
make_port vif1.0 $mac
make_port tap1.0 $mac
carrier vif1.0 down
plug_xen vif1.0
plug_xen tap1.0

say "With NORMAL."
expect_frames <<'.'
tap1.0 -> bcast = g1 host up
up -> 52:54:00:00:00:01 = tap1.0
.

network net0 br0 libvirt
start_controller
settle

say "The firmware, by the emulated card."
moves tap1.0
used tap1.0 vif1.0 | expect_frames

say "The driver is there."
carrier vif1.0 up
waits_as() {
    ctl fdb br0 | grep -w $mac | grep -w "$1" | grep -qw pending
}
wait_for 10 waits_as vif1.0 || fail "$(ctl fdb br0)"
settle
used tap1.0 vif1.0 | expect_frames
wait_revalidated
expect_frames <<'.'
vif1.0 -> bcast = g1 host tap1.0 up
.
moves vif1.0
used vif1.0 tap1.0 | expect_frames

say "A restart of the controller moves nothing."
expect_quiet_restart
used vif1.0 tap1.0 | expect_frames

say "The guest is started again: back to the firmware."
wait_revalidated
expect_frames <<'.'
tap1.0 -> bcast = g1 host vif1.0 up
.
moves tap1.0
used tap1.0 vif1.0 | expect_frames
carrier tap1.0 down
moves vif1.0
used vif1.0 tap1.0 | expect_frames
carrier tap1.0 up
wait_installed
used vif1.0 tap1.0 | expect_frames

say "Nobody else takes it, be it by the same address."
allow_log 'mbridge\|WARN\|.*MAC conflict'
add_guest br0 thief $mac
settle
expect_frames <<'.'
thief -> bcast garp = g1 host tap1.0 up vif1.0
g1 -> bcast src=52:54:00:00:00:01 garp = host tap1.0 thief up vif1.0
up -> bcast src=52:54:00:00:00:01 garp = g1 host tap1.0 thief vif1.0
up -> 52:54:00:00:00:01 = vif1.0
g1 -> 52:54:00:00:00:01 = vif1.0
.
unplug thief
sed -i '/^thief/d' $S/ports
settle

say "The port is unplugged that has it."
unplug vif1.0
moves tap1.0
expect_frames <<'.'
up -> 52:54:00:00:00:01 = tap1.0
.
unplug tap1.0
sed -i '/^\(vif1\|tap1\)/d' $S/ports
settle

# A bond in a guest (active-backup, fail_over_mac=none) sends by the card in use
# with the address of its first one, whichever that is.
say "Two cards of one guest, of which nobody says that they are a bond."
mac=52:54:00:00:00:0a
for card in n1 n2; do
    add_guest br0 $card 52:54:00:00:00:0$([ $card = n1 ] && echo a || echo b) \
        -- set Interface $card "external-ids:vm-id=\"$vm\""
done
settle
expect_frames <<.
n2 -> g1 src=$mac = g1
n2 -> bcast src=$mac garp = g1 host n1 up
up -> $mac = n1
up -> n2 = n2
.

say "The second card lists the address of the first."
vsctl set Interface n2 "external_ids:virtnet-macs=\"$mac\""
settle
expect_frames <<.
up -> $mac = n1
g1 -> n1 = n1
up -> n2 = n2
.
expect_frames <<.
n2 -> g1 src=$mac = g1
.
moves n2
expect_frames <<.
up -> $mac = n2
g1 -> $mac = n2
up -> n2 = n2
n2 -> g1 src=$mac = g1
g1 -> bcast src=$mac garp = host n1 n2 up
up -> bcast src=$mac garp = g1 host n1 n2
up -> $mac = n2
.
expect_quiet_restart
expect_frames <<.
up -> $mac = n2
n1 -> g1 = g1
.
moves n1
expect_frames <<.
up -> $mac = n1
.
carrier n1 down
moves n2
expect_frames <<.
up -> $mac = n2
.
# With carrier it must be used first.
carrier n1 up
wait_for 10 waits_as n1 || fail "$(ctl fdb br0)"
settle
expect_frames <<.
up -> $mac = n2
n1 -> unknown = up
.
moves n1
expect_frames <<.
up -> $mac = n1
up -> n2 = n2
.
finish
