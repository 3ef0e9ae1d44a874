#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Each of the flows that guarded ports share is needed: without it, a frame gets
# through that a guard should stop, or one is stopped that none should, or nothing
# counts it for its guard.  Documentation/design.rst, "Shared guards", has what
# each is for.  The drop of STOPPED is left out: a port counts all that it stops.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller
allow_log 'mbridge\|WARN\|'

# Prints the shared flows.
shared() {
    ofctl --no-stats --no-names dump-flows br0 | sed 's/^ *//' |
        grep -E '^cookie=0x56e701[0-9a-f]*, table=(206|207|208|209),' ||
        fail "no shared flows"
}
frames_of_all() {
    local i=0 guards

    echo "set all g1 g2 g3 g4 g5 g6 host up"
    for guards in ip dhcp ra other ip,dhcp,ra,other; do
        i=$((i + 1))
        python3 "$TOP/tests/system/guard-frames.py" g$i 0$i $guards up @all
    done
    echo 'g1 -> up vlan=0/1 vlan=5 = -'
    echo 'g1 -> up vlan=0/1 svlan=5 = -'
    # It has no IPv6 address, so this is counted with all other IPv6.
    python3 "$TOP/tests/system/guard-frames.py" g6 06 ip up @all |
        grep 'head=6000000000183aff0\{32\}ff02.* = -' ||
        fail "there is no such frame"
}
# Prints how many frames each port's drops have counted since the last call, and
# the drop of none.
counted() {
    ovs-appctl revalidator/wait
    ofctl --no-names dump-flows br0 table=212 |
        sed -n 's/.*n_packets=\([0-9]*\),.*priority=\(.*\) actions=.*/\2 \1/p' |
        sort > $S/counts
    touch $S/counts.before
    awk 'NR == FNR { old[$1] = $2; next } { print $1, $2 - old[$1] }' \
        $S/counts.before $S/counts
    mv $S/counts $S/counts.before
}

start_ovs
add_bridge br0
add_uplink br0 up 52:54:00:00:ff:01
i=0
for guards in ip dhcp ra other 'ip dhcp ra other'; do
    i=$((i + 1))
    add_guest br0 g$i 52:54:00:00:00:0$i -- \
        set Interface g$i "external_ids:virtnet-guards=\"$guards\"" \
        "external_ids:virtnet-ips=\"10.0.0.$i 2001:db8::$i\""
done
add_guest br0 g6 52:54:00:00:00:06 -- \
    set Interface g6 external_ids:virtnet-guards=ip \
    external_ids:virtnet-ips=10.0.0.6
network net0 br0 libvirt
start_controller
settle
frames_of_all > $S/frames
shared > $S/shared
say "$(wc -l < $S/shared) flows, $(wc -l < $S/frames) frames"
stop_controller
counted > /dev/null
expect_frames < $S/frames
counted > $S/expected
expect_frames < $S/frames
counted | cmp - $S/expected || fail "the same frames are not counted alike"

frame_ports > $S/frame-ports
unneeded=0
while read -r flow; do
    match=${flow#*, }
    match=${match%% actions=*}
    ovs-ofctl -O OpenFlow15 --strict del-flows br0 "${match// /}"
    if ! "$FRAMES" --check $S/frame-ports $S/frames > $S/differences; then
        say "$match: $(grep -c -- '->' $S/differences) frames differ"
    elif ! counted | diff $S/expected - > $S/differences; then
        say "$match: counted otherwise"
    else
        say "$match: nothing differs without it"
        unneeded=$((unneeded + 1))
    fi
    counted > /dev/null
    echo "$flow" | sed 's/, table/,table/' | ovs-ofctl -O OpenFlow15 add-flow br0 -
done < $S/shared
[ "$unneeded" = 0 ] || fail "$unneeded flows are not needed"
finish
