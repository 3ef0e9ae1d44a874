#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A flood of frames for random destinations, from one guest, makes a few dozen
# flows in the datapath, whatever kind of groups they are for, and each of the
# frames gets to where it should.  Only unknown unicast costs one for each.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

N=300

# random PATTERN: prints N addresses, in whose x there are random digits, and in
# whose m there are random odd ones, as of the first octet of a group.
random() {
    awk -v n=$N -v pattern="$1" -v seed="${2:-1}" 'BEGIN {
        srand(seed)
        for (i = 0; i < n; i++) {
            mac = ""
            for (j = 1; j <= length(pattern); j++) {
                c = substr(pattern, j, 1)
                d = int(rand() * 16)
                if (c == "m")
                    d = int(d / 2) * 2 + 1
                mac = mac (c == "x" || c == "m" ? sprintf("%x", d) : c)
            }
            print mac
        }
    }'
}

datapath_flows() {
    ovs-appctl dpctl/dump-flows | grep -c 'recirc_id'
}

# flood WHAT PATTERN MAX TO [FROM]: sends frames for random destinations from
# port FROM or g1, which must reach TO and make at most MAX flows.
flood() {
    local from=${5:-g1} mac n

    for mac in $(random "$2"); do
        case $mac in
            01:80:c2:00:00:0?|01:00:0c:00:00:00) echo "$from -> $mac = -" ;;
            *) echo "$from -> $mac = $4" ;;
        esac
    done > $S/flood
    ovs-appctl revalidator/purge
    expect_frames < $S/flood
    n=$(datapath_flows)
    say "$1: $n flows for $N addresses"
    [ "$n" -le "$3" ] || fail "more than $3: $(ovs-appctl dpctl/dump-flows)"
}

start_ovs
add_bridge br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
add_guest br0 g3 52:54:00:00:00:03 \
    -- set Interface g3 external_ids:virtnet-portgroup=trusted
network net0 br0 libvirt - <<'.'
  <portgroup name='trusted' trustGuestRxFilters='yes'/>
.
start_controller
settle

flood "IPv6" 33:33:xx:xx:xx:xx 2 "g2 g3 host up"
flood "solicited-node addresses" 33:33:ff:xx:xx:xx 2 "g2 g3 host up"
flood "IPv4" 01:00:5e:0x:xx:xx 2 "g2 g3 host up"
flood "IPv6, from a guest that may change its address" \
    33:33:xx:xx:xx:xx 2 "g1 g2 host up" g3
flood "IPv6, from the uplink" 33:33:xx:xx:xx:xx 2 "g1 g2 g3 host" up
flood "any group" xm:xx:xx:xx:xx:xx 36 "g2 g3 host up"
flood "groups beside those that are reserved" 01:80:c2:xx:xx:xx 48 \
    "g2 g3 host up"
flood "groups around those that are reserved" 01:80:c2:00:00:xx 48 \
    "g2 g3 host up"
flood "Cisco's" 01:00:0c:xx:xx:xx 48 "g2 g3 host up"
flood "unknown unicast" 52:54:01:xx:xx:xx $N "up"

finish
