#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A guest moves between two hosts, while a peer on each of them and one on
# neither send to it 1,000 times a second.
#
# What counts as lost: the peers number their frames.  LAST is the first number
# that the old place has not received any more, FIRST the first that the new one
# has, and HEARD how many frames had been sent when the peer itself received the
# guest's announcement.  In between, the guest is nowhere, or nobody knows where:
# frames LAST to HEARD - 1 are lost whatever the hosts do.  So FIRST must not be
# more than HEARD.  All else must arrive, once.
#
# For the peer on the guest's new host there is one thing more.  Its frames have
# a flow in the datapath already, which takes them outside.  When the announcement
# leaves, the OpenFlow flow that takes them to the guest is in, but vswitchd's
# revalidators must first look at the datapath's flow, and these rest 5 ms after
# they have begun a round.  The same happens with NORMAL.  Mostly this peer loses
# nothing either.
#
# The physical switch is a Linux bridge, which learns at once.  Open vSwitch goes
# on for milliseconds by the datapath flows that it has made before, which would
# count here as if the hosts had lost what their switch loses.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

# How many milliseconds switch, controller and database may take to act on what
# they are told.  Far less if the machine is idle; see what is printed.
PATIENCE_MS=${VIRTNET_AT_ONCE_MS:-400}

# What the revalidators may cost, in frames: five and, if the machine is busy,
# what they have to wait for it.
REVALIDATION=$((25 * VIRTNET_PATIENCE))

start_ovs
add_bridge brA hostA
add_bridge brB hostB
add_linux_bridge switch
for host in A B; do
    ip link add name up$host type veth peer name down$host
    ip link set dev up$host up
    ip link set dev down$host master switch up
    plug_uplink br$host up$host
    add_guest br$host p$host 52:54:00:00:00:0${host,,}
    make_port g$host 52:54:00:00:00:01
done
# One of the hosts has several network ports.
add_uplink brA other 52:54:00:00:ff:02
make_port remote 52:54:00:00:ff:01
ip link set dev remote master switch
network netA brA libvirt
network netB brB libvirt
plug brA gA 52:54:00:00:00:01
start_controller
settle
# From now on the switch knows who is where.
expect_frames <<'.'
gA -> bcast = pA pB hostA hostB remote other
pA -> bcast = gA pB hostA hostB remote other
pB -> bcast = gA pA hostA hostB remote other
.
expect_frames <<'.'
pA -> gA = gA
pB -> gA = gA
remote -> gA = gA
.

set_status() {
    vsctl set Interface "$1" external_ids:iface-status="$2"
}

# result SENDER RECEIVER FIELD: a number of what the probe has counted.
result() {
    sed -nE "s/^stream=\"$1 .* to=$2( .*)? $3=([0-9]+) .*/\2/p" $S/result
}

# migrate FROM TO WHEN: the guest moves from host FROM to host TO.  WHEN says
# what the source's port is told: "held-back" before the guest starts at its
# destination, as if its state were known, or "unplugged" only after that.  If
# there is one word more, it is guarded, and sends forged frames all the time at
# its source, and with its announcement at its destination.
migrate() {
    local from=$1 to=$2 when=$3 guarded=${4-}

    say "From $from to $to, the source's port is $when${guarded:+, guarded}."
    plug br$to g$to 52:54:00:00:00:01
    set_status g$to inactive
    for host in ${guarded:+A B}; do
        vsctl set Interface g$host 'external_ids:virtnet-guards="mac ip dhcp ra"' \
            external_ids:virtnet-ips=10.0.0.5
    done
    settle
    # No host remembers that the guest has been there before.
    forget_datapath_flows
    start_probe p 1000 <<.
${guarded:+g$from -> bcast src=52:54:00:00:00:77 = -}
${guarded:+g$from -> remote type=0x0800 = -}
pA -> gA = gA gB
pB -> gA = gA gB
remote -> gA = gA gB
g$to -> bcast rarp once = p$from p$to remote
${guarded:+g$to -> bcast src=52:54:00:00:00:77 once = -}
${guarded:+g$to -> remote type=0x0800 once = -}
.
    sleep 0.5
    [ "$when" != held-back ] || set_status g$from inactive
    sleep 0.2
    probe_once p
    sleep 0.6
    unplug g$from
    sleep 0.6
    stop_probe p > $S/result || :
    [ "$(grep -c 'once.* lost=0 duplicates=0 ' $S/result)" = 3 ] ||
        fail "not everybody has heard the guest's announcement:
$(cat $S/result)"
    say "    The announcement was sent after frame $(result g$to pA after)."
    check_peer $from "$when" pA
    check_peer $from "$when" pB
    check_peer $from "$when" remote
    [ -z "$guarded" ] ||
        [ "$(grep -c '^stream="g[AB] .* to=- .*strays=0 ' $S/result)" = 4 ] ||
        fail "an unguarded frame: $(cat $S/result)"
    # A port that is said to be here can be held back again.
    set_status g$to active
    settle
    expect_frames <<.
p$from -> gA = g$to
p$to -> gA = g$to
remote -> gA = g$to
g$to -> p$from = p$from
g$to -> p$to = p$to
g$to -> remote = remote
.
}

# Fails unless what port $3 sends is received as it must be, after the guest has
# moved from host $1 in manner $2.
check_peer() {
    local from=$1 when=$2 peer=$3 to=A sent old new last first heard

    [ $from = B ] || to=B
    sent=$(result $peer g$from sent)
    old=$(result $peer g$from received)
    new=$(result $peer g$to received)
    last=$(result $peer g$from next)
    first=$(result $peer g$to first)
    heard=$(result g$to $peer heard)
    say "    $peer: frames up to $last to the old place, heard after $heard," \
        "from $first to the new"
    [ $old -gt 300 ] && [ $new -gt 300 ] || fail "hardly anything arrives:
$(cat $S/result)"
    # The first sequence number is 0.
    [ $((old + new)) = $((sent - (first - last))) ] &&
        ! grep -q "\"$peer .* duplicates=[^0]" $S/result ||
        fail "frames are lost at other times, or doubled:
$(cat $S/result)"
    if [ $when = unplugged ] && [ $peer = p$from ]; then
        # To him the guest is there until it is unplugged.
        [ $((first - last)) -le $PATIENCE_MS ]
    elif [ $peer = p$to ]; then
        [ $first -le $((heard + REVALIDATION)) ] && [ $last -le $heard ]
    else
        [ $first -le $heard ] && [ $last -le $heard ]
    fi || fail "more is lost than what is sent before the announcement:
$(cat $S/result)"
}

migrate A B held-back
migrate B A held-back
migrate A B unplugged
migrate B A unplugged guarded

finish
