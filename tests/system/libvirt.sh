# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The part of lib.sh for tests with a real libvirtd and real guests.
#
# libvirtd runs in the sandbox with files of its own: all that it writes is in
# the sandbox's /run or bound over.  Guests are emulated, since there may be no
# KVM: one that boots takes ten seconds or so.

LIBVIRT_PROGRAMS='libvirtd virtlogd virsh qemu-system-x86_64 dbus-daemon'
KERNEL_PACKAGE=linux-image-cloud-amd64
export LIBVIRT_DEFAULT_URI=qemu:///system

# To be called before sandbox(), from where packages can be fetched.  Without
# $VIRTNET_GUEST_KERNEL, a directory with an unpacked kernel package, sets that to
# one.
get_guest_kernel() {
    local cache=${XDG_CACHE_HOME:-$HOME/.cache}/ovs-virtnet package

    [ -z "${VIRTNET_SANDBOX-}${VIRTNET_GUEST_KERNEL-}" ] || return 0
    export VIRTNET_GUEST_KERNEL=$cache/guest-kernel
    [ ! -d "$VIRTNET_GUEST_KERNEL" ] || return 0
    mkdir -p "$VIRTNET_GUEST_KERNEL.tmp"
    (cd "$VIRTNET_GUEST_KERNEL.tmp" &&
        for package in $(kernel_packages); do
            fetch "$package" || { apt-get -q update && fetch "$package"; } ||
                exit
            dpkg -x "$package"_*.deb . && rm "$package"_*.deb || exit
        done)
    mv "$VIRTNET_GUEST_KERNEL.tmp" "$VIRTNET_GUEST_KERNEL"
}

# Prints the packages that the present kernel is in: newer releases have split
# up linux-image-*.
kernel_packages() {
    local image

    image=$(needs $KERNEL_PACKAGE image)
    echo "$image"
    needs "$image" binary
    needs "$image" modules
}

# Prints the package linux-$2-* that package $1 depends on, if there is one.
needs() {
    apt-cache depends "$1" | sed -n "s/^ *Depends: \(linux-$2-[^ ]*\)$/\1/p"
}

fetch() {
    apt-get download -q -o APT::Sandbox::User=root "$1"
}

# Prints the kernel itself, wherever its package has it.
guest_kernel() {
    find "$VIRTNET_GUEST_KERNEL" -name 'vmlinuz*' | head -n 1
}

need_libvirt() {
    local program

    for program in $LIBVIRT_PROGRAMS; do
        command -v "$program" > /dev/null || skip "$program is not installed"
    done
}

# Gives the sandbox a directory $1 of its own, with what is there.
own_directory() {
    mkdir -p "$S/own$1"
    [ ! -d "$1" ] || cp -a "$1/." "$S/own$1"
    mkdir -p "$1"
    mount --bind "$S/own$1" "$1"
}

# start_libvirt [LINES]: adds LINES to libvirtd.conf.
start_libvirt() {
    local dir

    for dir in /etc/libvirt /var/lib/libvirt /var/log/libvirt \
        /var/cache/libvirt /var/lib/dbus; do
        own_directory $dir
    done
    rm -f /etc/libvirt/qemu/networks/*.xml /etc/libvirt/qemu/networks/*/*.xml
    cat >> /etc/libvirt/qemu.conf <<'.'
user = "root"
group = "root"
security_driver = "none"
cgroup_controllers = [ ]
namespaces = [ ]
remember_owner = 0
.
    cat >> /etc/libvirt/libvirtd.conf <<.
auth_unix_rw = "none"
${1-}
.
    mkdir -p /run/dbus
    dbus-uuidgen --ensure
    dbus-daemon --system --fork --nopidfile
    virtlogd -d
    start_libvirtd
}

start_libvirtd() {
    libvirtd -d ${LIBVIRTD_OPTIONS-} -p $S/run/libvirtd.pid
    wait_for 30 virsh list > $S/virsh 2>&1 ||
        fail "libvirtd does not answer: $(cat $S/virsh)"
}

stop_libvirtd() {
    local pid

    pid=$(cat $S/run/libvirtd.pid)
    kill "$pid"
    wait_for 30 is_gone "$pid"
}

# interface MAC [ELEMENT...]: prints an <interface> in network "net".
interface() {
    local mac=$1

    shift
    cat <<.
<interface type='network'>
  <mac address='$mac'/>
  <source network='net' ${PORTGROUP:+portgroup='$PORTGROUP'}/>
  <model type='virtio'/>
  $*
</interface>
.
}

# guest NAME UUID-NUMBER MEMORY-MIB INTERFACES [ELEMENTS-OF-OS]: defines and
# starts a guest, with what $METADATA says in its <metadata>.
guest() {
    cat > "$S/tmp/$1.xml" <<.
<domain type='qemu'>
  <name>$1</name>
  <uuid>11111111-2222-3333-4444-00000000000$2</uuid>
  <metadata>${METADATA-}</metadata>
  <memory unit='MiB'>$3</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type>${5-}</os>
  <features><acpi/></features>
  <on_crash>destroy</on_crash>
  <devices>
    <controller type='usb' model='none'/>
    <memballoon model='none'/>
    <serial type='file'><source path='$S/log/$1.serial'/></serial>
    $4
  </devices>
</domain>
.
    virsh -q define "$S/tmp/$1.xml"
    virsh -q start "$1"
}

# port MAC: prints the name of the port of the running guest with that address.
port() {
    ovs-vsctl --bare --columns=name find Interface \
        "external_ids:attached-mac=\"$1\""
}

# Makes an initramfs for guests that talk.  What they do is on the kernel's
# command line: "addr=ADDRESS peer=ADDRESS [forge=ADDRESS] [mac=MAC]".  Who forges
# an address says that it has it, before all else and then each second.  MAC is
# what they change their own to.
make_initramfs() {
    local root=$S/initramfs module file

    mkdir -p $root/{bin,mod,proc,sys,dev}
    cp "${VIRTNET_BUSYBOX:-$(command -v busybox)}" $root/bin/busybox
    # One that is not static needs its libraries.
    { ldd $root/bin/busybox || :; } 2> /dev/null | grep -o '/[^ ]*' |
        xargs -r cp -L --parents -t $root || :
    for module in virtio_ring virtio virtio_pci_modern_dev \
        virtio_pci_legacy_dev virtio_pci failover net_failover virtio_net; do
        file=$(find "$VIRTNET_GUEST_KERNEL" -path '*/lib/modules/*' \
                   \( -name $module.ko -o -name $module.ko.xz \))
        case $file in
        '') continue ;;         # It is in the kernel itself.
        *.xz) xz -dc "$file" > $root/mod/$module.ko ;;
        *) cp "$file" $root/mod ;;
        esac
        echo $module >> $root/mod/order
    done
    cat > $root/init <<'.'
#!/bin/busybox sh
busybox mount -t proc proc /proc
for m in $(busybox cat /mod/order); do busybox insmod /mod/$m.ko; done
for word in $(busybox cat /proc/cmdline); do
    case $word in addr=* | peer=* | mac=*) eval "$word" ;; esac
done
busybox ip link set dev eth0 up
if [ -n "$forge" ]; then
    busybox ip addr add $forge/32 dev eth0
    echo "guest forges"
    busybox arping -q -A -s $forge -I eth0 $forge &
    busybox arping -q -U -s $forge -I eth0 $forge &
fi
busybox ip addr add $addr/24 dev eth0
echo "guest is up"
[ -z "$mac" ] || busybox ip link set dev eth0 address $mac
while ! busybox ping -c 1 -w 2 $peer; do :; done
echo "first reply"
busybox ping -c 20 -i 0.2 $peer
echo "guest has pinged"
while :; do busybox sleep 1000; done
.
    chmod +x $root/init
    (cd $root && find . | cpio -o -H newc --quiet | gzip) > $S/initramfs.gz
}

# record NAME: keeps what libvirt has in files and in the database now, in folder
# NAME of $VIRTNET_RECORD if that is one.  Of this is what tests/recorded has of
# libvirt's.
record() {
    local folder=${VIRTNET_RECORD-}/$1 table

    [ -d "${VIRTNET_RECORD-}" ] || return 0
    mkdir -p "$folder"/run/{network,qemu} "$folder/etc/qemu/networks"
    cp -r /run/libvirt/network/. "$folder/run/network"
    cp /run/libvirt/qemu/*.xml "$folder/run/qemu" || :
    cp /etc/libvirt/qemu/networks/*.xml "$folder/etc/qemu/networks" || :
    for table in Port Interface QoS Queue; do
        vsctl list $table > "$folder/$table"
    done
    libvirtd --version > "$folder/version"
}

## What is asked again and again.

# Waits until the controller has settled without being asked to read anything,
# and checks that the switch holds the plan: the test's way, and virtnetctl's.
step() {
    wait_installed
    check_plan br0
    virtnetctl verify br0 > $S/verify || fail "$(cat $S/verify)"
    say "ok: $*"
}

# Has namespace $1 note in $S/listened whoever sends ARP, and by what it says
# that its address is.  Sets $listener to the process that does.
start_listening() {
    ip netns exec "$1" python3 - > $S/listened <<'.' &
import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806))
s.bind(("eth0", 0))
print("listening", flush=True)
while True:
    f, a = s.recvfrom(2048)
    if a[2] != 4:               # PACKET_OUTGOING
        print(f[6:12].hex(":"), socket.inet_ntoa(f[28:32]), flush=True)
.
    listener=$!
    wait_for 10 grep -q listening $S/listened
}

# Runs "$@", which is to become true without anybody asking the controller.
becomes() {
    wait_for 15 "$@" || fail "never: $*: $(ctl status)"
}

fdb_says() { virtnetctl fdb br0 | grep -qE "$1"; }
fdb_silent() { ! fdb_says "$1"; }
status_says() { ctl status | grep -qE "$1"; }
status_silent() { ! status_says "$1"; }
has_flow() { our_flows br0 | grep -qE "table=230.*dl_dst=$1"; }
has_no_flow() { ! has_flow "$1"; }
has_port() { [ -n "$(port "$1")" ]; }
has_no_port() { [ -z "$(port "$1")" ]; }

# net_xml METADATA: prints the network.
net_xml() {
    cat <<.
<network>
  <name>net</name>
  <uuid>aaaaaaaa-0000-0000-0000-000000000001</uuid>
  <metadata>$1</metadata>
  <forward mode='bridge'/>
  <bridge name='br0'/>
  <virtualport type='openvswitch'/>
  <portgroup name='plain' default='yes'/>
  <portgroup name='trusted' trustGuestRxFilters='yes'/>
  <portgroup name='v42'><vlan><tag id='42'/></vlan>
    <virtualport type='openvswitch'/></portgroup>
  <portgroup name='v43'><vlan><tag id='43'/></vlan>
    <virtualport type='openvswitch'/></portgroup>
</network>
.
}
