#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Guests and network ports in VLAN mode dot1q-tunnel: whatever they send gets
# another tag.
#
# As in test-vlans.sh, Open vSwitch itself is the oracle: what is known, and
# what is for a group, goes to those who get it in kernel mode, with the same
# tags.

# Exceptions, and why:
#
#   A tag that says nothing at all is not among what is sent; see customers.
#
#   An access port gets what has one more tag behind that of its VLAN with that
#   tag, as from a Linux bridge.  NORMAL leaves it out of groups' receivers then,
#   and takes both tags off what is for it alone, so that what was tagged arrives
#   as if it had not been.  A flow cannot look at the second tag without taking
#   off the first, for each receiver again.  without_exceptions() takes it out,
#   and it is shown behind the first comparison.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
# Open vSwitch finds out how many tags the datapath can match when the first
# bridge is made, and goes no further than other_config:vlan-limit says then: a
# flow is one for a single tag again as soon as it is revalidated.  See
# Documentation/releases.rst.
vsctl add-br probe -- set Bridge probe datapath_type=$VIRTNET_DATAPATH
vsctl set Open_vSwitch . other_config:vlan-limit=2
case $(max_tags probe) in
    1) say "This Open vSwitch forgets the second tag if it is told late." ;;
    2) say "This Open vSwitch may be told late to look at two tags." ;;
    *) fail "tags that it can match: $(max_tags probe)" ;;
esac
vsctl del-br probe
add_bridge br0
[ "$(max_tags br0)" = 2 ] || fail "tags that it can match: $(max_tags br0)"
plant_foreign br0
tunnel() {
    echo vlan_mode=dot1q-tunnel "$@"
}
# Customers of service VLAN 100, of whom one has some VLANs only, and of 200.
# shellcheck disable=SC2046
{
    add_guest br0 t1 52:54:00:00:00:01 $(tunnel tag=100)
    add_guest br0 t2 52:54:00:00:00:02 $(tunnel tag=100 cvlans=0,20,24)
    add_guest br0 t3 52:54:00:00:00:03 \
        $(tunnel tag=200 other_config:qinq-ethtype=802.1q)
    add_guest br0 t4 52:54:00:00:00:04 $(tunnel tag=200 cvlans=20)
    add_guest br0 al 52:54:00:00:00:05
    add_guest br0 tr 52:54:00:00:00:06 trunk=100
    add_guest br0 ac 52:54:00:00:00:07 tag=100
    # These are sent the priority of the service's tag.
    add_guest br0 p1 52:54:00:00:00:08 \
        $(tunnel tag=100 other_config:priority-tags=if-nonzero)
    add_guest br0 p2 52:54:00:00:00:09 \
        $(tunnel tag=100 cvlans=0,20 other_config:priority-tags=always)
    make_port u1 52:54:00:00:ff:01
    make_port u2 52:54:00:00:ff:02
}

# Tags on what the ports send: those of customers, and also services'.  None that
# says nothing at all: NORMAL takes it off or leaves it, depending on whether the
# datapath's flow was made for it or for one that has a priority.
customers=('' vlan=20/5 vlan=30 vlan=0/3 svlan=20)
services=('svlan=100' 'vlan=100/5' 'svlan=100/6 vlan=20' 'svlan=100 vlan=30'
          'vlan=100 vlan=24/2' 'svlan=200 vlan=20' 'vlan=200')

# Prints the service VLAN of port $1, if it is a dot1q-tunnel port.
service_of() {
    local service

    [ "$(vsctl --if-exists get Port "$1" vlan_mode)" != dot1q-tunnel ] ||
        service=$(vsctl get Port "$1" tag)
    echo "${service-}"
}

# Writes all frames of ports "$@": $S/groups and $S/known.
make_matrix() {
    local -A service
    local src dst tags words vlan

    : > $S/groups
    : > $S/known
    for src in "$@"; do
        service[$src]=$(service_of "$src")
    done
    service[host]=
    for src in "$@" host; do
        if [ -n "${service[$src]}" ]; then
            tags=("${customers[@]}")
        else
            tags=("${customers[@]}" "${services[@]}")
        fi
        for words in "${tags[@]}"; do
            echo "$src -> bcast $words" >> $S/groups
            vlan=${service[$src]}
            [ "$src" != ac ] || vlan=100
            if [ -z "$vlan" ]; then
                vlan=$(sed -E 's/^s?vlan=([0-9]*).*/\1/' <<< "${words:-vlan=0}")
            fi
            for dst in "$@" host; do
                # Only where it is known.
                case $dst,${service[$dst]},$vlan in
                    tr,,100 | ac,,100 | *,"$vlan",* | al,,* | u?,,* | host,,*)
                        [ "$dst" = "$src" ] || echo "$src -> $dst $words" ;;
                esac
            done >> $S/known
        done
    done
}

# Leaves the access port out where there is a tag behind its VLAN's.
without_exceptions() {
    sed -E '/-> [^ ]+( svlan=100(\/6)?)? +=/!{
        s/( =.*) ac(\[[^]]*\])?( |$)/\1\3/; s/ =$/ = -/ }' "$1"
}

# compare WHAT PORT...: sends all that in both modes.
compare() {
    local what=$1 mode

    shift
    make_matrix "$@"
    for mode in kernel libvirt; do
        network net0 br0 $mode
        settle
        # Learns, and gets rid of copies that NORMAL learns from.
        send_frames < $S/groups > /dev/null
        sleep 0.6
        send_frames < $S/groups > $S/$mode
        send_frames < $S/known >> $S/$mode
    done
    say "$what: $(wc -l < $S/kernel) frames, $(grep -vc '= -$' $S/kernel) received"
    ! grep mangled $S/libvirt || fail "frames are mangled"
    without_exceptions $S/kernel > $S/normal
    if ! on_kernel && [ "$(vsctl get Open_vSwitch . other_config:vlan-limit)" != '"1"' ]
    then
        # A second tag behind that would not be seen: lib/model/model.c.
        sed -i '/^ac -> [^ ]* vlan=0\/3 =/s/ = .*/ = -/' $S/normal
    fi
    without_exceptions $S/libvirt | diff -u $S/normal - ||
        fail "libvirt mode (+) delivers otherwise than NORMAL (-)"
}

plug_uplink br0 u1
start_controller
compare "A trunk" t1 t2 t3 t4 p1 p2 al tr ac u1
grep -q '^t1 -> ac vlan=30 = ac$' $S/kernel &&
    ! grep '^t1 -> bcast vlan=30 = .*ac' $S/kernel ||
    fail "NORMAL does not mangle what is for an access port: no exception"
expect_frames <<'.'
t1 -> ac vlan=30 = ac[30]
t1 -> ac = ac
ac -> t1 = t1
t1 -> bcast vlan=20 = t2[20] p1[20] p2[20] ac[20] al[s100,20] tr[s100,20] u1[s100,20] host[s100,20]
t1 -> bcast vlan=30/3 = p1[30/3] ac[30/3] al[s100,30/3] tr[s100,30/3] u1[s100,30/3] host[s100,30/3]
t1 -> bcast = t2 p1 p2 ac al[s100] tr[s100] u1[s100] host[s100]
u1 -> bcast svlan=100/6 vlan=30/3 = t1[30/3] p1[30/6] ac[30/3] al[s100/6,30/3] tr[s100/6,30/3] host[s100/6,30/3]
u1 -> p2 svlan=100/6 vlan=30/3 = p2[30/6]
t3 -> bcast vlan=20 = t4[20] al[200,20] u1[200,20] host[200,20]
t4 -> bcast vlan=30 = -
u1 -> t1 svlan=100 vlan=20 = t1[20]
t1 -> t2 vlan=30 = t2[30]
u1 -> bcast svlan=100/5 = t1 t2 p1[0/5] p2[0/5] ac al[s100/5] tr[s100/5] host[s100/5]
# Not in its VLAN.
t3 -> t1 vlan=20 = u1[200,20]
t1 -> unknown vlan=20 = u1[s100,20]
.
# shellcheck disable=SC2046
vsctl set Port u1 $(tunnel tag=100)
vsctl set Port u1 cvlans=20,30
compare "A tunnel port that chooses" t1 t2 t3 t4 al tr ac u1
plug_uplink br0 u2
compare "It, and a trunk" t1 t2 t3 t4 al tr ac u1 u2
# Flows with two tags are in the way until they are revalidated.
allow_log '\|dpif_netdev\(revalidator[^|]*\|ERR\|internal error parsing flow key'
allow_log '\|dpif\(revalidator[^|]*\|WARN\|.*failed to put\[modify\]'
vsctl set Open_vSwitch . other_config:vlan-limit=1
forget_datapath_flows
compare "The same, one tag looked at" t1 t2 t3 t4 p1 p2 al tr ac u1 u2

finish
