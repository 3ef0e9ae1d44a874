/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "tests/unit/pipeline-eval.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "byte-order.h"
#include "flow.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/meta-flow.h"
#include "openvswitch/ofp-actions.h"
#include "packets.h"
#include "util.h"

/* Adds one frame out of 'port' with tag 'tci' to 'deliveries'. */
void
delivery_add(struct deliveries *deliveries, ofp_port_t port, ovs_be16 tci)
{
    assert_true(deliveries->n < ARRAY_SIZE(deliveries->d));
    deliveries->d[deliveries->n++] = (struct delivery) { port, tci };
}

static int
compare_deliveries(const void *a_, const void *b_)
{
    const struct delivery *a = a_;
    const struct delivery *b = b_;

    return (a->port != b->port
            ? (int) ofp_to_u16(a->port) - (int) ofp_to_u16(b->port)
            : (int) ntohs(a->tci) - (int) ntohs(b->tci));
}

static void
format_tci(struct ds *s, ovs_be16 tci)
{
    if (tci) {
        ds_put_format(s, "/vlan%u", vlan_tci_to_vid(tci));
        if (vlan_tci_to_pcp(tci)) {
            ds_put_format(s, "/pcp%d", vlan_tci_to_pcp(tci));
        }
    }
}

/* Sorts 'deliveries' by port and appends them to 's', as "1/vlan10 7": tagged
 * for VLAN 10 out of port 1, and untagged out of port 7.  A frame that was
 * shown to the controller has " shown" behind that, and one that was shown to
 * NORMAL by which port. */
void
deliveries_format(struct ds *s, struct deliveries *deliveries)
{
    qsort(deliveries->d, deliveries->n, sizeof *deliveries->d,
          compare_deliveries);
    for (size_t i = 0; i < deliveries->n; i++) {
        ds_put_format(s, "%s%"PRIu32, i ? " " : "", deliveries->d[i].port);
        format_tci(s, deliveries->d[i].tci);
    }
    if (deliveries->normal_in) {
        ds_put_format(s, " normal from %"PRIu32, deliveries->normal_in);
    }
    if (deliveries->learned_in) {
        ds_put_format(s, " learned from %"PRIu32, deliveries->learned_in);
        format_tci(s, deliveries->learned_tci);
    }
    for (size_t i = 0; i < deliveries->n_placed; i++) {
        ds_put_format(s, " placed behind %"PRIu32, deliveries->placed[i].port);
        format_tci(s, deliveries->placed[i].tci);
    }
    if (deliveries->shown) {
        ds_put_cstr(s, " shown");
    }
}

/* Appends 'frame' to 's', as "7/vlan10 SOURCE > DESTINATION type 0806". */
void
frame_format(struct ds *s, const struct frame *frame)
{
    ds_put_format(s, "%"PRIu32, frame->in_port);
    format_tci(s, frame->tci);
    ds_put_format(s, " "ETH_ADDR_FMT" > "ETH_ADDR_FMT" type %04x",
                  ETH_ADDR_ARGS(frame->src), ETH_ADDR_ARGS(frame->dst),
                  ntohs(frame->dl_type));
    if (frame->nw_proto) {
        ds_put_format(s, "/%u/%u", frame->nw_proto, frame->icmp_type);
    }
}

/* Returns the flow of highest priority in table 'table_id' that matches
 * 'flow', or null. */
static const struct oflow *
lookup(const struct oflow_table *table, uint8_t table_id,
       const struct flow *flow)
{
    const struct oflow *best = NULL;
    const struct oflow_node *node;
    bool ambiguous = false;

    HMAP_FOR_EACH (node, hmap_node, &table->flows) {
        const struct oflow *f = node->flow;

        if (f->table_id == table_id
            && (!best || f->priority >= best->priority)
            && minimatch_matches_flow(&f->match, flow)) {
            ambiguous = best && f->priority == best->priority;
            best = f;
        }
    }
    if (ambiguous) {
        fail_msg("table %u: several flows of priority %u match",
                 table_id, best->priority);
    }
    return best;
}

struct evaluation {
    const struct oflow_table *table;
    const struct frame *frame;
    bool in_clone;
    struct deliveries *out;
};

/* Hands 'flow' to NORMAL: to learn from it, or that its destination is behind a
 * port, or to forward it. */
static void
normal(const struct evaluation *e, const struct flow *flow)
{
    ofp_port_t in_port = flow->in_port.ofp_port;

    if (e->in_clone && in_port != e->frame->in_port) {
        assert_true(eth_addr_equals(flow->dl_dst, e->frame->dst)
                    && eth_addr_equals(flow->dl_src, e->frame->dst));
        assert_false(eth_addr_is_multicast(flow->dl_dst));
        assert_true(e->out->n_placed < ARRAY_SIZE(e->out->placed));
        e->out->placed[e->out->n_placed++] = (struct delivery) {
            in_port, flow->vlans[0].tci
        };
        return;
    }
    assert_true(eth_addr_equals(flow->dl_src, e->frame->src));
    if (!e->in_clone) {
        assert_true(eth_addr_equals(flow->dl_dst, e->frame->dst));
        assert_int_equal(e->out->normal_in, 0);
        e->out->normal_in = in_port;
        delivery_add(e->out, OFPP_NORMAL, flow->vlans[0].tci);
    } else {
        assert_true(eth_addr_equals(flow->dl_dst, flow->dl_src));
        assert_int_equal(e->out->learned_in, 0);
        e->out->learned_in = in_port;
        e->out->learned_tci = flow->vlans[0].tci;
    }
}

/* Outputs 'flow' to 'port', but never back to where it came from. */
static void
output(const struct evaluation *e, const struct flow *flow, ofp_port_t port)
{
    if (port == OFPP_NORMAL) {
        normal(e, flow);
    } else if (port != flow->in_port.ofp_port) {
        delivery_add(e->out, port, flow->vlans[0].tci);
    }
}

static void
set_field(struct flow *flow, const struct ofpact_set_field *sf)
{
    /* As do_xlate_actions() in Open vSwitch's ofproto-dpif-xlate.c. */
    if (mf_are_prereqs_ok(sf->field, flow, NULL)) {
        mf_set_flow_value_masked(sf->field, sf->value,
                                 ofpact_set_field_mask(sf), flow);
        flow_fix_vlan_tpid(flow);
    }
}

/* Only the header may be shown, only to us, and only once. */
static void
show(const struct evaluation *e, const struct ofpact_controller *oc)
{
    assert_int_equal(oc->controller_id, PIPELINE_CONTROLLER_ID);
    assert_true(oc->max_len == ETH_HEADER_LEN
                || oc->max_len == VLAN_ETH_HEADER_LEN);
    assert_false(oc->pause);
    assert_false(e->out->shown);
    e->out->shown = true;
}

/* Loads one of the members of 'bundle', all of which are up, into a register.
 * With NX_BD_ALG_HRW any would do; here it is that with the least number. */
static void
load_member(const struct ofpact_bundle *bundle, struct flow *flow)
{
    ofp_port_t member = bundle->members[0];

    assert_int_equal(bundle->fields, NX_HASH_FIELDS_ETH_SRC);
    assert_non_null(bundle->dst.field);
    for (size_t i = 0; i < bundle->n_members; i++) {
        if (bundle->algorithm == NX_BD_ALG_HRW
            && ofp_to_u16(bundle->members[i]) < ofp_to_u16(member)) {
            member = bundle->members[i];
        }
    }
    mf_write_subfield_flow(&bundle->dst,
                           &(union mf_subvalue) {
                               .be64[ARRAY_SIZE(((union mf_subvalue *)
                                                 NULL)->be64) - 1]
                                   = htonll(ofp_to_u16(member)) }, flow);
}

/* Loads the first of the links of 'multipath' into a register.  Any would
 * do. */
static void
load_link(const struct ofpact_multipath *multipath, struct flow *flow)
{
    assert_int_equal(multipath->fields, NX_HASH_FIELDS_ETH_SRC);
    mf_write_subfield_flow(&multipath->dst,
                           &(union mf_subvalue) { .be64[0] = 0 }, flow);
}

/* Executes 'ofpacts' on 'flow', which is changed by them.  Returns the table
 * that they lead to, or -1. */
static int
execute(const struct evaluation *e, struct flow *flow,
        const struct ofpact *ofpacts, size_t ofpacts_len)
{
    const struct ofpact *a;
    int next_table = -1;

    OFPACT_FOR_EACH (a, ofpacts, ofpacts_len) {
        switch (a->type) {
        case OFPACT_OUTPUT:
            output(e, flow, ofpact_get_OUTPUT(a)->port);
            break;

        case OFPACT_GROUP: {
            const struct ogroup *group = oflow_table_find_group(
                e->table, ofpact_get_GROUP(a)->group_id);
            const struct obucket_node *bn;

            assert_non_null(group);
            HMAP_FOR_EACH (bn, hmap_node, &group->buckets) {
                struct flow copy = *flow;

                assert_int_equal(execute(e, &copy, bn->bucket->ofpacts,
                                         bn->bucket->ofpacts_len), -1);
            }
            break;
        }

        case OFPACT_CLONE: {
            const struct ofpact_nest *clone = ofpact_get_CLONE(a);
            struct evaluation nested = *e;
            struct flow copy = *flow;

            nested.in_clone = true;
            assert_int_equal(execute(&nested, &copy, clone->actions,
                                     ofpact_nest_get_action_len(clone)), -1);
            break;
        }

        case OFPACT_RESUBMIT: {
            const struct ofpact_resubmit *resubmit = ofpact_get_RESUBMIT(a);
            struct flow key = *flow;

            if (resubmit->in_port != OFPP_IN_PORT) {
                key.in_port.ofp_port = resubmit->in_port;
            }

            const struct oflow *f = lookup(e->table, resubmit->table_id,
                                           &key);
            if (f) {
                assert_int_equal(execute(e, flow, f->ofpacts,
                                         f->ofpacts_len), -1);
            }
            break;
        }

        case OFPACT_REG_MOVE:
            mf_subfield_copy(&ofpact_get_REG_MOVE(a)->src,
                             &ofpact_get_REG_MOVE(a)->dst, flow, NULL);
            break;

        case OFPACT_STRIP_VLAN:
            flow_pop_vlan(flow, NULL);
            break;

        case OFPACT_SET_FIELD:
            set_field(flow, ofpact_get_SET_FIELD(a));
            break;

        case OFPACT_CONTROLLER:
            show(e, ofpact_get_CONTROLLER(a));
            break;

        case OFPACT_BUNDLE:
            load_member(ofpact_get_BUNDLE(a), flow);
            break;

        case OFPACT_MULTIPATH:
            load_link(ofpact_get_MULTIPATH(a), flow);
            break;

        case OFPACT_LEARN:
            break;              /* Nothing to this frame; test-offer.c. */

        case OFPACT_GOTO_TABLE:
            next_table = ofpact_get_GOTO_TABLE(a)->table_id;
            break;

        default:
            fail_msg("action %s", ofpact_name(a->type));
        }
    }
    return next_table;
}

/* Sends 'frame' through the tables of 'table' and stores in '*out' where it
 * comes out. */
void
pipeline_eval(const struct oflow_table *table, const struct frame *frame,
              struct deliveries *out)
{
    struct evaluation e = {
        .table = table, .frame = frame, .out = out,
    };
    struct flow flow = {
        .in_port.ofp_port = frame->in_port,
        .packet_type = htonl(PT_ETH),
        .dl_dst = frame->dst,
        .dl_src = frame->src,
        .dl_type = frame->dl_type,
        .nw_proto = frame->nw_proto,
        .nw_src = frame->nw_src,
        .tp_src = htons(frame->icmp_type),
        .tp_dst = htons(frame->tp_dst),
        .vlans[0].tci = frame->tci,
    };
    int table_id = 0;

    flow_fix_vlan_tpid(&flow);
    *out = (struct deliveries) { .n = 0 };
    while (table_id >= 0) {
        const struct oflow *f = lookup(table, table_id, &flow);
        int next = f ? execute(&e, &flow, f->ofpacts, f->ofpacts_len) : -1;

        assert_true(next < 0 || next > table_id);
        table_id = next;
    }
}
