#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Filters that a real libvirtd has: bound to a port here by virsh
# nwfilter-binding-create, changed and taken away again, and the <filterref> of an
# <interface type='ethernet'> that somebody else has plugged into the bridge, which
# is filtered from its first frame on.
#
# Needs what long-libvirt.sh needs, libvirt's nwfilter driver and ebtables.  Takes
# about half a minute.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/libvirt.sh"
get_guest_kernel
sandbox "$@"
need_controller
need_libvirt
command -v ebtables > /dev/null || skip "ebtables is not installed"

M1=52:54:00:00:00:01 M9=52:54:00:00:00:09
OWNER=aaaaaaaa-0000-0000-0000-000000000001

# binding UUID MAC: prints one of clean-traffic for g1.
binding() {
    cat <<.
<filterbinding>
  <owner><name>somebody</name><uuid>$1</uuid></owner>
  <portdev name='g1'/>
  <mac address='$2'/>
  <filterref filter='clean-traffic'>
    <parameter name='IP' value='10.0.0.1'/>
  </filterref>
</filterbinding>
.
}
bind_filter() {
    binding "$@" > $S/tmp/binding.xml
    virsh -q nwfilter-binding-create $S/tmp/binding.xml
}
# forged ADDRESS RECEIVERS: what says that g1 has it, and who gets that.
forged() {
    printf 'g1 -> bcast type=0x0806 head=0001080006040001525400000001%02x%02x%02x%02x0000000000000a0000fe = %s\n' \
        ${1//./ } "$2"
}

start_ovs
add_bridge br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 $M1 -- set Interface g1 external_ids:vm-id=$OWNER
add_guest br0 g2 52:54:00:00:00:02
network net0 br0 libvirt
start_libvirt
LIBVIRT_OPTION= start_controller
settle
status_says '^libvirt: /run/libvirt' || fail "no libvirt: $(ctl status)"
{ forged 10.0.0.1 'g2 host up'; forged 10.0.0.66 'g2 host up'; } | expect_frames

say "Bound by virsh, with another owner or address: not this guest's."
for who in "bbbbbbbb-0000-0000-0000-000000000001 $M1" "$OWNER $M9"; do
    # shellcheck disable=SC2086
    bind_filter $who
    settle
    { forged 10.0.0.66 'g2 host up'; } | expect_frames
    virsh -q nwfilter-binding-delete g1
done

say "Bound to this guest."
bind_filter $OWNER $M1
becomes status_says 'port g1: .*filtered \(clean-traffic IP=10.0.0.1 MAC=52'
step "nwfilter-binding-create"
{
    forged 10.0.0.1 'g2 host up'; forged 10.0.0.66 -
    echo 'g1 -> up src=g2 = -'
} | expect_frames

say "libvirtd is restarted, and the filter is changed."
stop_libvirtd
start_libvirtd
step "libvirtd is back"
forged 10.0.0.66 - | expect_frames
virsh -q nwfilter-dumpxml clean-traffic > $S/tmp/filter.xml
sed '/<filterref/d; /<rule/,/<\/rule>/d' $S/tmp/filter.xml > $S/tmp/open.xml
stops() { our_flows br0 | grep -q 'table=202.*arp'; }
stops_nothing() { ! stops; }
virsh -q nwfilter-define $S/tmp/open.xml
becomes stops_nothing
step "nwfilter-define, of one that lets all pass"
forged 10.0.0.66 'g2 host up' | expect_frames
virsh -q nwfilter-define $S/tmp/filter.xml
becomes stops
step "nwfilter-define, of the one that there was"
forged 10.0.0.66 - | expect_frames

say "Taken away."
virsh -q nwfilter-binding-delete g1
becomes status_silent 'filtered'
forged 10.0.0.66 'g2 host up' | expect_frames
step "nwfilter-binding-delete"

say "An interface of type ethernet, plugged by somebody else."
ip tuntap add tap9 mode tap
ip link set tap9 up
vsctl add-port br0 tap9 -- set Interface tap9 \
    "external_ids:attached-mac=\"$M9\""
ip -n g2 addr add 10.0.0.2/24 dev eth0
start_listening g2
make_initramfs
kernel=$(echo "$VIRTNET_GUEST_KERNEL"/boot/vmlinuz-*)
guest g9 9 192 "<interface type='ethernet'>
      <mac address='$M9'/>
      <target dev='tap9' managed='no'/>
      <model type='virtio'/>
      <filterref filter='clean-traffic'>
        <parameter name='IP' value='10.0.0.9'/>
      </filterref>
    </interface>" "<kernel>$kernel</kernel><initrd>$S/initramfs.gz</initrd>
    <cmdline>console=ttyS0 no_timer_check rdinit=/init addr=10.0.0.9 peer=10.0.0.2
    forge=10.0.0.66</cmdline>"
becomes status_says 'port tap9: .*filtered \(clean-traffic IP=10.0.0.9'
step "virsh start"
pinged() { grep -qs 'guest has pinged' $S/log/g9.serial; }
wait_for 120 pinged || fail "g9: $(tail -n 30 $S/log/g9.serial)"
has_stopped() { ctl fdb --stats br0 | grep -q "$M9.*(stopped: .*filter [1-9]"; }
becomes has_stopped
grep -q "$M9 10.0.0.9" $S/listened || fail "nobody listened"
! grep "$M9 10.0.0.66" $S/listened || fail "a forged address is seen"
kill $listener
virsh -q destroy g9
stop_libvirtd
allow_log 'netdev_linux|bridge\|WARN\|could not open network device|tap|vnet'
finish
