#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# libvirt's own filters behind guests: what clean-traffic stops, real frames of
# DHCP, ARP and IP, untagged, on an access port and on a trunk, both ways; and
# that a filter which cannot be carried out cuts its port off.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller
allow_log 'mbridge\|(WARN|ERR)\|.*filter'
allow_log 'dir_source\|(WARN|ERR)\|.*filter'

# hex IP: its bytes.
hex() {
    printf '%02x%02x%02x%02x' ${1//./ }
}
# packet SRC DST [PROTO SPORT DPORT]: words of a frame with such a packet.
packet() {
    printf 'type=0x0800 head=4500002c00010000ff%02x0000%s%s%04x%04x00180000' \
        ${3:-17} $(hex $1) $(hex $2) ${4:-1000} ${5:-2000}
}
# arp MAC SENDER TARGET: words of a request.
arp() {
    printf 'type=0x0806 head=0001080006040001%s%s000000000000%s' \
        ${1//:/} $(hex $2) $(hex $3)
}
# filter NAME TEXT: the filter of guest NAME.
filter() {
    vsctl set Interface $1 "external_ids:virtnet-filter=\"$2\""
}
flows() {
    ovs-ofctl -O OpenFlow15 dump-flows br0 "$1" | grep -c cookie=0x56e7
}
says() {
    ctl status | grep -q -- "$1"
}
# honest NAME INDEX RECEIVER GROUP [WORD]: what may pass clean-traffic.
honest() {
    local mac=52:54:00:00:00:0$2 own=10.0.0.$2

    echo "$1 -> up ${5-} $(packet $own 10.0.0.254) = $3"
    echo "$1 -> bcast ${5-} $(packet 0.0.0.0 255.255.255.255 17 68 67) = $4"
    echo "$1 -> bcast ${5-} $(arp $mac $own 10.0.0.254) = $4"
}
# hostile NAME INDEX [WORD]: what may not.
hostile() {
    local mac=52:54:00:00:00:0$2 other=52:54:00:00:00:99

    echo "$1 -> up src=$other ${3-} $(packet 10.0.0.$2 10.0.0.254) = -"
    echo "$1 -> up ${3-} $(packet 10.0.0.200 10.0.0.254) = -"
    echo "$1 -> bcast ${3-} $(packet 0.0.0.0 255.255.255.255 6 68 67) = -"
    echo "$1 -> bcast ${3-} $(arp $mac 10.0.0.200 10.0.0.254) = -"
    echo "$1 -> bcast ${3-} $(arp $other 10.0.0.$2 10.0.0.254) = -"
    echo "$1 -> up ${3-} type=0x88b5 = -"
    echo "$1 -> up ${3-} type=0x86dd = -"
}
# to NAME TAGS: what a guest with it is sent.
to() {
    echo "up -> $1 ${2-} $(packet 10.0.0.254 10.0.0.1 17 67 68) = $1"
    echo "up -> $1 ${2-} $(arp 52:54:00:00:ff:01 10.0.0.254 10.0.0.1) = $1"
    echo "up -> $1 ${2-} type=0x88b5 = -"
    echo "up -> $1 ${2-} type=0x86dd = -"
}

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02 tag=10
add_guest br0 g3 52:54:00:00:00:03 vlan_mode=trunk trunks=10,20
add_guest br0 g4 52:54:00:00:00:04
network net0 br0 libvirt
mkdir -p $S/filters
start_controller
settle
cat > $S/sets <<'.'
set all g1 g4 host up
.
[ "$(flows table=202) $(flows table=246)" = "0 0" ] || fail "there are flows"

say "A filter that there is not cuts the port off; it comes, and holds."
filter g1 'clean-traffic IP=10.0.0.1'
wait_for 5 says "g1: filter 'clean-traffic IP=10.0.0.1' cannot be carried out: there is no filter 'clean-traffic'; cut off" ||
    fail "nothing said: $(ctl status)"
settle
(
    cat $S/sets
    echo "g1 -> up = -"
    echo "up -> g1 = -"
) | expect_frames
cp "$TOP"/tests/nwfilter/*.xml $S/filters/
gone() { ! says "g1: filter"; }
wait_for 5 gone || fail "still cut off: $(ctl status)"
settle
ctl show | grep -q 'filtered (clean-traffic IP=10.0.0.1)' ||
    fail "not shown: $(ctl show)"
[ "$(flows table=202) $(flows table=246)" = "6 4" ] ||
    fail "$(flows table=202) and $(flows table=246) flows"
(
    cat $S/sets
    honest g1 1 up @all
    hostile g1 1
    echo "g1 -> bcast rarp = @all"
    to g1
    # Others are what they were.
    echo "g4 -> up src=52:54:00:00:00:99 = up"
    echo "g4 -> bcast type=0x88b5 = host up"
) | expect_frames

say "On an access port and on a trunk."
filter g2 'clean-traffic IP=10.0.0.2'
filter g3 'no-mac-spoofing'
settle
(
    cat $S/sets
    honest g2 2 'up[10]' 'g3[10] g4[10] host[10] up[10]'
    hostile g2 2
    to g2 vlan=10
    echo "g3 -> up vlan=10 $(packet 10.0.0.200 10.0.0.254) = up[10]"
    echo "g3 -> up vlan=10 src=52:54:00:00:00:99 = -"
    echo "up -> g3 vlan=20 type=0x88b5 = g3[20]"
) | expect_frames

say "A tag with only a priority is none, on a port that is in one VLAN."
# So are the receivers of g2, before and behind priority-tags.
kept() {
    to g2 vlan=10/5 | sed "s|= g2$|= g2$1|"
}
(
    cat $S/sets
    for tag in vlan=0/5 vlan=0 svlan=0/5; do
        [ $tag = vlan=0 ] && pcp= || pcp=/5
        honest g2 2 "up[10$pcp]" \
            "g3[10$pcp] g4[10$pcp] host[10$pcp] up[10$pcp]" $tag
        hostile g2 2 $tag
    done
    kept ''
    # On another it is a tag, as libvirt has it, but for one that says nothing.
    honest g1 1 up @all vlan=0
    hostile g1 1 vlan=0
    echo "g1 -> up vlan=0/5 $(packet 10.0.0.1 10.0.0.254) = -"
) | expect_frames
vsctl set Port g2 other_config:priority-tags=if-nonzero
settle
(
    kept '[0/5]'
    to g2 vlan=10
) | expect_frames
cat > $S/filters/no-tags.xml <<'.'
<filter name='no-tags'>
  <rule action='drop' direction='inout'><vlan/></rule>
  <rule action='drop' direction='in'><udp dstportstart='2000'/></rule>
  <rule action='drop' direction='out'><udp dstportstart='2000'/></rule>
</filter>
.
filter g2 no-tags
filter g4 no-tags
settle
expect_frames <<.
up -> g2 vlan=10/5 $(packet 10.0.0.254 10.0.0.2) = -
up -> g2 vlan=10/5 $(packet 10.0.0.254 10.0.0.2 17 67 68) = g2[0/5]
up -> g2 vlan=10/5 type=0x88b5 = g2[0/5]
up -> g2 vlan=10 vlan=20 type=0x88b5 = -
g2 -> up vlan=0/5 $(packet 10.0.0.2 10.0.0.254) = -
g2 -> up vlan=0/5 type=0x88b5 = up[10/5]
g4 -> up vlan=20 type=0x88b5 = -
g4 -> up vlan=0 vlan=20 type=0x88b5 = -
g4 -> up vlan=0 svlan=20 type=0x88b5 = -
g4 -> up vlan=0/5 type=0x88b5 = -
up -> g4 vlan=0 vlan=20 type=0x88b5 = -
g4 -> up vlan=0 type=0x88b5 = up
g4 -> up vlan=0 $(packet 10.0.0.4 10.0.0.254) = -
.
vsctl set Port g2 vlan_mode=native-untagged trunks=20
settle
expect_frames <<.
up -> g2 vlan=10/5 $(packet 10.0.0.254 10.0.0.2) = -
up -> g2 vlan=10/5 type=0x88b5 = g2[0/5]
up -> g2 vlan=20 type=0x88b5 = -
up -> g2 vlan=20/5 type=0x88b5 = -
.
vsctl remove Port g2 vlan_mode native-untagged -- remove Port g2 trunks 20 -- \
    set Port g4 other_config:priority-tags=always
settle
expect_frames <<.
up -> g4 vlan=0 $(packet 10.0.0.254 10.0.0.4) = -
up -> g4 vlan=0 type=0x88b5 = g4[0]
up -> g4 $(packet 10.0.0.254 10.0.0.4) = -
up -> g4 type=0x88b5 = g4
up -> g4 vlan=0/5 type=0x88b5 = -
up -> g4 vlan=20 type=0x88b5 = -
.

say "A tag that is kept for its priority hides nothing."
cat > $S/filters/ip-only.xml <<'.'
<filter name='ip-only'>
  <rule action='accept' direction='in'><ip dstportstart='68' protocol='udp'/></rule>
  <rule action='drop' direction='in'><mac/></rule>
</filter>
.
filter g2 ip-only
settle
expect_frames <<.
up -> g2 vlan=10/5 $(packet 10.0.0.254 10.0.0.2 17 67 68) = g2[0/5]
up -> g2 vlan=10 $(packet 10.0.0.254 10.0.0.2 17 67 68) = g2
up -> g2 vlan=10/5 $(packet 10.0.0.254 10.0.0.2) = -
.
vsctl remove Port g4 other_config priority-tags -- \
    remove Port g2 other_config priority-tags
filter g2 'clean-traffic IP=10.0.0.2'
filter g4 none
settle

say "Ports that are in no frame evade nothing: they are dropped."
# tcp FRAGMENT LENGTH REST: from 10.0.0.4, with so much of TCP's header.
tcp() {
    printf 'type=0x0800 head=4500%04x0001%s0ff060000%s%s03e8%s' \
        $(($2 + 20)) $1 $(hex 10.0.0.4) $(hex 10.0.0.254) "$3"
}
REST=0000000100000000500204000000000000
cat > $S/filters/no-smtp.xml <<'.'
<filter name='no-smtp'>
  <rule action='drop' direction='out'><tcp dstportstart='25'/></rule>
  <rule action='drop' direction='out'><udp-ipv6 dstportstart='53'/></rule>
</filter>
.
filter g4 no-smtp
settle
# Userspace finds no ports in less than a whole header of TCP's.  The kernel takes
# them from what is there, be it behind the packet: they are those that a receiver
# will find.
short=-
! on_kernel || short=up
expect_frames <<.
g4 -> up $(tcp 000 20 0019$REST) = -
g4 -> up $(tcp 000 20 001a$REST) = up
g4 -> up $(tcp 200 24 0019$REST) = -
g4 -> up $(tcp 200 24 001a$REST) = up
g4 -> up $(tcp 200 8 0019$REST) = -
g4 -> up $(tcp 200 8 001a$REST) = $short
g4 -> up $(tcp 000 1400 0019$REST) = -
g4 -> up $(tcp 001 16 0019$REST) = up
g4 -> up $(packet 10.0.0.4 10.0.0.254) = up
.
virtnetctl trace br0 g4 tcp,tp_src=0,tp_dst=0 --dst=52:54:00:00:ff:01 |
    grep -q 'filter no-smtp (rule what ends in its headers)' ||
    fail "$(virtnetctl trace br0 g4 tcp --dst=52:54:00:00:ff:01)"
filter g4 none
settle

say "Drops are counted."
ctl metrics | grep -q 'port="g1",table="STOPPED"} [1-9]' ||
    fail "not counted: $(ctl metrics | grep dropped)"

say "A tag that is kept for its priority hides no second one."
vsctl set Port g2 other_config:priority-tags=if-nonzero
filter g2 ip-only
for limit in 1 2; do
    # How many tags the datapath can match is asked of it once, within this limit.
    stop_vswitchd
    vsctl --no-wait set Open_vSwitch . other_config:vlan-limit=$limit
    start_vswitchd
    ip link set dev br0 up
    settle
    expect_frames <<.
up -> g2 vlan=10/5 vlan=20 $(packet 10.0.0.254 10.0.0.2 17 67 68) = -
up -> g2 vlan=10/5 vlan=20/3 $(packet 10.0.0.254 10.0.0.2 17 67 68) = -
up -> g2 vlan=10 vlan=20 $(packet 10.0.0.254 10.0.0.2 17 67 68) = -
up -> g2 vlan=10/5 $(packet 10.0.0.254 10.0.0.2 17 67 68) = g2[0/5]
.
done
plant_foreign br0
vsctl remove Open_vSwitch . other_config vlan-limit -- \
    remove Port g2 other_config priority-tags
filter g2 'clean-traffic IP=10.0.0.2'
settle

say "After a restart of the daemon, without a flow_mod."
stop_controller
start_controller
settle
ctl status | grep -q ' 0 flow_mods' || fail "flows were sent: $(ctl status)"

say "No moment without one, while filters, addresses and guards take turns."
start_probe w 1000 <<.
g1 -> up $(packet 10.0.0.200 10.0.0.254) = -
g1 -> bcast $(arp 52:54:00:00:00:01 10.0.0.200 10.0.0.254) = -
.
filter g1 'clean-traffic IP=10.0.0.1 IP=10.0.0.7'
settle
vsctl set Interface g1 'external_ids:virtnet-guards="ip"' \
    'external_ids:virtnet-ips="10.0.0.1"' -- \
    remove Interface g1 external_ids virtnet-filter
settle
vsctl set Interface g1 'external_ids:virtnet-ips="10.0.0.1 10.0.0.8"'
settle
stop_controller
vsctl set Interface g1 'external_ids:virtnet-ips="10.0.0.9"'
start_controller
settle
vsctl set Interface g1 'external_ids:virtnet-filter="clean-traffic IP=10.0.0.1"' -- \
    remove Interface g1 external_ids virtnet-guards -- \
    remove Interface g1 external_ids virtnet-ips
settle
stop_probe w > $S/result || fail "unguarded: $(cat $S/result)"
say "$(grep -c 'sent=[1-9]' $S/result) streams, nothing got out"
[ "$(grep -c 'sent=[1-9][0-9][0-9]' $S/result)" = 2 ] || fail "$(cat $S/result)"

say "A half-written file leaves the last good one in force."
echo "<filter name='no-ip-spoofing' chain='ipv4-ip'><rule" \
    > $S/filters/no-ip-spoofing.xml
wait_for 5 says "no-ip-spoofing.xml:" || fail "nothing said: $(ctl status)"
settle
(
    cat $S/sets
    honest g1 1 up @all
    hostile g1 1
) | expect_frames

say "A change counts at once; one that cannot be carried out cuts off."
sed "s/'0.0.0.0' protocol='udp'/'10.0.0.200'/" \
    "$TOP/tests/nwfilter/no-ip-spoofing.xml" > $S/filters/no-ip-spoofing.xml
lets() { ovs-ofctl dump-flows br0 table=202 | grep -q nw_src=10.0.0.200; }
wait_for 5 lets || fail "the change is not there"
settle
echo "g1 -> up $(packet 10.0.0.200 10.0.0.254) = up" | expect_frames
filter g1 'clean-traffic'
wait_for 5 says 'nobody says what variable IP is; cut off' ||
    fail "nothing said: $(ctl status)"
settle
echo "g1 -> up $(packet 10.0.0.1 10.0.0.254) = -" | expect_frames

say "By the network's metadata, with the addresses that are known."
vsctl remove Interface g1 external_ids virtnet-filter -- \
    set Interface g1 external_ids:virtnet-ips=10.0.0.1 -- \
    set Interface g4 external_ids:virtnet-filter=none
cp "$TOP/tests/nwfilter/no-ip-spoofing.xml" $S/filters/
cat > $NETWORKS/net0.xml <<'.'
<network>
  <name>net0</name>
  <metadata>
    <vn:network xmlns:vn='urn:ovs-virtnet:1' macTableManager='libvirt'>
      <vn:filterref filter='clean-traffic'>
        <vn:parameter name='IP' value=''/>
      </vn:filterref>
      <vn:portgroup name='routers' macTableManager='kernel' guards='mac'/>
      <vn:portgroup name='free' macTableManager='kernel'>
        <vn:filterref filter='none'/>
      </vn:portgroup>
    </vn:network>
  </metadata>
  <portgroup name='routers'/>
  <portgroup name='free'/>
  <forward mode='bridge'/>
  <bridge name='br0'/>
  <virtualport type='openvswitch'/>
</network>
.
shown() { ctl show | grep -q 'filtered (clean-traffic)'; }
wait_for 5 shown || fail "not shown: $(ctl show)"
settle
(
    cat $S/sets
    honest g1 1 up @all
    hostile g1 1
    echo "g4 -> up src=52:54:00:00:00:99 = up"
) | expect_frames

say "A trace says by which rule, and who asks for that."
verdict=$("$BUILD"/controller/virtnetctl \
    --target=$OVS_RUNDIR/virtnet-controller.ctl trace br0 g1 \
    ip,nw_src=10.0.0.9 --dst=52:54:00:00:ff:01 | sed 1q)
[[ $verdict =~ ^dropped\ by\ filter\ clean-traffic\ \(rule\ .*no-.*-spoofing.xml:[0-9]+\)\ of\ g1.*,\ by\ .*net0.xml:5$ ]] ||
    fail "$verdict"

say "What would be learned from is filtered nowhere, so it is cut off."
# expect_cut_off YES-OR-NO
expect_cut_off() {
    local to=$([ "$1" = yes ] && echo - || echo g4)
    local from=$([ "$1" = yes ] && echo - || echo up)

    settle
    echo "g4 -> up src=52:54:00:00:00:99 = $from" > $S/frames
    echo "up -> g4 = $to" >> $S/frames
    expect_frames < $S/frames
    [ "$1" = no ] || says "g4: filter .* cannot be carried out, for the port is one of the network side" ||
        fail "nothing said: $(ctl status)"
    [ "$1" = yes ] || ! says 'g4: filter' || fail "$(ctl status)"
}
vsctl remove Interface g4 external_ids virtnet-filter -- \
    set Interface g4 external_ids:virtnet-portgroup=routers
allow_log 'g4: (filter|is not a guest)|is carried out in libvirt mode only'
expect_cut_off yes
vsctl set Interface g4 external_ids:virtnet-portgroup=free
expect_cut_off no
vsctl set Interface g4 external_ids:virtnet-filter=no-mac-spoofing
expect_cut_off yes
vsctl remove Interface g4 external_ids virtnet-filter -- \
    remove Interface g4 external_ids virtnet-portgroup -- \
    set Interface g4 external_ids:virtnet-role=network
expect_cut_off yes
filter g4 none
expect_cut_off no
says 'g4: is not a guest, so it is not guarded' && fail "$(ctl status)"
vsctl set Interface g4 external_ids:virtnet-guards=mac
wait_for 5 says 'g4: is not a guest, so it is not guarded' ||
    fail "nothing said: $(ctl status)"
vsctl remove Interface g4 external_ids virtnet-guards -- \
    remove Interface g4 external_ids virtnet-role

say "Without filters all that there was for them goes."
for g in g1 g2 g3; do
    filter $g none
done
settle
[ "$(flows table=202) $(flows table=246)" = "0 0" ] || fail "there are flows"
finish
