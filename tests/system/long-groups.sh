#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What a broadcast to a thousand ports costs vswitchd, and what it costs to plug
# one more, if the flow names groups of 512 buckets, if it has all outputs, and if
# it goes on to flows of 128 outputs each.  Flows are written by hand here: only
# the first of the three is in the controller.
#
# What is printed is CPU time of vswitchd, the least of several runs.

. "$(dirname "$0")/lib.sh"
sandbox "$@"

N=1000
RUNS=5
TURNS=40

allow_log '.*'
start_ovsdb
ovs-vsctl --no-wait init
ovs-vswitchd -vconsole:off --detach --no-chdir --pidfile --log-file \
    --enable-dummy=override --disable-system unix:$OVS_RUNDIR/db.sock
words=(add-br br0 -- set Bridge br0 datapath_type=dummy fail_mode=secure
       -- add-port br0 up -- set Interface up type=dummy ofport_request=2000)
for i in $(seq $N); do
    words+=(-- add-port br0 "v$i"
            -- set Interface "v$i" type=dummy ofport_request="$i")
done
vsctl "${words[@]}"

# outputs FIRST LAST
outputs() {
    seq -f output:%.0f -s , "$1" "$2"
}

# buckets FIRST LAST
buckets() {
    seq "$1" "$2" | sed 's/.*/,bucket=bucket_id:&,actions=output:&/' |
        tr -d '\n'
}

# chunk I: flow I of 128 outputs.
chunk() {
    local first=$(($1 * 128 + 1)) last=$(($1 * 128 + 128))

    echo "table=41,reg1=$1,actions=$(outputs $first $((last < N ? last : N)))"
}

groups() {
    {
        echo "group add group_id=1,type=all$(buckets 1 511)"
        echo "group add group_id=2,type=all$(buckets 512 $N)"
        echo "flow add table=0,actions=resubmit(,40)"
        echo "flow add table=40,actions=group:1,group:2"
    } > $S/flows
    echo "group remove_bucket group_id=2,command_bucket_id=$N" > $S/unplug
    echo "group insert_bucket group_id=2,command_bucket_id=last$(buckets $N $N)" \
        > $S/plug
}

one_flow() {
    {
        echo "flow add table=0,actions=resubmit(,40)"
        echo "flow add table=40,actions=$(outputs 1 $N)"
    } > $S/flows
    echo "flow add table=40,actions=$(outputs 1 $((N - 1)))" > $S/unplug
    echo "flow add table=40,actions=$(outputs 1 $N)" > $S/plug
}

chunks() {
    local i actions=

    for ((i = 0; i * 128 < N; i++)); do
        echo "flow add $(chunk $i)"
        actions+=",load:$i->NXM_NX_REG1[],resubmit(,41)"
    done > $S/flows
    echo "flow add table=40,actions=${actions#,}" >> $S/flows
    echo "flow add table=0,actions=resubmit(,40)" >> $S/flows
    i=$(((N - 1) / 128))
    chunk $i | sed "s/^/flow add /; s/,output:$N\$//" > $S/unplug
    chunk $i | sed "s/^/flow add /" > $S/plug
}

# Prints how many microseconds of CPU time vswitchd has used, in all its threads.
cpu() {
    cat /proc/"$(cat $OVS_RUNDIR/ovs-vswitchd.pid)"/task/*/schedstat |
        awk '{ n += $1 } END { print int(n / 1000) }'
}

# least COMMAND...: the least that it costs vswitchd, of several runs.
least() {
    local i before

    for ((i = 0; i < RUNS; i++)); do
        before=$(cpu)
        "$@" > /dev/null
        echo $((($(cpu) - before) / TURNS))
    done | sort -n | head -1
}

broadcasts() {
    local i

    for ((i = 0; i < TURNS; i++)); do
        ovs-appctl revalidator/purge
        ovs-appctl netdev-dummy/receive up \
            "in_port(2000),eth(src=52:54:00:00:ff:01,dst=ff:ff:ff:ff:ff:ff),eth_type(0x88b5)"
    done
}

send() {
    ofctl bundle br0 "$1"
}

ofctl -O OpenFlow15 dump-ports-desc br0 > /dev/null
base=
for how in groups one_flow chunks; do
    ofctl del-flows br0
    ofctl del-groups br0
    $how
    for ((i = 0; i < TURNS / 2; i++)); do
        cat $S/unplug $S/plug
    done > $S/plugs
    send $S/flows
    ovs-appctl ofproto/trace br0 \
        in_port=up,dl_dst=ff:ff:ff:ff:ff:ff,dl_type=0x88b5 |
        sed -n 's/^Datapath actions: //p' | tr , '\n' | sort -n > $S/actions
    [ "$(wc -l < $S/actions)" = $N ] || fail "$how: not everybody gets it"
    [ -z "$base" ] || diff -q $S/actions $S/base > /dev/null ||
        fail "$how: other datapath actions"
    cp $S/actions $S/base
    base=yes
    say "$how: a broadcast $(least broadcasts) us," \
        "a plug or unplug $(least send $S/plugs) us"
done
finish
