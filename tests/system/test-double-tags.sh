#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What a guest of an access port sends does not get into another VLAN by the tag
# that an uplink takes off: no tag is hidden behind one that has only a priority,
# nor in a type of frame that some switches take for one, and a priority tag of
# type 0x88a8 does not become a service provider's.  In kernel mode all that
# happens, on this very bridge.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
# Takes off the tag of VLAN 10, which is what hopping needs.
add_uplink br0 up 52:54:00:00:ff:01 vlan_mode=native-untagged tag=10 \
    trunks=10,20
add_guest br0 a1 52:54:00:00:00:01 tag=10
add_guest br0 a2 52:54:00:00:00:02 tag=10
add_guest br0 nu 52:54:00:00:00:03 vlan_mode=native-untagged tag=10 \
    trunks=10,20
add_guest br0 tr 52:54:00:00:00:04 trunks=10,20
add_guest br0 gu 52:54:00:00:00:05 tag=10 \
    -- set Interface gu external_ids:virtnet-guards=mac
# Said as long as the bridge is in kernel mode.
allow_log '\|mbridge\|WARN\|br0: error: gu: is not guarded'
allow_log '\|rconn\|WARN\|br0: connection dropped'
allow_log 'bridge\|ERR\|another ovs-vswitchd process is running'
network net0 br0 kernel
start_controller
settle

dropped() {
    ovs-appctl revalidator/purge
    ofctl dump-flows br0 |
        sed -n '/table=210,.*priority=120/s/.*n_packets=\([0-9]*\),.*/\1/p
            /table=0,.*priority=115,.*actions=drop/s/.*n_packets=\([0-9]*\),.*/\1/p' |
        awk '{ n += $1 } END { print n + 0 }'
}

# Prints what guest $1 sends in VLAN 10 in ways that are not decent.
hopping() {
    local dst

    for dst in bcast mcast6 unknown up tr; do
        printf '%s\n' "$1 -> $dst vlan=0/3 vlan=20" \
            "$1 -> $dst vlan=0 vlan=20" "$1 -> $dst svlan=0/3 vlan=20" \
            "$1 -> $dst svlan=0 vlan=20" "$1 -> $dst vlan=0/3 svlan=20" \
            "$1 -> $dst type=0x9100 head=0014080045000000" \
            "$1 -> $dst vlan=0/1 type=0x9100 head=0014080045000000"
    done
}

say "In kernel mode it can be done."
expect_frames <<'.'
a1 -> bcast vlan=0/3 vlan=20 = a2[20] gu[20] host[10/3,20] nu[20] tr[10/3,20] up[20]
a1 -> bcast svlan=0/3 vlan=20 = a2[20] gu[20] host[s10/3,20] nu[20] tr[s10/3,20] up[20]
a1 -> bcast svlan=0/5 = a2 gu nu up tr[s10/5] host[s10/5]
.

network net0 br0 libvirt
settle
# blurs: does the datapath take a frame with two tags for one with the first?
blurs() {
    [ $limit != 1 ] && ! on_kernel
}
# legal: what is decent; none with a tag of nothing but a priority where that is
# blurred.
legal() {
    local blurred=()

    ! blurs || blurred=(-e 's/^\([an][1-9u] .* s*vlan=0[^ ]*\) = .*/\1 = -/')
    sed "${blurred[@]}" -e '' <<'.' | expect_frames
set untagged a1 a2 nu gu up
a1 -> bcast = @untagged tr[10] host[10]
a1 -> bcast vlan=0/5 = @untagged tr[10/5] host[10/5]
a1 -> bcast svlan=0/5 = @untagged tr[10/5] host[10/5]
a1 -> tr svlan=0/5 = tr[10/5]
a1 -> tr vlan=0 = tr[10]
nu -> bcast svlan=0/5 = @untagged tr[10/5] host[10/5]
nu -> tr svlan=0 = tr[10]
tr -> up vlan=10/5 = up
nu -> tr vlan=20/2 = tr[20/2]
a2 -> a1 svlan=0/5 = a1
.
}
for limit in 1 2 0; do
    say "In libvirt mode it cannot, with vlan-limit=$limit."
    # How many tags the datapath can match is asked of it once, within this limit,
    # and what has been dropped is counted by no more.
    stop_vswitchd
    vsctl --no-wait set Open_vSwitch . other_config:vlan-limit=$limit
    start_vswitchd
    ip link set dev br0 up
    settle
    legal
    { hopping a1; hopping nu; hopping gu; } | sed 's/$/ = -/' > $S/hopping
    before=$(dropped)
    expect_frames < $S/hopping
    n=$(($(dropped) - before))
    say "$n of $(wc -l < $S/hopping) were counted as dropped"
    [ $n = "$(wc -l < $S/hopping)" ] || fail "not all of them"
    said() { ctl status | grep -q 'vlan-limit of table Open_vSwitch'; }
    if blurs; then
        decent=-
        wait_for 5 said || fail "nothing said: $(ctl status)"
    else
        decent=up
        ! said || fail "said: $(ctl status)"
    fi
    # Nor by a flow of the datapath that a decent frame has made before.
    for guest in a1 nu gu; do
        for tag in vlan=0/3 svlan=0/3 vlan=0; do
            echo "$guest -> up $tag = $decent"
            echo "$guest -> up $tag vlan=20 = -"
            echo "$guest -> up $tag svlan=20 = -"
            echo "$guest -> up $tag = $decent"
        done
    done | expect_frames
    for guest in a1 nu gu; do
        before=$(dropped)
        hopping $guest | grep bcast | send_frames > /dev/null
        n=$(($(dropped) - before))
        [ $n = 7 ] || fail "$guest: $n of 7 were counted as dropped"
    done

    # Nor by what the datapath has learned, nor when all flows are looked at anew.
    start_probe hopping 20 < $S/hopping
    sleep 0.5
    ofctl add-flow br0 table=100,priority=$limit,actions=drop
    sleep 0.5
    stop_probe hopping > $S/result || :
    ! grep 'strays=[1-9]' $S/result || fail "hopping goes on"
    legal
done

finish
