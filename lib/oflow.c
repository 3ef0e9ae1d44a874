/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "oflow.h"

#include <string.h>

#include "byte-order.h"
#include "flow.h"
#include "hash.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofpbuf.h"
#include "util.h"

/* libopenvswitch leaves what is behind a value, up to a multiple of 8 bytes,
 * as the memory happened to be.  Some of its decoders also note whether the flow
 * matches on a VLAN, which the flow itself tells. */
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

/* Returns a copy of 'ofpacts' that the caller must free, null if there are
 * none. */
static struct ofpact *
clone_ofpacts(const struct ofpbuf *ofpacts)
{
    struct ofpact *clone = NULL;

    if (ofpacts->size) {
        clone = xmemdup(ofpacts->data, ofpacts->size);
        canonicalize_ofpacts(clone, ofpacts->size);
    }
    return clone;
}

/* Does 'match' say anything of the packet itself, apart from its type? */
static bool
matches_packet(const struct match *match)
{
    const char *mask = (const char *) &match->wc.masks;
    size_t start = offsetof(struct flow, dl_dst);

    return !is_all_zeros(mask + start, sizeof match->wc.masks - start);
}

/* Creates and returns a flow with one reference, which the caller owns.  Takes
 * nothing over: 'match' and 'ofpacts' are copied.
 *
 * Decoding a flow from a switch sets its match to the Ethernet packet type if
 * it matches on anything in the packet, where a match that was built from
 * scratch says nothing of the packet type.  This function does the same, since
 * otherwise nothing would ever compare equal to what was read back.
 *
 * A flow that matches on nothing in the packet, as "in_port=1", is another flow
 * than one that matches on the Ethernet packet type as well, although it prints
 * the same: the switch can hold both, and a message that names one misses the
 * other.  So such a match is left as it is. */
struct oflow *
oflow_create(uint8_t table_id, uint16_t priority, const struct match *match,
             ovs_be64 cookie, const struct ofpbuf *ofpacts)
{
    struct oflow *flow = xmalloc(sizeof *flow);
    struct match canonical = *match;

    if (matches_packet(match)) {
        match_set_default_packet_type(&canonical);
    }

    flow->n_refs = 1;
    flow->table_id = table_id;
    flow->priority = priority;
    flow->cookie = cookie;
    minimatch_init(&flow->match, &canonical);
    flow->hash = minimatch_hash(&flow->match,
                                hash_2words(table_id, priority));
    flow->ofpacts = clone_ofpacts(ofpacts);
    flow->ofpacts_len = ofpacts->size;
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
        free(flow->ofpacts);
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

static int
compare_numbers(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

/* Orders matches by what flows of this program differ in: port, VLAN and
 * destination. */
static int
compare_matches(const struct miniflow *a, const struct miniflow *b)
{
    int cmp = compare_numbers(MINIFLOW_GET_U32(a, in_port.odp_port),
                              MINIFLOW_GET_U32(b, in_port.odp_port));

    if (!cmp) {
        cmp = compare_numbers(
            ntohl(MINIFLOW_GET_TYPE__(a, ovs_be32, vlans[0].qtag)),
            ntohl(MINIFLOW_GET_TYPE__(b, ovs_be32, vlans[0].qtag)));
    }
    if (!cmp) {
        /* With the first octets of the source, which do no harm. */
        cmp = compare_numbers(
            ntohll(MINIFLOW_GET_TYPE__(a, ovs_be64, dl_dst)),
            ntohll(MINIFLOW_GET_TYPE__(b, ovs_be64, dl_dst)));
    }
    return cmp;
}

/* Orders flows as a reader wants them: by table, highest priority first, then
 * by port, VLAN and destination, then by the text of their matches.  Returns
 * less than, equal to or greater than zero as strcmp() does. */
int
oflow_compare(const struct oflow *a, const struct oflow *b)
{
    if (a->table_id != b->table_id) {
        return a->table_id < b->table_id ? -1 : 1;
    } else if (a->priority != b->priority) {
        return a->priority > b->priority ? -1 : 1;
    }

    int cmp = compare_matches(a->match.flow, b->match.flow);
    if (cmp) {
        return cmp;
    }

    char *as = minimatch_to_string(&a->match, NULL, OFP_DEFAULT_PRIORITY);
    char *bs = minimatch_to_string(&b->match, NULL, OFP_DEFAULT_PRIORITY);
    cmp = strcmp(as, bs);
    free(as);
    free(bs);
    return cmp;
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
        .ofpacts = delete ? NULL : flow->ofpacts,
        .ofpacts_len = delete ? 0 : flow->ofpacts_len,
    };
    minimatch_clone(&fm->match, &flow->match);
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
    struct ds actions = DS_EMPTY_INITIALIZER;
    struct ofpact_format_params fp = { .s = &actions, .port_map = port_map };

    ofpacts_format(ofpacts, ofpacts_len, &fp);
    const char *p = ds_cstr(&actions);
    for (const char *q; (q = strstr(p, old_name)); p = q + strlen(old_name)) {
        ds_put_buffer(s, p, q - p);
        ds_put_cstr(s, name);
    }
    ds_put_cstr(s, p);
    ds_destroy(&actions);
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
    match_format(&match, port_map, s, flow->priority);
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
    struct obucket *bucket = xmalloc(sizeof *bucket);

    bucket->n_refs = 1;
    bucket->hash = hash_2words(group_id, bucket_id);
    bucket->group_id = group_id;
    bucket->bucket_id = bucket_id;
    bucket->cookie = cookie;
    bucket->ofpacts = clone_ofpacts(ofpacts);
    bucket->ofpacts_len = ofpacts->size;
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
        free(bucket->ofpacts);
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

/* Appends 'bucket' to 's' in the syntax of ovs-ofctl(8) for buckets. */
void
obucket_format(struct ds *s, const struct obucket *bucket,
               const struct ofputil_port_map *port_map)
{
    ds_put_format(s, "bucket=bucket_id:%"PRIu32",actions=",
                  bucket->bucket_id);
    format_actions(s, bucket->ofpacts, bucket->ofpacts_len, port_map);
}
