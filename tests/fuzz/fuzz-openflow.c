/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "controller/switch/ofctrl-switch.h"
#include "controller/switch/ofctrl-watch.h"
#include "lib/openflow/foreign.h"
#include "lib/openflow/oflow-table.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofp-port.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/vlog.h"

int
LLVMFuzzerInitialize(int *argc OVS_UNUSED, char ***argv OVS_UNUSED)
{
    vlog_set_levels(NULL, VLF_ANY_DESTINATION, VLL_OFF);
    return 0;
}

static void
on_port(const struct ofputil_phy_port *port, bool gone OVS_UNUSED,
        void *aux OVS_UNUSED)
{
    FUZZ_CHECK(memchr(port->name, 0, sizeof port->name));
}

static void
on_frame(const struct ofctrl_frame *frame OVS_UNUSED, void *aux OVS_UNUSED)
{
}

static void
decode(const struct ofp_header *oh, enum ofptype type,
       const struct ofctrl_watch_ours *ours, struct ofctrl_watch *watch)
{
    struct ovs_list msgs = OVS_LIST_INITIALIZER(&msgs);

    switch ((int) type) {
    case OFPTYPE_PORT_DESC_STATS_REPLY:
    case OFPTYPE_PORT_STATUS:
        ofctrl_switch_decode_ports(oh, on_port, NULL);
        break;
    case OFPTYPE_PACKET_IN:
        ofctrl_switch_decode_frame(oh, on_frame, NULL);
        break;
    case OFPTYPE_FLOW_STATS_REPLY:
        ofctrl_switch_decode_flows(oh, ours->installed, ours->foreign);
        break;
    case OFPTYPE_GROUP_DESC_STATS_REPLY:
        ofctrl_switch_decode_groups(oh, ours->installed);
        break;
    case OFPTYPE_FLOW_MONITOR_STATS_REPLY:
    case OFPTYPE_REQUESTFORWARD:
        ofctrl_watch_decode(watch, oh, type == OFPTYPE_REQUESTFORWARD, ours,
                            &msgs);
        ofpbuf_list_delete(&msgs);
        break;
    }
}

static void
ignore_taken(ofp_port_t port OVS_UNUSED, void *aux OVS_UNUSED)
{
}

/* Messages from a switch, one after the other, each as long as its header
 * says, as vconn.c takes them from a stream. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct oflow_table table, empty;
    struct ofctrl_watch watch;
    struct foreign foreign;
    const struct ofctrl_watch_ours ours = { .installed = &table,
                                            .foreign = &foreign };

    ofctrl_watch_init(&watch, ignore_taken, NULL);
    watch.enabled = true;
    oflow_table_init(&table);
    oflow_table_init(&empty);
    foreign_init(&foreign);
    while (size >= sizeof(struct ofp_header)) {
        struct ofp_header header;
        enum ofptype type;

        memcpy(&header, data, sizeof header);
        size_t length = ntohs(header.length);
        if (length < sizeof header || length > size) {
            break;
        }

        struct ofp_header *oh = xmemdup(data, length);
        oh->version = OFP15_VERSION;
        if (!ofptype_decode(&type, oh)) {
            decode(oh, type, &ours, &watch);
        }
        free(oh);
        data += length;
        size -= length;
    }
    fuzz_check_diff(&empty, &table);
    oflow_table_uninit(&table);
    oflow_table_uninit(&empty);
    foreign_uninit(&foreign);
    ofctrl_watch_uninit(&watch);
    return 0;
}
