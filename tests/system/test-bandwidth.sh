#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The limits of a network hold, about, for what its guests send together and
# for what they receive, and for nobody else.
#
# Those of a port are not for the userspace datapath: see
# lib/model/port-limits.c, tests/qos.at for the rows, and datapath-limits.sh for
# what they do on the kernel's.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

on_kernel ||
    allow_log '\|mbridge\|WARN\|br0: warning: g3: the <bandwidth> of portgroup'

start_ovs
add_bridge br0
add_uplink br0 up 52:54:00:00:ff:01
for i in 1 2 3; do
    add_guest br0 g$i 52:54:00:00:00:0$i
done
for i in 1 2; do
    vsctl set Interface g$i external_ids:virtnet-portgroup=limited
done
vsctl set Interface g3 external_ids:virtnet-portgroup=own

network net0 br0 libvirt - <<'.'
  <bandwidth>
    <inbound average='250' burst='64'/>
    <outbound average='125' burst='64'/>
  </bandwidth>
  <portgroup name='limited'/>
.
network net1 br0 libvirt - <<'.'
  <portgroup name='own'>
    <bandwidth>
      <inbound average='125' burst='64'/>
      <outbound average='125' burst='64'/>
    </bandwidth>
  </portgroup>
.
start_controller
settle
if ! on_kernel; then
    controller_diagnostics |
        grep -q "g3: the <bandwidth> .* is not carried out" ||
        fail "nothing is said of the port that cannot be limited"
    [ -z "$(vsctl --bare --columns=_uuid list QoS)" ] ||
        fail "there is a QoS row"
fi

# Frames of 1,000 bytes for three seconds, 500 of each kind a second.  Where the
# kernel's queues hold back the sender, or the machine is busy, it takes longer, in
# which more gets through.
SECONDS_SENT=3
SIZE=1000

# bytes_of STREAM...: prints how many bytes of these streams of the last probe
# got there.
bytes_of() {
    local stream n=0

    for stream; do
        n=$((n + $(sed -n "s/^stream=\"$stream .*\" to=.* received=\([0-9]*\) .*/\1/p" \
                       $S/result)))
    done
    echo $((n * SIZE))
}

# expect_limit KBYTES STREAM...: of these streams together, as much has arrived as
# KBYTES kB/s with a burst of 64 KiB let through in all that time, and no less
# than in two of three seconds.
expect_limit() {
    local limit=$1 bytes most least

    shift
    bytes=$(bytes_of "$@")
    most=$((limit * took_ms + 65536))
    least=$((limit * 1000 * (SECONDS_SENT - 1)))
    say "$*: $bytes bytes in $took_ms ms, expected $least to $most"
    { [ $bytes -ge $least ] && [ $bytes -le $most ]; } ||
        fail "$*: not limited to $limit kB/s"
}

# expect_no_limit STREAM: nearly all has arrived.
expect_no_limit() {
    local bytes

    bytes=$(bytes_of "$1")
    say "$1: $bytes bytes"
    [ $bytes -ge $((450 * SIZE * (SECONDS_SENT - 1))) ] ||
        fail "$1: is limited"
}

expect_own_limit() {
    if on_kernel; then
        expect_limit 125 "$1"
    else
        expect_no_limit "$1"
    fi
}

probe_for 500 $SECONDS_SENT <<'.'
g1 -> up len=1000 = up
g2 -> up len=1000 = up
g3 -> up len=1000 = up
.
expect_limit 125 'g1 -> up' 'g2 -> up'
expect_own_limit 'g3 -> up'

probe_for 500 $SECONDS_SENT <<'.'
up -> g1 len=1000 = g1
up -> g2 len=1000 = g2
up -> g3 len=1000 = g3
.
expect_limit 250 'up -> g1' 'up -> g2'
expect_own_limit 'up -> g3'

say "Without limits again."
network net0 br0 libvirt - <<'.'
  <portgroup name='limited'/>
.
network net1 br0 libvirt - <<'.'
  <portgroup name='own'/>
.
settle
probe_for 500 $SECONDS_SENT <<'.'
g1 -> up len=1000 = up
up -> g2 len=1000 = g2
.
expect_no_limit 'g1 -> up'
expect_no_limit 'up -> g2'

finish
