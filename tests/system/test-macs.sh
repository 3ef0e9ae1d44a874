#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A guest that lists further addresses, as for VRRP or containers in it, gets
# what is for them too; and who has what when two list the same.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller
allow_log 'mbridge\|WARN\|.*MAC conflict'

fdb_line() {
    ctl fdb br0 | grep -w "$1" | grep -w "$2" || :
}

macs() {
    vsctl set Interface "$1" "external_ids:virtnet-macs=\"$2\""
    settle
}

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
add_guest br0 t1 52:54:00:00:00:03 tag=10
network net0 br0 libvirt
start_controller
settle

cat > $S/names <<'.'
mac vrrp 00:00:5e:00:01:05
mac cont 52:54:00:0c:00:01
.
check() {
    cat $S/names - | expect_frames
}

say "Nobody has them yet."
check <<'.'
up -> vrrp = -
g1 -> vrrp = up
.

say "g1 lists both."
macs g1 "00:00:5e:00:01:05, 52:54:00:0c:00:01"
say "$(ctl fdb br0)"
grep -q 'installed .*(virtnet-macs)' <<< "$(fdb_line g1 00:00:5e:00:01:05)" ||
    fail "the table does not say where it is from"
check <<'.'
up -> vrrp = g1
up -> cont = g1
up -> g1 = g1
g2 -> vrrp = g1
host -> cont = g1
up -> vrrp vlan=10 = g1[10]
g1 -> g2 src=vrrp = g2
g1 -> bcast src=cont = g2 host up
up -> unknown = -
.

say "g2 lists one of them too: g1 keeps it, and g2 is served by its own."
macs g2 "00:00:5e:00:01:05"
grep -q 'pending .*(shared, g1 has it) (virtnet-macs)' \
    <<< "$(fdb_line g2 00:00:5e:00:01:05)" || fail "it is not shown as shared"
check <<'.'
up -> vrrp = g1
up -> g2 = g2
g2 -> g1 = g1
.
# The table, but for since when an address is shared, which a restart forgets.
table() {
    ctl fdb br0 | sed 's/ (shared, since .*: [^)]*)//'
}
before=$(table)
stop_controller KILL
start_controller
settle
diff -u <(say "$before") <(table) || fail "another table after a restart"

say "The backup takes over."
macs g1 "52:54:00:0c:00:01"
check <<'.'
up -> vrrp = g2
g1 -> vrrp = g2
up -> cont = g1
.

say "In other VLANs it is another address."
macs t1 "52:54:00:0c:00:01"
check <<'.'
up -> cont = g1
t1 -> cont = g1[10]
.
vsctl set Port g1 tag=20
settle
check <<'.'
up -> cont vlan=20 = g1
up -> cont vlan=10 = t1
up -> cont = -
.

say "Two routers with the same address in two VLANs are masters of one each."
add_guest br0 r1 52:54:00:00:00:11
add_guest br0 r2 52:54:00:00:00:12
vrrp=00:00:5e:00:01:06
macs r1 $vrrp
macs r2 $vrrp
has_in_vlan() {
    ctl fdb br0 | grep "^ *[0-9]*  $2 .*$vrrp  $1 .* installed .*(shared, since"
}
show_count() {
    ctl metrics | sed -n 's/^virtnet_frames_shown.* //p'
}
send_frames > $S/result <<.
r2 -> bcast src=$vrrp vrrp vlan=20
.
wait_for 5 has_in_vlan r2 20 || fail "not with r2: $(ctl fdb br0)"
has_in_vlan r1 0-19,21-4095 || fail "not with r1: $(ctl fdb br0)"
shown=$(show_count)
for _ in 1 2 3 4 5; do
    send_frames > $S/result <<.
r1 -> bcast src=$vrrp vrrp vlan=10
r2 -> bcast src=$vrrp vrrp vlan=20
.
done
settle
[ "$(show_count)" = "$shown" ] || fail "what they have is looked at"
wait_revalidated
masters() {
    expect_frames <<.
up -> $vrrp vlan=10 = r1[10]
up -> $vrrp vlan=20 = r2[20]
g2 -> $vrrp vlan=20 = r2[20]
up -> $vrrp = r1
.
}
masters
expect_quiet_restart
masters
# The first fails, in VLAN 10.
send_frames > $S/result <<.
r2 -> bcast src=$vrrp vrrp vlan=10
.
wait_for 5 has_in_vlan r2 10,20 || fail "not with r2: $(ctl fdb br0)"
has_in_vlan r1 0-9,11-19,21-4095 || fail "not with r1: $(ctl fdb br0)"
wait_revalidated
expect_frames <<.
up -> $vrrp vlan=10 = r2[10]
up -> $vrrp vlan=20 = r2[20]
up -> $vrrp vlan=30 = r1[30]
.

say "A router fails over with all of its addresses at once."
list=$(printf '00:00:5e:00:01:%02x ' $(seq 10 29))
macs r1 "$list"
macs r2 "$list"
all_with() {
    [ "$(ctl fdb br0 | grep -c "00:00:5e:00:01:.*  $1 .* installed .*(shared, since")" = 20 ]
}
for router in r2 r1 r2; do
    for mac in $list; do
        echo "$router -> bcast src=$mac garp"
    done | send_frames > $S/result
    wait_for 5 all_with $router || fail "not with $router: $(ctl fdb br0)"
done

say "What was announced while no daemon ran, an answer to somebody makes up for."
vrrp=00:00:5e:00:01:0a
for answer in garp na; do
    stop_controller KILL
    send_frames > $S/result <<.
r1 -> bcast src=$vrrp garp
.
    start_controller
    settle
    expect_frames <<.
up -> $vrrp = r2
.
    send_frames > $S/result <<.
r1 -> up src=$vrrp $answer
.
    wait_for 5 has_in_vlan r1 0-4095 || fail "not with r1: $(ctl fdb br0)"
    # To and fro is limited, but not by what happened before a restart.
    send_frames > $S/result <<.
r2 -> bcast src=$vrrp garp
.
    wait_for 5 has_in_vlan r2 0-4095 || fail "not with r2: $(ctl fdb br0)"
done

say "Two that both take themselves for the master are not listened to in the end."
allow_log 'announces too many addresses, or too often'
is_deaf() {
    ctl show | grep -q 'too often; not listened to'
}
! is_deaf || fail "one is deaf already: $(ctl show)"
start_probe flap 5 <<.
r1 -> bcast src=$vrrp garp = r2
r2 -> bcast src=$vrrp garp = r1
.
wait_for 30 is_deaf || fail "it is not said: $(ctl show)"
stop_probe flap > $S/result || :
unplug r1
unplug r2
settle

say "What is no address is shown and left out."
macs t1 "01:00:5e:00:00:01 52:54:00:0c:00:0z, 52:54:00:0c:00:02"
controller_diagnostics
[ "$(controller_diagnostics | grep -c 'error: t1: .*left out')" = 2 ] ||
    fail "it is not shown"
allow_log "t1: external_ids:virtnet-macs has"
expect_frames <<'.'
up -> 52:54:00:0c:00:02 vlan=10 = t1
up -> t1 vlan=10 = t1
.
vsctl remove Interface t1 external_ids virtnet-macs
settle
expect_frames <<'.'
up -> 52:54:00:0c:00:02 vlan=10 = -
up -> t1 vlan=10 = t1
.

say "A guest that lists the host's address."
macs g2 "$(cat /sys/class/net/br0/address)"
check <<'.'
up -> host = host
g1 -> host vlan=20 = -
.
finish
