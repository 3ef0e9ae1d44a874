#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the Debian package from what is committed, installs it on a fresh
# Debian whose systemd is really started, has libvirt start a guest there, lets
# the service do its work, crash and be upgraded under, and purges it.
#
# usage: long-package.sh [DEB]    (as root; DEB saves the build)
#
# The fresh Debian is a bookworm, or what VIRTNET_RELEASE names; the package is
# built on this machine.  Needs debootstrap, dpkg-dev, debhelper, lintian and a
# Debian mirror; takes some minutes.

set -eu -o pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
suite=${VIRTNET_RELEASE:-bookworm}
# The mirror that apt has Debian itself from, unless told of another.
mirror=${MIRROR:-$(apt-get indextargets --format \
    '$(REPO_URI) $(ORIGIN) $(LABEL)' 'Created-By: Packages' \
    | awk '$2 == "Debian" && $3 == "Debian" { print $1; exit }')}

# shellcheck source=tests/system/machine.sh
. "$top/tests/system/machine.sh"

say() { printf '%s\n' "$*"; }
fail() { say "FAIL: $*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || { say "$0: must be root" >&2; exit 2; }
work=$(mktemp -d)
root=$work/root

clean_up() {
    local status=$?

    [ -z "$machine_boot" ] || [ $status = 0 ] \
        || inside systemctl --no-pager status virtnet-controller libvirtd || :
    machine_stop
    rm -rf --one-file-system "$work"
    [ $status = 0 ] || say "FAILED"
} 2>/dev/null
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

is_active() { inside systemctl is-active -q virtnet-controller; }

# Prints the daemon's process, by the machine's numbers.
main_pid() { inside systemctl show -P MainPID virtnet-controller; }

build() {
    local file

    say "The package is built from a clean checkout."
    git clone -q "$top" "$work/ovs-virtnet"
    (cd "$work/ovs-virtnet" && dpkg-buildpackage -us -uc) \
        >"$work/build.log" 2>&1 || { tail -n 30 "$work/build.log"; exit 1; }
    [ -z "$(git -C "$work/ovs-virtnet" status --short)" ] \
        || fail "the build leaves files that git does not ignore"
    (cd "$work/ovs-virtnet" && dpkg-buildpackage -T clean) >/dev/null 2>&1
    [ ! -e "$work/ovs-virtnet/debian/libopenvswitch" ] \
        || fail "clean leaves debian/libopenvswitch"
    deb=$(ls "$work"/ovs-virtnet_*_*.deb)
    say "It has what it should, and lintian finds no error."
    lintian --allow-root --fail-on error "$work"/ovs-virtnet_*.changes
    dpkg-deb --contents "$deb" >"$work/contents"
    for file in sbin/virtnet-controller sbin/virtnetctl \
        share/man/man8/virtnet-controller.8.gz share/man/man8/virtnetctl.8.gz \
        share/man/man5/ovs-virtnet-network.5.gz \
        share/ovs-virtnet/schemas/virtnet-metadata.rng \
        share/bash-completion/completions/virtnetctl \
        share/doc/ovs-virtnet/network-xml.rst.gz \
        share/doc/ovs-virtnet/libvirt.rst.gz; do
        grep -q " \./usr/$file\$" "$work/contents" \
            || fail "the package has no $file"
    done
}

boot() {
    say "A fresh $suite is started."
    debootstrap --variant=minbase "--include=systemd,systemd-sysv,dbus,\
logrotate,openvswitch-switch,libjansson4,libxml2,iproute2,\
libpam-systemd,libvirt-daemon-system,libvirt-clients,qemu-system-x86" \
        $suite "$root" "$mirror" >"$work/debootstrap.log" 2>&1 \
        || { tail "$work/debootstrap.log"; exit 1; }
    machine_start "$root" "$work/boot.log" \
        && wait_for 60 inside systemctl is-active -q ovs-vswitchd \
        || { cat "$work/boot.log"; fail "it does not start"; }
}

plug() {
    inside ip tuntap add "$1" mode tap
    inside ovs-vsctl add-port br0 "$1" -- \
        set Interface "$1" "external_ids:attached-mac=\"$2\""
    inside virtnetctl wait "$1" --timeout=20 || fail "$1 is not wired"
}

# define COMMAND: has virsh define what is on standard input.
define() {
    inside sh -c 'cat >/root/definition.xml'
    inside virsh -q "$1" /root/definition.xml
    inside rm /root/definition.xml
}

deb=${1-}
[ -n "$deb" ] || build
boot

say "Installing starts the service, as a user of its own."
cp "$deb" "$root/root/new.deb"
find "$root" -xdev \! -type d | sort >"$work/before"
inside dpkg -i /root/new.deb >"$work/install.log" 2>&1 \
    || { cat "$work/install.log"; exit 1; }
wait_for 10 is_active || fail "not active"
[ "$(inside systemctl show -P UnitFileState virtnet-controller)" = enabled ]
[ "$(inside stat -c %U "/proc/$(main_pid)")" = ovs-virtnet ]
inside systemd-analyze security --no-pager --threshold=11 \
    virtnet-controller | tail -n 1

say "A guest is wired.  All that systemctl offers works."
inside ovs-vsctl add-br br0 -- set Bridge br0 datapath_type=netdev
inside sh -c "cat >/etc/ovs-virtnet/networks/net0.xml" <<'.'
<network>
  <name>net0</name>
  <bridge name='br0' macTableManager='libvirt'/>
</network>
.
plug tap1 52:54:00:00:00:01
inside systemctl reload virtnet-controller
inside virtnetctl verify br0

say "A network of libvirt's is edited, and a guest is started."
inside ovs-vsctl add-br ovsbr0 -- set Bridge ovsbr0 datapath_type=netdev
define net-define <<'.'
<network>
  <name>lan</name>
  <forward mode='bridge'/>
  <bridge name='ovsbr0'/>
  <virtualport type='openvswitch'/>
</network>
.
define define <<'.'
<domain type='qemu'>
  <name>web1</name>
  <memory unit='MiB'>64</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices>
    <interface type='network'>
      <mac address='52:54:00:00:00:09'/>
      <source network='lan'/>
      <model type='virtio'/>
    </interface>
  </devices>
</domain>
.
line="  <metadata><vn:network xmlns:vn='urn:ovs-virtnet:1'"
line+=" macTableManager='libvirt'/></metadata>"
inside EDITOR="sed -i \"/<forward/i $line\"" virsh net-edit lan
inside virsh -q net-start lan
inside virsh -q start web1
port=$(inside virsh -q domiflist web1 | awk '{ print $1 }')
inside virtnetctl wait "$port" --timeout=20 || fail "$port is not wired"
inside virtnetctl fdb ovsbr0 | tee "$work/fdb"
grep -q '52:54:00:00:00:09 .* installed .* web1$' "$work/fdb" \
    || fail "the guest is not shown"
inside virtnetctl verify ovsbr0
inside virsh -q destroy web1
inside virsh -q undefine web1
inside virsh -q net-destroy lan
inside virsh -q net-undefine lan
is_not_exact() {
    ! inside virtnetctl show | grep -A 1 '^Bridge ovsbr0' | grep libvirt
}
wait_for 20 is_not_exact || fail "ovsbr0 is still in libvirt mode"

say "The log is rotated."
inside logrotate --force /etc/logrotate.d/ovs-virtnet
inside ovs-appctl -t virtnet-controller vlog/reopen
[ "$(inside stat -c '%U %a' /var/log/ovs-virtnet/virtnet-controller.log)" = \
    'ovs-virtnet 640' ]

say "It is started again when it has crashed, and not when it was ended."
before=$(main_pid)
inside kill -SEGV "$before"
again() { is_active && [[ "$(main_pid)" != @(0|"$before") ]]; }
wait_for 20 again || fail "not started again"
plug tap2 52:54:00:00:00:02
inside ovs-appctl -t virtnet-controller exit
sleep 2
! is_active || fail "started again"
inside systemctl start virtnet-controller

say "Open vSwitch may be started again under it."
inside systemctl restart openvswitch-switch
wait_for 20 inside virtnetctl verify br0 || fail "no flows"
plug tap3 52:54:00:00:00:03

say "An upgrade to the same version keeps it, purging leaves nothing."
inside dpkg -i /root/new.deb >/dev/null
wait_for 10 is_active || fail "not active after upgrade"
inside virtnetctl wait tap1 tap2 tap3 --timeout=20
inside dpkg --remove ovs-virtnet >"$work/remove.log" 2>&1
! is_active || fail "active after removal"
grep -q 'keep their flows' "$work/remove.log" \
    || fail "nobody is told that bridges are in libvirt mode"
inside rm /etc/ovs-virtnet/networks/net0.xml
inside dpkg --purge ovs-virtnet >"$work/purge.log" 2>&1
# Where /lib is a name for /usr/lib, dpkg says of a package of Debian 12 that
# others have units, too.
! grep -i warning "$work/purge.log" \
    | grep -v "directory '/lib/systemd/system' not empty" \
    || fail "dpkg complains"
for bridge in br0 ovsbr0; do
    ! inside ovs-ofctl -O OpenFlow15 dump-flows $bridge | grep 0x56e7 \
        || fail "$bridge has flows left"
    ! inside ovs-ofctl show $bridge | grep NO_FLOOD \
        || fail "$bridge has no-flood left"
done
find "$root" -xdev \! -type d | sort >"$work/after"
left=$(comm -13 "$work/before" "$work/after" \
    | grep -v -e "^$root/var/log/\(journal\|openvswitch\|dpkg\)" \
        -e "^$root/var/lib/\(dpkg\|openvswitch\|logrotate\)" \
        -e "^$root/etc/\(passwd\|shadow\|group\|gshadow\|subuid\|subgid\)-*$" \
        -e "^$root/etc/openvswitch/" \
        -e "^$root/\(etc\|var/lib\|var/log\|var/cache\|root/.cache\)/libvirt" \
        || :)
[ -z "$left" ] || fail "left behind: $left"
for dir in etc/ovs-virtnet var/log/ovs-virtnet var/lib/ovs-virtnet; do
    [ ! -e "$root/$dir" ] || fail "/$dir is left"
done
say "PASSED"
