#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Takes long
#
# Several network ports: they learn among themselves, as on a Linux bridge, and
# guests stay out of it.  Every frame arrives once wherever it arrives.  No
# VLANs here.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 u1 52:54:00:00:ff:01
add_uplink br0 u2 52:54:00:00:ff:02
add_uplink br0 u3 52:54:00:00:ff:03
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
add_guest br0 g3 52:54:00:00:00:03
network net0 br0 libvirt
start_controller
settle

# Remote hosts, and names for those who are to receive.
cat > $S/names <<'.'
mac r1 52:54:00:0a:00:01
mac r2 52:54:00:0a:00:02
mac r3 52:54:00:0a:00:03
mac rx 52:54:00:0a:00:04
set all g1 g2 g3 host u1 u2 u3
set net u1 u2 u3
.

check() {
    cat $S/names - | expect_frames
}

say "Nobody behind an uplink is known yet."
check <<'.'
g1 -> r1 = u1 u2 u3
host -> r1 = u1 u2 u3
u1 -> r2 src=rx = @net
# A frame to a guest goes there and nowhere else, from any sender.
u1 -> g1 src=rx = g1
u1 -> g2 = g2
u2 -> g2 = g2
u3 -> host = host
g1 -> g2 = g2
g1 -> host = host
host -> g3 = g3
g1 -> g1 = -
.

say "Whoever has sent anything at all is known, be it to a guest only."
check <<'.'
u1 -> g1 src=r1 = g1
u2 -> bcast src=r2 = @all
u3 -> host src=r3 = host
wait
# The datapath has flows for these, which vswitchd looks at again after a while.
sleep 600
g1 -> r1 = u1
g1 -> r2 = u2
g1 -> r3 = u3
host -> r1 = u1
host -> r2 = u2
u1 -> r2 src=r1 = u2
u2 -> r1 src=r2 = u1
u3 -> r1 src=r3 = u1
u1 -> r3 src=r1 = u3
# To where it has come from: nothing comes back.
u1 -> r1 = -
u2 -> r2 src=r2 = -
# Still unknown: the network side only.
g1 -> unknown = u1 u2 u3
host -> unknown = u1 u2 u3
u1 -> unknown = u2 u3
u2 -> unknown2 src=r2 = u1 u3
u3 -> unknown3 = u1 u2
.

say "Groups: all but the sender, once."
check <<'.'
g1 -> bcast = @all
g2 -> mcast = @all
g3 -> mcast6 na = @all
host -> bcast = @all
host -> mcast6 = @all
u1 -> bcast = @all
u2 -> mcast = @all
u3 -> mcast6 = @all
u1 -> bcast garp = @all
u2 -> bcast src=r2 rarp = @all
g1 -> bcast rarp = @all
# Reserved ones, from anywhere.
u1 -> stp = -
u2 -> lldp = -
g1 -> lacp = -
host -> pause = -
# A group as the source is nobody.
u1 -> bcast src=01:00:5e:00:00:05 = -
u1 -> g1 src=01:00:5e:00:00:05 = -
.

say "Remote hosts move from uplink to uplink."
for n in 1 2 3; do
    sed "s/MOVES/52:54:00:0d:00:0$n/g" <<'.' | check
u1 -> bcast src=MOVES = @all
wait
g1 -> MOVES = u1
u2 -> bcast src=MOVES rarp = @all
sleep 600
g1 -> MOVES = u2
host -> MOVES = u2
u3 -> MOVES src=r3 = u2
u1 -> MOVES = u2
u2 -> MOVES src=r2 = -
# A frame to a guest says it as well.
u3 -> g2 src=MOVES = g2
sleep 600
g1 -> MOVES = u3
u2 -> MOVES src=r2 = u3
u3 -> MOVES src=r3 = -
.
done

# The copy of a frame that NORMAL learns from is dropped because the address is
# where it has come from.  If a host comes back so soon that the datapath still
# has the flow of its last stay, the flow has been revalidated since, which
# learns nothing: the copy goes to where the host was, until the revalidator
# has counted a frame, which takes half a second.  Nobody else gets anything.
say "A remote host comes back at once."
for n in 1 2 3; do
    send_frames <<'.' > $S/back
mac r4 52:54:00:0a:00:04
u1 -> g1 src=r4
sleep 600
u1 -> g1 src=r4
sleep 600
u2 -> g1 src=r4
sleep 600
u2 -> g1 src=r4
sleep 600
.
    sed 's/^/    /' $S/back
    ! sed 's/.* = //; s/ u[12]+mangled//' $S/back | grep -vx g1 ||
        fail "somebody else receives something"
    ! sed -n '2p; 4p' $S/back | grep mangled ||
        fail "the copy is still sent after half a second"
done

# Where everybody is, whoever lies.
cat > $S/honest <<'.'
sleep 600
g1 -> r1 = u1
g2 -> r2 = u2
host -> r3 = u3
u2 -> r1 src=r2 = u1
u3 -> r2 src=r3 = u2
u1 -> g1 = g1
u2 -> g1 src=r2 = g1
u3 -> g2 = g2
u1 -> host = host
u2 -> host src=r2 = host
g1 -> g2 = g2
g3 -> g2 = g2
host -> g2 = g2
g1 -> unknown = u1 u2 u3
u1 -> unknown = u2 u3
.

say "A guest that takes the address of somebody else moves nothing."
for n in 1 2 3; do
    cat - $S/honest <<'.' | check
g3 -> bcast src=r1 = @all
g3 -> bcast src=r1 garp = @all
g3 -> unknown src=r2 = u1 u2 u3
g3 -> r1 src=r2 = u1
g3 -> host src=r3 = host
g3 -> bcast src=g2 = @all
g3 -> unknown src=host = u1 u2 u3
g3 -> g1 src=u1 = g1
host -> bcast src=r1 = @all
host -> r2 src=r1 = u2
.
done

say "Neither does a guest's or the host's address that an uplink brings."
cat - $S/honest <<'.' | check
u1 -> bcast src=g1 = @all
u1 -> unknown src=g2 = u2 u3
u3 -> g1 src=g3 = g1
u3 -> bcast src=host garp = @all
u3 -> r1 src=host = u1
.

say "The same, without a pause."
for i in $(seq 200); do
    cat <<'.'
g3 -> bcast src=r1 = @all
g1 -> r1 = u1
u1 -> bcast src=g1 = @all
u3 -> g1 = g1
g2 -> g1 = g1
u2 -> r1 src=r2 = u1
.
done > $S/hurry
cat $S/hurry | check

say "Many senders behind each uplink; nothing of it is seen by a guest."
for i in $(seq 0 99); do
    printf 'u%d -> 52:54:00:0c:00:00 src=52:54:00:0b:00:%02x = @net\n' \
        $((i % 3 + 1)) "$i"
done | check
for i in $(seq 0 99); do
    printf 'g%d -> 52:54:00:0b:00:%02x = u%d\n' \
        $((i % 2 + 1)) "$i" $((i % 3 + 1))
    printf 'u%d -> 52:54:00:0b:00:%02x src=52:54:00:0b:00:%02x = u%d\n' \
        $(((i + 1) % 3 + 1)) "$i" $(((i + 1) % 99 / 3 * 3 + (i + 1) % 3)) \
        $((i % 3 + 1))
done | check

# learned PORT: prints how many addresses have been learned by it.
learned() {
    ofctl dump-flows br0 table=251 |
        grep -c "set_field:0x$(printf %x "$(vsctl get Interface $1 ofport)")/" || :
}

say "No more is learned than may be; guests see nothing of the rest either."
n=$(learned u1)
[ "$n" -gt 30 ] || fail "u1: $n addresses"
vsctl set Bridge br0 other_config:mac-table-size=$((n + 5)) \
    other_config:mac-aging-time=600
settle
for i in $(seq 0 99); do
    printf 'u1 -> g1 src=52:54:00:0e:00:%02x = g1\n' "$i"
done | check
sleep 0.6
[ "$(learned u1)" = $((n + 5)) ] || fail "u1: $(learned u1) addresses"
ofctl dump-flows br0 table=251,dl_dst=52:54:00:0e:00:00 |
    grep -q hard_timeout=600 || fail "another aging time"
check <<'.'
u3 -> g1 src=r3 = g1
wait
g1 -> 52:54:00:0e:00:63 = u1 u2 u3
u3 -> 52:54:00:0e:00:63 src=r3 = u1 u2
g1 -> r3 = u3
.
vsctl remove Bridge br0 other_config mac-table-size \
    -- remove Bridge br0 other_config mac-aging-time
settle

say "Nothing goes from one protected port to another."
vsctl set Port u1 protected=true -- set Port u3 protected=true
settle
send_frames > /dev/null <<'.'
mac r1 52:54:00:0a:00:01
mac r2 52:54:00:0a:00:02
mac r3 52:54:00:0a:00:03
u1 -> g1 src=r1
u2 -> g1 src=r2
u3 -> g1 src=r3
sleep 600
.
cat > $S/protected <<'.'
u1 -> unknown src=r1 = u2
u2 -> unknown src=r2 = u1 u3
u3 -> bcast src=r3 = g1 g2 g3 host u2
u1 -> r3 src=r1 = -
u3 -> r1 src=r3 = -
u1 -> r2 src=r1 = u2
u2 -> r3 src=r2 = u3
g1 -> r3 = u3
g1 -> unknown = u1 u2 u3
host -> bcast = @all
.
check < $S/protected
vsctl set Bridge br0 mcast_snooping_enable=true
allow_log '\|WARN\|.*mcast_snooping_enable'
settle
send_frames > /dev/null <<'.'
u1 -> g1 src=52:54:00:0a:00:01
u2 -> g1 src=52:54:00:0a:00:02
u3 -> g1 src=52:54:00:0a:00:03
sleep 600
.
say "The same by NORMAL."
check < $S/protected
vsctl set Bridge br0 mcast_snooping_enable=false \
    -- set Port u1 protected=false -- set Port u3 protected=false
settle

# Nothing is learned of a guest or the host, unless an uplink has said it.
for port in g1 g2 g3 LOCAL; do
    n=$(vsctl get Interface "${port/LOCAL/br0}" ofport)
    ! ovs-appctl fdb/show br0 | sed 1d | awk '{ print $1 }' |
        grep -xE "${n/65534/LOCAL}" || fail "addresses were learned on $port"
done

finish
