#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Guests as programs plug them, by the transactions of each.  Every one gets its
# own unicast frames and no others, whoever plugged it; a forged source steals
# nothing; a restart sends nothing; unplugging leaves nothing.
# Documentation/deployments.rst says the same in words.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

export LIBVIRT_OPTION="--libvirt=$S/libvirt"

# What a program plugs: its name here; the port; the last octet of the guest's
# address; the VLAN, or -; the device; and where the address is from, by "show".
rows=(
    "libvirt-4     vnet0       01 10 veth    -"
    "libvirt-9     vnet1       02 10 veth    -"
    "libvirt-10.3  vnet2       03 10 veth    -"
    "ethernet      eth3        04 -  veth    libvirt"
    "os-vif        tap05       05 -  veth    -"
    "proxmox       tap100i0    06 10 veth    Proxmox"
    "proxmox-fw    fwln101o0   07 10 bridged Proxmox"
    "proxmox-lxc   veth102i0   08 -  veth    Proxmox"
    "proxmox-veth  fwln103o0   15 10 patched Proxmox"
    "proxmox-came  fwln104o0   16 10 bridged its first frame"
    "incus-vm      tap4f5e6d7c 09 10 tap     its first frame"
    "incus-lxc     veth1a2b3c4 0a 10 veth    the peer"
    "opennebula    one-7-0     0b 10 veth    -"
    "cloudstack    vnet12      0c -  tap     its first frame"
    "xapi          vif1.0      0d -  veth    -"
    "xl            vif2.0      0e 10 veth    -"
    "ovs-docker    0f0f0f_l    0f -  veth    the peer"
    "containerlab  clab16      10 -  veth    the peer"
    "ovs-cni       veth17      11 10 veth    the peer"
    "ansible       tap18       12 10 veth    its Port row"
    "nm            nm19        13 -  veth    -"
    "guest-file    tap20       14 -  tap     a guest file"
)

# Plugs port $P of the guest with address $M as program $1 does.
plug_as() {
    case $1 in
        libvirt-4)
            ovs-vsctl --timeout=5 -- --if-exists del-port $P \
                -- add-port br0 $P tag=10 \
                -- set Interface $P "external-ids:attached-mac=\"$M\"" \
                -- set Interface $P "external-ids:iface-id=\"$(uuid i)\"" \
                -- set Interface $P "external-ids:vm-id=\"$(uuid v)\"" \
                -- set Interface $P external-ids:iface-status=active
            runs "$(uuid v)" ;;
        libvirt-9)
            plug br0 $P $M tag=10
            runs "$(uuid v$P)" ;;
        libvirt-10.3)
            ovs-vsctl --timeout=5 -- --may-exist add-port br0 $P \
                -- set Port $P other_config:transient=true tag=10 \
                -- set Interface $P "external-ids:attached-mac=\"$M\"" \
                -- set Interface $P "external-ids:iface-id=\"$(uuid j)\"" \
                -- set Interface $P "external-ids:vm-id=\"$(uuid w)\"" \
                -- set Interface $P external-ids:iface-status=active
            runs "$(uuid w)" ;;
        ethernet | containerlab)
            ovs-vsctl add-port br0 $P ;;
        os-vif)
            ovs-vsctl -- --may-exist add-port br0 $P \
                -- set Interface $P external_ids:iface-id="$(uuid k)" \
                external_ids:iface-status=active \
                "external_ids:attached-mac=\"$M\"" \
                external_ids:vm-uuid="$(uuid x)"
            runs "$(uuid x)" ;;
        proxmox | proxmox-lxc | proxmox-veth)
            ovs-vsctl -- add-port br0 $P ${V:+tag=$V} \
                -- set Interface $P mtu_request=1500 ;;
        proxmox-fw | proxmox-came)
            ovs-vsctl -- add-port br0 $P tag=10 \
                -- set Interface $P type=internal
            wait_for 20 test -e /sys/class/net/$P
            ip link set dev $P master fwbr${P:4:3}i0 up ;;
        incus-vm | incus-lxc)
            ovs-vsctl add-port br0 $P
            ovs-vsctl set port $P tag=10 ;;
        opennebula)
            # Its flows are in test-neighbours.sh.
            plug br0 $P $M
            ovs-vsctl set Port $P tag=10
            ovs-vsctl set Port $P "trunks=[]"
            ovs-vsctl set Port $P vlan_mode=native-untagged
            runs "$(uuid v$P)" ;;
        cloudstack)
            ovs-vsctl add-port br0 $P ;;
        xapi)
            ovs-vsctl --timeout=30 add-port br0 $P \
                -- set interface $P "external-ids:\"attached-mac\"=\"$M\"" \
                -- set interface $P \
                "external-ids:\"xs-vif-uuid\"=\"$(uuid y)\"" \
                -- set interface $P "external-ids:\"xs-vm-uuid\"=\"$(uuid z)\"" ;;
        xl)
            ovs-vsctl -- --if-exists del-port $P -- add-port br0 $P tag=10 \
                -- set interface $P "external-ids:attached-mac=\"$M\"" ;;
        ovs-docker)
            ovs-vsctl --may-exist add-port br0 $P \
                -- set interface $P external_ids:container_id=web \
                -- set interface $P external_ids:container_iface=eth0 ;;
        ovs-cni)
            ovs-vsctl add-port br0 $P -- set Port $P vlan_mode=access tag=10 \
                external_ids:contNetns=/var/run/netns/$P \
                external_ids:contIface=eth0 external_ids:contPodUid=u \
                external_ids:owner=ovs-cni.network.kubevirt.io ;;
        ansible)
            ovs-vsctl add-port br0 $P tag=10
            ovs-vsctl set port $P "external_ids:attached-mac=\"$M\""
            ovs-vsctl set port $P external_ids:iface-id="$(uuid l)" ;;
        nm)
            ovs-vsctl add-port br0 $P \
                -- set Interface $P external_ids:NM.connection.uuid="$(uuid n)" \
                "external_ids:attached-mac=\"$M\"" \
                -- set Port $P external_ids:NM.connection.uuid="$(uuid o)" ;;
        guest-file)
            ovs-vsctl add-port br0 $P ;;
        *)
            fail "no program $1" ;;
    esac
}

# Makes the device of port $P, of kind $1.
make_device() {
    case $1 in
        veth)
            make_port $P $M ;;
        tap)
            ip tuntap add dev $P mode tap
            ip link set dev $P up
            echo "$P @tap $P $M" >> $S/ports ;;
        bridged)
            make_firewall ${P:4:3} ;;
        patched)
            # Of a veth, the other end is a port of the firewall's bridge.
            make_firewall 103
            ip link add name $P type veth peer name fwpr103p0
            ip link set dev $P up
            ip link set dev fwpr103p0 master fwbr103i0 up ;;
    esac
}

# The firewall's bridge of guest $1, which has the guest's tap as a port.
make_firewall() {
    add_linux_bridge fwbr$1i0
    make_port tap$1i0 $M
    sed -i "s/^tap$1i0 /$P /" $S/ports
    ip link set dev tap$1i0 master fwbr$1i0
}

# each COMMAND...: does it with NAME, P, M, V (empty for none), DEVICE and FROM
# set, for each row.
each() {
    local row

    for row in "${rows[@]}"; do
        read -r NAME P M V DEVICE FROM <<< "$row"
        M=52:54:00:00:01:$M
        V=${V#-}
        "$@"
    done
}

make_row() {
    make_device "$DEVICE"
}

plug_row() {
    plug_as "$NAME"
}

unplug_row() {
    ovs-vsctl --if-exists del-port "$P"
}

state() {
    our_flows br0
    our_groups br0
    ctl fdb br0
}

# Of each guest whose address its first frame is to tell.
sticky() {
    [ "$FROM" != "its first frame" ] || "$@"
}

write_files() {
    mkdir -p $S/{pve/qemu-server,pve/lxc,guests,libvirt/run/qemu}
    mkdir -p $S/libvirt/etc/qemu/networks
    echo "net0: virtio=52:54:00:00:01:06,bridge=br0,tag=10" \
        > $S/pve/qemu-server/100.conf
    printf '%s\n' "name: fw" \
        "net0: virtio=52:54:00:00:01:07,bridge=br0,firewall=1,tag=10" \
        > $S/pve/qemu-server/101.conf
    echo "net0: virtio=52:54:00:00:01:15,bridge=br0,firewall=1,tag=10" \
        > $S/pve/qemu-server/103.conf
    echo "net0: name=eth0,bridge=br0,hwaddr=52:54:00:00:01:08,type=veth" \
        > $S/pve/lxc/102.conf
    guest e eth3 52:54:00:00:01:04 "<domstatus state='running'>" \
        "</domstatus>" | put $S/libvirt/run/qemu/e.xml
    guest own tap20 52:54:00:00:01:14 '' '' | put $S/guests/own.xml
}

# put FILE: writes it in one go, as libvirt does.
put() {
    cat > $S/tmp/new
    mv $S/tmp/new "$1"
}

# runs UUID: libvirt has started the guest whose port it has plugged.
runs() {
    guest "$NAME" "$P" "$M" \
        "<domstatus state='running'>" "</domstatus>" "<uuid>$1</uuid>" \
        | put "$S/libvirt/run/qemu/$NAME.xml"
}

# guest NAME PORT MAC BEGIN END [UUID]
guest() {
    cat <<.
$4
<domain><name>$1</name>${6-}<devices>
  <interface type='ethernet'>
    <mac address='$3'/>
    <target dev='$2'/>
  </interface>
</devices></domain>
$5
.
}

frames() {
    local out=${V:+[$V]}

    echo "up -> $P ${V:+vlan=$V} = $P"
    echo "$P -> up = up$out"
    echo "$P -> unknown2 = up$out"
    # Nobody else's address is had by saying so.
    echo "$P -> up src=52:54:00:00:00:01 = up$out"
    echo "$P -> up src=52:54:00:00:00:10 = up$out"
}

check_frames() {
    {
        each frames
        echo "up -> g1 = g1"
        echo "up -> g10 vlan=10 = g10"
        echo "up -> unknown = -"
        echo "up -> unknown vlan=10 = -"
        echo "g1 -> unknown = up"
        echo "g10 -> unknown = up[10]"
    } > $S/frames
    expect_frames < $S/frames
}

check_source() {
    local from

    from=$(virtnetctl show br0 "$P" | sed -n 's/^ *mac-from: //p')
    [ "${from:--}" = "$FROM" ] ||
        fail "$NAME: the address is from \"$from\", not \"$FROM\""
}

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g10 52:54:00:00:00:10 tag=10
network net0 br0 libvirt
start_controller
settle
state > $S/before
write_files
each make_row

# What no guest may get from its first moment on, nor take by its first frames.
# Who says by his first frame which address he has, says nothing yet.
streams() {
    cat <<'.'
up -> unknown = -
up -> unknown vlan=10 = -
g1 -> unknown = -
g10 -> unknown2 = -
up -> g1 = g1
up -> g10 vlan=10 = g10
up -> bcast vlan=30 = -
.
    each forged
}
forged() {
    [ "$FROM" = "its first frame" ] ||
        echo "$P -> unknown src=g1${V:+0} = -"
}
# True if the VLAN of row $NAME is in the plugging transaction, or nothing is
# sent to it before it has its VLAN.
is_in_vlan() {
    case $NAME in incus-lxc | opennebula) return 1 ;; esac
    [ -n "$V" ]
}
check_row() {
    local all

    all=$(is_in_vlan || echo '/^stream="up -> bcast/d')
    ! sed "$all" $S/result | grep -E "stray_ports=\"([^\"]* )?$P[x[\" ]" ||
        fail "$NAME: frames went astray"
}
say "From its first moment on, each gets nothing that is not for it."
# Who forges addresses before it is known that he has none but his own is told of.
allow_log 'announces too many addresses, or too often'
rate=100
! on_kernel || rate=20
start_probe first $rate < <(streams)
each plug_row
settle
stop_probe first > $S/result || :
sed -n 's/ \(strays\|first\)=.*//p' $S/result
grep -q '^stream="up -> g1".* received=' $S/result || fail "nothing was counted"
each check_row
grep -E '^stream="up -> g10?[ "].* received=' $S/result |
    grep -v ' lost=0 ' && fail "an address was taken by a forged source"

say "Held back until the first frame: nothing is sent to them."
first_frame() {
    echo "$P -> bcast rarp"
}
held_back() {
    echo "up -> $P ${V:+vlan=$V} = -"
    echo "up -> bcast ${V:+vlan=$V}"
}
each sticky held_back | expect_frames
each sticky first_frame | send_frames > /dev/null
has_come() {
    ctl fdb br0 | grep -w "$M" | grep -qw installed
}
each sticky wait_for 10 has_come
wait_installed

say "Each gets its own and no other's."
each check_source
check_frames

say "A restart sends nothing."
stop_controller KILL
start_counting
start_controller
settle
[ "$(count_changes)" = 0 ] || fail "sent: $(changes_received)"
each check_source
check_frames

say "A bridge that nobody names is left alone, as Mininet's."
allow_log '\|(rconn|in_band)\|WARN\|s1'
ovs-vsctl -- --id=@s1c0 create Controller 'target="tcp:127.0.0.1:6654"' \
    -- --if-exists del-br s1 -- add-br s1 \
    -- set bridge s1 controller=[@s1c0] fail_mode=secure \
    datapath_type=$VIRTNET_DATAPATH > /dev/null
settle
[ -z "$(ofctl dump-flows s1 | grep actions=)" ] || fail "s1 has flows"
vsctl del-br s1

say "Unplugging leaves nothing."
each unplug_row
settle
state | diff $S/before - || fail "something is left"
finish
