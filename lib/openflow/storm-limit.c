/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/storm-limit.h"

#include <stdlib.h>

#include "flow.h"
#include "lib/base/diag.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/ometer.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan.h"
#include "lib/openflow/slice.h"
#include "openvswitch/match.h"
#include "openvswitch/ofpbuf.h"
#include "util.h"

/* Meters of ports are numbered by OpenFlow port. */
#define METER_MASK UINT32_C(0xffff0000)

static uint32_t
meter_of_port(const struct vport *vport)
{
    return OMETER_PORTS | ofp_to_u16(vport->ofport);
}

/* Returns the port that meter 'meter_id' is for, or OFPP_NONE if it is no
 * port's. */
ofp_port_t
storm_limit_ofport(uint32_t meter_id)
{
    return ((meter_id & METER_MASK) == OMETER_PORTS
            ? u16_to_ofp(meter_id & ~METER_MASK) : OFPP_NONE);
}

/* Returns the port of 'plan' that meter 'meter_id' is for, or null if it is
 * none of theirs.  It is looked for among all of them. */
const struct vport *
storm_limit_find_port(const struct plan *plan, uint32_t meter_id)
{
    ofp_port_t ofport = storm_limit_ofport(meter_id);

    return ofport != OFPP_NONE ? plan_find_storm(plan, ofport) : NULL;
}

/* Has 'vport' a meter in 'ctx'? */
bool
storm_limit_needs_meter(const struct bridge_ctx *ctx,
                        const struct vport *vport)
{
    return (vport->role == VIF_GUEST && vport->storm && ctx->exact
            && ctx->meter_bands);
}

/* Puts the meter of 'vport', if it has one in 'ctx', into 'meters'. */
void
storm_limit_put_meter(const struct bridge_ctx *ctx, const struct vport *vport,
                      struct ometers *meters)
{
    if (storm_limit_needs_meter(ctx, vport)) {
        struct ometer meter;

        ometer_from_storm(&meter, meter_of_port(vport), vport->storm);
        ometers_put(meters, &meter);
    }
}

/* Adds to 'slice' the flow, with 'cookie', of the limit of 'vport', if it has
 * one in 'ctx':
 *
 *     FORWARD: in_port=7,dl_dst=01:00:00:00:00:00/01:00:00:00:00:00
 *         actions=meter:1458569223,goto_table:MULTICAST  */
void
storm_limit_compile(const struct bridge_ctx *ctx, const struct vport *vport,
                    ovs_be64 cookie, struct slice *slice)
{
    if (storm_limit_needs_meter(ctx, vport)) {
        struct match match = MATCH_CATCHALL_INITIALIZER;
        uint64_t stub[64 / 8];
        struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);

        match_set_in_port(&match, vport->ofport);
        pipeline_match_multicast(&match);
        pipeline_put_meter(&ofpacts, meter_of_port(vport));
        pipeline_put_goto(&ofpacts, (ctx->forward_bpdu ? TABLE_FLOOD
                                     : TABLE_MULTICAST));
        slice_add_flow(slice, TABLE_FORWARD, PRIORITY_FORWARD_STORM, &match,
                       cookie, &ofpacts);
        ofpbuf_uninit(&ofpacts);
    }
}

/* Adds to 'diags' that 'plan', of 'bridge', cannot carry out limits of ports,
 * if that is so: because the switch has refused a meter, as 'error' says, or
 * the datapath has none. */
void
storm_limit_report(const struct plan *plan, const char *bridge,
                   const char *error, struct diag_list *diags)
{
    const struct bridge_ctx *ctx = plan_get_ctx(plan);
    struct origin origin = { .element = CONST_CAST(char *, bridge) };
    const struct vport **vports;
    size_t n = 0;

    if (!ctx->exact || ctx->meter_bands) {
        return;
    }
    vports = plan_sort_ports(plan);
    for (const struct vport **v = vports; *v; v++) {
        n += (*v)->role == VIF_GUEST && (*v)->storm;
    }
    free(vports);
    if (n && error) {
        diag_add(diags, DIAG_ERROR, &origin,
                 "storm limits are not carried out: the switch has refused a "
                 "meter (%s)", error);
    } else if (n) {
        diag_add(diags, DIAG_ERROR, &origin,
                 "storm limits are not carried out: the datapath has no "
                 "meters");
    }
}
