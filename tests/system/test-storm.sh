#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Takes long
#
# Storm limits: of 2,000 broadcasts and 1,000 frames of multicast a second, as
# many get through as the guest may send, in packets or in kilobits, its unicast
# does not suffer, and a guest without a limit has none.  What was dropped is
# counted, and nothing is sent after a restart.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
add_uplink br0 up 52:54:00:00:ff:01
for i in 1 2 3 4 5; do
    add_guest br0 g$i 52:54:00:00:00:0$i
done
network net0 br0 libvirt - <<'.'
  <metadata>
    <vn:network xmlns:vn='urn:ovs-virtnet:1' storm='300'>
      <vn:portgroup name='slow' storm='2000 kbps'/>
    </vn:network>
  </metadata>
  <portgroup name='slow'/>
.
vsctl set Interface g2 external_ids:virtnet-storm=none
vsctl set Interface g4 external_ids:virtnet-portgroup=slow
vsctl set Interface g5 external_ids:virtnet-storm=3200kbps
start_controller
settle
SECONDS_SENT=3

# received STREAM TO: prints how many frames of it came out of a port.
received() {
    sed -n "s/^stream=\"$1.*\" to=$2 .*received=\([0-9]*\) .*/\1/p" $S/result |
        awk '{ n += $1 } END { print n + 0 }'
}

# expect_between WHAT NUMBER LEAST MOST
expect_between() {
    say "$1: $2, expected $3 to $4"
    { [ "$2" -ge "$3" ] && [ "$2" -le "$4" ]; } || fail "$1"
}

# stopped PORT: prints what the limit of a port has dropped, by metrics.
stopped() {
    ctl metrics | sed -n "s/^virtnet_port_stopped_packets_total{.*port=\"$1\",kind=\"storm\"} //p"
}

probe_for 1000 $SECONDS_SENT <<'.'
g1 -> ff:ff:ff:ff:ff:ff = g3
g1 -> ff:ff:ff:ff:ff:ff type=0x88b7 = g3
g1 -> 01:00:5e:01:02:03 = g3
g1 -> g3 = g3
g2 -> ff:ff:ff:ff:ff:ff = g3
g4 -> ff:ff:ff:ff:ff:ff len=1000 = g3
g4 -> g3 len=1000 = g3
g5 -> ff:ff:ff:ff:ff:ff len=1000 = g3
.
limited=$(($(received 'g1 -> ff:ff' g3) + $(received 'g1 -> 01:00' g3)))
# As much as in a second may go at once.  It took no less time than the number sent
# says.
sent=$(sed -n 's/^stream="g1 -> g3".* sent=\([0-9]*\) .*/\1/p' $S/result)
expect_between "what g1 sends to groups" $limited \
    $((300 * sent / 1000 - 300)) $((300 * took_ms / 1000 + 900))
expect_between "unicast of g1" "$(received 'g1 -> g3' g3)" \
    $((sent * 9 / 10)) "$sent"
expect_between "broadcast of g2, without a limit" \
    "$(received 'g2 -> ff' g3)" $((sent * 9 / 10)) "$sent"
for g in g4:250 g5:400; do
    # So many frames of 8 kilobits a second, and as many at once.
    rate=${g#*:} g=${g%:*}
    sent=$(sed -n "s/^stream=\"$g -> ff.* sent=\([0-9]*\) .*/\1/p" $S/result)
    expect_between "broadcast of $g, in kilobits" \
        "$(received "$g -> ff" g3)" \
        $((rate * sent / 1000 - rate)) $((rate * took_ms / 1000 + 3 * rate))
    expect_between "counted as dropped of $g" "$(stopped $g)" \
        $((sent - rate * took_ms / 1000 - 3 * rate)) $((sent - rate))
done
sent=$(sed -n 's/^stream="g4 -> g3.* sent=\([0-9]*\) .*/\1/p' $S/result)
expect_between "unicast of g4" "$(received 'g4 -> g3' g3)" \
    $((sent * 9 / 10)) "$sent"
sent=$(sed -n 's/^stream="g1 -> g3".* sent=\([0-9]*\) .*/\1/p' $S/result)
expect_between "counted as dropped" "$(stopped g1)" \
    $((3 * sent - 300 * took_ms / 1000 - 900)) $((3 * sent))
[ "$(stopped g3)" = 0 ] || fail "g3 has sent nothing, but $(stopped g3) dropped"
[ -z "$(stopped g2)" ] || fail "g2 has no limit"

ctl fdb --stats br0 | grep -q " g1 .*(stopped: storm [1-9][0-9]*)" ||
    fail "fdb says nothing of it"

say "What each may, and what of it there is in the switch."
ctl show | grep -A1 'Port g1' | grep -q 'storm limit 300pps' || fail "show"
for g in g4:2000kbps g5:3200kbps; do
    ctl show | grep -A1 "Port ${g%:*}" | grep -q "storm limit ${g#*:}" || fail "show"
done
[ "$(ofctl dump-meters br0 | grep -c pktps)" = 2 ] || fail "meters"
[ "$(ofctl dump-meters br0 | grep -c kbps)" = 2 ] || fail "meters"
[ "$(ofctl dump-flows br0 | grep -c meter:)" = 4 ] || fail "flows"

say "A restart sends nothing, and what was dropped is counted still."
dropped=$(stopped g1)
stop_controller
start_counting
start_controller
settle
[ "$(count_changes)" = 0 ] || fail "a restart has sent something"
[ "$(stopped g1)" -ge "$dropped" ] || fail "counted $(stopped g1)"

say "Without a limit nothing is held, and there are no meters."
vsctl remove Interface g5 external_ids virtnet-storm
vsctl remove Interface g4 external_ids virtnet-portgroup
settle
network net0 br0 libvirt
settle
wait_for 10 sh -c "! ovs-ofctl -O OpenFlow15 dump-meters br0 | grep -q bps" ||
    fail "meters are left"
wait_for 10 sh -c "! ovs-ofctl -O OpenFlow15 dump-meters br0 | grep -q pktps" ||
    fail "meters are left"
expect_frames <<'.'
g1 -> ff:ff:ff:ff:ff:ff = g2 g3 g4 g5 up host
g1 -> g3 = g3
.

say "A trace says whose guard drops a frame."
vsctl set Interface g2 'external_ids:virtnet-guards="mac ip"' \
    external_ids:virtnet-ips=10.0.0.2
settle
# expect_trace VERDICT [WORD...]: of a frame from g2
expect_trace() {
    local verdict

    verdict=$(virtnetctl trace br0 g2 "${@:2}" | sed 1q)
    [ "${verdict/ (guest *),/,}" = "$1, by external_ids:virtnet-guards" ] ||
        fail "$verdict"
}
expect_trace "dropped by guard mac of g2" --src=52:54:00:00:00:77 --dst=g3
expect_trace "dropped by guard ip of g2" ip,nw_src=10.0.0.9 --dst=g3
expect_trace "dropped by guard ip (arp) of g2" \
    arp,arp_spa=10.0.0.9,arp_sha=52:54:00:00:00:02 --dst=g3

say "Guard log: of 1,000 frames of a kind one is in the log, and all are counted."
SECONDS_SENT=1
allow_log 'mbridge_offences\|WARN\|br0: guard'
vsctl set Interface g2 'external_ids:virtnet-guards="mac ip log"'
settle
expect_trace "dropped by guard mac of g2" --src=52:54:00:00:00:77 --dst=g3
probe_for 1000 $SECONDS_SENT <<'.'
g2 -> g3 src=52:54:00:00:00:77 = g3
g2 -> g3 type=0x800 = g3
.
grep -F 'mbridge_offences' $OVS_LOGDIR/virtnet-controller.log
for kind in mac ip; do
    case $kind in
        mac) stream=src=52:54:00:00:00:77 ;;
        ip) stream=type=0x800 ;;
    esac
    sent=$(sed -n "s/^stream=\"g2 -> g3 $stream\".* sent=\([0-9]*\) .*/\1/p" $S/result)
    [ "$sent" -ge 500 ] || fail "$sent sent of $kind"
    [ "$(grep -c "offences|WARN|br0: guard $kind of g2.* stops what it sends: 52:54:00:00:00:" \
        $OVS_LOGDIR/virtnet-controller.log)" = 1 ] || fail "$kind is not in the log once"
    n=$(ctl metrics | sed -n "s/^virtnet_port_stopped_packets_total{.*port=\"g2\",kind=\"$kind\"} //p")
    expect_between "counted as stopped by $kind" "$n" $((sent * 9 / 10)) "$sent"
done
[ "$(ofctl dump-flows br0 | grep -c 'max_len=96')" -ge 1 ] || fail "nothing else is shown"
finish
