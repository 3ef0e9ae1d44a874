#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Guard "owner": requests for a guest's address, by ARP and by neighbor
# discovery, go to that guest alone, and all else of the kind where it goes
# without.

. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/system/requests.sh
. "$(dirname "$0")/requests.sh"
sandbox "$@"
need_controller

# guest NAME INDEX [COLUMN...]: a guest that is the owner of 10.0.0.INDEX and
# 2001:db8::INDEX.
guest() {
    local name=$1 index=$2

    shift 2
    add_guest br0 $name 52:54:00:00:00:$index "$@" -- \
        set Interface $name 'external_ids:virtnet-guards="ip owner"' \
        "external_ids:virtnet-ips=\"10.0.0.$((16#$index)) 2001:db8::$index\""
}

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
guest g1 01
guest g2 02 tag=10
guest g3 03 tag=10 -- set Interface g3 external_ids:virtnet-isolated=true
guest c4 04 tag=10 -- set Interface c4 external_ids:virtnet-community=c
guest c5 05 tag=10 -- set Interface c5 external_ids:virtnet-community=c
guest d1 06 tag=10
guest d2 07 tag=10
vsctl set Interface d1 'external_ids:virtnet-ips="10.0.0.9 10.1.0.0/16"'
vsctl set Interface d2 'external_ids:virtnet-ips="10.0.0.9"'
add_guest br0 p 52:54:00:00:00:08
add_guest br0 p10 52:54:00:00:00:0a tag=10
network net0 br0 libvirt
start_controller
settle
cat > $S/sets <<'.'
set trunks g1 p host up
set ports g2 g3 c4 c5 d1 d2 p10
.

all='@trunks[10] @ports' open='@trunks[10] @open'

say "Whoever asks for an address asks its owner."
(
    cat $S/sets
    ask p 08 10.0.0.8 10.0.0.1 '' g1
    ask up ff 10.0.0.254 10.0.0.1 '' g1
    ask host ff 10.0.0.253 10.0.0.1 '' g1
    ask p10 0a 10.0.0.10 10.0.0.2 '' g2
    ask up ff 10.0.0.254 10.0.0.2 'vlan=10 ' g2
    # In another VLAN it is nobody's.
    ask p10 0a 10.0.0.10 10.0.0.200 '' "$all"
    look p10 0a 2001:db8::a 2001:db8::2 '' g2
    look p10 0a 2001:db8::a fe80::5054:ff:fe00:2 '' g2
    look p10 0a :: 2001:db8::2 '' g2
    look p10 0a 2001:db8::a 2001:db8::99 '' "$all"
    # Who says that he has it, and the owner that looks for another.
    ask p10 0a 10.0.0.2 10.0.0.2 '' "$all"
    ask g2 02 10.0.0.2 10.0.0.2 '' "$all"
    ask g2 02 0.0.0.0 10.0.0.2 '' "$all"
    look g2 02 :: 2001:db8::2 '' "$all"
    ask g2 02 10.0.0.2 10.0.0.10 '' "$all"
    # That of two guests, and one in a prefix.
    ask p10 0a 10.0.0.10 10.0.0.9 '' "$all"
    ask p10 0a 10.0.0.10 10.1.0.1 '' "$all"
) | expect_frames

say "To a group that is reserved there are no requests."
for group in 01:80:c2:00:00:0e 01:00:0c:cc:cc:cc; do
    (
        ask p10 0a 10.0.0.10 10.0.0.2 '' -
        ask p10 0a 10.0.0.2 10.0.0.2 '' -
        ask g2 02 10.0.0.2 10.0.0.2 '' -
        ask g2 02 0.0.0.0 10.0.0.2 '' -
        look p10 0a 2001:db8::a 2001:db8::2 '' -
        look g2 02 :: 2001:db8::2 '' -
    ) | sed "s/ -> [a-z0-9]* / -> $group /"
done > $S/reserved
expect_frames < $S/reserved

say "Groups are told apart no further than without the guard."
for prefix in 01:00:5e:00 33:33:00:00; do
    for i in {10..99}; do
        printf 'p -> %s:%s:%s type=0x0800 head=4500002c00010000ff110000%s = g1 host up\n' \
            $prefix $i $((109 - i)) 0a000008e00000090400050000180000
    done > $S/groups
    ovs-appctl revalidator/purge
    expect_frames < $S/groups
    n=$(ovs-appctl dpctl/dump-flows | grep -c recirc_id)
    [ "$n" -le 2 ] || fail "$n flows: $(ovs-appctl dpctl/dump-flows)"
done

say "Those that are kept apart from each other."
(
    echo 'set trunks g1 p host up'
    echo 'set open g2 d1 d2 p10'
    ask p10 0a 10.0.0.10 10.0.0.3 '' g3
    ask g3 03 10.0.0.3 10.0.0.2 '' g2
    ask g3 03 10.0.0.3 10.0.0.4 '' "$open"
    ask c4 04 10.0.0.4 10.0.0.3 '' "$open c5"
    ask c4 04 10.0.0.4 10.0.0.5 '' c5
    look c4 04 2001:db8::4 2001:db8::5 '' c5
    ask g3 03 10.0.0.3 10.0.0.5 '' "$open"
    ask up ff 10.0.0.254 10.0.0.5 'vlan=10 ' c5
) | expect_frames

say "The second that has it goes, and the owner is held back."
unplug d2
vsctl set Interface g2 external_ids:iface-status=inactive
settle
(
    sed 's/ d2//' $S/sets
    ask p10 0a 10.0.0.10 10.0.0.9 '' d1
    ask p10 0a 10.0.0.10 10.0.0.2 '' "$all"
) | expect_frames
vsctl remove Interface g2 external_ids iface-status
settle

say "With several network ports, too."
add_uplink br0 up2 52:54:00:00:ff:02
settle
(
    sed 's/ d2//' $S/sets
    ask p10 0a 10.0.0.10 10.0.0.2 '' g2
    ask up ff 10.0.0.254 10.0.0.2 'vlan=10 ' g2
) | expect_frames

say "After a restart of the daemon, without a flow_mod; and nobody asks for it."
stop_controller
start_controller
settle
ctl status | grep -q ' 0 flow_mods' || fail "flows were sent: $(ctl status)"
for g in g1 g2 g3 c4 c5 d1; do
    vsctl set Interface $g external_ids:virtnet-guards=ip
done
settle
! planned_flows br0 | grep -E 'table=235,priority=3' || fail "flows are left over"
finish
