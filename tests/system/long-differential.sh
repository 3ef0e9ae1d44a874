#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The same frames through a Linux bridge set up as libvirt does it for
# macTableManager='libvirt', and through Open vSwitch with the controller: the
# same receivers, frame by frame.  And in kernel mode, the same as Open vSwitch
# without the controller.
#
# Untagged only, since not every kernel has VLAN filtering in its bridge.
#
# test-differential.sh is a short form of this, with several uplinks only, and
# without the waits that forged sources need in kernel mode.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller
ip link add name lbr type bridge 2> /dev/null ||
    fail "this kernel has no Linux bridges"
ip link del dev lbr

# Where Open vSwitch is stricter, and why:
#
#   A frame from the network with a guest's address as its source moves that
#   address in a Linux bridge, although libvirt made the entry: the guest's
#   frames then go out to the network, for entries can be moved unless they are
#   "sticky".  Flows do not move.  These frames are in thefts(), and both
#   results are checked for what they are.
#
# Where it is otherwise, but no guest can notice, and why:
#
#   When what NORMAL has learned is flushed, frames from behind one uplink that
#   the datapath already has a flow for are copied to the others until that flow
#   has been counted, half a second at most.  A Linux bridge learns from each
#   frame.  NORMAL itself does worse then: it floods, to guests too, until the
#   destination says something.  check_flush() compares the two.

# Ports: guests g1..g3, host, uplinks u1 (and u2).
macs() {
    cat <<'.'
mac r1 52:54:00:0a:00:01
mac r2 52:54:00:0a:00:02
mac r3 52:54:00:0a:00:03
mac lie 52:54:00:0a:00:04
.
}

# matrix PORT...: everything, in an order in which the past matters.  Between
# frames of which one must be learned before the next, time is given for it.
matrix() {
    local src dst uplinks=()

    for src in "$@"; do
        case $src in u*) uplinks+=("$src") ;; esac
    done
    macs
    # Nothing is known.
    for src in "$@"; do
        echo "$src -> unknown"
    done
    # Groups, by which everybody gets known.
    for src in "$@"; do
        for dst in bcast mcast mcast6; do
            echo "$src -> $dst"
        done
        echo "$src -> bcast garp"
        echo "$src -> bcast rarp"
        echo "$src -> mcast6 na"
    done
    echo wait
    # Every pair, itself too.
    for src in "$@"; do
        for dst in "$@" unknown2; do
            echo "$src -> $dst"
        done
    done
    # Remote hosts, and where frames to them go; then they move.  They do not
    # come back, which is a matter of its own (see test-uplinks.sh).
    for up in "${uplinks[@]}"; do
        echo "$up -> bcast src=r1"
        echo "$up -> g1 src=r2"
        echo "$up -> unknown src=r3"
        echo "sleep 600"
        for src in "$@"; do
            for dst in r1 r2 r3; do
                echo "$src -> $dst"
            done
        done
    done
}

# lies PORT...: the same after a guest has lied: as a remote host, another guest,
# the host, nobody.  NORMAL counts honest frames of before late, and would believe
# those again, so the datapath gets time to forget them.
lies() {
    local src dst

    macs
    [ -n "${QUICK-}" ] || echo "sleep 11000"
    for src in g1; do
        for dst in r1 r2 g3 host lie; do
            echo "$src -> bcast src=$dst"
            echo "$src -> unknown3 src=$dst"
            echo "$src -> g3 src=$dst"
        done
    done
    echo "sleep 600"
    for src in "$@"; do
        for dst in r1 r2 g3 host lie; do
            echo "$src -> $dst"
        done
    done
}

# The same for what only Open vSwitch withstands: the addresses of guests as
# sources from the network.
thefts() {
    local src

    for src in "$@"; do
        case $src in
            u*) echo "$src -> bcast src=g1" ;;
        esac
    done
    echo "sleep 600"
    for src in "$@"; do
        echo "$src -> g1"
    done
}

# Puts device $1 into the Linux bridge as libvirt does it for a guest with
# address $2: virNetDevBridgePortSetLearning(), ...SetUnicastFlood() and
# virNetDevBridgeFDBAdd() with NTF_MASTER and NUD_PERMANENT off, that is "temp".
linux_guest() {
    ip link set dev "$1" master br0
    bridge link set dev "$1" learning off flood off
    bridge fdb add "$2" dev "$1" master temp
}

linux_bridge() {
    add_linux_bridge br0 address 52:54:00:00:00:0f
    linux_guest g1 52:54:00:00:00:01
    linux_guest g2 52:54:00:00:00:02
    linux_guest g3 52:54:00:00:00:03
    for up in "$@"; do
        ip link set dev "$up" master br0
    done
    sleep 1
}

for i in 1 2 3; do
    make_port g$i 52:54:00:00:00:0$i
done
make_port u1 52:54:00:00:ff:01
make_port u2 52:54:00:00:ff:02
echo "host - br0" >> $S/ports
start_ovs

# ovs UPLINK...
ovs_bridge() {
    vsctl add-br br0 -- set Bridge br0 datapath_type=$VIRTNET_DATAPATH \
        other_config:hwaddr='"52:54:00:00:00:0f"'
    wait_for 20 test -e /sys/class/net/br0
    ip link set dev br0 up
    for up in "$@"; do
        plug_uplink br0 "$up"
    done
    for i in 1 2 3; do
        plug br0 g$i 52:54:00:00:00:0$i
    done
}

# Sends what is on standard input and prints who receives it.
#
# As long as somebody listens at a Linux bridge's own device in promiscuous
# mode, as we do, the bridge hands it every frame, so "host" counts only where a
# frame is for the host or for a group.
receivers() {
    send_frames | sed -E '/-> (host|bcast|mcast|mcast6)\b/!{
        s/( = .*)\bhost\b */\1/; s/ *$//; s/ =$/ = -/ }'
}

# check_flush MODE: flushes what is known while u1 sends to g1, and fails if that
# makes more than copies to u2 of it in libvirt mode.
check_flush() {
    local n

    send_frames <<< "g1 -> bcast" > /dev/null
    start_probe f 500 <<< "u1 -> g1 = g1"
    sleep 0.5
    ovs-appctl fdb/flush br0 > /dev/null
    sleep 1.5
    stop_probe f > $S/flush || :
    say "What was learned is flushed, $1:" \
        "$(grep -o 'sent=[0-9]*\|strays=.*' $S/flush | xargs)"
    n=$(sed -n 's/.* strays=\([0-9]*\) .*/\1/p' $S/flush)
    case $1 in
    libvirt)
        grep -qE 'stray_ports="(u2[^ ]*\+mangled(x[0-9]+)?|-)"' $S/flush &&
            [ "$n" -le 500 ] || fail "there is more than copies to u2" ;;
    *)
        grep -q 'stray_ports=".*g2.*g3' $S/flush && [ "$n" -gt 500 ] ||
            fail "NORMAL does not flood: this need not be an exception" ;;
    esac
}

compare() {
    say "$1: $(wc -l < "$2") frames"
    diff -u "$2" "$3" || fail "$1: the receivers differ"
}

[ -n "${QUICK-}" ] && sizes=("u1 u2") || sizes=("u1" "u1 u2")
for uplinks in "${sizes[@]}"; do
    # shellcheck disable=SC2086
    ports=(g1 g2 g3 host $uplinks)
    matrix "${ports[@]}" > $S/matrix
    lies "${ports[@]}" > $S/lies
    # Kernel mode differs from NORMAL in nothing, so that a part will do.
    cp $S/matrix $S/honest
    [ -n "${QUICK-}" ] || cat $S/lies >> $S/honest
    cat $S/lies >> $S/matrix
    thefts "${ports[@]}" > $S/thefts

    # shellcheck disable=SC2086
    linux_bridge $uplinks
    receivers < $S/matrix > $S/linux
    receivers < $S/thefts > $S/linux-thefts
    ip link del dev br0

    # shellcheck disable=SC2086
    ovs_bridge $uplinks
    receivers < $S/honest > $S/normal
    [ "$uplinks" = u1 ] || check_flush NORMAL
    vsctl del-br br0

    # shellcheck disable=SC2086
    ovs_bridge $uplinks
    network net0 br0 kernel
    start_controller
    settle
    receivers < $S/honest > $S/kernel
    compare "kernel mode against NORMAL, $uplinks" $S/normal $S/kernel
    stop_controller
    vsctl del-br br0

    # shellcheck disable=SC2086
    ovs_bridge $uplinks
    network net0 br0 libvirt
    start_controller
    settle
    receivers < $S/matrix > $S/libvirt
    compare "libvirt mode against a Linux bridge, $uplinks" $S/linux $S/libvirt
    receivers < $S/thefts > $S/libvirt-thefts
    diff $S/linux-thefts $S/libvirt-thefts | sed 's/^/    /' || :
    [ "$(grep -c -- '-> g1 = g1$' $S/libvirt-thefts)" = $((${#ports[@]} - 1)) ] ||
        fail "a guest's address was stolen"
    [ "$(grep -c -- '-> g1 = g1$' $S/linux-thefts)" = 0 ] ||
        fail "the Linux bridge is as strict: no exception is needed"
    [ "$uplinks" = u1 ] || check_flush libvirt
    stop_controller
    vsctl del-br br0
done

finish
