/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/foreign.h"

#include <string.h>

#include "byte-order.h"
#include "flow.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "openvswitch/match.h"
#include "openvswitch/ofpbuf.h"

/* Initializes 'foreign' as empty. */
void
foreign_init(struct foreign *foreign)
{
    *foreign = (struct foreign) { .more = false };
    oflow_table_init(&foreign->flows);
}

/* Frees what 'foreign' holds, but not 'foreign' itself. */
void
foreign_uninit(struct foreign *foreign)
{
    oflow_table_uninit(&foreign->flows);
}

/* Forgets all flows, because the switch is to be read afresh. */
void
foreign_clear(struct foreign *foreign)
{
    oflow_table_clear(&foreign->flows);
    memset(foreign->n, 0, sizeof foreign->n);
    foreign->more = false;
}

static bool
matches_all(const struct oflow *flow)
{
    static const struct flow none;
    struct match match;

    minimatch_expand(&flow->match, &match);
    match.wc.masks.packet_type = 0;
    return !memcmp(&match.wc.masks, &none, sizeof none);
}

/* Does 'flow' decide about all frames, whatever flows of ours there are? */
static bool
rules(const struct oflow *flow)
{
    return (flow->table_id == TABLE_ADMIT
            && flow->priority > PRIORITY_ADMIT_MULTICAST_SOURCE
            && matches_all(flow));
}

/* Stores in '*ofport' the only port that 'flow' is about.  Returns false if
 * there is none. */
static bool
get_port(const struct oflow *flow, ofp_port_t *ofport)
{
    struct match match;

    minimatch_expand(&flow->match, &match);
    *ofport = match.flow.in_port.ofp_port;
    return match.wc.masks.in_port.ofp_port == u16_to_ofp(UINT16_MAX);
}

static enum foreign_kind
get_kind(const struct oflow *flow)
{
    ofp_port_t ofport;

    return (flow->table_id != TABLE_ADMIT || rules(flow) ? FOREIGN_PLACE
            : flow->priority < PRIORITY_ADMIT_DROP ? FOREIGN_HARMLESS
            : get_port(flow, &ofport) ? FOREIGN_PORT
            : FOREIGN_WINNER);
}

/* Returns how many flows of 'kind' are kept at most. */
static size_t
get_max(enum foreign_kind kind)
{
    return (kind == FOREIGN_PLACE ? FOREIGN_MAX_PLACES
            : kind == FOREIGN_PORT ? FOREIGN_MAX_PORTS : FOREIGN_MAX);
}

/* Takes in that the switch holds 'flow', which is not ours.  Does nothing if
 * that is not in a table of ours. */
void
foreign_put(struct foreign *foreign, const struct oflow *flow)
{
    if (!pipeline_table_purpose(flow->table_id)) {
        return;
    }

    enum foreign_kind kind = get_kind(flow);

    if (oflow_table_find(&foreign->flows, flow)) {
        oflow_table_put(&foreign->flows, flow);
    } else if (foreign->n[kind] < get_max(kind)) {
        oflow_table_put(&foreign->flows, flow);
        foreign->n[kind]++;
    } else if (kind != FOREIGN_HARMLESS) {
        foreign->more = true;
    }
}

/* Takes in that in the place of 'key' the switch holds nothing of somebody
 * else's, or nothing any longer. */
void
foreign_remove(struct foreign *foreign, const struct oflow *key)
{
    if (oflow_table_find(&foreign->flows, key)) {
        foreign->n[get_kind(key)]--;
        oflow_table_remove(&foreign->flows, key);
    }
}

/* Returns how many flows are kept. */
size_t
foreign_count(const struct foreign *foreign)
{
    return oflow_table_count_flows(&foreign->flows);
}

/* Are there flows that are not kept, and would be if the switch was read
 * afresh? */
bool
foreign_may_know_more(const struct foreign *foreign)
{
    for (enum foreign_kind kind = 0; kind < FOREIGN_HARMLESS; kind++) {
        if (foreign->n[kind] > get_max(kind) - get_max(kind) / 16) {
            return false;
        }
    }
    return foreign->more;
}

/* Is there a flow that decides about all frames, whatever flows of ours there
 * are?  It is one of ADMIT that matches on nothing and is above all of ours.
 * Whoever has that rules the bridge. */
bool
foreign_rules(const struct foreign *foreign)
{
    const struct oflow_node *node;

    HMAP_FOR_EACH (node, hmap_node, &foreign->flows.flows) {
        if (rules(node->flow)) {
            return true;
        }
    }
    return false;
}

/* Does 'ours' have a flow of ADMIT with 'priority' for all that comes in by
 * 'ofport'? */
static bool
has_port_flow(const struct oflow_table *ours, ofp_port_t ofport, int priority)
{
    struct match match = MATCH_CATCHALL_INITIALIZER;
    struct ofpbuf none = OFPBUF_STUB_INITIALIZER(NULL);
    struct oflow *key;
    bool found;

    match_set_in_port(&match, ofport);
    pipeline_match_ours(&match);
    key = oflow_create(TABLE_ADMIT, priority, &match, htonll(0), &none);
    found = oflow_table_find(ours, key) != NULL;
    oflow_unref(key);
    return found;
}

/* Is 'flow', one of ADMIT, about one port, and does 'ours' have a flow above
 * it that takes, or drops, whatever comes in by that port? */
static bool
is_below_port(const struct oflow *flow, const struct oflow_table *ours)
{
    ofp_port_t ofport;

    return (get_port(flow, &ofport)
            && ((flow->priority < PRIORITY_ADMIT_DROP_PORT
                 && has_port_flow(ours, ofport, PRIORITY_ADMIT_DROP_PORT))
                || (flow->priority < PRIORITY_ADMIT_TAGGED
                    && has_port_flow(ours, ofport, PRIORITY_ADMIT_TAGGED))));
}

/* May 'flow', which is not ours, be what decides about a frame that a flow in
 * 'ours', what the plan has, should decide about?
 *
 * In ADMIT, that is so if it has the priority of our drop or a higher one,
 * which a frame that none of our other flows takes would meet before the drop:
 * that of a port that is just being plugged.  Only if it is about one port
 * that is plugged, then our flows for that may stand above it.
 *
 * In our other tables nobody has any business. */
bool
foreign_can_win(const struct oflow *flow, const struct oflow_table *ours)
{
    if (!pipeline_table_purpose(flow->table_id)
        || !oflow_table_count_flows(ours)) {
        return false;
    } else if (flow->table_id != TABLE_ADMIT) {
        return true;
    }
    return (flow->priority >= PRIORITY_ADMIT_DROP
            && !is_below_port(flow, ours));
}

/* Does 'flow', which is not ours, do nothing as long as 'ours' are there,
 * since it is about a port all of whose frames these decide about? */
bool
foreign_is_void(const struct oflow *flow, const struct oflow_table *ours)
{
    return flow->table_id == TABLE_ADMIT && is_below_port(flow, ours);
}
