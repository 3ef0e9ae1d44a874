#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# ovs-vswitchd is killed and started again, in both fail modes, and restarted
# with its flows saved and restored.  Printed is what is lost, and for how long,
# from its return on; checked is that nothing reaches a guest meanwhile that the
# fail mode does not imply, and that the flows and groups of others are restored
# with ours.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01 tag=10
add_guest br0 g2 52:54:00:00:00:02 tag=10
add_guest br0 g3 52:54:00:00:00:03 tag=20
# Of a guest with guards nothing passes that these stop, at any moment.
add_guest br0 g4 52:54:00:00:00:04 tag=10 -- set Interface g4 \
    'external_ids:virtnet-guards="mac ip dhcp ra"' external_ids:virtnet-ips=10.0.0.4
network net0 br0 libvirt
start_controller
settle

now_ms() {
    echo $(($(date +%s%N) / 1000000))
}

# Prints what probe $2 says of $1, a word of its lines.
figure() {
    sed -nE "s/.* $1=([^ ]*).*/\1/p" "$S/probe-$2.result"
}

# Ends probe $1, which may have lost frames, and prints how it was.
end_probe() {
    stop_probe "$1" > "$S/probe-$1.result" || :
    cat "$S/probe-$1.result"
}

# Starts vswitchd by "$@" with a probe that begins when there is a switch again,
# and prints the loss from then on.
restart_under_probe() {
    local name=$1 begin

    shift
    start_probe "$name" 1000 <<'.'
g1 -> g2 = g2
up -> g1 vlan=10 = g1
up -> unknown vlan=10 = -
g1 -> unknown src=52:54:00:00:00:77 = up[10]
g1 -> g3 = up[10]
g4 -> g1 src=52:54:00:00:00:77 = -
g4 -> bcast src=52:54:00:00:00:01 garp = -
g4 -> g1 type=0x0800 = -
.
    begin=$(now_ms)
    "$@"
    wait_for 30 has_flows
    say "$name: flows are there $(($(now_ms) - begin)) ms after the start"
    settle
    check_laws
    sleep 0.3
    end_probe "$name"
}

has_flows() {
    our_flows br0 2> /dev/null | grep -q dl_dst=52:54:00:00:00:02
}

for mode in standalone secure; do
    vsctl set-fail-mode br0 $mode
    settle
    kill_daemon ovs-vswitchd KILL
    restart_under_probe $mode start_vswitchd
    # VLANs hold in every mode: they are those of the ports.
    for port in g3; do
        ! figure stray_ports $mode | grep -q "$port" ||
            fail "$mode: what is in VLAN 10 has reached $port"
    done
done
# In standalone mode an unknown destination is flooded, to guests too.  In secure
# mode nothing passes that the flows do not pass.
[ "$(figure strays secure | sort -u)" = 0 ] ||
    fail "secure: strays before the flows were there"
expect_frames <<'.'
g1 -> g2 = g2
up -> unknown vlan=10 = -
.

allow_log 'rconn\|WARN\|br0: connection dropped'
# The new one may be there before the database knows that the old one is gone.
allow_log 'bridge\|ERR\|another ovs-vswitchd process is running'
# The kernel has shown it more in its first moments than it could look at.
allow_log '\|dpif_netlink\(handler[0-9]*\)\|WARN\|.*lost packet on handler'
# Changing the fail mode flushes all flows of the bridge.
allow_log 'ofctrl_watch\|WARN\|br0: switch was changed by somebody else: deleted'

say "With flows saved, as ovs-ctl restart does."
# ovs-ctl finds ovs-save there.  It runs "ovs-save save-flows BRIDGE..." before
# and what that printed after.
save=/usr/share/openvswitch/scripts/ovs-save
save_flows() {
    $save save-flows br0 > $S/restore
}
restart_saved() {
    vsctl --no-wait set Open_vSwitch . other_config:flow-restore-wait=true
    start_vswitchd
    # The longer it takes, the more time there is to get in between.
    wait_for 20 test -S $OVS_RUNDIR/br0.mgmt
    sleep 0.5
    bash -e $S/restore > $S/restore.log 2>&1 || fail "$(cat $S/restore.log)"
    vsctl --no-wait remove Open_vSwitch . other_config flow-restore-wait
}
plant_foreign br0
save_flows
kill_daemon ovs-vswitchd TERM
restart_under_probe saved restart_saved
[ "$(figure strays saved | sort -u)" = 0 ] ||
    fail "saved: strays while the flows were restored"

say "The same again, and again with another ovsdb-server, as ovs-ctl has it."
for i in 2 3 4 5; do
    save_flows
    if [ $i -gt 3 ]; then
        stop_ovsdb
        start_ovsdb
    fi
    kill_daemon ovs-vswitchd TERM
    restart_saved
    settle
    check_laws
done

expect_frames <<'.'
g1 -> g2 = g2
up -> g1 vlan=10 = g1
up -> unknown vlan=10 = -
.
finish
