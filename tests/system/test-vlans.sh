#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Guests with every VLAN mode that libvirt and Open vSwitch have but tunnels.
#
# The oracle is Open vSwitch itself: all frames of this test are sent in kernel
# mode first, when NORMAL has learned every address, and have to have the same
# receivers then.  Only what is unknown differs, and has a list of its own.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
# Access ports, of two VLANs.
add_guest br0 a1 52:54:00:00:00:01 tag=10
add_guest br0 a2 52:54:00:00:00:02 tag=10
add_guest br0 b1 52:54:00:00:00:03 tag=20
# Trunks: of two VLANs, and of all.
add_guest br0 tr 52:54:00:00:00:04 trunk=10,20
add_guest br0 al 52:54:00:00:00:05
# Native VLANs, as libvirt writes them for nativeMode.
add_guest br0 nt 52:54:00:00:00:06 vlan_mode=native-tagged tag=10 trunk=10,20
add_guest br0 nu 52:54:00:00:00:07 vlan_mode=native-untagged tag=10 trunk=10,20
# The native VLAN belongs to the port even if its trunks do not name it.
add_guest br0 nx 52:54:00:00:00:08 vlan_mode=native-untagged tag=20 trunk=10
# Native, and all other VLANs.
add_guest br0 na 52:54:00:00:00:09 vlan_mode=native-untagged tag=10
# An access port of which somebody said so, and a trunk of one VLAN.
add_guest br0 ax 52:54:00:00:00:0a vlan_mode=access tag=20
add_guest br0 t1 52:54:00:00:00:0b vlan_mode=trunk trunk=10
network net0 br0 kernel
start_controller
settle

# Every port says where it is, in each of its VLANs.  This is the test of
# groups at the same time: all members of the VLAN, tagged as they like it.
# The sets say how VLANs 10 and 20 come out.
cat > $S/sets <<'.'
set in10  a1 a2 nu na
set tag10 tr al nt nx t1 host up
set in20  b1 ax nx
set tag20 tr al nt nu na host up
.
cat > $S/groups <<'.'
a1 -> bcast = @in10 @tag10[10]
a2 -> bcast = @in10 @tag10[10]
nu -> mcast = @in10 @tag10[10]
na -> mcast6 = @in10 @tag10[10]
nt -> bcast = @in10 @tag10[10]
tr -> bcast vlan=10 = @in10 @tag10[10]
al -> bcast vlan=10 = @in10 @tag10[10]
nt -> bcast vlan=10 = @in10 @tag10[10]
nu -> bcast vlan=10 = @in10 @tag10[10]
na -> bcast vlan=10 = @in10 @tag10[10]
nx -> bcast vlan=10 = @in10 @tag10[10]
t1 -> bcast vlan=10 = @in10 @tag10[10]
up -> bcast vlan=10 = @in10 @tag10[10]
host -> bcast vlan=10 = @in10 @tag10[10]
b1 -> bcast = @in20 @tag20[20]
ax -> bcast = @in20 @tag20[20]
nx -> bcast = @in20 @tag20[20]
nx -> bcast vlan=20 = @in20 @tag20[20]
tr -> bcast vlan=20 = @in20 @tag20[20]
al -> bcast vlan=20 = @in20 @tag20[20]
nt -> bcast vlan=20 = @in20 @tag20[20]
nu -> bcast vlan=20 = @in20 @tag20[20]
na -> bcast vlan=20 = @in20 @tag20[20]
up -> bcast vlan=20 = @in20 @tag20[20]
host -> bcast vlan=20 = @in20 @tag20[20]
# VLAN 30 and no VLAN: those that take all.
al -> bcast vlan=30 = na[30] host[30] up[30]
na -> bcast vlan=30 = al[30] host[30] up[30]
up -> bcast vlan=30 = al[30] na[30] host[30]
host -> bcast vlan=30 = al[30] na[30] up[30]
up -> mcast vlan=4094 = al[4094] na[4094] host[4094]
al -> bcast = host up
up -> bcast = al host
host -> bcast = al up
# Priorities travel with the frame.
up -> bcast vlan=10/5 = @in10 @tag10[10/5]
# Reserved groups, tagged or not.
tr -> stp vlan=10 = -
a1 -> lldp = -
.

# Frames to addresses that are known.
cat > $S/known <<'.'
a1 -> a2 = a2
a1 -> nu = nu
a1 -> na = na
a1 -> tr = tr[10]
a1 -> al = al[10]
a1 -> nt = nt[10]
a1 -> nx = nx[10]
a1 -> t1 = t1[10]
a1 -> host = host[10]
a1 -> up = up[10]
b1 -> ax = ax
b1 -> nx = nx
b1 -> nu = nu[20]
b1 -> na = na[20]
b1 -> tr = tr[20]
nt -> a1 = a1
nu -> a1 = a1
nu -> nt = nt[10]
nx -> b1 = b1
nx -> a1 vlan=10 = a1
tr -> a1 vlan=10 = a1
tr -> b1 vlan=20 = b1
tr -> nu vlan=20 = nu[20]
tr -> nt vlan=10 = nt[10]
t1 -> tr vlan=10 = tr[10]
al -> tr vlan=20 = tr[20]
al -> na vlan=30 = na[30]
al -> up = up
al -> host = host
up -> a1 vlan=10 = a1
up -> b1 vlan=20 = b1
up -> nx vlan=20 = nx
up -> nx vlan=10 = nx[10]
up -> al vlan=30 = al[30]
up -> al = al
host -> a1 vlan=10 = a1
host -> nt vlan=20 = nt[20]
host -> al = al
# Priorities.
up -> tr vlan=10/6 = tr[10/6]
up -> a1 vlan=10/6 = a1
al -> nt vlan=20/1 = nt[20/1]
# Priority-tagged frames have no VLAN of their own, so they get the port's.
a1 -> a2 vlan=0/5 = a2
a1 -> tr vlan=0/5 = tr[10/5]
nu -> a1 vlan=0/3 = a1
nt -> tr vlan=0/3 = tr[10/3]
.

# Frames that their own port refuses.
cat > $S/refused <<'.'
a1 -> a2 vlan=10 = -
a1 -> a2 vlan=20 = -
a1 -> b1 vlan=20 = -
a1 -> bcast vlan=10 = -
a1 -> bcast vlan=20 = -
a1 -> up vlan=4095 = -
ax -> bcast vlan=20 = -
b1 -> unknown vlan=20 = -
tr -> bcast = -
tr -> a1 = -
tr -> bcast vlan=30 = -
tr -> al vlan=30 = -
tr -> unknown vlan=30 = -
tr -> bcast vlan=0/5 = -
t1 -> bcast vlan=20 = -
t1 -> b1 vlan=20 = -
nt -> bcast vlan=30 = -
nu -> al vlan=30 = -
nx -> bcast vlan=30 = -
.

# Everybody to everybody in each VLAN that both are in, so that every address
# is known.  No list of receivers here, kernel mode will say.
ports=(a1 a2 b1 tr al nt nu nx na ax t1 up host)
declare -A untagged=([a1]=10 [a2]=10 [nu]=10 [nt]=10 [na]=10
                     [b1]=20 [ax]=20 [nx]=20 [al]=0 [up]=0 [host]=0)
declare -A members=([a1]=10 [a2]=10 [b1]=20 [ax]=20 [tr]='10 20' [nt]='10 20'
                    [nu]='10 20' [nx]='10 20' [na]='10 20 30' [t1]=10
                    [al]='0 10 20 30' [up]='0 10 20 30' [host]='0 10 20 30')
known_in_vlans "${ports[@]}" > $S/matrix

all_frames() {
    cat $S/sets $S/groups
    echo wait
    cat $S/known $S/refused
}

all_frames | expect_frames
send_frames < $S/matrix > $S/matrix-kernel

network net0 br0 libvirt
settle
all_frames | expect_frames
send_frames < $S/matrix > $S/matrix-libvirt
say "$(wc -l < $S/matrix-kernel) known unicast frames against NORMAL"
diff -u $S/matrix-kernel $S/matrix-libvirt ||
    fail "libvirt mode (+) delivers otherwise than NORMAL (-)"

# Unknown addresses, and addresses of another VLAN, which are unknown in this
# one: to the uplink only, tagged as it is a trunk.
expect_frames <<'.'
a1 -> unknown = up[10]
b1 -> unknown = up[20]
tr -> unknown vlan=10 = up[10]
tr -> unknown vlan=20 = up[20]
al -> unknown = up
al -> unknown vlan=30 = up[30]
nt -> unknown = up[10]
nu -> unknown = up[10]
nu -> unknown vlan=20 = up[20]
nx -> unknown = up[20]
na -> unknown vlan=30 = up[30]
host -> unknown vlan=10 = up[10]
host -> unknown = up
up -> unknown = -
up -> unknown vlan=10 = -
up -> unknown vlan=20 = -
up -> unknown vlan=30 = -
a1 -> b1 = up[10]
b1 -> a1 = up[20]
b1 -> t1 = up[20]
tr -> a1 vlan=20 = up[20]
al -> a1 = up
al -> tr = up
al -> nu vlan=30 = up[30]
up -> a1 = -
up -> a1 vlan=20 = -
up -> b1 vlan=10 = -
up -> t1 vlan=20 = -
up -> tr = -
up -> tr vlan=30 = -
host -> a1 = up
host -> b1 vlan=10 = up[10]
.

# A guest changes its VLANs while it runs.
vsctl set Port a2 tag=20
settle
expect_frames <<'.'
a1 -> a2 = up[10]
b1 -> a2 = a2
a2 -> b1 = b1
up -> a2 vlan=10 = -
up -> a2 vlan=20 = a2
b1 -> bcast = a2 ax nx tr[20] al[20] nt[20] nu[20] na[20] host[20] up[20]
a1 -> bcast = nu na tr[10] al[10] nt[10] nx[10] t1[10] host[10] up[10]
.
vsctl clear Port a2 tag -- set Port a2 trunks=30
settle
expect_frames <<'.'
b1 -> a2 = up[20]
al -> a2 vlan=30 = a2[30]
a2 -> al vlan=30 = al[30]
a2 -> bcast = -
a1 -> bcast = nu na tr[10] al[10] nt[10] nx[10] t1[10] host[10] up[10]
up -> bcast vlan=30 = a2[30] al[30] na[30] host[30]
.

finish
