#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A thousand guests in one VLAN: all receive a broadcast, once, and one more
# costs what it costs where there are few.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

N=${N-1000}

# vswitchd and the database may take seconds over a thousand ports at once.
allow_log '\|(timeval|ovs_rcu|netlink_notifier)(\([^|]*\))?\|WARN\|'

start_ovs
add_bridge br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01 tag=10
add_guest br0 g2 52:54:00:00:00:02 tag=10
make_port g3 52:54:00:00:00:03
plant_foreign br0
network net0 br0 libvirt
start_controller
settle

# Prints what it costs to plug and to unplug g3.
cost() {
    start_counting
    plug br0 g3 52:54:00:00:00:03 tag=10
    settle
    count_changes_at_once
    start_counting
    unplug g3
    settle
    count_changes_at_once
    ovs-appctl -t ovs-vswitchd vlog/set vconn:file:info
}

# The group is made with the first guest and stays.
few=$(cost | xargs)
say "Messages to plug and unplug one of 3 guests: $few"

# Guests without a namespace, of which the kernel counts the frames.
say "Plugging $N guests."
for i in $(seq $N); do
    echo "link add name v$i type veth peer name w$i"
    echo "link set dev v$i up"
    echo "link set dev w$i up"
done > $S/links
ip -batch $S/links
words=()
for i in $(seq $N); do
    words+=(-- add-port br0 "v$i" tag=10 -- set Interface "v$i"
            "external-ids:attached-mac=\"$(printf 52:54:00:01:%02x:%02x \
                $((i / 256)) $((i % 256)))\"")
done
vsctl "${words[@]}"
settle

say "Groups: $(our_groups br0 | wc -l), flows: $(our_flows br0 | wc -l)"
many=$(cost | xargs)
say "Messages to plug and unplug one of $((N + 3)) guests: $many"
[ "$many" = "$few" ] || fail "the cost depends on the number of guests"
[ "${few%% *}" -gt 0 ] || fail "messages are not counted"

received() {
    local i

    for i in $(seq $N); do
        cat "/sys/class/net/w$i/statistics/rx_packets"
    done
}

# Sends the frames on standard input, and fails unless each of the guests
# without a namespace receives $1 frames.
expect_received() {
    local wrong

    received > $S/before
    send_frames > $S/sent
    sleep 1
    # The kernel may be at it for some time yet.
    until received > $S/last; sleep 0.2; received | cmp -s - $S/last; do
        :
    done
    received | paste - $S/before | awk '{ print $1 - $2 }' > $S/count
    wrong=$(grep -vcx "$1" $S/count) || :
    [ "$wrong" = 0 ] || fail "$wrong of $N guests did not receive $1 frames:
$(sort $S/count | uniq -c)"
}

say "Ten broadcasts: each guest receives each of them once."
for i in $(seq 5); do
    echo "g1 -> bcast"
    echo "up -> mcast vlan=10"
    echo "sleep 300"
done | expect_received 10
cat $S/sent | sort | uniq -c
[ "$(grep -c 'g1 -> bcast = g2 host\[10\] up\[10\]' $S/sent)" = 5 ] ||
    fail "not all others have received the broadcast"

say "In another VLAN, and to one of them: none."
expect_received 0 <<'.'
up -> bcast
up -> bcast vlan=20
up -> unknown vlan=10
g1 -> unknown
up -> g1 vlan=10
g1 -> g2
.
say "To each of them: one."
for i in $(seq $N); do
    printf 'g1 -> 52:54:00:01:%02x:%02x\n' $((i / 256)) $((i % 256))
done | expect_received 1

# In kernel mode each of these is a flow in the datapath, with all outputs.
say "To 300 groups of IPv6: each guest receives all of them, by one flow."
# Until all have received them, which may take the kernel longer than a flow lasts.
vsctl set Open_vSwitch . other_config:max-idle=120000
ovs-appctl revalidator/purge
# missed: how often the datapath had no flow.
missed() {
    ovs-appctl dpctl/show | sed -n 's/.*missed:\([0-9]*\).*/\1/p'
}
before=$(missed)
# The kernel asks vswitchd for all that comes before there is a flow.
for i in $(seq 300); do
    printf 'g1 -> 33:33:%02x:%02x:%02x:%02x\n' $((RANDOM % 256)) \
        $((RANDOM % 256)) $((RANDOM % 256)) $((RANDOM % 256))
    [ "$i" != 1 ] || echo "sleep 1000"
done | expect_received 300
n=$(ovs-appctl dpctl/dump-flows | grep -c recirc_id) || :
[ "$n" -le 2 ] || fail "$n flows in the datapath"
# On a slow machine vswitchd takes a flow out early that few frames use
# (should_revalidate() in its ofproto/ofproto-dpif-upcall.c).
n=$(($(missed) - before))
say "The datapath had no flow $n times."
[ "$n" -le 75 ] || fail "for these frames the datapath had no flow $n times"

finish
