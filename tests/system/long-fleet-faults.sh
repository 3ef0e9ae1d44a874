#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The database of a fleet fails: the server that leads is killed while guests are
# plugged, no quorum is left for a minute (VIRTNET_LAPSE, in seconds), and a host
# is cut off from all servers.  No frame of those who know each other is lost,
# guests are wired on their own hosts, and what is said of it is true.

. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/system/fleet.sh
. "$(dirname "$0")/fleet.sh"
# shellcheck source=tests/system/fleet-cluster.sh
. "$(dirname "$0")/fleet-cluster.sh"
sandbox "$@"
need_controller
allow_log '\|tunnel(\([^|]*\))?\|WARN\|receive tunnel port not found'
allow_log '\|(reconnect|stream_tcp)\|ERR\|tcp:10\.0\.0\.254:'

lapse=${VIRTNET_LAPSE:-60}
OUTSIDE=10.0.0.254          # Of the servers, to h3.

# says HOST PATTERN: does a line on the fleet in HOST's status match?
says() {
    at "$1" ctl status | grep -q "^fleet: $2"
}

# not_seen HOST: which hosts does HOST say are not seen?
not_seen() {
    at "$1" ctl status | sed -n 's/^fleet: host \(.*\) is not seen$/\1/p'
}

# never_not_seen SECONDS HOST...: fails if one of these says so meanwhile.
never_not_seen() {
    local end=$((SECONDS + $1)) host

    shift
    while [ $SECONDS -lt $end ]; do
        for host; do
            [ -z "$(not_seen $host)" ] ||
                fail "$host says that $(not_seen $host) is not seen"
            at "$host" ctl metrics | grep -qx "virtnet_fleet_hosts_unseen 0" ||
                fail "metrics of $host count hosts that are not seen"
        done
        sleep 1
    done
}

# As restart_host_controller, while no server can be asked what there is.
restart_unheard() {
    start_counting
    stop_controller KILL
    start_host_controller
    settle
    [ "$(count_changes)" = 0 ] || fail "a restart sent: $(changes_received)"
}

# Frames of guests that have known each other from the start, until end_traffic.
start_traffic() {
    start_probe p 50 <<'.'
a -> b = b
b -> a = a
b -> c = c
c -> a = a
a -> c = c
.
}

# Where the sender itself has not run for long, switches have not either, and
# what they had to read by then may have been too much: that is no fault of ours.
end_traffic() {
    local late status=0

    stop_probe p > $S/result || status=$?
    late=$(sed -nE 's/^sender: at most ([0-9]+).* ms late.*/\1/p' $S/probe-p.err)
    say "    $(grep -c . $S/result) streams of $(sed -nE \
        '1s/.* sent=([0-9]+).*/\1/p' $S/result) frames, of which lost:" \
        "$(sed -nE 's/.* lost=([0-9]+).*/\1/p' $S/result | xargs)"
    if [ $status != 0 ]; then
        ! grep -qv ' duplicates=0 .* strays=0 ' $S/result ||
            fail "frames get elsewhere: $(cat $S/result)"
        [ "$late" -ge 50 ] || fail "frames are lost: $(cat $S/result)"
        say "    The machine is too busy to tell."
    fi
}

# knows HOST MAC: does HOST know where MAC is?
knows() {
    at "$1" ovs-ofctl dump-flows br0 "table=230,dl_dst=$2" | grep -q dl_dst
}

# Lets h3 reach the servers.
open_servers() {
    local n

    for n in 1 2 3; do
        ovs-appctl -t "$S/s$n/virtnet-fleet.ctl" ovsdb-server/add-remote \
            "ptcp:664$n:$OUTSIDE"
    done
}

start_cluster
fleet_network net "overlay='geneve'" > /dev/null
add_fleet_host h1 10.0.0.1 "$FLEET_REMOTES"
add_fleet_host h2 10.0.0.2 "$FLEET_REMOTES"
ip addr add $OUTSIDE/24 dev wire
ethtool -K wire tx off > /dev/null
open_servers
add_fleet_host h3 10.0.0.3 \
    "$(printf 'tcp:%s:664%s,' $OUTSIDE 1 $OUTSIDE 2 $OUTSIDE 3 | sed 's/,$//')"
add_fleet_guest h1 a 52:54:00:00:00:0a
add_fleet_guest h2 b 52:54:00:00:00:0b
add_fleet_guest h3 c 52:54:00:00:00:0c
settle_fleet
start_traffic

say "The server that leads is killed while guests are plugged."
dead=$(leader)
for n in 1 2 3 4 5 6; do
    [ $n != 3 ] || kill_server "$dead"
    add_fleet_guest h$((n % 3 + 1)) x$n 52:54:00:00:01:0$n
done
started=$SECONDS
for host in "${FLEET_HOSTS[@]}"; do
    for n in 1 2 3 4 5 6; do
        wait_for 60 knows $host 52:54:00:00:01:0$n ||
            fail "$host does not know x$n"
    done
done
say "    All know all $((SECONDS - started)) s after the last."
settle_fleet

say "Another one is killed: there is no quorum for $lapse s."
second=$(leader)
kill_server "$second"
for host in "${FLEET_HOSTS[@]}"; do
    wait_for 60 says "$host" '.*: not connected, known as of ' ||
        fail "$host does not say that nothing can be said"
done
add_fleet_guest h1 d 52:54:00:00:00:0d
at h1 settle
wait_for 10 says h1 '.*, 1 not published yet' || fail "$(at h1 ctl status)"
# Who does not know d, sends nothing to it.
expect_fleet_frames <<'.'
a -> d = d
d -> a = a
d -> b = b
b -> d = -
c -> d = -
.
at h2 restart_unheard
never_not_seen "$lapse" h1 h2 h3

say "The servers are there again."
started=$SECONDS
start_server "$dead"
start_server "$second"
open_servers > /dev/null 2>&1 || :
for host in h2 h3; do
    wait_for 60 knows $host 52:54:00:00:00:0d || fail "$host does not know d"
done
settle_fleet
say "    All know all $((SECONDS - started)) s later."
expect_fleet_frames <<'.'
b -> d = d
c -> d = d
.
fleet verify > $S/verify || fail "verify: $(cat $S/verify)"
end_traffic

say "Host h3 is cut off from all servers."
wait_for 60 says h3 '.*: connected, ' || fail "h3 is not connected"
start_traffic
ip -n h3 route add blackhole $OUTSIDE/32
wait_for 60 says h3 '.*: not connected, known as of ' ||
    fail "h3 does not say that it is cut off: $(at h3 ctl status)"
add_fleet_guest h3 e 52:54:00:00:00:0e
at h3 settle
add_fleet_guest h2 f 52:54:00:00:00:0f
at h2 settle
wait_for 30 sends_to h1 52:54:00:00:00:0f h2 || fail "h1 does not know f"
expect_fleet_frames <<'.'
c -> e = e
e -> a = a
a -> e = -
a -> f = f
c -> f = -
f -> c = c
.
for host in h1 h2; do
    wait_for 60 eval "[ \"\$(not_seen $host)\" = h3 ]" ||
        fail "$host does not say that h3 is not seen"
done
[ -z "$(not_seen h3)" ] || fail "h3 says that $(not_seen h3) are not seen"
expect_fleet_frames <<'.'
a -> c = c
c -> a = a
a -> e = -
.

say "It is let in again."
ip -n h3 route del blackhole $OUTSIDE/32
wait_for 60 says h3 '.*: connected, ' || fail "h3 does not find a server"
wait_for 60 knows h1 52:54:00:00:00:0e || fail "h1 does not know e"
wait_for 60 knows h3 52:54:00:00:00:0f || fail "h3 does not know f"
settle_fleet
wait_for 30 eval '[ -z "$(not_seen h1)" ]' || fail "h1 does not see h3"
expect_fleet_frames <<'.'
a -> e = e
c -> f = f
e -> f = f
.
end_traffic
for n in 1 2 3; do
    kill "$(cat "$S/s$n/virtnet-fleet.pid")"
done
finish_fleet
