# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The part of fleet.sh for a database of three servers, 1 to 3, instead of the one
# of start_fleet:
#
#     start_cluster
#     add_fleet_host h1 10.0.0.1 "$FLEET_REMOTES"
#     kill_server "$(leader)"

virtnetctl() {
    "$BUILD/controller/virtnetctl" "$@"
}

# By whichever of the servers there is.
fleet() {
    virtnetctl -T 5 "--fleet=$FLEET_REMOTES" fleet "$@"
}

# server N COMMAND...: with the directories of server N of the database.
server() {
    local dir=$S/s$1

    shift
    OVS_RUNDIR=$dir OVS_DBDIR=$dir OVS_LOGDIR=$dir "$@"
}

# Starts server $1 as "virtnetctl fleet init" or "join" has said.
start_server() {
    # It says that a cluster keeps all columns.
    server "$1" sh -e "$S/s$1/start" > /dev/null 2>&1
}

serves() {
    server "$1" virtnetctl -T 3 fleet show > /dev/null 2>&1
}

# Does what "virtnetctl fleet init" or "join" has printed, for server $1.
make_server() {
    sed -e '/^#/d' -e 's/--monitor/-vconsole:off/' > "$S/s$1/start"
    start_server "$1"
    wait_for 30 serves "$1" || fail "server $1 does not serve"
}

start_cluster() {
    local n

    mkdir -p "$S"/s{1,2,3}
    server 1 virtnetctl fleet init "unix:$S/s1/raft" | make_server 1
    for n in 2 3; do
        server $n virtnetctl fleet join "unix:$S/s$n/raft" "unix:$S/s1/raft" |
            make_server $n
    done
    FLEET_REMOTES=$(printf ",unix:$S/s%s/virtnet-fleet.sock" 1 2 3)
    FLEET_REMOTES=${FLEET_REMOTES#,}
}

kill_server() {
    local pid

    pid=$(cat "$S/s$1/virtnet-fleet.pid")
    kill -KILL "$pid"
    wait_for 10 is_gone "$pid"
}

# The number of the server that leads the others.
leader() {
    local n

    for n in 1 2 3; do
        if ovs-appctl -T 3 -t "$S/s$n/virtnet-fleet.ctl" cluster/status \
            Virtnet_Fleet 2> /dev/null | grep -q '^Role: leader'; then
            echo $n
            return
        fi
    done
    return 1
}
