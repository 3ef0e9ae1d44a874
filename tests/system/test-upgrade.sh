#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Another version takes over from one that had other flows: it sends what differs
# and nothing else, and no frame is lost.
#
# OLD_CONTROLLER is the program to start from.  Without it, what other versions
# might have put into the switch is made of what this one does: FORWARD flows of
# another priority, and then all flows with other cookies.

. "$(dirname "$0")/lib.sh"
sandbox "$@"
need_controller

start_ovs
add_bridge br0
# Version 0.1 had tables that others have flows in.
[ -n "${OLD_CONTROLLER-}" ] || plant_foreign br0
add_uplink br0 up 52:54:00:00:ff:01
add_guest br0 g1 52:54:00:00:00:01
add_guest br0 g2 52:54:00:00:00:02
add_guest br0 g3 52:54:00:00:00:03 tag=10
add_guest br0 g4 52:54:00:00:00:04 vlan_mode=native-untagged tag=10 trunk=10,20
network net0 br0 libvirt

# It may be from before some of the options that controllers are started with.
start_old_controller() {
    "$OLD_CONTROLLER" --help > $S/old-help
    cat > $S/old-controller <<'.'
#!/bin/bash
for option; do
    case $option in
        --*) grep -qwe "${option%%=*}" "$(dirname "$0")/old-help" || continue ;;
    esac
    options+=("$option")
done
exec "$OLD_CONTROLLER" "${options[@]}"
.
    chmod +x $S/old-controller
    export OLD_CONTROLLER
    (CONTROLLER=$S/old-controller; need_controller() { :; }; start_controller)
}

if [ -n "${OLD_CONTROLLER-}" ]; then
    start_old_controller
else
    start_controller
fi
settle

start_probe p 1000 <<'.'
g1 -> g2 = g2
g2 -> unknown = up
g3 -> g4 = g4
up -> g1 = g1
up -> unknown = -
.
sleep 0.5
stop_controller TERM
take_over

say "Other priorities."
stop_controller TERM
change_flows '/table=230/s/priority=100/priority=99/'
take_over
[ "$(grep -c 'table=230, priority=99' $S/before)" -gt 4 ]

say "Other cookies."
stop_controller TERM
change_flows 's/cookie=(0x[0-9a-f]*).{5},/cookie=\1abcde,/'
take_over
! comm -12 $S/before $S/after | grep .

sleep 0.5
stop_probe p > $S/probe || fail "frames were lost: $(cat $S/probe)"
cat $S/probe
finish
