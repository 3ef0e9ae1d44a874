#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# While ovs-vswitchd is gone, the kernel's datapath goes on by the flows it
# has, in both fail modes: what was flowing keeps flowing, and nothing else
# reaches anybody.  When vswitchd is back, all is as before.
#
# Not on the userspace datapath, which ends with vswitchd.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

# The datapath's devices are there already, with flows that are not its own.
allow_log '\|ERR\|another ovs-vswitchd process is running'
# Changing the fail mode flushes all flows of the bridge.
allow_log 'ofctrl_watch\|WARN\|br0: switch was changed by somebody else: deleted'

start_ovs
add_bridge br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01 tag=10
add_guest br0 g2 52:54:00:00:00:02 tag=10
add_guest br0 g3 52:54:00:00:00:03 tag=20
network net0 br0 libvirt
start_controller
settle

cat > $S/flowing <<'.'
g1 -> g2 = g2
g2 -> g1 = g1
up -> g1 vlan=10 = g1
g1 -> bcast = g2 host[10] up[10]
up -> unknown vlan=10 = -
.
cat > $S/new <<'.'
up -> g3 vlan=20 = g3
g3 -> up = up[20]
up -> unknown vlan=20 = -
.
# Without vswitchd nobody can say where a frame goes that has no flow yet.
sed 's/ = .*/ = -/' $S/new > $S/lost

for mode in standalone secure; do
    say "vswitchd is killed, fail mode $mode."
    vsctl set-fail-mode br0 $mode
    settle
    # So that what is new has no flow.
    forget_datapath_flows
    start_probe p 100 < $S/flowing
    sleep 1
    kill_daemon ovs-vswitchd KILL
    sleep 2
    stop_probe p > $S/result || fail "not as before: $(cat $S/result)"
    cat $S/result
    expect_frames < $S/lost
    start_vswitchd
    settle
    expect_frames < $S/new
    expect_frames < $S/flowing
    check_laws
done

finish
