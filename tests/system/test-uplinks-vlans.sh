#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Several network ports with VLAN modes of their own.
#
# As in test-vlans.sh, Open vSwitch itself is the oracle: what is known, and
# what is for a group, goes to those who get it in kernel mode.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
plant_foreign br0
# Network ports: access, a set of VLANs, native-tagged, native-untagged.
add_uplink br0 ua 52:54:00:00:ff:01 tag=10
add_uplink br0 ut 52:54:00:00:ff:02 trunk=10,20
add_uplink br0 un 52:54:00:00:ff:03 vlan_mode=native-tagged tag=20 trunk=10,20
add_uplink br0 uu 52:54:00:00:ff:04 vlan_mode=native-untagged tag=10 trunk=10,20
add_guest br0 a1 52:54:00:00:00:01 tag=10
add_guest br0 a2 52:54:00:00:00:02 tag=10
add_guest br0 b1 52:54:00:00:00:03 tag=20
add_guest br0 tr 52:54:00:00:00:04 trunk=10,20
add_guest br0 nu 52:54:00:00:00:05 vlan_mode=native-untagged tag=20 trunk=10
add_guest br0 al 52:54:00:00:00:06
network net0 br0 kernel
start_controller
settle

cat > $S/groups <<'.'
set in10  a1 a2 ua uu
set tag10 tr nu al ut un host
set in20  b1 nu
set tag20 tr al ut un uu host
ua -> bcast = @in10 @tag10[10]
ut -> bcast vlan=10 = @in10 @tag10[10]
un -> mcast vlan=10 = @in10 @tag10[10]
uu -> bcast = @in10 @tag10[10]
uu -> mcast6 vlan=10 = @in10 @tag10[10]
a1 -> bcast = @in10 @tag10[10]
a2 -> bcast rarp = @in10 @tag10[10]
tr -> bcast vlan=10 = @in10 @tag10[10]
nu -> mcast vlan=10 = @in10 @tag10[10]
al -> bcast vlan=10 = @in10 @tag10[10]
host -> bcast vlan=10 = @in10 @tag10[10]
ut -> bcast vlan=20 = @in20 @tag20[20]
un -> bcast = @in20 @tag20[20]
un -> mcast vlan=20 = @in20 @tag20[20]
uu -> bcast vlan=20 = @in20 @tag20[20]
b1 -> bcast garp = @in20 @tag20[20]
nu -> bcast = @in20 @tag20[20]
al -> mcast vlan=20 = @in20 @tag20[20]
tr -> mcast6 vlan=20 = @in20 @tag20[20]
host -> bcast vlan=20 = @in20 @tag20[20]
# Nobody of the network side is in these.
al -> bcast vlan=30 = host[30]
al -> bcast = host
host -> bcast = al
# Priorities.
ut -> bcast vlan=10/5 = a1 a2 uu ua tr[10/5] nu[10/5] al[10/5] un[10/5] host[10/5]
# A tag of VLAN 0 is no tag.
ua -> mcast vlan=0/3 = a1 a2 uu tr[10/3] nu[10/3] al[10/3] un[10/3] ut[10/3] host[10/3]
.

cat > $S/refused <<'.'
ua -> bcast vlan=10 = -
ua -> a1 vlan=10 = -
ua -> b1 vlan=20 = -
ut -> bcast = -
ut -> a1 = -
ut -> bcast vlan=30 = -
ut -> al vlan=30 = -
un -> bcast vlan=30 = -
uu -> al vlan=30 = -
uu -> unknown vlan=30 = -
.

# Everybody to everybody in each VLAN that both are in.
ports=(ua ut un uu a1 a2 b1 tr nu al host)
declare -A untagged=([ua]=10 [un]=20 [uu]=10 [a1]=10 [a2]=10 [b1]=20 [nu]=20
                     [al]=0 [host]=0)
declare -A members=([ua]=10 [ut]='10 20' [un]='10 20' [uu]='10 20' [a1]=10
                    [a2]=10 [b1]=20 [tr]='10 20' [nu]='10 20'
                    [al]='0 10 20 30' [host]='0 10 20 30')
known_in_vlans "${ports[@]}" > $S/matrix

all_frames() {
    cat $S/groups
    echo wait
    cat $S/refused
}

all_frames | expect_frames
send_frames < $S/matrix > $S/matrix-kernel
network net0 br0 libvirt
settle

# What NORMAL had learned is forgotten now, but the datapath has flows from
# before.  Those were translated anew, which learns nothing: until they have
# been counted again, copies for NORMAL to learn from go to the network side.
# Those have the source as destination.  They reach no guest.
all_frames | grep -v '^wait' | sed 's/ =.*//' | send_frames > $S/first
say "$(grep -c mangled $S/first || :) frames with copies to the network side"
! grep -E ' (a1|a2|b1|tr|nu|al|host)[^ ]*mangled' $S/first ||
    fail "copies reach guests"
sleep 0.6

all_frames | expect_frames
send_frames < $S/matrix > $S/matrix-libvirt
say "$(wc -l < $S/matrix-kernel) known unicast frames against NORMAL"
diff -u $S/matrix-kernel $S/matrix-libvirt ||
    fail "libvirt mode (+) delivers otherwise than NORMAL (-)"

# Unknown, or of another VLAN: to the network ports that are in the VLAN.
cat > $S/unknown <<'.'
a1 -> unknown = ua uu ut[10] un[10]
b1 -> unknown = ut[20] un[20] uu[20]
tr -> unknown vlan=10 = ua uu ut[10] un[10]
nu -> unknown = ut[20] un[20] uu[20]
nu -> unknown vlan=10 = ua uu ut[10] un[10]
al -> unknown = -
al -> unknown vlan=30 = -
al -> unknown vlan=20 = ut[20] un[20] uu[20]
host -> unknown vlan=10 = ua uu ut[10] un[10]
host -> unknown = -
ua -> unknown = uu ut[10] un[10]
ut -> unknown vlan=10 = ua uu un[10]
ut -> unknown vlan=20 = un[20] uu[20]
un -> unknown = ut[20] uu[20]
un -> unknown vlan=20 = ut[20] uu[20]
un -> unknown vlan=10 = ua uu ut[10]
uu -> unknown = ua ut[10] un[10]
uu -> unknown vlan=20 = ut[20] un[20]
uu -> unknown vlan=10/4 = ua ut[10/4] un[10/4]
a1 -> b1 = ua uu ut[10] un[10]
b1 -> a1 = ut[20] un[20] uu[20]
ut -> a1 vlan=20 = un[20] uu[20]
ua -> b1 = uu ut[10] un[10]
un -> a2 = ut[20] uu[20]
.
expect_frames < $S/unknown

# An address is in one place in each VLAN.
expect_frames <<'.'
mac r 52:54:00:0a:00:01
set side10 ua uu
ua -> a1 src=r = a1
ut -> bcast vlan=20 src=r = b1 nu tr[20] al[20] un[20] uu[20] host[20]
wait
a1 -> r = ua
b1 -> r = ut[20]
tr -> r vlan=10 = ua
tr -> r vlan=20 = ut[20]
un -> r vlan=10 = ua
un -> r = ut[20]
uu -> r = ua
uu -> r vlan=20 = ut[20]
host -> r = -
# It moves in one of them.
uu -> b1 src=r vlan=20 = b1
sleep 600
b1 -> r = uu[20]
un -> r = uu[20]
ut -> r vlan=20 = uu[20]
a1 -> r = ua
.

say "A network port changes its VLANs while it is used."
vsctl set Port ua tag=20
settle
send_frames > /dev/null <<'.'
ua -> bcast
sleep 600
.
expect_frames <<'.'
ua -> b1 = b1
ua -> a1 = ut[20] un[20] uu[20]
b1 -> unknown = ua ut[20] un[20] uu[20]
a1 -> unknown = uu ut[10] un[10]
ua -> bcast = b1 nu tr[20] al[20] ut[20] un[20] uu[20] host[20]
.

finish
