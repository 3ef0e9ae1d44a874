#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Ports with other_config:priority-tags: a tag whose VLAN is taken off leaves one
# behind that has its priority.
#
# As in test-vlans.sh, Open vSwitch itself is the oracle.  A tag that says nothing
# at all is only sent where NORMAL, too, decides by nothing else what becomes of
# it.  One exception: from an access port of VLAN 0, NORMAL gives even what came
# without a tag such a tag towards a port with "always".

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
plant_foreign br0
keep=other_config:priority-tags
add_uplink br0 up 52:54:00:00:ff:01 tag=10 $keep=if-nonzero
add_guest br0 a1 52:54:00:00:00:01 tag=10
add_guest br0 a2 52:54:00:00:00:02 tag=10 $keep=if-nonzero
add_guest br0 a3 52:54:00:00:00:03 tag=10 $keep=always
add_guest br0 a4 52:54:00:00:00:04 tag=10 $keep=never
add_guest br0 tr 52:54:00:00:00:05 trunk=10,20 $keep=if-nonzero
add_guest br0 nu 52:54:00:00:00:06 vlan_mode=native-untagged tag=10 \
    trunk=10,20 $keep=if-nonzero
add_guest br0 nt 52:54:00:00:00:07 vlan_mode=native-tagged tag=10 trunk=10,20 \
    $keep=always
add_guest br0 v0 52:54:00:00:00:08 tag=0 $keep=if-nonzero
add_guest br0 n0 52:54:00:00:00:09 tag=0
add_guest br0 al 52:54:00:00:00:0a
add_guest br0 aw 52:54:00:00:00:0b $keep=always
add_guest br0 ai 52:54:00:00:00:0c $keep=if-nonzero
network net0 br0 kernel
start_controller
settle

cat > $S/groups <<'.'
set plain10 a1 a4
set keep10  a2 a3 nu up
set tag10   tr nt al aw ai host
a1 -> bcast = @plain10 @keep10 @tag10[10]
a1 -> bcast vlan=0/5 = @plain10 @keep10[0/5] @tag10[10/5]
a2 -> mcast vlan=0/5 = @plain10 @keep10[0/5] @tag10[10/5]
up -> bcast vlan=0/3 = @plain10 @keep10[0/3] @tag10[10/3]
up -> mcast = @plain10 @keep10 @tag10[10]
tr -> bcast vlan=10/7 = @plain10 @keep10[0/7] @tag10[10/7]
tr -> mcast6 vlan=10 = @plain10 @keep10 @tag10[10]
nu -> bcast vlan=0/1 = @plain10 @keep10[0/1] @tag10[10/1]
host -> bcast vlan=10/6 = @plain10 @keep10[0/6] @tag10[10/6]
tr -> bcast vlan=20/2 = nu[20/2] nt[20/2] al[20/2] aw[20/2] ai[20/2] host[20/2]
# VLAN 0.
ai -> bcast = n0 v0 al aw host
ai -> bcast vlan=0/5 = n0 v0[0/5] al[0/5] aw[0/5] host[0/5]
.

# Everybody to everybody in each VLAN that both are in.
ports=(up a1 a2 a3 a4 tr nu nt v0 n0 al aw ai host)
declare -A untagged=([up]=10 [a1]=10 [a2]=10 [a3]=10 [a4]=10 [nu]=10 [nt]=10
                     [v0]=0 [n0]=0 [al]=0 [aw]=0 [ai]=0 [host]=0)
declare -A members=([up]=10 [a1]=10 [a2]=10 [a3]=10 [a4]=10 [tr]='10 20'
                    [nu]='10 20' [nt]='10 20' [v0]=0 [n0]=0 [al]='0 10 20'
                    [aw]='0 10 20' [ai]='0 10 20' [host]='0 10 20')
known_in_vlans "${ports[@]}" | grep -v '^[vn]0 -> aw $' > $S/matrix

# Each says where it is in each of its VLANs.
for port in "${ports[@]}"; do
    for vlan in ${members[$port]}; do
        [ "$vlan" = "${untagged[$port]-none}" ] && tag= || tag=vlan=$vlan
        echo "$port -> bcast $tag"
    done
done | send_frames > /dev/null
expect_frames < $S/groups
send_frames < $S/matrix > $S/matrix-kernel
cat > $S/null-tag <<'.'
al -> aw vlan=0 = aw[0]
ai -> aw vlan=0 = aw[0]
.
forget_datapath_flows
expect_frames < $S/null-tag

network net0 br0 libvirt
settle
expect_frames < $S/groups
send_frames < $S/matrix > $S/matrix-libvirt
say "$(wc -l < $S/matrix-kernel) known unicast frames against NORMAL"
diff -u $S/matrix-kernel $S/matrix-libvirt ||
    fail "libvirt mode (+) delivers otherwise than NORMAL (-)"
expect_frames < $S/null-tag

say "Priorities are kept, or not any more, from when the database says so."
vsctl set Port a1 $keep=if-nonzero -- remove Port a2 other_config priority-tags
settle
expect_frames <<'.'
tr -> bcast vlan=10/7 = a1[0/7] a2 a3[0/7] a4 nu[0/7] up[0/7] nt[10/7] al[10/7] aw[10/7] ai[10/7] host[10/7]
up -> a1 vlan=0/5 = a1[0/5]
up -> a2 vlan=0/5 = a2
a1 -> unknown vlan=0/5 = up[0/5]
.

add_uplink br0 u2 52:54:00:00:ff:02
cat > $S/two <<'.'
a1 -> unknown vlan=0/5 = up[0/5] u2[10/5]
u2 -> a1 vlan=10/5 = a1[0/5]
u2 -> bcast vlan=10/5 = a1[0/5] a2 a3[0/5] a4 nu[0/5] up[0/5] tr[10/5] nt[10/5] al[10/5] aw[10/5] ai[10/5] host[10/5]
.
say "With two network ports, by NORMAL."
allow_log '\|WARN\|.*mcast_snooping_enable'
vsctl set Bridge br0 mcast_snooping_enable=true
settle
expect_frames < $S/two
say "With two network ports, by flows."
vsctl set Bridge br0 mcast_snooping_enable=false \
    -- set Port u2 other_config:priority-tags=always
settle
expect_frames < $S/two
expect_frames <<'.'
u2 -> bcast = v0 n0 al aw ai host
al -> u2 vlan=0 = u2[0]
.

finish
