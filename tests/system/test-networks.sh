#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Definitions in the folder: added, changed and removed ones take effect at
# once; wrong ones are named with file, line and element, and the last good one
# stays in force; what is not for Open vSwitch is left alone.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
add_bridge br1 host1
add_guest br1 h1 52:54:00:00:01:01
add_guest br1 h2 52:54:00:00:01:02
start_controller
settle

has_flows() { [ -n "$(our_flows "$1")" ]; }
has_none() { [ -z "$(our_flows "$1")" ]; }

# Runs "$@", which becomes true without anybody asking the controller.
at_once() {
    local start=${EPOCHREALTIME/./}

    wait_for 5 "$@" || fail "not at once: $*"
    say "$* after $(((${EPOCHREALTIME/./} - start) / 1000)) ms"
}

# Fails unless there is exactly one error, with all words of "$@".
expect_diagnostic() {
    local word lines

    lines=$(controller_diagnostics | grep -F ': error: ')
    for word; do
        lines=$(grep -Fi -- "$word" <<< "$lines") ||
            fail "no line says \"$word\": $(controller_status)"
    done
    [ "$(wc -l <<< "$lines")" = 1 ] || fail "more than one line: $lines"
}

good() {
    settle
    if controller_diagnostics | grep .; then
        fail "something is reported where all is well"
    fi
}

say "Added, changed, removed."
network net0 br0 libvirt
at_once has_flows br0
good
has_none br1 || fail "flows on another bridge"
network net1 br1 libvirt
at_once has_flows br1
expect_frames <<'.'
up -> unknown = -
h1 -> unknown = -
h1 -> h2 = h2
.
network net1 br1 kernel
at_once has_none br1
network net1 br1 libvirt
at_once has_flows br1
remove_network net1
at_once has_none br1
# Written in place, renamed, moved to another bridge.
cat > $NETWORKS/net1.xml <<'.'
<network><name>net1</name><bridge name='br1' macTableManager='libvirt'/></network>
.
at_once has_flows br1
mv $NETWORKS/net1.xml $NETWORKS/renamed.xml
settle
has_flows br1 || fail "renaming the file has lost the network"
sed -i 's/br1/br-none/; s/libvirt/kernel/' $NETWORKS/renamed.xml
at_once has_none br1
rm $NETWORKS/renamed.xml
settle
good

say "One network's removal leaves the other's flows alone."
network net1 br1 libvirt
settle
our_flows br0 > $S/flows
remove_network net1
at_once has_none br1
our_flows br0 | diff -u $S/flows -

say "Files that are none of ours."
cp $NETWORKS/net0.xml $NETWORKS/net0.xml.bak
echo '<network' > $NETWORKS/.net0.xml.swp
echo '<network' > $NETWORKS/net0.xml~
echo 'hello' > $NETWORKS/README
mkdir $NETWORKS/autostart
ln -s ../net0.xml $NETWORKS/autostart/net0.xml
settle
# What looks as if it were meant is told of half a second later.
sleep 1
good
rm -r $NETWORKS/net0.xml.bak $NETWORKS/.net0.xml.swp $NETWORKS/net0.xml~ \
    $NETWORKS/README $NETWORKS/autostart

## Wrong files.  Each is put in the place of the good net0, which must stay in
## force.  The words after the name must be in one line of what is reported.

allow_log '\|WARN\|.*\.xml'
cp $NETWORKS/net0.xml $S/good.xml
wrong() {
    cat > $NETWORKS/net0.new
    mv $NETWORKS/net0.new $NETWORKS/net0.xml
    settle
    expect_diagnostic "$@"
    our_flows br0 | diff -u $S/flows - ||
        fail "the last good definition is not in force: $*"
    expect_frames <<'.'
up -> unknown = -
g1 -> g2 = g2
g1 -> unknown = up
.
}

say "Wrong definitions."
wrong net0.xml:4 <<'.'
<network>
  <name>net0</name>
  <bridge name='br0' macTableManager='libvirt'/>
</networc>
.
wrong net0.xml: <<'.'
.
wrong net0.xml:3 bridge macTableManager <<'.'
<network>
  <name>net0</name>
  <bridge name='br0' macTableManager='Libvirt'/>
</network>
.
wrong net0.xml:3 bridge 'a/b' <<'.'
<network>
  <name>net0</name>
  <bridge name='a/b' macTableManager='libvirt'/>
</network>
.
wrong net0.xml:3 bridge 'much-too-long-a-name' <<'.'
<network>
  <name>net0</name>
  <bridge name='much-too-long-a-name' macTableManager='libvirt'/>
</network>
.
wrong net0.xml:6 tag 4095 <<'.'
<network>
  <name>net0</name>
  <bridge name='br0' macTableManager='libvirt'/>
  <portgroup name='p'>
    <vlan>
      <tag id='4095'/>
    </vlan>
  </portgroup>
</network>
.
wrong net0.xml:4 tag many <<'.'
<network>
  <name>net0</name>
  <bridge name='br0' macTableManager='libvirt'/>
  <vlan><tag id='many'/></vlan>
</network>
.
wrong net0.xml:5 portgroup default <<'.'
<network>
  <name>net0</name>
  <bridge name='br0' macTableManager='libvirt'/>
  <portgroup name='p' default='yes'/>
  <portgroup name='q' default='yes'/>
</network>
.
# No entity is expanded, no file is read.
wrong net0.xml: <<'.'
<!DOCTYPE network [<!ENTITY e SYSTEM "file:///etc/hostname">]>
<network>
  <name>&e;</name>
  <bridge name='br0' macTableManager='libvirt'/>
</network>
.
head -c 100000 /dev/urandom > $S/noise
wrong net0.xml: < $S/noise

say "The other networks go on."
network net1 br1 libvirt
settle
has_flows br1 || fail "a wrong file keeps another network from working"
remove_network net1
cp $S/good.xml $NETWORKS/net0.xml
settle
good
our_flows br0 | diff -u $S/flows -

say "A wrong file that was never right is nothing but reported."
echo '<network><name>bad</name><bridge name="br1" macTableManager="x"/></network>' \
    > $NETWORKS/bad.xml
settle
expect_diagnostic bad.xml:1 bridge
has_none br1 || fail "a wrong network has flows"
rm $NETWORKS/bad.xml
settle
good

say "A wrong file that is removed takes its last good definition with it."
network net1 br1 libvirt
settle
echo '<network' > $NETWORKS/net1.xml
settle
has_flows br1 || fail "the last good definition is not in force"
remove_network net1
at_once has_none br1
good

say "Networks that are somebody else's."
for mode in nat route open private vepa passthrough hostdev; do
    case $mode in
        nat|route|open) bridge="<bridge name='br1' macTableManager='libvirt'/>" ;;
        *) bridge= ;;
    esac
    printf "<network>\n<name>n-%s</name>\n<forward mode='%s'/>\n%s\n</network>\n" \
        $mode $mode "$bridge" > $NETWORKS/n-$mode.xml
done
settle
has_none br1 || fail "another forward mode was taken for ours"
! controller_diagnostics | grep -i error | grep -F n- || fail "a note is called an error"
rm $NETWORKS/n-*.xml
settle

say "Two networks that do not agree about one bridge."
network net1 br1 libvirt
settle
network net2 br1 kernel
settle
controller_diagnostics | grep -q 'net1.xml:' && controller_diagnostics | grep -q 'net2.xml:' ||
    fail "the diagnostic does not name both files: $(controller_status)"
has_flows br1 || fail "the bridge did not stay as it was"
remove_network net2
settle
good
network net2 br1 libvirt
settle
good
remove_network net1
settle
has_flows br1 || fail "the second network does not keep the bridge"
remove_network net2
settle
has_none br1 || fail "flows are left"

say "The folder itself goes and comes back."
allow_log '\|dir_watch\|WARN\|.*waiting for it'
mv $NETWORKS $NETWORKS.away
sleep 0.5
ctl status > /dev/null
mv $NETWORKS.away $NETWORKS
settle
has_flows br0 || fail "the folder came back, its network did not"
network net1 br1 libvirt
at_once has_flows br1

finish
