/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/mbridge-private.h"

#include "dp-packet.h"
#include "flow.h"
#include "lib/base/guards.h"
#include "lib/base/printable.h"
#include "lib/host/vif.h"
#include "lib/model/vport.h"
#include "lib/openflow/guard.h"
#include "lib/openflow/plan.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/vlog.h"
#include "packets.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(mbridge_offences);

/* Appends from whom to whom 'frame' is, and what. */
static void
put_frame(struct ds *s, const struct ofctrl_frame *frame)
{
    struct dp_packet packet;
    struct flow flow;

    dp_packet_use_const(&packet, frame->data, frame->size);
    flow_extract(&packet, &flow);
    ds_put_format(s, ETH_ADDR_FMT" to "ETH_ADDR_FMT", type 0x%04x",
                  ETH_ADDR_ARGS(flow.dl_src), ETH_ADDR_ARGS(flow.dl_dst),
                  ntohs(flow.dl_type));
    if (flow.dl_type == htons(ETH_TYPE_IPV6)) {
        ds_put_cstr(s, ", ");
        ipv6_format_addr(&flow.ipv6_src, s);
        ds_put_cstr(s, " to ");
        ipv6_format_addr(&flow.ipv6_dst, s);
    } else if (flow.nw_src || flow.nw_dst) {
        ds_put_format(s, ", "IP_FMT" to "IP_FMT, IP_ARGS(flow.nw_src),
                      IP_ARGS(flow.nw_dst));
    }
}

/* Appends what has stopped 'frame', of 'port'. */
static void
put_guard(struct ds *s, const struct mbridge *mb, const struct mport *port,
          const struct ofctrl_frame *frame)
{
    const struct vport *vport = mbridge_get_vport(mb, port);

    if (frame->stop == STOP_FILTER) {
        ds_put_cstr(s, "the filter");
    } else {
        guard_format_stop(s, frame->stop, vport ? vport->guards : GUARDS_ALL);
    }
}

/* Appends the guest of 'port', as " (guest web1)", if that is known. */
static void
put_guest(struct ds *s, struct mbridge *mb, struct mport *port)
{
    struct vif early;
    const struct vif *vif = mbridge_find_vif(mb, port, &early);

    if (vif && (vif->guest.name || vif->vm_id)) {
        ds_put_cstr(s, " (guest ");
        printable_put(s, vif->guest.name ? vif->guest.name : vif->vm_id);
        ds_put_char(s, ')');
    }
}

/* The guest of 'port' has announced 'mac', which it cannot have.  That is
 * counted each time that it is looked at, and said as rarely as an offence. */
void
mbridge_on_refused(struct mbridge *mb, struct mport *port,
                   struct eth_addr mac)
{
    static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(60, 60);
    struct ds s = DS_EMPTY_INITIALIZER;

    mb->n_refused++;
    port->n_refused++;
    if (offences_hear(&port->life.offences, OFFENCE_ANNOUNCED,
                      time_msec()) >= 0) {
        put_guest(&s, mb, port);
        VLOG_INFO_RL(&rl, "%s: %s%s announces "ETH_ADDR_FMT", which it cannot "
                     "have", mb->row.name, port->name, ds_cstr(&s),
                     ETH_ADDR_ARGS(mac));
    }
    ds_destroy(&s);
}

/* A flow shows 'frame', which a guard of 'port' has stopped, or its filter.
 * That is said of the first, and nothing more of the kind is shown for a
 * while: lib/model/offences.h. */
void
mbridge_on_offence(struct mbridge *mb, struct mport *port,
                   const struct ofctrl_frame *frame)
{
    static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(60, 60);
    struct ds s = DS_EMPTY_INITIALIZER;
    long long int since = offences_hear(&port->life.offences, frame->stop,
                                        time_msec());

    if (since < 0) {
        return;
    }
    put_guard(&s, mb, port, frame);
    ds_put_format(&s, " of %s", port->name);
    put_guest(&s, mb, port);
    ds_put_format(&s, " %s: ", since ? "still stops what it sends"
                  : "stops what it sends");
    put_frame(&s, frame);
    if (since) {
        ds_put_format(&s, "; since %lld s", since / 1000);
    }
    VLOG_WARN_RL(&rl, "%s: %s", mb->row.name, ds_cstr(&s));
    ds_destroy(&s);
    mbridge_update_mport(mb, port);
}
