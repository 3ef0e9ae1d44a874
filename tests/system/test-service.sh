#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The daemon does all that it has to do as a user of its own, with the one
# capability that its systemd unit leaves it, and not without it.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller
allow_log 'reconnect|connection (attempt|dropped|closed|reset)|Connection refused|No such file'
allow_log 'another ovs-vswitchd process is running, disabling this process'

# The capabilities in the unit, as setpriv(1) names them.
capabilities() {
    sed -n 's/^CapabilityBoundingSet=//p' \
        "$TOP/packaging/virtnet-controller.service.in" |
        tr ' A-Z' '\na-z' | sed 's/^cap_/+/' | paste -sd,
}

# Words before a command that is to be run as user "nobody" with capabilities
# $1, such as "+dac_override".
as_user() {
    local only=-all${1:+,$1}

    echo setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs \
        "--inh-caps=$only" "--ambient-caps=$only" "--bounding-set=$only"
}

say "Open vSwitch's sockets are for root alone, so nothing goes without it," \
    "nor with a lesser one: who connects must be allowed to write."
start_ovs
add_bridge br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
for capability in '' +dac_read_search; do
    ! $(as_user "$capability") ovs-vsctl --timeout=5 show 2> $S/refused ||
        fail "the database is open to everybody with '$capability'"
    grep -q 'Permission denied' $S/refused || fail "$(cat $S/refused)"
done
# For files like libvirt's it is enough.
mkdir -m 0700 $S/tmp/qemu
(umask 077 && echo state > $S/tmp/qemu/g1.xml)
[ "$($(as_user +dac_read_search) cat $S/tmp/qemu/g1.xml)" = state ]
! $(as_user '') cat $S/tmp/qemu/g1.xml 2> /dev/null || fail "read by anybody"

say "With it, definitions, database, switches and control socket are reached."
[ "$(capabilities)" = +dac_override ] || fail "$(capabilities)"
VIRTNET_WRAPPER=$(as_user "$(capabilities)")
chmod 0700 $NETWORKS
network net0 br0 libvirt
chmod 0600 $NETWORKS/net0.xml
start_controller
grep -E '^(Uid|Gid|CapEff|CapBnd|CapPrm)' \
    "/proc/$(cat $OVS_RUNDIR/virtnet-controller.pid)/status" > $S/status
diff $S/status - <<. || fail "not the user and capabilities that are wanted"
Uid:	65534	65534	65534	65534
Gid:	65534	65534	65534	65534
CapPrm:	0000000000000002
CapEff:	0000000000000002
CapBnd:	0000000000000002
.
settle
add_guest br0 g2 52:54:00:00:00:02
settle
expect_frames <<'.'
g1 -> g2 = g2
g1 -> unknown = up
up -> unknown = -
.

say "A bridge that comes later is no different, nor is one that a network wants."
isolated_network net1 br1 libvirt
wait_for 20 ovs-vsctl br-exists br1 || fail "br1 is not made"
settle
controller_status | grep -q '^bridge br1: .*libvirt' ||
    fail "$(controller_status)"
remove_network net1
settle

say "Nor is a switch that is started again."
stop_vswitchd
start_vswitchd
settle
expect_frames <<'.'
g1 -> g2 = g2
up -> unknown = -
.
finish
