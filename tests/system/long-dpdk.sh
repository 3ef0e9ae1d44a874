#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Guests by vhost-user: vswitchd with DPDK, and guests whose virtio devices DPDK's
# testpmd drives (net_virtio_user).  What these send and get are frames of a veth
# pair, behind which testpmd is.  Three kinds of guests: one by attached-mac, one
# that libvirt knows by its socket, and one whose address its first frame tells.
#
# Needs apt-get, by which it fetches Debian's packages with DPDK, unless
# $VIRTNET_DPDK is a directory where they are unpacked.  It wants neither huge
# pages nor a network card, and two processors for a quarter of a minute.

. "$(dirname "$0")/lib.sh"

# Unpacks package $1, or with more words some, into the present directory.
unpack() {
    mkdir -p debs
    (cd debs && apt-get download -q -o APT::Sandbox::User=root "$@")
    local deb

    for deb in debs/*.deb; do
        dpkg -x "$deb" .
        rm "$deb"
    done
}

# Prints the shared libraries below the present directory that are not found.
missing() {
    local file

    for file in usr/bin/dpdk-testpmd bin/ovs-vswitchd \
        usr/lib/*/librte_*.so.[0-9][0-9]; do
        LD_LIBRARY_PATH=$(echo "$PWD"/usr/lib/*-linux-gnu) ldd "$file"
    done | sed -n 's/^[[:space:]]*\([^ ]*\) => not found$/\1/p' | sort -u
}

# Prints the Debian package of shared library $1.
package_of() {
    local name=${1%.so.*} version=${1##*.so.}

    name=${name//_/-}
    case $name in
        librte-*[0-9]) echo "$name-$version" ;;
        librte-*) echo "$name$version" ;;
        libmlx* | libibverbs) echo ibverbs-providers ;;
        *) fail "no package is known to have $1" ;;
    esac
}

# To be called before sandbox(), from where packages can be fetched.
get_dpdk() {
    local dir=${XDG_CACHE_HOME:-$HOME/.cache}/ovs-virtnet/dpdk

    [ -z "${VIRTNET_SANDBOX-}${VIRTNET_DPDK-}" ] || return 0
    export VIRTNET_DPDK=$dir
    [ ! -d "$dir" ] || return 0
    rm -rf "$dir.tmp"
    mkdir -p "$dir.tmp/bin"
    (
        cd "$dir.tmp" || exit
        unpack dpdk-dev openvswitch-switch-dpdk \
            || { apt-get -q update && unpack dpdk-dev openvswitch-switch-dpdk; }
        ln -s ../usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk \
            bin/ovs-vswitchd
        abi=$(apt-cache depends openvswitch-switch-dpdk |
            sed -n 's/.*: librte-eal\([0-9]*\)$/\1/p')
        unpack "librte-eal$abi" "librte-net-virtio$abi" \
            "librte-net-af-packet$abi" "librte-mempool-ring$abi"
        for _ in 1 2 3 4; do
            read -ra wanted <<< "$(missing | while read -r library; do
                package_of "$library"
            done | sort -u | xargs)"
            [ ${#wanted[@]} = 0 ] || unpack "${wanted[@]}"
        done
        [ -z "$(missing)" ] || fail "libraries are missing: $(missing)"
    )
    mv "$dir.tmp" "$dir"
}

command -v apt-get > /dev/null || [ -n "${VIRTNET_DPDK-}" ] ||
    skip "there is no apt-get"
get_dpdk
sandbox "$@"
need_controller
[ -e "$VIRTNET_DPDK/bin/ovs-vswitchd" ] || fail "no DPDK in $VIRTNET_DPDK"

M1=52:54:00:00:00:01 M2=52:54:00:00:00:02 M3=52:54:00:00:00:03
M4=52:54:00:00:00:04
LIBS=$(echo "$VIRTNET_DPDK"/usr/lib/*-linux-gnu)
export LIBVIRT_OPTION="--libvirt=$S/libvirt"

driver() {
    echo "-d $(echo "$LIBS/librte_$1".so.[0-9][0-9])"
}

# Starts the switch with DPDK, without what a test machine has not.
start_ovs_dpdk() {
    start_ovsdb
    ovs-vsctl --no-wait init -- set Open_vSwitch . \
        other_config:dpdk-init=true other_config:pmd-cpu-mask=1 \
        other_config:pmd-maxsleep=500 other_config:per-port-memory=true \
        "other_config:dpdk-extra=\"--no-huge --legacy-mem --no-pci -m 512 \
            $(driver mempool_ring)\""
    LD_LIBRARY_PATH=$LIBS PATH=$VIRTNET_DPDK/bin:$PATH start_vswitchd
    [ "$(vsctl get Open_vSwitch . dpdk_initialized)" = true ] ||
        fail "vswitchd is without DPDK"
}

# guest_device N: what vh$N is plugged for, behind testpmd.
guest_device() {
    make_port g$1 52:54:00:00:00:0$1
    echo "--vdev=net_virtio_user$1,path=$S/tmp/vh$1.sock,server=1,mac=52:54:00:00:00:0$1 \
        --vdev=net_af_packet$1,iface=g$1"
}

# Drives the devices of all guests.  It forwards between each two of its ports: a
# virtio device and the veth behind it.
start_guests() {
    # shellcheck disable=SC2046
    LD_LIBRARY_PATH=$LIBS "$VIRTNET_DPDK/usr/bin/dpdk-testpmd" \
        --no-huge --no-pci -m 256 --file-prefix=guests -l 0,1 \
        $(driver mempool_ring) $(driver net_virtio) $(driver net_af_packet) \
        "$@" -- --forward-mode=io --auto-start --no-mlockall \
        --total-num-mbufs=8192 < <(exec sleep 600) > $S/log/testpmd.out 2>&1 &
    TESTPMD=$!
}

# plug_vhost N [COLUMN...]: as Open vSwitch's manual has it.
plug_vhost() {
    local name=vh$1

    shift
    ovs-vsctl add-port br0 $name -- set Interface $name \
        type=dpdkvhostuserclient \
        options:vhost-server-path=$S/tmp/$name.sock "$@"
}
is_connected() {
    [ "$(ovs-vsctl get Interface vh$1 link_state)" = up ]
}

# Libvirt's state of a guest with address $1 behind socket $2.
libvirt_guest() {
    mkdir -p $S/libvirt/{run/qemu,etc/qemu/networks}
    cat > $S/tmp/new <<.
<domstatus state='running'><domain><name>web2</name><devices>
  <interface type='vhostuser'>
    <mac address='$1'/><source type='unix' path='$2' mode='server'/>
    <target dev=''/>
  </interface>
</devices></domain></domstatus>
.
    mv $S/tmp/new $S/libvirt/run/qemu/web2.xml
}
from() {
    [ "$(virtnetctl show br0 vh$1 | sed -n 's/^ *mac-from: //p')" = "$2" ]
}

start_ovs_dpdk
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
libvirt_guest $M2 $S/tmp/vh2.sock
network net0 br0 libvirt - <<'.'
  <portgroup name='blue'><vlan><tag id='10'/></vlan></portgroup>
.
start_controller
settle

# What DPDK says of sockets that nobody is behind yet, or any more.
allow_log '\|(dpdk|netdev_dpdk)(\([^|]*\))?\|(WARN|ERR)\|'
words=()
for i in 1 2 3 4; do
    read -ra device <<< "$(guest_device $i)"
    words+=("${device[@]}")
done
say "Four guests, before there is anybody at the other end, and after."
plug_vhost 1 external_ids:attached-mac="\"$M1\""
plug_vhost 2
plug_vhost 3
plug_vhost 4 external_ids:attached-mac="\"$M4\"" \
    external_ids:virtnet-portgroup=blue
start_guests "${words[@]}"
for i in 1 2 3 4; do
    wait_for 30 is_connected $i || fail "vh$i: $(cat $S/log/testpmd.out)"
done
settle

# Its devices are up before it forwards.
frames_pass() {
    (
        expect_frames <<'.'
up -> g1 = g1
up -> g2 = g2
up -> g4 vlan=10 = g4
g1 -> up = up
.
    ) > $S/tmp/passes 2>&1
}
wait_for 30 frames_pass || fail "no frames: $(cat $S/tmp/passes)"

say "Who has said nothing is sent nothing, and takes nothing by a lie."
cat > $S/before <<'.'
up -> g1 = g1
up -> g2 = g2
up -> g3 = -
up -> g4 vlan=10 = g4
up -> g4 = -
up -> unknown = -
up -> bcast = g1 g2 host
up -> bcast vlan=10 = g1[10] g2[10] g4 host[10]
g1 -> g2 = g2
g1 -> up = up
g2 -> g1 = g1
g4 -> up = up[10]
g4 -> bcast = g1[10] g2[10] host[10] up[10]
g1 -> up src=52:54:00:00:00:02 = up
up -> g2 = g2
g1 -> unknown = up
.
expect_frames < $S/before
expect_frames <<'.'
g3 -> bcast src=52:54:00:00:00:01 = -
up -> g1 = g1
.

say "Its first frame tells its address."
echo 'g3 -> up' | send_frames > /dev/null
knows_g3() { virtnetctl fdb br0 | grep -q "$M3  *vh3  *installed"; }
wait_for 10 knows_g3 || fail "vh3: $(virtnetctl fdb br0)"
settle
cat > $S/after <<'.'
up -> g3 = g3
g3 -> g1 = g1
g3 -> up = up
g3 -> up src=52:54:00:00:00:01 = up
up -> g1 = g1
g1 -> g3 = g3
up -> bcast = g1 g2 g3 host
up -> unknown = -
g3 -> bcast = g1 g2 host up
.
expect_frames < $S/after
from 2 libvirt || fail "vh2: $(virtnetctl show br0 vh2)"
from 3 'its first frame' || fail "vh3: $(virtnetctl show br0 vh3)"

say "Guards, and a restart of the daemon, which sends nothing."
ovs-vsctl set Interface vh1 external_ids:virtnet-guards=mac
settle
expect_frames <<'.'
g1 -> up src=52:54:00:00:00:02 = -
g1 -> up = up
.
expect_quiet_restart br0
expect_frames < $S/after

say "Unplugged, nothing is left of them."
for i in 1 2 3 4; do
    unplug vh$i
done
settle
[ "$(virtnetctl fdb br0 | grep -c ' vh')" = 0 ] || fail "$(virtnetctl fdb br0)"
[ "$(ovs-appctl dpif/show | grep -c dpdkvhost)" = 0 ] || fail "ports are left"
our_flows br0 | grep -q "$M1" && fail "flows are left"
kill $TESTPMD
wait $TESTPMD || :
finish
