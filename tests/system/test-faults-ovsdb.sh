#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# ovsdb-server is killed, compacted, and out of reach for a while with rows
# changing meanwhile; and the controller gets only a part of the database, cut
# off anywhere.  No flow is touched that need not be, and no frame is lost.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

RANDOM=${SEED:=$RANDOM}
say "SEED=$SEED"
CUTS=${CUTS:-8}

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
add_guest br0 g3 52:54:00:00:00:03 tag=5
network net0 br0 libvirt

# The controller's way to the database: what the server says is passed on up to
# a number of bytes, which is in a file, and then nothing more until the number
# changes, when the connection is closed.  How many bytes it has said on a
# connection, the most on any, is in another file: whoever asks the controller how it
# is has it make a short one of its own.
cat > $S/relay.py <<'.'
import os, select, socket, sys
path, server, limit_file, said_file = sys.argv[1:]
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
listener.listen(8)
limit = lambda: int(open(limit_file).read() or 0)
pairs = {}
most = 0
while True:
    ready, _, _ = select.select([listener] + list(pairs), [], [], 0.02)
    for s in ready:
        if s is listener:
            client, _ = s.accept()
            up = socket.socket(socket.AF_UNIX)
            try:
                up.connect(server)
            except OSError:
                client.close()
                continue
            n = limit()
            pairs[client] = dict(to=up, left=None, limit=n)
            pairs[up] = dict(to=client, left=n if n >= 0 else None, limit=n,
                             said=0)
        elif s in pairs:
            p = pairs[s]
            data = s.recv(65536)
            if "said" in p:
                p["said"] += len(data)
                most = max(most, p["said"])
                open(said_file, "w").write("%d" % most)
            if p["left"] is not None:
                data, cut = data[:p["left"]], data[p["left"]:]
                p["left"] -= len(data)
            try:
                p["to"].sendall(data)
            except OSError:
                pass
            if not data and not p["left"] == 0:
                for x in (s, p["to"]):
                    pairs.pop(x, None)
                    x.close()
    for s in [s for s in pairs if pairs.get(s, {}).get("limit") != limit()]:
        p = pairs.pop(s, None)
        if p:
            pairs.pop(p["to"], None)
            p["to"].close()
            s.close()
.
echo -1 > $S/limit
python3 $S/relay.py $S/relay.sock $OVS_RUNDIR/db.sock $S/limit $S/said 2> $S/relay.err &
wait_for 10 test -S $S/relay.sock
start_by_relay() {
    "$CONTROLLER" unix:$S/relay.sock --networks=$NETWORKS --libvirt=none \
        --datapath-type=$VIRTNET_DATAPATH -vconsole:off --detach --no-chdir \
        --pidfile=$OVS_RUNDIR/virtnet-controller.pid \
        --log-file=$OVS_LOGDIR/virtnet-controller.log \
        --unixctl=$OVS_RUNDIR/virtnet-controller.ctl
}
set_limit() {
    echo "$1" > $S/limit.new
    mv $S/limit.new $S/limit
}
start_by_relay
settle

untouched() {
    [ "$(count_changes)" = 0 ] || fail "$1: $(changes_received)"
}
start_counting

# Open vSwitch's userspace datapath stands still as long as vswitchd has no
# database (bridge_run() returns early), whoever made the flows.  So what is
# lost here is no measure of the controller.
say "Killed, and compacted."
for how in KILL TERM KILL; do
    kill_daemon ovsdb-server $how
    sleep 0.5
    start_ovsdb
    settle
    ovs-appctl -t ovsdb-server ovsdb-server/compact
    settle
done
untouched "ovsdb-server was restarted"

start_probe p 1000 <<'.'
g1 -> g2 = g2
up -> g1 = g1
g2 -> unknown = up
up -> unknown = -
.

# Most of what the server says is the schema; the rows are in the last tenth.
stop_controller KILL
start_by_relay
settle
size=$(cat $S/said)
say "Cut off at $CUTS places, of $size bytes, of a running controller and of a" \
    "new one."
[ $size -gt 20000 ]
for ((i = 0; i < CUTS; i++)); do
    n=$((RANDOM % size))
    [ $((i % 2)) = 0 ] || n=$((size - 1 - RANDOM % (size / 10)))
    if [ $((i % 3)) = 0 ]; then
        stop_controller KILL
        set_limit $n
        start_by_relay
    else
        set_limit $n
    fi
    sleep 1.3
    untouched "the database was cut off after $n bytes"
done
set_limit -1
settle
untouched "the database is whole again"

say "Out of reach, while rows change."
set_limit 0
sleep 1
vsctl set Port g3 tag=6
ovs-appctl -t ovsdb-server ovsdb-server/compact
sleep "${AWAY_SECONDS:-3}"
untouched "the database was out of reach"
# The switch itself tells that a port is gone.
unplug g3
plug br0 g3 52:54:00:00:00:03 tag=7
set_limit -1
settle
[ "$(our_flows br0 | grep -c dl_vlan=7,dl_dst=52:54:00:00:00:03)" = 1 ] ||
    fail "what changed meanwhile was not caught up with"
check_laws

stop_probe p > $S/probe || fail "frames were lost: $(cat $S/probe)"
cat $S/probe
[ ! -s $S/relay.err ] || fail "$(cat $S/relay.err)"
finish
