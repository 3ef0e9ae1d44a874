#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A thousand guests on three hosts, in one VLAN of one network: all receive a
# broadcast, once, and what is for one of them, nobody else.

. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/system/fleet.sh
. "$(dirname "$0")/fleet.sh"
sandbox "$@"
need_controller

EACH=${EACH-334}

# vswitchd and the database may take seconds over hundreds of ports at once.
allow_log '\|(timeval|ovs_rcu|netlink_notifier|poll_loop)(\([^|]*\))?\|(WARN|INFO)\|'
allow_log '\|tunnel(\([^|]*\))?\|WARN\|receive tunnel port not found'

# mac_of HOST I: the address of guest I of that host.
mac_of() {
    printf '52:54:00:0%s:%02x:%02x' "${1#h}" $(($2 / 256)) $(($2 % 256))
}

# Gives HOST so many guests without a namespace, of which its kernel counts the
# frames.
add_many() {
    local host=$1 i words=()

    for ((i = 1; i <= EACH; i++)); do
        echo "link add name v$i mtu 1400 type veth peer name w$i mtu 1400"
        echo "link set dev v$i up"
        echo "link set dev w$i up"
        words+=(-- add-port br0 "v$i" tag=10 -- set Interface "v$i"
            "external-ids:attached-mac=\"$(mac_of "$host" $i)\"")
    done > "$S/links"
    ip -n "$host" -batch "$S/links"
    at "$host" vsctl "${words[@]}"
}

# Prints how many frames each guest of HOST has received, in their order.
received() {
    inside "$1" cat /proc/net/dev | sed -n 's/^ *w\([0-9]*\): *[0-9]* *\([0-9]*\) .*/\1 \2/p' |
        sort -n | awk '{ print $2 }'
}

all_received() {
    local host

    for host in "${FLEET_HOSTS[@]}"; do
        received "$host"
    done
}

# Sends the frames on standard input, and fails unless each guest has received $1
# of them.
expect_each() {
    all_received > "$S/before"
    send_frames > "$S/sent"
    sleep 1
    all_received | paste - "$S/before" | awk '{ print $1 - $2 }' > "$S/count"
    [ "$(grep -cx "$1" "$S/count")" = $((3 * EACH)) ] ||
        fail "not each guest has received $1 frames:
$(sort "$S/count" | uniq -c)"
}

start_fleet
fleet_network net "overlay='geneve'" > /dev/null
for n in 1 2 3; do
    add_fleet_host h$n 10.0.0.$n
done
add_fleet_guest h1 a1 52:54:00:00:00:a1 tag=10
for host in "${FLEET_HOSTS[@]}"; do
    add_many "$host"
done
settle_fleet
say "$((3 * EACH)) guests on three hosts."

# The first ones have tunnels find their way.
send_frames > /dev/null <<< "a1 -> bcast"
sleep 1
for i in {1..10}; do
    echo "a1 -> bcast"
    echo "sleep 300"
done | expect_each 10
for i in {1..10}; do
    echo "a1 -> mcast"
    echo "sleep 300"
done | expect_each 10
say "Ten broadcasts, and ten to a group: each has received each of them once."

for host in "${FLEET_HOSTS[@]}"; do
    for ((i = 1; i <= EACH; i++)); do
        echo "a1 -> $(mac_of "$host" $i)"
        ((i % 50)) || echo "sleep 200"
    done
done | expect_each 1
say "One to each of them: each has received one."
expect_each 0 <<'.'
a1 -> unknown
a1 -> bcast vlan=20
.
finish_fleet
