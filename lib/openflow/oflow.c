/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/oflow.h"

#include <string.h>

#include "byte-order.h"
#include "flow.h"
#include "hash.h"
#include "lib/base/printable.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/list.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofp-group.h"
#include "openvswitch/ofp-port.h"
#include "openvswitch/ofpbuf.h"
#include "packets.h"
#include "util.h"

/* libopenvswitch leaves what is behind a value, up to a multiple of 8 bytes,
 * as the memory happened to be.  Some of its decoders also note whether the
 * flow matches on a VLAN, which the flow itself tells. */
static void
canonicalize_set_field(struct ofpact_set_field *sf)
{
    size_t n = sf->field->n_bytes;
    size_t padding = ROUND_UP(n, OFPACT_ALIGNTO) - n;

    sf->flow_has_vlan = false;
    memset((uint8_t *) sf->value + n, 0, padding);
    memset((uint8_t *) ofpact_set_field_mask(sf) + n, 0, padding);
}

/* Brings the 'len' bytes of actions in 'ofpacts' into the form that they have
 * when ofpact_put_*() has made them.
 *
 * Decoding fills in for some actions by which of several equivalent codes they
 * came.  That is of no interest and would spoil comparisons. */
static void
canonicalize_ofpacts(struct ofpact *ofpacts, size_t len)
{
    struct ofpact *a;

    OFPACT_FOR_EACH (a, ofpacts, len) {
        a->raw = UINT8_MAX;
        if (a->type == OFPACT_SET_FIELD) {
            canonicalize_set_field(ofpact_get_SET_FIELD(a));
        } else if (a->type == OFPACT_METER) {
            ofpact_get_METER(a)->provider_meter_id = UINT32_MAX;
        } else if (a->type == OFPACT_CLONE) {
            struct ofpact_nest *clone = ofpact_get_CLONE(a);

            canonicalize_ofpacts(clone->actions,
                                 ofpact_nest_get_action_len(clone));
        }
    }
}

BUILD_ASSERT_DECL(offsetof(struct oflow, ofpacts) % OFPACT_ALIGNTO == 0);
BUILD_ASSERT_DECL(offsetof(struct obucket, ofpacts) % OFPACT_ALIGNTO == 0);

/* Copies 'ofpacts' to 'dst', in canonical form. */
static void
copy_ofpacts(struct ofpact *dst, const struct ofpbuf *ofpacts)
{
    if (ofpacts->size) {
        memcpy(dst, ofpacts->data, ofpacts->size);
        canonicalize_ofpacts(dst, ofpacts->size);
    }
}

/* Does 'match' say anything of the packet itself, apart from its type? */
static bool
matches_packet(const struct match *match)
{
    const char *mask = (const char *) &match->wc.masks;
    size_t start = offsetof(struct flow, dl_dst);

    return (match->wc.masks.dl_type
            || !is_all_zeros(mask + start, sizeof match->wc.masks - start));
}

/* Initializes 'dst' to 'src' in canonical form, see below. */
static void
init_match(struct minimatch *dst, const struct match *src)
{
    if (!src->wc.masks.packet_type && matches_packet(src)) {
        struct match canonical = *src;

        match_set_default_packet_type(&canonical);
        minimatch_init(dst, &canonical);
    } else {
        minimatch_init(dst, src);
    }
}

/* Creates and returns a flow with one reference, which the caller owns.  Takes
 * nothing over: 'match' and 'ofpacts' are copied.
 *
 * Decoding a flow from a switch sets its match to the Ethernet packet type if
 * it matches on anything in the packet, where a match that was built from
 * scratch says nothing of the packet type.  This function does the same, since
 * otherwise nothing would ever compare equal to what was read back.
 *
 * A flow that matches on nothing in the packet, as "in_port=1", is another
 * flow than one that matches on the Ethernet packet type as well, although it
 * prints the same: the switch can hold both, and a message that names one
 * misses the other.  So such a match is left as it is. */
struct oflow *
oflow_create(uint8_t table_id, uint16_t priority, const struct match *match,
             ovs_be64 cookie, const struct ofpbuf *ofpacts)
{
    struct oflow *flow = xmalloc(sizeof *flow + ofpacts->size);

    flow->n_refs = 1;
    flow->table_id = table_id;
    flow->priority = priority;
    flow->since = 0;
    flow->cookie = cookie;
    init_match(&flow->match, match);
    flow->hash = minimatch_hash(&flow->match,
                                hash_2words(table_id, priority));
    flow->ofpacts_len = ofpacts->size;
    copy_ofpacts(flow->ofpacts, ofpacts);
    return flow;
}

/* Returns 'flow_' with one more reference, which the caller owns. */
struct oflow *
oflow_ref(const struct oflow *flow_)
{
    struct oflow *flow = CONST_CAST(struct oflow *, flow_);

    flow->n_refs++;
    return flow;
}

/* Gives back one reference to 'flow', which may be null. */
void
oflow_unref(struct oflow *flow)
{
    if (flow && !--flow->n_refs) {
        minimatch_destroy(&flow->match);
        free(flow);
    }
}

/* Do 'a' and 'b' name the same place in a switch? */
bool
oflow_same_key(const struct oflow *a, const struct oflow *b)
{
    return (a->hash == b->hash
            && a->table_id == b->table_id
            && a->priority == b->priority
            && minimatch_equal(&a->match, &b->match));
}

/* Are 'a' and 'b' the same in everything that a switch reports? */
bool
oflow_equals(const struct oflow *a, const struct oflow *b)
{
    return a == b || (a->cookie == b->cookie
                      && oflow_same_key(a, b)
                      && ofpacts_equal(a->ofpacts, a->ofpacts_len,
                                       b->ofpacts, b->ofpacts_len));
}

/* Returns the place of 'flow' among others. */
struct oflow_place
oflow_get_place(const struct oflow *flow)
{
    const struct miniflow *match = flow->match.flow;

    return (struct oflow_place) {
        .keys = {
            (uint64_t) flow->table_id << 48
            | (uint64_t) (UINT16_MAX - flow->priority) << 32
            | MINIFLOW_GET_U32(match, in_port.odp_port),
            ntohl(MINIFLOW_GET_TYPE__(match, ovs_be32, vlans[0].qtag)),
            /* With the first octets of the source, which do no harm. */
            ntohll(MINIFLOW_GET_TYPE__(match, ovs_be64, dl_dst)),
        },
        .flow = flow,
    };
}

/* Orders flows as a reader wants them: by table, highest priority first, then
 * by port, VLAN and destination, then by the text of their matches.  Returns
 * less than, equal to or greater than zero as strcmp() does. */
int
oflow_place_compare(const struct oflow_place *a, const struct oflow_place *b)
{
    for (size_t i = 0; i < ARRAY_SIZE(a->keys); i++) {
        if (a->keys[i] != b->keys[i]) {
            return a->keys[i] < b->keys[i] ? -1 : 1;
        }
    }

    char *as = minimatch_to_string(&a->flow->match, NULL,
                                   OFP_DEFAULT_PRIORITY);
    char *bs = minimatch_to_string(&b->flow->match, NULL,
                                   OFP_DEFAULT_PRIORITY);
    int cmp = strcmp(as, bs);
    free(as);
    free(bs);
    return cmp;
}

/* Orders two flows as oflow_place_compare() does. */
int
oflow_compare(const struct oflow *a, const struct oflow *b)
{
    struct oflow_place a_place = oflow_get_place(a);
    struct oflow_place b_place = oflow_get_place(b);

    return oflow_place_compare(&a_place, &b_place);
}

/* Initializes '*fm' to an OFPFC_* 'command' on 'flow', which must outlive it:
 * '*fm' borrows its actions.  The caller must destroy fm->match by
 * minimatch_destroy(). */
void
oflow_to_flow_mod(const struct oflow *flow, int command,
                  struct ofputil_flow_mod *fm)
{
    bool delete = command == OFPFC_DELETE_STRICT;

    *fm = (struct ofputil_flow_mod) {
        .priority = flow->priority,
        .table_id = flow->table_id,
        .command = command,
        /* A delete names the cookie, so that it can never hit a flow that
         * somebody else has put in the place of ours. */
        .cookie = delete ? flow->cookie : htonll(0),
        .cookie_mask = delete ? OVS_BE64_MAX : htonll(0),
        .new_cookie = delete ? OVS_BE64_MAX : flow->cookie,
        .buffer_id = UINT32_MAX,
        .out_port = OFPP_ANY,
        .out_group = OFPG_ANY,
        .ofpacts = delete ? NULL : CONST_CAST(struct ofpact *, flow->ofpacts),
        .ofpacts_len = delete ? 0 : flow->ofpacts_len,
    };
    minimatch_clone(&fm->match, &flow->match);
}

/* Returns the message that has an OFPFC_* 'command' on 'flow' carried out,
 * which the caller must free. */
struct ofpbuf *
oflow_encode_flow_mod(const struct oflow *flow, int command)
{
    struct ofputil_flow_mod fm;
    struct ofpbuf *msg;

    oflow_to_flow_mod(flow, command, &fm);
    msg = ofputil_encode_flow_mod(&fm, OFPUTIL_P_OF15_OXM);
    minimatch_destroy(&fm.match);
    return msg;
}

/* Appends 'ofpacts' to 's' as ovs-ofctl(8) prints them.
 *
 * The action that takes a tag off has two names; without the code by which it
 * came, libopenvswitch picks the one from OpenFlow 1.0. */
static void
format_actions(struct ds *s, const struct ofpact *ofpacts, size_t ofpacts_len,
               const struct ofputil_port_map *port_map)
{
    static const char old_name[] = "strip_vlan";
    static const char name[] = "pop_vlan";
    struct ofpact_format_params fp = { .s = s, .port_map = port_map };
    size_t start = s->length;

    ofpacts_format(ofpacts, ofpacts_len, &fp);
    for (char *p = ds_cstr(s) + start; (p = strstr(p, old_name)); ) {
        /* The rest, with the null byte behind it, moves up. */
        char *rest = p + strlen(old_name);

        memcpy(p, name, strlen(name));
        p += strlen(name);
        memmove(p, rest, ds_cstr(s) + s->length + 1 - rest);
        s->length -= rest - p;
    }
}

/* Appends the VLAN that 'match' matches on to 's'. */
static void
format_tci(struct ds *s, const struct match *match)
{
    uint16_t tci = ntohs(match->flow.vlans[0].tci);
    uint16_t mask = ntohs(match->wc.masks.vlans[0].tci);

    if (mask == (VLAN_CFI | VLAN_VID_MASK) && tci & VLAN_CFI) {
        ds_put_format(s, "dl_vlan=%d,", tci & VLAN_VID_MASK);
    } else if (mask) {
        ds_put_format(s, "vlan_tci=0x%04"PRIx16"/0x%04"PRIx16",", tci, mask);
    }
}

/* If 'match' is on port, VLAN and destination alone, as are those of which a
 * plan has many, appends it to 's' as match_format() does, which needs four
 * times as long, most of it for fields that are not there.  Otherwise returns
 * false. */
static bool
format_usual_match(struct ds *s, const struct match *match, int priority,
                   const struct ofputil_port_map *port_map)
{
    static const struct flow none;
    const struct flow *masks = &match->wc.masks;
    struct flow others = *masks;

    others.packet_type = 0;
    others.in_port.ofp_port = 0;
    others.vlans[0].tci = 0;
    others.dl_dst = eth_addr_zero;
    if (memcmp(&others, &none, sizeof others)
        || (masks->packet_type && !match_has_default_packet_type(match))
        || masks->vlans[0].tci & htons(VLAN_PCP_MASK)
        || priority == OFP_DEFAULT_PRIORITY) {
        return false;
    }

    ds_put_format(s, "priority=%d,", priority);
    if (masks->in_port.ofp_port) {
        ds_put_cstr(s, "in_port=");
        ofputil_format_port(match->flow.in_port.ofp_port, port_map, s);
        ds_put_char(s, ',');
    }
    format_tci(s, match);
    if (!eth_addr_is_zero(masks->dl_dst)) {
        ds_put_cstr(s, "dl_dst=");
        if (eth_mask_is_exact(masks->dl_dst)) {
            printable_put_mac(s, match->flow.dl_dst);
        } else {
            eth_format_masked(match->flow.dl_dst, &masks->dl_dst, s);
        }
    }
    ds_chomp(s, ',');
    return true;
}

/* Appends 'flow' to 's' in the syntax of ovs-ofctl(8) add-flow, without a
 * newline.  Ports are named by 'port_map' unless it is null. */
void
oflow_format(struct ds *s, const struct oflow *flow,
             const struct ofputil_port_map *port_map)
{
    struct match match;

    ds_put_format(s, "cookie=0x%"PRIx64",table=%"PRIu8",",
                  ntohll(flow->cookie), flow->table_id);
    minimatch_expand(&flow->match, &match);
    size_t start = s->length;
    if (!format_usual_match(s, &match, flow->priority, port_map)) {
        match_format(&match, port_map, s, flow->priority);
    }
    if (s->length == start) {
        /* match_format() leaves the default priority out. */
        ds_put_format(s, "priority=%"PRIu16, flow->priority);
    }
    ds_put_cstr(s, " actions=");
    format_actions(s, flow->ofpacts, flow->ofpacts_len, port_map);
}

/* Creates and returns a bucket with one reference, which the caller owns.
 * 'ofpacts' is copied. */
struct obucket *
obucket_create(uint32_t group_id, uint32_t bucket_id, ovs_be64 cookie,
               const struct ofpbuf *ofpacts)
{
    struct obucket *bucket = xmalloc(sizeof *bucket + ofpacts->size);

    bucket->n_refs = 1;
    bucket->hash = hash_2words(group_id, bucket_id);
    bucket->group_id = group_id;
    bucket->bucket_id = bucket_id;
    bucket->cookie = cookie;
    bucket->ofpacts_len = ofpacts->size;
    copy_ofpacts(bucket->ofpacts, ofpacts);
    return bucket;
}

/* Returns 'bucket_' with one more reference, which the caller owns. */
struct obucket *
obucket_ref(const struct obucket *bucket_)
{
    struct obucket *bucket = CONST_CAST(struct obucket *, bucket_);

    bucket->n_refs++;
    return bucket;
}

/* Gives back one reference to 'bucket', which may be null. */
void
obucket_unref(struct obucket *bucket)
{
    if (bucket && !--bucket->n_refs) {
        free(bucket);
    }
}

/* Do 'a' and 'b' name the same bucket of the same group? */
bool
obucket_same_key(const struct obucket *a, const struct obucket *b)
{
    return a->group_id == b->group_id && a->bucket_id == b->bucket_id;
}

/* Are 'a' and 'b' the same in everything that a switch reports?  A switch does
 * not know a bucket's cookie. */
bool
obucket_equals(const struct obucket *a, const struct obucket *b)
{
    return a == b || (obucket_same_key(a, b)
                      && ofpacts_equal(a->ofpacts, a->ofpacts_len,
                                       b->ofpacts, b->ofpacts_len));
}

/* Is a group of 'type', an OFPGT11_*, with 'buckets', a list of "struct
 * ofputil_bucket"s, like one of ours: do all its buckets get each frame,
 * whatever state some port or group is in? */
bool
obuckets_are_plain(int type, const struct ovs_list *buckets)
{
    const struct ofputil_bucket *bucket;

    LIST_FOR_EACH (bucket, list_node, buckets) {
        if (ofputil_bucket_has_liveness(bucket)) {
            return false;
        }
    }
    return type == OFPGT11_ALL;
}

/* Appends 'bucket' to 's' in the syntax of ovs-ofctl(8) for buckets. */
void
obucket_format(struct ds *s, const struct obucket *bucket,
               const struct ofputil_port_map *port_map)
{
    ds_put_format(s, "bucket=bucket_id:%"PRIu32",actions=",
                  bucket->bucket_id);
    format_actions(s, bucket->ofpacts, bucket->ofpacts_len, port_map);
}
