# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The part of lib.sh that knows the controller: how it is started and asked,
# what it marks as its own, and what must hold whenever a test ends.

# The controller marks its flows by the top 16 bits of their cookies.
COOKIE_MAGIC=0x56e7
COOKIE_LEARNED=0x56e704         # What the switch has learned by itself.
COOKIE_MATCH=cookie=${COOKIE_MAGIC}000000000000/0xffff000000000000

# The numbers of its groups, from the first one on.
GROUP_FIRST=$((0x56e00000))
GROUP_COUNT=$((0x200000))

## The controller.

need_controller() {
    CONTROLLER=$BUILD/controller/virtnet-controller
    [ -x "$CONTROLLER" ] || skip "$CONTROLLER is not built"
}

# Starts the controller.  Options are added to its command line.
start_controller() {
    need_controller
    # shellcheck disable=SC2086
    ${VIRTNET_WRAPPER-} "$CONTROLLER" unix:$OVS_RUNDIR/db.sock \
        --networks=$NETWORKS ${LIBVIRT_OPTION---libvirt=none} \
        --guests=$S/guests --proxmox=$S/pve --filters=$S/filters \
        --datapath-type=$VIRTNET_DATAPATH \
        -vconsole:off --detach --no-chdir \
        --pidfile=$OVS_RUNDIR/virtnet-controller.pid \
        --log-file=$OVS_LOGDIR/virtnet-controller.log \
        --unixctl=$OVS_RUNDIR/virtnet-controller.ctl "$@"
}

stop_controller() {
    kill_daemon virtnet-controller "${1:-TERM}"
}

ctl() {
    ovs-appctl --timeout=30 -t $OVS_RUNDIR/virtnet-controller.ctl "$@"
}

virtnetctl() {
    "$BUILD"/controller/virtnetctl \
        --target=$OVS_RUNDIR/virtnet-controller.ctl "$@"
}

# network NAME BRIDGE MODE [FORMAT]: writes a network's definition in one go,
# as libvirt and editors do.  Standard input, if FORMAT is "-", is put into the
# network element.  Its bridge is for somebody else to make.
network() {
    write_network "  <forward mode='bridge'/>" "$@"
}

# isolated_network NAME BRIDGE MODE [FORMAT]: likewise, but its bridge is made.
isolated_network() {
    write_network "" "$@"
}

write_network() {
    local forward=$1
    local file=$NETWORKS/$2.xml

    shift
    {
        echo "<network>"
        echo "  <name>$1</name>"
        echo "$forward"
        echo "  <bridge name='$2' macTableManager='$3'/>"
        echo "  <virtualport type='openvswitch'/>"
        [ "${4-}" != - ] || cat
        echo "</network>"
    } > "$file.new"
    mv "$file.new" "$file"
}

remove_network() {
    rm "$NETWORKS/$1.xml"
}

# Prints what the controller says about itself.  The functions below are the
# only ones that know how it says it.
controller_status() {
    ctl status
}

# True if the controller has nothing left to do: all bridges are installed, it
# has seen the database as it is now, it has nothing to write there, and nothing
# is left of a file that was removed.
controller_is_settled() {
    local status

    status=$(controller_status 2> /dev/null) || return 1
    ! grep '^bridge ' <<< "$status" | grep -qv 'state installed' &&
        controller_has_seen_database "$status" &&
        controller_has_forgotten_networks "$status"
}

# A file that is gone counts for a moment longer, since some editors write
# their files anew.
controller_has_forgotten_networks() {
    local file

    while read -r file; do
        [ -e "$file" ] || return 1
    done < <(sed -nE -e 's/^    network .* \((.*):[0-9]+\): .*/\1/p' \
                 -e 's/^ *(\/[^:]*)(:[0-9]+)?: .*/\1/p' <<< "$1")
}

# Prints the lines in which the controller says what is wrong or remarkable.
controller_diagnostics() {
    controller_status | grep -E '(^|[ :])(error|warning|note): |: not wired: ' ||
        :
}

# vswitchd counts the changes that it has carried out in cur_cfg, which it
# writes together with the ports' numbers; the controller's status says which
# one it has seen.
controller_has_seen_database() {
    local cur next

    { read -r cur && read -r next; } < <(ovs-vsctl --timeout=5 --no-wait \
        get Open_vSwitch . cur_cfg next_cfg) || return 1
    [ "$cur" = "$next" ] &&
        grep -q "^database: .*: connected, 0 changes pending, cur_cfg $cur\$" \
            <<< "$1"
}

# Waits until the controller has carried out everything.  Definitions on disk
# are read by "reload" first, so that tests need not guess when inotify has
# told about them; that it does tell is tested where it matters.
settle() {
    wait_for 30 controller_is_up || fail "the controller does not answer"
    ctl reload > /dev/null
    wait_installed
}

controller_is_up() {
    ctl version > /dev/null 2>&1
}

wait_installed() {
    wait_for 30 controller_is_settled ||
        fail "the controller does not settle: $(controller_status 2>&1)"
}

# Prints the flows or groups that the controller means to have in bridge $1, as
# ovs-ofctl reads them.
planned_flows() {
    ctl plan "$1" | sed -n 's/^flow add //p' | sort
}

planned_groups() {
    ctl plan "$1" | sed -n 's/^group add //p' | sort_buckets | sort
}

# Prints the controller's flows in bridge $1, or all but those.
our_flows() {
    ofctl --no-stats --no-names dump-flows "$1" "$COOKIE_MATCH" |
        sed -n "/^ *cookie=$COOKIE_LEARNED/d; /actions=/s/^ *//p" | sort
}

foreign_flows() {
    ofctl --no-stats --no-names dump-flows "$1" |
        sed -n "/cookie=$COOKIE_MAGIC/d; /actions=/s/^ *//p" | sort
}

# Prints the controller's groups in bridge $1, or all but those.  Groups have
# no cookies; the controller's are told by their numbers.
our_groups() {
    all_groups "$1" | awk -F '[=,]' -v g=$GROUP_FIRST -v n=$GROUP_COUNT \
        '$2 >= g && $2 < g + n'
}

foreign_groups() {
    all_groups "$1" | awk -F '[=,]' -v g=$GROUP_FIRST -v n=$GROUP_COUNT \
        '$2 < g || $2 >= g + n'
}

all_groups() {
    ofctl --no-names dump-groups "$1" | sed -n '/group_id=/s/^ *//p' |
        sort_buckets | sort
}

# Sorts the buckets of each group on standard input.  They are inserted and
# removed one by one, so their order tells about the past, not about what the
# group does.
sort_buckets() {
    local line

    while read -r line; do
        printf '%s' "${line%%,bucket=*}"
        grep -oE ',bucket=bucket_id:[0-9]+(,actions=([^,]|,[^b]|,b[^u])*)?' \
            <<< "$line" | sort | tr -d '\n' || :
        echo
    done
}

## Marks of other people on a bridge.

# Puts flows and a group that are not the controller's into bridge $1, where
# they do no harm, and remembers all foreign flows.  check_laws looks whether
# they are still the same.
plant_foreign() {
    ofctl add-flow "$1" \
        'cookie=0xf00,table=0,priority=0,dl_type=0x88ff,actions=drop'
    ofctl add-flow "$1" 'cookie=0xf01,table=10,priority=7,actions=NORMAL'
    ofctl add-group "$1" 'group_id=77,type=all,bucket=actions=drop'
    note_foreign "$1"
}

# Remembers all foreign flows and groups of bridge $1.
note_foreign() {
    { foreign_flows "$1"; foreign_groups "$1"; } > "$S/foreign-$1"
}

forget_foreign() {
    rm -f "$S/foreign-$1"
}

## What a bridge is like, for comparing.

# Prints everything that is configured in bridge $1 and in the database, but
# nothing that changes by itself: flows, groups, port flags, and all columns
# that are configuration or identity.
bridge_state() {
    say "== flows"
    ofctl --no-stats --no-names dump-flows "$1" | grep actions= |
        grep -v "^ *cookie=$COOKIE_LEARNED" | sort
    say "== groups"
    all_groups "$1"
    say "== ports"
    ovs-ofctl -O OpenFlow10 --no-names show "$1" |
        grep -E '^ *([0-9]+|LOCAL)\(|config:'
    say "== database"
    database_state
}

# Columns of the database that vswitchd does not change by itself, for all
# rows.
database_state() {
    local table columns

    while read -r table columns; do
        say "-- $table"
        vsctl --format=csv --no-headings --columns="$columns" list "$table" |
            sort
    done <<'.'
Open_vSwitch _uuid,bridges,external_ids,other_config,manager_options
Bridge _uuid,name,ports,controller,datapath_type,external_ids,fail_mode,flood_vlans,mcast_snooping_enable,mirrors,other_config,protocols,stp_enable
Port _uuid,name,interfaces,bond_mode,cvlans,external_ids,lacp,other_config,protected,qos,tag,trunks,vlan_mode
Interface _uuid,name,type,external_ids,mac,mtu_request,ofport_request,options,other_config,ofport
.
}

## Counting what the switch is told.

# Prints how the ports of all bridges are configured.
port_configs() {
    local bridge

    for bridge in $(vsctl -- --real list-br); do
        ovs-ofctl show "$bridge" | grep -E '^ [^ ].*: addr:|^ *config:'
    done
}

# Makes vswitchd log all OpenFlow messages that it receives, once no-flood has been
# set for what was plugged last: that is a quarter of a second later, and nobody
# waits for it.
start_counting() {
    local before

    for _ in {1..20}; do
        before=$(port_configs)
        sleep 0.35
        [ "$before" != "$(port_configs)" ] || break
    done
    ovs-appctl -t ovs-vswitchd vlog/set vconn:file:dbg
    ovs-appctl -t ovs-vswitchd vlog/disable-rate-limit vconn
    count_from=$(wc -c < $OVS_LOGDIR/ovs-vswitchd.log)
}

# Prints the number of messages since start_counting that change something in
# the switch: flows, groups, meters, ports, tables, packets to send.  Bundles
# are counted by what they carry.
count_changes() {
    changes_received | wc -l
}

changes_received() {
    tail -c +$((count_from + 1)) $OVS_LOGDIR/ovs-vswitchd.log |
        grep -E '\|vconn\|DBG\|[^|]*: received: (OFPT|NXT|OFPRAW)_(FLOW_MOD|GROUP_MOD|METER_MOD|PORT_MOD|TABLE_MOD|PACKET_OUT|BUNDLE_ADD_MESSAGE|[A-Z_]*BUNDLE_ADD[A-Z_]*)' || :
}

# The controller is killed, and the next one has nothing to change.
expect_quiet_restart() {
    start_counting
    stop_controller KILL
    start_controller
    settle
    [ "$(count_changes)" = 0 ] || fail "a restart sent: $(changes_received)"
}

# The same without those that set no-flood: these come some time after a plug,
# and nobody waits for them.
count_changes_at_once() {
    changes_received | grep -vc PORT_MOD || :
}

# Prints the number of bundles since start_counting that were to be carried out.
count_bundles() {
    tail -c +$((count_from + 1)) $OVS_LOGDIR/ovs-vswitchd.log |
        grep -c '^ bundle_id=.* type=COMMIT_REQUEST ' || :
}

## Upgrades.

# Changes our flows by sed script $1, in one bundle.  ovs-ofctl prints flows
# for Ethernet and flows for all types of packets alike; ours are for Ethernet if
# they match on something in the packet.
change_flows() {
    {
        echo "delete $COOKIE_MATCH"
        our_flows br0 | sed -E -e "$1" -e 's/^/add /' \
            -e '/(dl_|vlan|arp).* actions=/s/priority=[0-9]*/&,eth/'
    } > $S/changed
    ofctl --bundle add-flows br0 $S/changed
}

# Takes over, from a controller that was stopped and whose flows are in the
# switch: in one bundle, which has what differs and nothing else.  Leaves the
# flows from before and after in files before and after.
take_over() {
    local differences noflood

    our_flows br0 > $S/before
    noflood=$(noflood br0)
    start_counting
    start_controller
    settle
    our_flows br0 > $S/after
    # One for each match with a flow that is not the same.
    differences=$(comm -3 $S/before $S/after |
        sed 's/.*cookie=[^,]*, \(.*\) actions=.*/\1/' | sort -u | wc -l)
    say "$differences of $(wc -l < $S/before) flows differ from those before;" \
        "sent: $(count_changes)"
    # And one for each port whose no-flood is not the same.
    differences=$((differences + $(comm -3 <(words "$noflood") \
        <(words "$(noflood br0)") | wc -l)))
    [ "$(count_changes)" = "$differences" ] ||
        fail "sent: $(changes_received)"
    [ "$(count_bundles)" = $((differences ? 1 : 0)) ] ||
        fail "sent in $(count_bundles) bundles"
}

# Prints words, sorted, each in a line.
words() {
    # shellcheck disable=SC2086
    printf '%s\n' $1 | sed '/^$/d' | sort
}

## The end.

# Allows log lines that match extended regular expression $1.
allow_log() {
    say "$1" >> $S/allowed-log
}

# Fails if a daemon has logged a warning or an error that no one expected.
check_logs() {
    local f bad=

    # This is how daemons say that finish() or a test has ended them, and how
    # NORMAL comments on frames that it refuses.  When a connection is closed by
    # who has not read all of it, which is a matter of time, the other side is
    # told that it was reset, and warns of that, where it is silent otherwise.  A
    # busy machine makes them complain of the time that things take.
    allow_log '\|fatal_signal(\([^|]*\))?\|WARN\|terminating with signal 15'
    allow_log '\|(jsonrpc|reconnect|rconn)\|WARN\|[^|]*(Broken pipe|Connection reset by peer)\)?$'
    allow_log '\|timeval(\([^|]*\))?\|WARN\|'
    allow_log '\|ovs_rcu(\([^|]*\))?\|WARN\|blocked [0-9]+ ms'
    allow_log '\|WARN\|(Unreasonably long|Dropped [0-9]+ log messages)'
    allow_log 'reconcile\|WARN\|another virtnet-controller looks after these'
    # Of the kernel's flows, it finds some that its predecessor left, or that
    # another of its threads is about to delete.
    allow_log '\|ofproto_dpif_upcall(\([^|]*\))?\|WARN\|Failed to acquire udpif_key'
    allow_log '\|dpif\(revalidator[0-9]*\)\|WARN\|.*failed to flow_get \(No such file'
    # Two of its threads came to make the same datapath flow.
    allow_log '\|ofproto_dpif_upcall(\([^|]*\))?\|WARN\|upcall_cb failure: ukey inst'
    allow_log '\|ofproto_dpif_xlate(\([^|]*\))?\|WARN\|dropping '
    for f in "$OVS_LOGDIR"/*.log; do
        [ -e "$f" ] || continue
        bad=$(grep -E '\|(WARN|ERR|EMER)\|' "$f" |
              grep -vEf $S/allowed-log) || :
        [ -z "$bad" ] || fail "unexpected lines in ${f##*/}:
$bad"
    done
    for f in "$OVS_LOGDIR"/{asan,ubsan}.*; do
        [ ! -e "$f" ] || fail "${f##*/}: $(cat "$f")"
    done
}

# Fails unless bridge $1 holds exactly the flows and groups that the controller
# planned.
check_plan() {
    planned_flows "$1" > "$S/planned-$1"
    our_flows "$1" > "$S/ours-$1"
    ovs-ofctl -O OpenFlow15 diff-flows "$S/planned-$1" "$S/ours-$1" \
        > "$S/differences" 2>&1 ||
        fail "bridge $1 differs from the plan (-) thus:
$(cat "$S/differences")"
    planned_groups "$1" > "$S/planned-$1"
    our_groups "$1" | diff -u "$S/planned-$1" - ||
        fail "groups of bridge $1 (+) differ from the plan (-)"
}

# What must hold after every test; see "Laws" in the design.
check_laws() {
    local f bridge

    if [ -e $OVS_RUNDIR/virtnet-controller.pid ]; then
        wait_installed
        for bridge in $(vsctl --real list-br); do
            check_plan "$bridge"
        done
    fi
    for f in "$S"/foreign-*; do
        [ -e "$f" ] || continue
        bridge=${f##*/foreign-}
        { foreign_flows "$bridge"; foreign_groups "$bridge"; } |
            diff -u "$f" - ||
            fail "flows or groups of others in bridge $bridge have changed"
    done
}

# Ends a test that has reached its end.
finish() {
    local daemon

    check_laws
    for daemon in virtnet-controller ovs-vswitchd ovsdb-server; do
        [ ! -e "$OVS_RUNDIR/$daemon.pid" ] || kill_daemon $daemon TERM
    done
    check_logs
    FINISHED=yes
    say "PASS: $(basename "$0")"
    exit 0
}
