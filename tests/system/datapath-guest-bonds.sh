#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A bond of the kernel's over two cards of one guest (active-backup), whose address
# goes by the card in use: with fail_over_mac=none it has that of its first card,
# which the port of the second lists; with fail_over_mac=active that of the card in
# use.  The link of the card in use goes down and comes back, while a host sends to
# the guest 1,000 times a second; with NORMAL first, which is what must not be
# exceeded.  Another guest says all the while that the addresses are his, and gets
# nothing.
#
# And a bond of the kernel's as the network side: when it fails over, the physical
# network is told by which way guests are reached now.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller
ip link add name trial type bond 2> /dev/null ||
    skip "this kernel has no bonds; that of tests/kernel-datapath has"
ip link del dev trial

PATIENCE=$((${VIRTNET_AT_ONCE_MS:-100} * VIRTNET_PATIENCE))
vm=$(uuid vm1)
mac=52:54:00:00:00:0a
other=52:54:00:00:00:0b

# Makes network namespace $1 with bond0 over the other ends of devices $2 and $3,
# whose addresses are $4 and $5.  $6 is fail_over_mac.
make_bond() {
    local i=0 name

    ip netns add "$1"
    ip netns exec "$1" bash -c "$(declare -f quiet_netns); quiet_netns"
    ip -n "$1" link add name bond0 type bond mode active-backup miimon 20 \
        fail_over_mac "$6"
    for name in "$2" "$3"; do
        ip link add name "$name" type veth peer name "eth$i" netns "$1"
        ip -n "$1" link set dev "eth$i" address "$([ $i = 0 ] && echo "$4" || echo "$5")"
        ip netns exec "$1" ethtool -K "eth$i" tx off > /dev/null
        ip -n "$1" link set dev "eth$i" master bond0
        ip link set dev "$name" up
        i=$((i + 1))
    done
    ip -n "$1" link set dev bond0 up
    # It tells of itself by gratuitous ARP when it fails over, if it has this.
    ip -n "$1" addr add "192.0.2.$7/24" dev bond0
    wait_for 10 uses "$1" eth0 || ip -n "$1" link set dev bond0 type bond \
        active_slave eth0
}
uses() {
    [ "$(ip netns exec "$1" cat /sys/class/net/bond0/bonding/active_slave)" = "$2" ]
}

uses_slave() {
    [ "$(cat /sys/class/net/bond1/bonding/active_slave)" = "$1" ]
}

plug_card() {
    plug br0 "$1" "$2" -- set Interface "$1" "external-ids:vm-id=\"$vm\""
}

# Prints how many frames of probe "p" port $1 has got.
received() {
    sed -nE "s/.* to=$1( .*)? received=([0-9]+) .*/\2/p" $S/result |
        awk '{ n += $1 } END { print n + 0 }'
}

# lose HOW CARD WHOM: the link of CARD of the guest that WHOM sends to goes down.
# 'lost' is what it has not got.
lose() {
    local sent

    wait_revalidated
    start_probe p 1000 <<.
$3
.
    sleep 0.5
    ip link set dev "$2" "$1"
    sleep 2
    stop_probe p > $S/result 2> $S/late || :
    sent=$(sed -nE '1s/.* sent=([0-9]+) .*/\1/p' $S/result)
    lost=$((sent - $(received '[^ ]*')))
    say "    $2 $1: $lost of $sent frames lost"
    [ ! -s $S/libvirt-mode ] || [ "$(received g3)" = 0 ] ||
        fail "g3 gets something: $(cat $S/result)"
}

# Fails over and back, for what is sent by "$1"; $2 is a name for the figures.
fail_over() {
    local step

    for step in "down $3" "up $3" "down $4" "up $4"; do
        lose ${step% *} ${step#* } "$1"
        if [ -s $S/libvirt-mode ]; then
            eval "worst=\$normal_$2_${step% *}_${step#* }"
            # shellcheck disable=SC2154
            [ $lost -le $((worst + PATIENCE)) ] ||
                fail "more is lost than with NORMAL, $worst: $(ctl fdb br0)"
        else
            eval "normal_$2_${step% *}_${step#* }=$lost"
        fi
    done
}

# With an address of the card's own, it goes by that card.
own_address() {
    local card

    for card in 0 1 0; do
        ip link set dev a$((2 - card)) down
        ip link set dev a$((1 + card)) up
        wait_for 10 uses act eth$card || fail "it does not use eth$card"
        wait_revalidated
        expect_frames <<.
mac act0 52:54:00:00:00:1a
mac act1 52:54:00:00:00:1b
up -> act$card = act
g1 -> act$card = act
.
        ip link set dev a$((2 - card)) up
    done
}

start_ovs
add_bridge br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g3 52:54:00:00:00:03
make_bond none n1 n2 $mac $other none 10
make_bond act a1 a2 52:54:00:00:00:1a 52:54:00:00:00:1b active 11
{
    echo "none none bond0 $mac"
    echo "act act bond0 52:54:00:00:00:1a"
} >> $S/ports
plug_card n1 $mac
plug_card n2 $other
vm=$(uuid vm2)
plug_card a1 52:54:00:00:00:1a
plug_card a2 52:54:00:00:00:1b
vsctl set Interface n2 "external_ids:virtnet-macs=\"$mac\""

say "With NORMAL."
fail_over "up -> none = none" none n1 n2

echo yes > $S/libvirt-mode
network net0 br0 libvirt
start_controller
settle
say "In libvirt mode."
allow_log 'mbridge_life\|WARN\|.*announces too many'
start_probe hostile 50 <<.
g3 -> bcast src=$mac garp
g3 -> bcast src=$mac rarp
g3 -> mcast6 src=$mac na
g3 -> bcast src=52:54:00:00:00:1a garp
g3 -> bcast src=52:54:00:00:00:1b garp
.
fail_over "up -> none = none" none n1 n2
own_address
stop_probe hostile > /dev/null || :

say "A bond of the kernel's as the network side: guests are announced."
unplug up
ip link add name bond1 type bond mode active-backup miimon 20
add_linux_bridge switch
for i in 1 2; do
    ip link add name slave$i type veth peer name wire$i
    ip link set dev slave$i master bond1
    ip link set dev wire$i master switch up
done
ip link set dev bond1 up
make_port out 52:54:00:00:ff:02
ip link set dev out master switch
vsctl add-port br0 bond1
settle
expect_frames <<'.'
g1 -> out = out
out -> g1 = g1
.
# The switch sends to where it has heard g1 last, who says nothing more by himself.
for i in 1 2 1; do
    ip link set dev bond1 type bond active_slave slave$i
    wait_for 10 uses_slave slave$i
    start_probe p 1000 <<'.'
out -> g1 = g1
.
    sleep 0.3
    ip link set dev bond1 type bond active_slave slave$((3 - i))
    sleep 1
    stop_probe p > $S/result 2> $S/late || :
    lost=$(sed -nE '1s/.* lost=([0-9]+) .*/\1/p' $S/result)
    say "    to slave$((3 - i)): $lost frames lost"
    [ "$lost" -le $PATIENCE ] || fail "the guest is not announced: $(cat $S/result)"
done
finish
