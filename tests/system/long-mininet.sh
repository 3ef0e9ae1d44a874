#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Mininet, which makes bridges of its own, with a controller of their own, on the
# same Open vSwitch as a bridge in libvirt mode: these bridges are left alone, its
# hosts reach each other, and nothing of the bridge in libvirt mode changes.
#
# Needs apt-get, by which it fetches Debian's mininet and openvswitch-testcontroller,
# unless $VIRTNET_MININET is a directory where they are unpacked.  Takes about a
# quarter of a minute.

. "$(dirname "$0")/lib.sh"

# To be called before sandbox(), from where packages can be fetched.
get_mininet() {
    local dir=${XDG_CACHE_HOME:-$HOME/.cache}/ovs-virtnet/mininet
    local packages=(mininet openvswitch-testcontroller) deb

    [ -z "${VIRTNET_SANDBOX-}${VIRTNET_MININET-}" ] || return 0
    export VIRTNET_MININET=$dir
    [ ! -d "$dir" ] || return 0
    rm -rf "$dir.tmp"
    mkdir -p "$dir.tmp"
    (
        cd "$dir.tmp" || exit
        get() { apt-get download -q -o APT::Sandbox::User=root "$@"; }
        get "${packages[@]}" || { apt-get -q update && get "${packages[@]}"; }
        for deb in *.deb; do
            dpkg -x "$deb" .
            rm "$deb"
        done
    )
    mv "$dir.tmp" "$dir"
}

command -v apt-get > /dev/null || [ -n "${VIRTNET_MININET-}" ] ||
    skip "there is no apt-get"
command -v ifconfig > /dev/null || skip "ifconfig is not installed"
get_mininet
sandbox "$@"
need_controller

# What Mininet does by its own program, in its own words; "user" is Open
# vSwitch's userspace datapath.
write_topology() {
    cat > $S/tmp/topology.py <<'.'
import sys

from mininet.net import Mininet
from mininet.node import OVSController, OVSSwitch
from mininet.topo import LinearTopo


class Switch(OVSSwitch):
    def __init__(self, name, **params):
        OVSSwitch.__init__(self, name, datapath=sys.argv[1], **params)


class Controller(OVSController):
    def checkListening(self):   # Which wants telnet.
        pass


net = Mininet(LinearTopo(k=2), switch=Switch, controller=Controller,
              autoSetMacs=True)
net.start()
net.waitConnected(timeout=30)
for i in range(5):              # The machine may be busy.
    lost = net.pingAll(timeout="2")
    if not lost:
        break
print("lost", lost, flush=True)
sys.stdin.readline()
net.stop()
.
}
start_mininet() {
    local datapath=user

    ! on_kernel || datapath=kernel
    mkfifo $S/tmp/go
    PATH=$VIRTNET_MININET/usr/bin:$PATH \
    PYTHONPATH=$VIRTNET_MININET/usr/lib/python3/dist-packages \
        /usr/bin/python3 $S/tmp/topology.py $datapath < $S/tmp/go \
        > $S/log/mininet.out 2>&1 &
    MININET=$!
    exec {GO}> $S/tmp/go
}
has_pinged() {
    grep -q '^lost' $S/log/mininet.out
}
# What there is of bridge $1 that others could change.
all_of() {
    our_flows "$1"
    our_groups "$1"
    vsctl get Bridge "$1" ports external_ids other_config controller fail_mode
}

allow_log '.*(s1|s2|127\.0\.0\.1|::1)'
start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:01:01
add_guest br0 g2 52:54:00:00:01:02
network net0 br0 libvirt
start_controller
settle
ip link set dev lo up
all_of br0 > $S/before
write_topology
start_probe w 200 <<'.'
up -> g1 = g1
up -> unknown = -
g1 -> g2 = g2
.

say "Its hosts reach each other."
start_mininet
wait_for 60 has_pinged || fail "$(cat $S/log/mininet.out)"
grep '^lost 0' $S/log/mininet.out || fail "$(cat $S/log/mininet.out)"
settle

say "Its bridges are left alone."
for bridge in s1 s2; do
    [ -z "$(our_flows $bridge)" ] || fail "$bridge: $(our_flows $bridge)"
    [ "$(vsctl get Bridge $bridge fail_mode)" = secure ] || fail "fail_mode"
    vsctl get Bridge $bridge controller | grep -q '\[.*-.*\]' ||
        fail "$bridge: no controller"
    [ "$(vsctl get Bridge $bridge external_ids)" = "{}" ] ||
        fail "$bridge: $(vsctl get Bridge $bridge external_ids)"
    ctl status | grep -q "^bridge $bridge: mode kernel" ||
        fail "$(ctl status)"
done
ofctl dump-flows s1 | grep -q 'priority=' || fail "s1: its controller is not"
all_of br0 | diff $S/before - || fail "br0 has changed"

say "They go, and nothing else does."
echo >&$GO
wait $MININET || fail "$(cat $S/log/mininet.out)"
[ "$(vsctl list-br)" = br0 ] || fail "bridges: $(vsctl list-br)"
settle
all_of br0 | diff $S/before - || fail "br0 has changed"
stop_probe w > $S/result || fail "$(cat $S/result)"
[ "$(grep -c 'sent=[1-9]' $S/result)" = 3 ] || fail "$(cat $S/result)"
finish
