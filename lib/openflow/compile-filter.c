/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/compile-filter.h"

#include "flow.h"
#include "lib/model/port-filter.h"
#include "lib/model/vport.h"
#include "lib/openflow/guard.h"
#include "lib/openflow/slice.h"
#include "openvswitch/match.h"
#include "openvswitch/ofpbuf.h"
#include "packets.h"
#include "util.h"

static bool
has_flows(const struct filter_list *list)
{
    return !filter_list_accepts_all(list);
}

/* Is 'vport', a guest, sent only what its filter lets pass? */
bool
filter_is_to_guest(const struct vport *vport)
{
    return vport->filter && has_flows(&vport->filter->in);
}

/* Returns the table that ADMIT passes frames of 'vport', a guest, on to, from
 * which they get to 'next'. */
enum pipeline_table
filter_entry(const struct vport *vport, enum pipeline_table next)
{
    return (vport->filter && has_flows(&vport->filter->out)
            ? TABLE_FILTER : next);
}

/* Is it to be marked which frames of 'vport' have come without a tag, for they
 * all have one once they are admitted? */
bool
filter_looks_at_tags(const struct vport *vport)
{
    return vport->vlan.untagged_in > 0 && filter_entry(vport, 0);
}

/* Appends to 'ofpacts' what sends a frame, with the tag that it has, out by
 * 'vport', if its filter lets it pass. */
void
filter_put_output(struct ofpbuf *ofpacts, const struct vport *vport)
{
    if (filter_is_to_guest(vport)) {
        pipeline_put_lookup(ofpacts, vport->ofport, TABLE_TO_GUEST);
    } else {
        pipeline_put_output(ofpacts, vport->ofport);
    }
}

static void
match_addresses(struct match *match, const struct filter_fields *value,
                const struct filter_fields *mask)
{
    match_set_dl_src_masked(match, value->dl_src, mask->dl_src);
    match_set_dl_dst_masked(match, value->dl_dst, mask->dl_dst);
    if (mask->ip_src) {
        match_set_nw_src_masked(match, value->ip_src, mask->ip_src);
    }
    if (mask->ip_dst) {
        match_set_nw_dst_masked(match, value->ip_dst, mask->ip_dst);
    }
    if (ipv6_addr_is_set(&mask->ipv6_src)) {
        match_set_ipv6_src_masked(match, &value->ipv6_src, &mask->ipv6_src);
    }
    if (ipv6_addr_is_set(&mask->ipv6_dst)) {
        match_set_ipv6_dst_masked(match, &value->ipv6_dst, &mask->ipv6_dst);
    }
    if (!eth_addr_is_zero(mask->arp_sha)) {
        match_set_arp_sha_masked(match, value->arp_sha, mask->arp_sha);
    }
    if (!eth_addr_is_zero(mask->arp_tha)) {
        match_set_arp_tha_masked(match, value->arp_tha, mask->arp_tha);
    }
}

static void
match_rest(struct match *match, const struct filter_fields *value,
           const struct filter_fields *mask)
{
    if (mask->dl_type) {
        match_set_dl_type(match, value->dl_type);
    }
    if (mask->proto) {
        match_set_nw_proto(match, value->proto);
    }
    if (mask->tos) {
        match_set_nw_dscp(match, value->tos);
    }
    if (mask->later) {
        match_set_nw_frag_masked(match, value->later ? FLOW_NW_FRAG_LATER : 0,
                                 FLOW_NW_FRAG_LATER);
    }
    if (mask->tp_src) {
        match_set_tp_src_masked(match, value->tp_src, mask->tp_src);
    }
    if (mask->tp_dst) {
        match_set_tp_dst_masked(match, value->tp_dst, mask->tp_dst);
    }
    if (mask->tcp_flags) {
        match_set_tcp_flags_masked(match, value->tcp_flags, mask->tcp_flags);
    }
}

/* Initializes 'match' to the frames of 'cube' that come from the port with
 * 'ofport', or are for it.  If they are 'marked', all have a tag, and ADMIT
 * has marked those that came without. */
static void
match_cube(struct match *match, const struct filter_cube *cube,
           ofp_port_t ofport, bool marked)
{
    match_init_catchall(match);
    match_set_in_port(match, ofport);
    if (cube->mask.vid) {
        match_set_dl_vlan(match, cube->value.vid, 0);
    }
    if (cube->mask.tagged && marked) {
        pipeline_match_untagged(match, !cube->value.tagged);
    } else if (cube->mask.tagged && !cube->mask.vid) {
        match_set_dl_tci_masked(match,
                                htons(cube->value.tagged ? VLAN_CFI : 0),
                                htons(VLAN_CFI));
    }
    match_addresses(match, &cube->value, &cube->mask);
    match_rest(match, &cube->value, &cube->mask);
}

/* Returns the priority of the flow that is made of entry 'i' of 'list'. */
unsigned int
filter_priority(const struct filter_list *list, size_t i)
{
    return PRIORITY_FILTER + list->n - i;
}

/* FILTER: what the guest may send, and what it may not, first match first:
 *
 *     priority=1006,ip,in_port=7,dl_src=52:54:00:00:00:01,nw_src=10.0.0.5
 *         actions=goto_table:SOURCE
 *     priority=1001,in_port=7
 *         actions=set_field:0x70000/0x70000->reg0,goto_table:STOPPED  */
static void
compile_out(const struct vport *vport, enum pipeline_table next,
            ovs_be64 cookie, struct slice *slice, struct ofpbuf *ofpacts)
{
    const struct filter_list *list = &vport->filter->out;

    for (size_t i = 0; i < list->n; i++) {
        const struct filter_verdict *v = &list->verdicts[i];
        struct match match;

        match_cube(&match, &v->cube, vport->ofport,
                   vport->vlan.untagged_in > 0);
        if (v->accept) {
            pipeline_put_goto(ofpacts, next);
        } else {
            pipeline_put_stop(ofpacts, STOP_FILTER);
            pipeline_put_goto(ofpacts, TABLE_STOPPED);
        }
        slice_add_flow(slice, TABLE_FILTER, filter_priority(list, i),
                       &match, cookie, ofpacts);
    }
}

/* Appends to 'ofpacts' what sends a frame out by 'vport', which its filter has
 * let pass.  If its tag, or what has become of it, has a meaning to the port
 * (lib/openflow/egress.h), that is by EGRESS. */
static void
put_accepted(struct ofpbuf *ofpacts, const struct vport *vport)
{
    if (vport->vlan.keeps_priority || vport->vlan.keeps_null_tags) {
        pipeline_put_lookup(ofpacts, vport->ofport, TABLE_EGRESS);
    } else {
        pipeline_put_output(ofpacts, vport->ofport);
    }
}

/* TO_GUEST: what the guest is sent, and what not:
 *
 *     priority=1002,ip,in_port=7,vlan_tci=0x0000/0x1000 actions=output:7
 *     priority=1001,in_port=7 actions=drop
 *
 * A port that wants something of the tag that is taken off gets that in
 * EGRESS, so that this hides nothing of what is below:
 *
 *     priority=1002,ip,in_port=7,vlan_tci=0x0000/0x1000
 *         actions=resubmit(7,EGRESS)  */
static void
compile_in(const struct vport *vport, ovs_be64 cookie, struct slice *slice,
           struct ofpbuf *ofpacts)
{
    const struct filter_list *list = &vport->filter->in;

    for (size_t i = 0; i < list->n; i++) {
        const struct filter_verdict *v = &list->verdicts[i];
        struct match match;

        match_cube(&match, &v->cube, vport->ofport, false);
        if (v->accept) {
            put_accepted(ofpacts, vport);
        }
        slice_add_flow(slice, TABLE_TO_GUEST, filter_priority(list, i),
                       &match, cookie, ofpacts);
    }
}

/* Adds to 'slice' the flows, with 'cookie', of the filter of 'vport', a guest,
 * if it has one.  What it sends and may send goes on to 'next'. */
void
filter_compile(const struct vport *vport, enum pipeline_table next,
               ovs_be64 cookie, struct slice *slice)
{
    uint64_t stub[64 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);

    if (filter_entry(vport, next) == TABLE_FILTER) {
        compile_out(vport, next, cookie, slice, &ofpacts);
    }
    if (filter_is_to_guest(vport)) {
        compile_in(vport, cookie, slice, &ofpacts);
    }
    ofpbuf_uninit(&ofpacts);
}
