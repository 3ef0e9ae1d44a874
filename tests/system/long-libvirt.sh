#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# With a real libvirtd and real guests: a network is defined with one line of
# metadata, guests come, go, stop, are cut off and change their portgroup,
# libvirt is restarted, and QEMU dies; after each step the switch holds exactly
# the plan.  Two guests boot a kernel and ping each other, and a third port sees
# none of it.
#
# Needs Debian's libvirt-daemon-system, libvirt-clients, qemu-system-x86,
# dbus, busybox, cpio, xz-utils and python3, and fetches a kernel package unless
# $VIRTNET_GUEST_KERNEL is a directory with one that is unpacked.  Takes about two
# minutes.
#
# On the kernel's datapath, where it takes eight:
#
#     tests/kernel-vm --memory=8192 --timeout=1200 env VIRTNET_DATAPATH=system \
#         VIRTNET_PATIENCE=8 bash tests/system/long-libvirt.sh

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/libvirt.sh"
get_guest_kernel
sandbox "$@"
need_controller
need_libvirt

define() {
    net_xml "<vn:network xmlns:vn='urn:ovs-virtnet:1' macTableManager='$1'/>" \
        > $S/tmp/net.xml
    virsh -q net-define $S/tmp/net.xml
}

M1=52:54:00:00:00:01 M2=52:54:00:00:00:02 M3=52:54:00:00:00:03
M4=52:54:00:00:00:04 M5=52:54:00:00:00:05 M6=52:54:00:00:00:06
M7=52:54:00:00:00:07 M8=52:54:00:00:00:08

start_ovs
add_bridge br0
add_guest br0 third $M3
start_libvirt
LIBVIRT_OPTION= start_controller
settle
status_says '^libvirt: /run/libvirt: 0 networks, 0 guests' ||
    fail "no libvirt: $(ctl status)"

say "A network, by one line of metadata."
net_xml '' > $S/tmp/net.xml
virsh -q net-define $S/tmp/net.xml
virsh -q net-start net
becomes status_says '^libvirt: .* 1 networks'
step "a network without metadata is nobody's"
[ -z "$(our_flows br0)" ] || fail "flows that nobody asked for"
EDITOR="sed -i \"s,<metadata>,<metadata><vn:network xmlns:vn='urn:ovs-virtnet:1' macTableManager='libvirt'/>,;s,<metadata/>,<metadata><vn:network xmlns:vn='urn:ovs-virtnet:1' macTableManager='libvirt'/></metadata>,;s,<forward,<metadata><vn:network xmlns:vn='urn:ovs-virtnet:1' macTableManager='libvirt'/></metadata>\\n<forward,\"" \
    virsh -q net-edit net > /dev/null
becomes has_flow $M3
step "virsh net-edit"

say "Two guests that talk, and a third that listens."
make_initramfs
ip netns exec third python3 - > $S/log/third.frames <<'.' &
import socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
s.bind(("eth0", 0))
print("listening", flush=True)
while True:
    f, a = s.recvfrom(2048)
    if a[2] != 4:  # PACKET_OUTGOING
        print(f[:6].hex(":"), f[6:12].hex(":"), f[12:14].hex(), flush=True)
.
listener=$!
kernel=$(guest_kernel)
boot() {
    cat <<.
<kernel>$kernel</kernel><initrd>$S/initramfs.gz</initrd>
<cmdline>console=ttyS0 no_timer_check rdinit=/init addr=$1 peer=$2 ${3-}</cmdline>
.
}
guest g1 1 192 "$(interface $M1)" "$(boot 10.0.0.1 10.0.0.2)"
guest g2 2 192 "$(interface $M2)" "$(boot 10.0.0.2 10.0.0.1)"
becomes has_flow $M1
becomes has_flow $M2
becomes fdb_says "$M1 .*installed.*g1"
step "guests are plugged"
pinged() { grep -q 'guest has pinged' $S/log/$1.serial; }
wait_for 120 pinged g1 || fail "g1: $(tail -n 30 $S/log/g1.serial)"
wait_for 60 pinged g2 || fail "g2: $(tail -n 30 $S/log/g2.serial)"
for guest in g1 g2; do
    grep -q '^20 packets transmitted, 20 packets received' \
        $S/log/$guest.serial || fail "$guest: pings are lost"
done
grep -q '^ff:ff:ff:ff:ff:ff' $S/log/third.frames || fail "nobody listened"
if grep -E '^[0-9a-f][02468ace]:' $S/log/third.frames; then
    fail "the third saw what was not for it"
fi
kill $listener
step "$(grep -c . $S/log/third.frames) frames at the third, none of unicast"

say "The mode is changed and changed back."
define kernel
becomes has_no_flow $M1
step "kernel mode"
define libvirt
becomes has_flow $M1
step "libvirt mode"

say "Hot-plug, a link that is down, and detach."
cat > $S/tmp/if4.xml <<.
<interface type='bridge'>
  <mac address='$M4'/>
  <source bridge='br0'/>
  <virtualport type='openvswitch'/>
  <model type='virtio'/>
</interface>
.
virsh -q attach-device g1 $S/tmp/if4.xml
becomes has_flow $M4
step "attach-device"
virsh -q domif-setlink g1 $M4 down
becomes has_no_flow $M4
status_says "guest 'g1' has its link down" || fail "not said: $(ctl status)"
! our_flows br0 | grep "in_port=$(vsctl get Interface "$(port $M4)" ofport)," ||
    fail "frames are taken from it"
step "domif-setlink down"
virsh -q domif-setlink g1 $M4 up
becomes has_flow $M4
step "domif-setlink up"
virsh -q detach-device g1 $S/tmp/if4.xml
becomes has_no_port $M4
becomes has_no_flow $M4
step "detach-device"

# Of an interface in a network, libvirt 9.0.0 takes no change in the form that it
# shows itself ("Unable to add bridge br0 port vnet0: Operation not supported"),
# domif-setlink's included; it does in the form that it was defined in, with the
# same interfaceid.
update_interface() {
    local id

    id=$(awk "/<interface/ { i = 0 } /$2/ { i = 1 }
              i && /interfaceid/ { print; exit }" "/run/libvirt/qemu/$1.xml" |
        sed "s/.*interfaceid='\([^']*\)'.*/\1/")
    PORTGROUP=${4-} interface "$2" "$3 <virtualport type='openvswitch'>
        <parameters interfaceid='$id'/></virtualport>" > $S/tmp/update.xml
    virsh -q update-device "$1" $S/tmp/update.xml --live
}
update_interface g1 $M1 "<target dev='$(port $M1)'/><link state='down'/>"
becomes has_no_flow $M1
step "link down by update-device"
update_interface g1 $M1 "<target dev='$(port $M1)'/><link state='up'/>"
becomes has_flow $M1
step "link up by update-device"

say "A paused guest keeps its address, but for who else wants it."
virsh -q suspend g2
becomes fdb_says "$M2 .*paused"
record paused
has_flow $M2 || fail "its flow is gone"
step "suspend"
virsh -q resume g2
becomes fdb_silent "paused"
step "resume"

say "A guest that may change its address does so."
PORTGROUP=trusted guest g4 4 192 "$(PORTGROUP=trusted interface $M6)" \
    "$(boot 10.0.0.4 10.0.0.1 mac=$M7)"
becomes has_flow $M6
wait_for 120 has_flow $M7 ||
    fail "it is not followed: $(tail -n 30 $S/log/g4.serial)"
# libvirt writes down what QEMU has told it of that when it writes anyhow.
virsh -q suspend g4
becomes fdb_says "$M7 .*paused"
say "libvirt says:" "$(grep "<mac .*$M6" /run/libvirt/qemu/g4.xml)"
record changed-address
step "its other address"
virsh -q destroy g4
becomes has_no_flow $M7

say "A guest with <bandwidth>: its rows are libvirt's, which deletes them since 10.3."
n_qos() { vsctl --bare --columns=_uuid list QoS | grep -c . || :; }
has_qos() { [ "$(n_qos)" = "$1" ]; }
guest g5 5 64 "$(interface $M8 "<bandwidth><inbound average='1000' peak='2000'/>
    </bandwidth>")"
becomes has_flow $M8
becomes has_qos 1
record bandwidth
step "a guest with <bandwidth>"
virsh -q destroy g5
becomes has_no_port $M8
libvirt=$(libvirtd --version | sed 's/.* //')
if printf '%s\n' 10.3 "$libvirt" | sort -VC; then
    becomes has_qos 0
fi
step "and without: libvirt $libvirt leaves $(n_qos) rows"
if ! printf '%s\n' 10.3 "$libvirt" | sort -VC; then
    has_qos 1 || fail "somebody has deleted libvirt's row"
    vsctl -- --all destroy QoS -- --all destroy Queue
fi

say "A portgroup is changed by update-device; libvirt loses the VLAN, or refuses."
PORTGROUP=v42 guest g3 3 64 "$(PORTGROUP=v42 interface $M5)"
becomes has_flow "$M5"
tap=$(port $M5)
[ "$(vsctl get Port "$tap" tag)" = 42 ] || fail "libvirt has set no tag"
record three-guests
update_interface g3 $M5 "<target dev='$tap'/>" v43 2> $S/update ||
    grep -q 'cannot modify network device portgroup attribute' $S/update ||
    fail "$(cat $S/update)"
say "$(cat $S/update)"
effective=$(awk '/<actual/,/<\/actual>/' /run/libvirt/qemu/g3.xml |
    sed -n "s/.*<tag id='\([0-9]*\)'.*/\1/p")
say "update-device: tag in <actual>: $effective," \
    "in the database: $(vsctl get Port "$tap" tag)"
becomes has_flow "$M5"
in_vlan() { our_flows br0 | grep -q "table=230.*dl_vlan=$1,dl_dst=$M5"; }
becomes in_vlan "$effective"
put_back() { [ "$(vsctl get Port "$tap" tag)" = "$effective" ]; }
becomes put_back
step "the port is in VLAN $effective, in flows and database"

say "The network is destroyed under its guests, and started again."
virsh -q net-destroy net
becomes status_says 'network net .*not active in libvirt'
has_flow $M1 || fail "guests have lost their flows"
step "net-destroy"
virsh -q net-start net
becomes status_silent 'not active in libvirt'
[ -z "$(ls /run/libvirt/network/net/ports 2> /dev/null)" ] ||
    say "libvirt has its ports again"
in_vlan "$effective" || fail "g3 has left its VLAN"
step "net-start, and there are no port files"

say "libvirtd is restarted."
stop_libvirtd
start_libvirtd
step "libvirtd is back"
[ -n "$(ls /run/libvirt/network/net/ports)" ] || fail "no port files"

say "Per-guest settings in a domain's metadata."
virsh -q metadata g1 urn:ovs-virtnet:1 --key vn --live \
    --set "<domain><interface mac='$M1' isolated='yes'/></domain>" > /dev/null
becomes status_says "port .*$M1.*isolated"
step "isolated by metadata"

say "QEMU dies: while libvirtd is there, and while it is not."
kill -9 "$(cat /run/libvirt/qemu/g2.pid)"
becomes has_no_port $M2
becomes has_no_flow $M2
step "kill -9 of QEMU"
stop_libvirtd
tap=$(port $M1)
kill -9 "$(cat /run/libvirt/qemu/g1.pid)"
# A kernel datapath loses the port with its device, one in userspace does not.
becomes status_says "$tap: .*left behind"
ctl status | grep "$tap: .*left behind"
if on_kernel; then
    virtnetctl verify br0 > $S/verify && fail "verify misses the device"
    grep "port $tap: .*left behind" $S/verify || fail "$(cat $S/verify)"
    say "ok: kill -9 of QEMU without libvirtd leaves a port without device"
else
    step "kill -9 of QEMU without libvirtd leaves a port behind"
fi
start_libvirtd
becomes has_no_port $M1
step "libvirtd cleans up"

virsh -q destroy g3
becomes has_no_port $M5
virsh -q net-undefine net
virsh -q net-destroy net
has_none() { [ -z "$(our_flows br0)" ]; }
becomes has_none
step "nothing is left"
stop_libvirtd
allow_log 'netdev_linux|bridge\|WARN\|could not open network device|tap|vnet'
allow_log '\|ovs_vsctl|reconnect|dpif_netdev\|ERR\|Dropped '
allow_log '\|ofproto\|WARN\|br0: cannot get R?STP status on nonexistent port'
finish
