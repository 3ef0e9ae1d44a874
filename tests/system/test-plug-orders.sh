#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Ports that get what makes them a guest's in transactions of any order, late, or
# on another bridge or by another name than before; and two of one guest.  While
# that goes on, frames of other VLANs and for unknown addresses are on their way,
# and none of them gets any.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/storm.sh"
sandbox "$@"
need_controller

N=8
start_ovs
for n in 0 1; do
    add_bridge br$n host$n
    plant_foreign br$n
    add_uplink br$n up$n 52:54:00:00:ff:0$n
    add_guest br$n g$n 52:54:00:00:00:0$n tag=30
    network net$n br$n libvirt - <<'.'
  <metadata>
    <vn:network xmlns:vn='urn:ovs-virtnet:1' awaitVlan='yes'/>
  </metadata>
  <portgroup name='blue'><vlan><tag id='20'/></vlan></portgroup>
.
done
make_storm
start_controller
settle

mac() {
    echo "$MAC:$(printf %02x "${1#n}")"
}

# under NAME COMMAND...: does it under frames of which none is for those whom it
# plugs, and fails if they get any.
under() {
    local name=$1

    shift
    start_probe "$name" 250 <<'.'
up0 -> unknown = -
up0 -> bcast = -
up0 -> bcast vlan=10 = -
up0 -> bcast vlan=30 = -
g0 -> unknown2 = -
g0 -> bcast = -
up1 -> unknown vlan=30 = -
up1 -> bcast vlan=30 = -
.
    "$@"
    settle
    stop_probe "$name" > $S/result || :
    verdict "up0 up1 host0 host1 g0" "$name"
    say "$name: no stray"
}

# Fails unless each of the guests is exact in VLAN 20 of bridge $1.  A tap has a
# carrier only while somebody has it open, and gets nothing before.
exact() {
    local n=$1 i

    shift
    {
        echo "sleep 300"
        for i; do
            printf '%s\n' "up$n -> $i vlan=20 = $i" "$i -> unknown = up$n[20]" \
                "up$n -> $i vlan=30 = -" "up$n -> $i = -"
        done
    } | expect_frames
}

# What is to be known of guest $1, in transactions of random order: by its own
# VLAN or its portgroup's.
steps() {
    local mac

    mac=$(mac "$1")
    shuf --random-source=/dev/fd/3 3<<< "$(uuid "a$1")$(uuid "b$1")" <<.
Interface $1 external_ids:attached-mac="$mac"
Interface $1 external_ids:iface-id=$(uuid "i$1")
Interface $1 external_ids:vm-id=$(uuid "v$1")
$([ $((${1#n} % 2)) = 0 ] && echo "Port $1 tag=20" ||
    echo "Interface $1 external_ids:virtnet-portgroup=blue")
.
}
plug_in_pieces() {
    local i words

    for i in $(seq $N); do
        vsctl add-port br0 "n$i"
        while read -r -a words; do
            vsctl set "${words[@]}"
        done < <(steps "n$i")
    done
}
allow_log '\|WARN\|.*warning: n[0-9]*: is a guest.s, by external_ids'
under pieces plug_in_pieces
# shellcheck disable=SC2046
exact 0 $(seq -f n%.0f $N)

plug_to() {
    echo "-- add-port $1 $2 tag=20 -- set Interface $2" \
        "external_ids:attached-mac=\"$(mac "${3:-$2}")\""
}

# From one bridge to another and back, in one transaction and in two.
# shellcheck disable=SC2046
move() {
    local i

    for i in 1 2 3; do
        vsctl -- del-port n1 $(plug_to br1 n1)
        vsctl -- del-port n1
        vsctl $(plug_to br0 n1)
        vsctl -- del-port n1
        vsctl $(plug_to br1 n1)
        vsctl -- del-port n1 $(plug_to br0 n1)
    done
    vsctl -- del-port n1 $(plug_to br1 n1)
}
under moved move
exact 1 n1
! ctl fdb br0 | grep -w "$(mac n1)" || fail "n1 is still known where it was"
expect_frames <<.
g0 -> $(mac n1) = up0[30]
up0 -> $(mac n1) vlan=20 = -
.

# Its device has another name, as guests have whose plugging names theirs.
# shellcheck disable=SC2046
rename() {
    local i old=n2

    for i in 1 2 3; do
        # Open vSwitch does not take out of the kernel's datapath what is called
        # otherwise by now, nor in what is still there.
        ! on_kernel || vsctl del-port $old
        ip link set dev $old down
        ip link set dev $old name n2x$i
        ip link set dev n2x$i up
        vsctl -- --if-exists del-port $old $(plug_to br0 n2x$i n2)
        old=n2x$i
    done
}
allow_log '\|(netdev_linux|dpif_netdev)(\([^|]*\))?\|(WARN|ERR)\|.*n2[x0-9]*[: ].*(is down|No such)'
under renamed rename
exact 0 n2

# Two cards of one guest, in one transaction.
two_cards() {
    local i

    for i in 1 2 3; do
        vsctl -- del-port n3 -- del-port n4
        # shellcheck disable=SC2046
        vsctl $(plug_to br0 n3) external_ids:vm-id="$(uuid vm)" \
            $(plug_to br0 n4) external_ids:vm-id="$(uuid vm)"
    done
}
under cards two_cards
exact 0 n3 n4

# A tap of which nobody says anything for two seconds.
ip tuntap add dev late mode tap
ip link set dev late up
echo "late @tap late 52:54:00:00:02:01" >> $S/ports
plug_late() {
    vsctl add-port br0 late
    sleep 2
    vsctl -- set Port late tag=20 \
        -- set Interface late 'external_ids:attached-mac="52:54:00:00:02:01"'
}
under late plug_late
exact 0 late

finish
