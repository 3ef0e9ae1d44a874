# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# The part of lib.sh about the datapath's own flows: what this Open vSwitch makes
# of them, and when they are as they should be.  See Documentation/releases.rst.

# Returns true if the userspace datapath takes one of two flows that overlap for
# the other.  Open vSwitch up to 3.1.2 looks a flow that it is to change up as if a
# packet came.  Asked of a datapath of its own.
confuses_flows() {
    if [ ! -e $S/confuses-flows ]; then
        ask_of_flows > $S/confuses-flows
        case $(cat $S/confuses-flows) in
            1) ;;
            2) say "This Open vSwitch confuses flows of the userspace datapath." ;;
            *) fail "neither flow was changed: $(cat $S/confuses-flows)" ;;
        esac
    fi
    grep -q 2 $S/confuses-flows
}

# Has a datapath change a flow by source addresses, which would itself be looked
# up as one by destination addresses, since there is another of that kind that was
# the first of all.  Prints the actions of the latter: 1 as they were, or 2.
ask_of_flows() {
    local any=0.0.0.0 net=255.255.255.0

    confused add-dp
    confused add-flow "$(ip_flow 10.0.9.9/$any 10.0.3.3/$net)" 1
    confused add-flow "$(ip_flow 10.0.1.1/$net 10.0.2.2/$any)" 1
    confused add-flow "$(ip_flow 10.0.9.9/$any 10.0.2.2/$net)" 1
    confused mod-flow "$(ip_flow 10.0.1.1/$net 10.0.2.2/$any)" 2
    confused dump-flows | sed -n 's/.*dst=10\.0\.2\.2.*actions://p'
    confused del-dp
}

confused() {
    local command=$1

    shift
    ovs-appctl "dpctl/$command" netdev@confused "$@"
}

ip_flow() {
    echo "in_port(1),eth(),eth_type(0x0800),ipv4(src=$1,dst=$2)"
}

# Has the datapath forget its flows.
forget_datapath_flows() {
    # The revalidators may be about to change what is gone then, or be told that
    # a flow is not the one that they mean.
    allow_log '\|dpif\(revalidator[0-9]*\)\|WARN\|[^|]*failed to put\[modify\] \((No such file|Invalid arg)'
    ovs-appctl revalidator/purge
}

# Waits until the datapath has no flow as it was before.  One that confuses flows
# leaves some so for as long as they are used, so it is to forget them all.
renew_datapath_flows() {
    if [ $VIRTNET_DATAPATH = netdev ] && ! confuses_flows; then
        wait_revalidated
    else
        forget_datapath_flows
    fi
}

# Waits until the datapath's flows say what the switch has learned by now.  The
# kernel goes by the old ones until then.  The first wait may be for a round that
# was under way.
REVALIDATE='ovs-appctl revalidator/wait && ovs-appctl revalidator/wait'
wait_revalidated() {
    eval "$REVALIDATE"
}

# Prints how many tags the datapath of bridge $1 can match.
max_tags() {
    ovs-appctl dpif/show-dp-features "$1" |
        sed -n 's/^Max VLAN headers: //p'
}
