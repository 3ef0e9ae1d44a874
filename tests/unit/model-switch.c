/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "tests/unit/model-switch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "lib/openflow/oflow-bundle.h"
#include "lib/openflow/oflow.h"
#include "openvswitch/ofp-bundle.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofp-group.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofpbuf.h"
#include "tests/unit/oflow-text.h"
#include "util.h"

/* Initializes 'sw' to a switch that holds a copy of 'table'. */
void
model_switch_init(struct model_switch *sw, const struct oflow_table *table)
{
    const struct ogroup *group;

    oflow_table_copy(&sw->table, table);
    sw->n_groups = 0;
    HMAP_FOR_EACH (group, hmap_node, &table->groups) {
        assert_true(sw->n_groups < ARRAY_SIZE(sw->groups));
        sw->groups[sw->n_groups++] = group->group_id;
    }
    ds_init(&sw->log);
}

void
model_switch_uninit(struct model_switch *sw)
{
    oflow_table_uninit(&sw->table);
    ds_destroy(&sw->log);
}

static bool
has_group(const struct model_switch *sw, uint32_t group_id)
{
    for (size_t i = 0; i < sw->n_groups; i++) {
        if (sw->groups[i] == group_id) {
            return true;
        }
    }
    return false;
}

static void
remove_all_buckets(struct model_switch *sw, uint32_t group_id)
{
    const struct ogroup *group;

    while ((group = oflow_table_find_group(&sw->table, group_id))) {
        const struct obucket **buckets = ogroup_sort_buckets(group);

        oflow_table_remove_bucket(&sw->table, buckets[0]);
        free(buckets);
    }
}

/* Returns the group among the actions of 'flow' that there is not, or 0. */
static uint32_t
find_missing_group(const struct model_switch *sw, const struct oflow *flow)
{
    const struct ofpact *a;

    OFPACT_FOR_EACH (a, flow->ofpacts, flow->ofpacts_len) {
        if (a->type == OFPACT_GROUP
            && !has_group(sw, ofpact_get_GROUP(a)->group_id)) {
            return ofpact_get_GROUP(a)->group_id;
        }
    }
    return 0;
}

/* Decodes flow_mod 'oh' into '*fm', but for what it points to, and returns the
 * flow that it adds or deletes. */
struct oflow *
oflow_from_flow_mod(const struct ofp_header *oh, struct ofputil_flow_mod *fm)
{
    struct ofpbuf ofpacts;
    struct match match;

    ofpbuf_init(&ofpacts, 0);
    assert_int_equal(ofputil_decode_flow_mod(fm, oh, OFPUTIL_P_OF15_OXM, NULL,
                                             NULL, &ofpacts, OFPP_MAX, 255),
                     0);
    minimatch_expand(&fm->match, &match);
    minimatch_destroy(&fm->match);
    struct oflow *flow = oflow_create(fm->table_id, fm->priority, &match,
                                      (fm->command == OFPFC_ADD
                                       ? fm->new_cookie : fm->cookie),
                                      &ofpacts);
    ofpbuf_uninit(&ofpacts);
    return flow;
}

static const char *
execute_flow_mod(struct model_switch *sw, const struct ofp_header *oh)
{
    const char *error = NULL;
    struct ofputil_flow_mod fm;
    struct oflow *flow = oflow_from_flow_mod(oh, &fm);

    ds_put_cstr(&sw->log, fm.command == OFPFC_ADD ? "add " : "delete ");
    oflow_format(&sw->log, flow, NULL);
    ds_put_char(&sw->log, '\n');

    if (fm.command == OFPFC_ADD) {
        if (find_missing_group(sw, flow)) {
            error = "flow names a group that is not there";
        }
        oflow_table_put(&sw->table, flow);
    } else if (fm.command == OFPFC_DELETE_STRICT) {
        const struct oflow *old = oflow_table_find(&sw->table, flow);

        if (!old || old->cookie != fm.cookie
            || fm.cookie_mask != OVS_BE64_MAX) {
            error = "delete hits nothing";
        } else {
            oflow_table_remove(&sw->table, flow);
        }
    } else {
        error = "flow_mod of another kind";
    }
    oflow_unref(flow);
    return error;
}

static const char *
insert_buckets(struct model_switch *sw, const struct ofputil_group_mod *gm)
{
    const struct ofputil_bucket *b;

    LIST_FOR_EACH (b, list_node, &gm->buckets) {
        struct ofpbuf ofpacts;

        ofpbuf_use_const(&ofpacts, b->ofpacts, b->ofpacts_len);
        struct obucket *bucket = obucket_create(gm->group_id, b->bucket_id,
                                                0, &ofpacts);
        bool exists = oflow_table_find_bucket(&sw->table, bucket) != NULL;

        oflow_table_put_bucket(&sw->table, bucket);
        obucket_unref(bucket);
        if (exists) {
            return "bucket exists";
        }
    }
    return NULL;
}

static const char *
remove_bucket(struct model_switch *sw, uint32_t group_id, uint32_t bucket_id)
{
    struct obucket *key = obucket_from_string(group_id, bucket_id, "drop");
    bool exists = oflow_table_find_bucket(&sw->table, key) != NULL;

    oflow_table_remove_bucket(&sw->table, key);
    obucket_unref(key);
    return exists ? NULL : "unknown bucket";
}

/* Removes group 'group_id'.  A switch takes the flows that name it along,
 * which nobody wants. */
static const char *
delete_group(struct model_switch *sw, uint32_t group_id)
{
    const struct oflow_node *node;

    remove_all_buckets(sw, group_id);
    for (size_t i = 0; i < sw->n_groups; i++) {
        if (sw->groups[i] == group_id) {
            sw->groups[i] = sw->groups[--sw->n_groups];
            break;
        }
    }
    HMAP_FOR_EACH (node, hmap_node, &sw->table.flows) {
        if (find_missing_group(sw, node->flow)) {
            return "group is deleted under a flow that names it";
        }
    }
    return NULL;
}

static const char *
execute_group_command(struct model_switch *sw,
                      const struct ofputil_group_mod *gm)
{
    bool exists = has_group(sw, gm->group_id);

    switch (gm->command) {
    case OFPGC11_ADD_OR_MOD:
        if (!exists) {
            assert_true(sw->n_groups < ARRAY_SIZE(sw->groups));
            sw->groups[sw->n_groups++] = gm->group_id;
        }
        remove_all_buckets(sw, gm->group_id);
        return insert_buckets(sw, gm);

    case OFPGC15_INSERT_BUCKET:
        return (!exists ? "unknown group"
                : gm->command_bucket_id != OFPG15_BUCKET_LAST
                ? "buckets inserted elsewhere than at the end"
                : insert_buckets(sw, gm));

    case OFPGC15_REMOVE_BUCKET:
        return (!exists ? "unknown group"
                : remove_bucket(sw, gm->group_id, gm->command_bucket_id));

    case OFPGC11_DELETE:
        return (!exists ? "unknown group" : delete_group(sw, gm->group_id));

    default:
        return "group_mod of another kind";
    }
}

static const char *
execute_group_mod(struct model_switch *sw, const struct ofp_header *oh)
{
    const struct ofputil_bucket *b;
    struct ofputil_group_mod gm;

    assert_int_equal(ofputil_decode_group_mod(oh, &gm), 0);
    ds_put_format(&sw->log, "%s %"PRIu32,
                  gm.command == OFPGC11_ADD_OR_MOD ? "add_or_mod"
                  : gm.command == OFPGC15_INSERT_BUCKET ? "insert_bucket"
                  : gm.command == OFPGC15_REMOVE_BUCKET ? "remove_bucket"
                  : gm.command == OFPGC11_DELETE ? "delete" : "?",
                  gm.group_id);
    if (gm.command == OFPGC15_REMOVE_BUCKET) {
        ds_put_format(&sw->log, " %"PRIu32, gm.command_bucket_id);
    }
    LIST_FOR_EACH (b, list_node, &gm.buckets) {
        ds_put_format(&sw->log, " %"PRIu32, b->bucket_id);
    }
    ds_put_char(&sw->log, '\n');

    const char *error = execute_group_command(sw, &gm);
    ofputil_uninit_group_mod(&gm);
    return error;
}

/* Executes flow_mod or group_mod 'oh' in 'sw'.  Returns null if 'sw' takes it,
 * otherwise why it does not. */
const char *
model_switch_execute(struct model_switch *sw, const struct ofp_header *oh)
{
    enum ofptype type;

    assert_int_equal(ofptype_decode(&type, oh), 0);
    return (type == OFPTYPE_FLOW_MOD ? execute_flow_mod(sw, oh)
            : type == OFPTYPE_GROUP_MOD ? execute_group_mod(sw, oh)
            : "not a modification");
}

static void
check_control(const struct ofpbuf *msg, uint16_t type, uint32_t *bundle_id)
{
    struct ofputil_bundle_ctrl_msg ctrl;
    enum ofptype ofptype;

    assert_int_equal(ofptype_decode(&ofptype, msg->data), 0);
    assert_int_equal(ofptype, OFPTYPE_BUNDLE_CONTROL);
    assert_int_equal(ofputil_decode_bundle_ctrl(msg->data, &ctrl), 0);
    assert_int_equal(ctrl.type, type);
    assert_int_equal(ctrl.flags, OFPBF_ATOMIC | OFPBF_ORDERED);
    *bundle_id = ctrl.bundle_id;
}

/* Executes 'bundle' in 'sw'.  Returns null if 'sw' takes it, otherwise why it
 * does not. */
const char *
model_switch_commit(struct model_switch *sw, const struct obundle *bundle)
{
    struct ofpbuf *first = ofpbuf_from_list(ovs_list_front(&bundle->msgs));
    struct ofpbuf *last = ofpbuf_from_list(ovs_list_back(&bundle->msgs));
    struct ofpbuf *msg;
    uint32_t bundle_id, commit_id;

    assert_true(first != last);
    LIST_FOR_EACH (msg, list_node, &bundle->msgs) {
        ofpmsg_update_length(msg);      /* As vconn_send() does. */
    }
    check_control(first, OFPBCT_OPEN_REQUEST, &bundle_id);
    check_control(last, OFPBCT_COMMIT_REQUEST, &commit_id);
    assert_int_equal(commit_id, bundle_id);

    LIST_FOR_EACH (msg, list_node, &bundle->msgs) {
        if (msg != first && msg != last) {
            struct ofputil_bundle_add_msg add;
            enum ofptype type;

            assert_int_equal(ofputil_decode_bundle_add(msg->data, &add,
                                                       &type), 0);
            assert_int_equal(add.bundle_id, bundle_id);
            assert_int_equal(add.flags, OFPBF_ATOMIC | OFPBF_ORDERED);

            const char *error = model_switch_execute(sw, add.msg);
            if (error) {
                return error;
            }
        }
    }
    return NULL;
}
