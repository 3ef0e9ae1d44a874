# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The part of lib.sh about the datapath's own flows: what this Open vSwitch makes
# of them, and when they are as they should be.  See Documentation/releases.rst.

# Returns true if the userspace datapath takes one of two flows that overlap for
# the other.  Open vSwitch up to 3.1.2 looks a flow that it is to add or to change
# up as if a packet came.  Asked of a datapath of its own.
confuses_flows() {
    local match='in_port(1),eth(),eth_type(0x0800),ipv4(dst=10.0.0.0/255.255.255'

    if [ ! -e $S/confuses-flows ]; then
        ovs-appctl dpctl/add-dp netdev@confused
        ovs-appctl dpctl/add-flow netdev@confused "$match.0)" 1
        if ovs-appctl dpctl/add-flow netdev@confused "$match.128)" 1 \
            2> $S/confused; then
            echo no > $S/confuses-flows
        else
            grep -q 'File exists' $S/confused || fail "$(cat $S/confused)"
            echo yes > $S/confuses-flows
            say "This Open vSwitch confuses flows of the userspace datapath."
        fi
        ovs-appctl dpctl/del-dp netdev@confused
        # That is the other flow's, and the one that this flow was taken for.
        allow_log '\|dpif\|WARN\|netdev@confused: failed to put\[create\] \(File exists'
    fi
    grep -q yes $S/confuses-flows
}

# Waits until the datapath has no flow as it was before.  One that confuses flows
# leaves some so for as long as they are used, so it is to forget them all.  The
# kernel, which knows flows by number, forgets them sooner than it would look at
# each.
forget_datapath_flows() {
    if [ $VIRTNET_DATAPATH = netdev ] && ! confuses_flows; then
        wait_revalidated
    else
        purge_datapath_flows
    fi
}

purge_datapath_flows() {
    # The revalidators may be about to change what is gone then, or be told that
    # a flow is not the one that they mean.
    allow_log '\|dpif\(revalidator[0-9]*\)\|WARN\|[^|]*failed to put\[modify\] \((No such file|Invalid arg)'
    ovs-appctl revalidator/purge
}

# Waits until the datapath's flows say what the switch has learned by now.  The
# kernel goes by the old ones until then.  The first wait may be for a round that
# was under way.
wait_revalidated() {
    ovs-appctl revalidator/wait
    ovs-appctl revalidator/wait
}

# Prints how many tags the datapath of bridge $1 can match.
max_tags() {
    ovs-appctl dpif/show-dp-features "$1" |
        sed -n 's/^Max VLAN headers: //p'
}
