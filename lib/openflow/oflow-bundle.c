/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/oflow-bundle.h"

#include <stdlib.h>

#include "byte-order.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "openvswitch/ofp-bundle.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofp-group.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofpbuf.h"
#include "util.h"

#define BUNDLE_FLAGS (OFPBF_ATOMIC | OFPBF_ORDERED)

static ovs_be32
add_control(struct obundle *bundle, uint32_t bundle_id, uint16_t type)
{
    struct ofputil_bundle_ctrl_msg control = {
        .bundle_id = bundle_id,
        .type = type,
        .flags = BUNDLE_FLAGS,
    };
    struct ofpbuf *msg = ofputil_encode_bundle_ctrl_request(OFP15_VERSION,
                                                            &control);

    ovs_list_push_back(&bundle->msgs, &msg->list_node);
    return ((const struct ofp_header *) msg->data)->xid;
}

/* Wraps 'msg', which is taken over, and adds it to 'bundle'. */
static void
add_message(struct obundle *bundle, uint32_t bundle_id, struct ofpbuf *msg,
            ovs_be64 cookie, bool several)
{
    struct ofputil_bundle_add_msg add = {
        .bundle_id = bundle_id,
        .flags = BUNDLE_FLAGS,
        .msg = msg->data,
    };
    struct ofpbuf *wrapped = ofputil_encode_bundle_add(OFP15_VERSION, &add);

    ovs_list_push_back(&bundle->msgs, &wrapped->list_node);
    if (bundle->n_sent >= bundle->allocated_sent) {
        bundle->sent = x2nrealloc(bundle->sent, &bundle->allocated_sent,
                                  sizeof *bundle->sent);
    }
    bundle->sent[bundle->n_sent++] = (struct obundle_sent) {
        .xid = add.msg->xid,
        .cookie = cookie,
        .several = several,
    };
    ofpbuf_delete(msg);
}

static void
add_flow_mod(struct obundle *bundle, uint32_t bundle_id, int command,
             const struct oflow *flow)
{
    add_message(bundle, bundle_id, oflow_encode_flow_mod(flow, command),
                flow->cookie, false);
    bundle->n_flow_mods++;
}

/* Adds a group_mod with the 'n' buckets in 'buckets', which may be none, to
 * 'bundle'. */
static void
add_group_mod(struct obundle *bundle, uint32_t bundle_id, int command,
              uint32_t group_id, uint32_t command_bucket_id,
              struct obucket *const *buckets, size_t n)
{
    struct ofputil_group_mod gm = {
        .command = command,
        .type = OFPGT11_ALL,
        .group_id = group_id,
        .command_bucket_id = command_bucket_id,
    };
    struct ofputil_bucket *copies = xcalloc(MAX(1, n), sizeof *copies);

    ovs_list_init(&gm.buckets);
    for (size_t i = 0; i < n; i++) {
        copies[i] = (struct ofputil_bucket) {
            .watch_port = OFPP_ANY,
            .watch_group = OFPG_ANY,
            .bucket_id = buckets[i]->bucket_id,
            .ofpacts = CONST_CAST(struct ofpact *, buckets[i]->ofpacts),
            .ofpacts_len = buckets[i]->ofpacts_len,
        };
        ovs_list_push_back(&gm.buckets, &copies[i].list_node);
    }
    add_message(bundle, bundle_id,
                ofputil_encode_group_mod(OFP15_VERSION, &gm, NULL, -1),
                n ? buckets[0]->cookie : htonll(0), n > 1);
    free(copies);
    bundle->n_group_mods++;
}

/* All that changes in one group. */
struct group_change {
    uint32_t group_id;
    struct obucket **added;     /* Buckets that come, also those changed. */
    size_t n_added;
    struct obucket **removed;   /* Buckets that go, but those changed. */
    size_t n_removed;
    struct obucket **changed;   /* Buckets that are changed, as they were. */
    size_t n_changed;
};

/* Adds to 'bundle' the messages that make group 'gc' what it should be, but
 * for the buckets that just go. */
static void
encode_group_additions(struct obundle *bundle, uint32_t bundle_id,
                       const struct group_change *gc, bool exists, bool singly)
{
    size_t step = singly ? 1 : MAX(1, gc->n_added);

    for (size_t i = 0; i < gc->n_changed; i++) {
        add_group_mod(bundle, bundle_id, OFPGC15_REMOVE_BUCKET, gc->group_id,
                      gc->changed[i]->bucket_id, NULL, 0);
    }
    for (size_t i = 0; i < gc->n_added; i += step) {
        size_t n = MIN(step, gc->n_added - i);

        if (exists) {
            add_group_mod(bundle, bundle_id, OFPGC15_INSERT_BUCKET,
                          gc->group_id, OFPG15_BUCKET_LAST, &gc->added[i], n);
        } else {
            /* The switch may have an alien one of this number. */
            add_group_mod(bundle, bundle_id, OFPGC11_ADD_OR_MOD,
                          gc->group_id, OFPG15_BUCKET_ALL, &gc->added[i], n);
            exists = true;
        }
    }
}

/* Adds to 'bundle' the messages that take away what goes from group 'gc'. */
static void
encode_group_removals(struct obundle *bundle, uint32_t bundle_id,
                      const struct group_change *gc,
                      const struct ogroup *installed)
{
    if (!gc->n_added
        && hmap_count(&installed->buckets) == gc->n_removed) {
        add_group_mod(bundle, bundle_id, OFPGC11_DELETE, gc->group_id,
                      OFPG15_BUCKET_ALL, NULL, 0);
        return;
    } else if (ogroup_is_alien(installed)) {
        return;                 /* It has been written as a whole. */
    }
    for (size_t i = 0; i < gc->n_removed; i++) {
        add_group_mod(bundle, bundle_id, OFPGC15_REMOVE_BUCKET, gc->group_id,
                      gc->removed[i]->bucket_id, NULL, 0);
    }
}

static const struct obucket *
change_bucket(const struct ochange *change)
{
    return change->new_bucket ? change->new_bucket : change->old_bucket;
}

static int
compare_bucket_changes(const void *a_, const void *b_)
{
    const struct ochange *const *ap = a_;
    const struct ochange *const *bp = b_;
    const struct obucket *a = change_bucket(*ap);
    const struct obucket *b = change_bucket(*bp);

    return (a->group_id != b->group_id
            ? (a->group_id > b->group_id) - (a->group_id < b->group_id)
            : (a->bucket_id > b->bucket_id) - (a->bucket_id < b->bucket_id));
}

static void
group_change_add(struct group_change *gc, const struct ochange *change)
{
    if (change->new_bucket) {
        gc->added[gc->n_added++] = change->new_bucket;
        if (change->old_bucket) {
            gc->changed[gc->n_changed++] = change->old_bucket;
        }
    } else {
        gc->removed[gc->n_removed++] = change->old_bucket;
    }
}

/* Sorts the changes of buckets among 'changes' out by group.  Returns an array
 * of '*n' groups by ascending number, which share one allocation of bucket
 * pointers, '*pool'.  The caller must free both. */
static struct group_change *
sort_groups(const struct ochanges *changes, size_t *n, struct obucket ***pool)
{
    const struct ochange **sorted = xmalloc(MAX(1, changes->n)
                                            * sizeof *sorted);
    size_t n_sorted = 0;

    for (size_t i = 0; i < changes->n; i++) {
        const struct ochange *c = &changes->changes[i];

        if (c->old_bucket || c->new_bucket) {
            sorted[n_sorted++] = c;
        }
    }
    qsort(sorted, n_sorted, sizeof *sorted, compare_bucket_changes);

    struct group_change *groups = xcalloc(MAX(1, n_sorted), sizeof *groups);
    struct obucket **next = xcalloc(MAX(1, 3 * n_sorted), sizeof *next);

    *pool = next;
    *n = 0;
    for (size_t i = 0; i < n_sorted; ) {
        struct group_change *gc = &groups[(*n)++];
        size_t start = i;

        gc->group_id = change_bucket(sorted[i])->group_id;
        while (i < n_sorted
               && change_bucket(sorted[i])->group_id == gc->group_id) {
            i++;
        }
        gc->added = next;
        gc->removed = gc->added + (i - start);
        gc->changed = gc->removed + (i - start);
        next = gc->changed + (i - start);
        for (size_t j = start; j < i; j++) {
            group_change_add(gc, sorted[j]);
        }
    }
    free(sorted);
    return groups;
}

/* Initializes 'bundle' to the messages, from the open request to the commit
 * request, that make 'changes' to a switch that holds 'installed'.  With
 * 'singly', no message holds buckets of several ports. */
void
obundle_encode(struct obundle *bundle, const struct ochanges *changes,
               const struct oflow_table *installed, uint32_t bundle_id,
               bool singly)
{
    *bundle = (struct obundle) { .sent = NULL };
    ovs_list_init(&bundle->msgs);
    bundle->open_xid = add_control(bundle, bundle_id, OFPBCT_OPEN_REQUEST);

    struct obucket **pool;
    size_t n_groups;
    struct group_change *groups = sort_groups(changes, &n_groups, &pool);
    for (size_t i = 0; i < n_groups; i++) {
        const struct ogroup *group
            = oflow_table_find_group(installed, groups[i].group_id);

        encode_group_additions(bundle, bundle_id, &groups[i],
                               group && !ogroup_is_alien(group), singly);
    }

    /* Deletions first, lest a full table refuse what would fit. */
    for (size_t i = 0; i < changes->n; i++) {
        const struct ochange *c = &changes->changes[i];
        if (c->old && !c->new) {
            add_flow_mod(bundle, bundle_id, OFPFC_DELETE_STRICT, c->old);
        }
    }
    for (size_t i = 0; i < changes->n; i++) {
        const struct ochange *c = &changes->changes[i];
        if (c->new) {
            add_flow_mod(bundle, bundle_id, OFPFC_ADD, c->new);
        }
    }

    for (size_t i = 0; i < n_groups; i++) {
        const struct ogroup *group
            = oflow_table_find_group(installed, groups[i].group_id);
        if (groups[i].n_removed && group) {
            encode_group_removals(bundle, bundle_id, &groups[i], group);
        }
    }
    free(groups);
    free(pool);

    bundle->commit_xid = add_control(bundle, bundle_id,
                                     OFPBCT_COMMIT_REQUEST);
}

/* Frees what 'bundle' holds, but not 'bundle' itself. */
void
obundle_uninit(struct obundle *bundle)
{
    ofpbuf_list_delete(&bundle->msgs);
    free(bundle->sent);
}

/* Returns what 'bundle' sent with transaction ID 'xid', or null. */
const struct obundle_sent *
obundle_find(const struct obundle *bundle, ovs_be32 xid)
{
    for (size_t i = 0; i < bundle->n_sent; i++) {
        if (bundle->sent[i].xid == xid) {
            return &bundle->sent[i];
        }
    }
    return NULL;
}
