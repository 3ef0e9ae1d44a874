/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "lib/compile.h"
#include "lib/oflow-table.h"
#include "lib/oflow.h"
#include "lib/plan.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "random.h"
#include "tests/unit/oflow-text.h"
#include "tests/unit/port-spec.h"
#include "util.h"

/* Plans against the laws of the design: whatever happens to a bridge, its plan
 * is that of a bridge that was made so in one go. */

#define MAX_FACTS 8

/* What is true of a bridge, in no order.  Port 0 is the host, if there, ports 1
 * and 2 are now guests and now networks, the others are guests. */
struct facts {
    struct bridge_ctx ctx;
    struct port_spec ports[MAX_FACTS];
    bool present[MAX_FACTS];
};

static void
facts_init(struct facts *facts)
{
    *facts = (struct facts) { .ctx = { .exact = true } };
    for (int i = 0; i < MAX_FACTS; i++) {
        port_spec_random(&facts->ports[i], i, i ? VIF_GUEST : VIF_HOST);
    }
}

static void
facts_uninit(struct facts *facts)
{
    for (int i = 0; i < MAX_FACTS; i++) {
        port_spec_uninit(&facts->ports[i]);
    }
}

/* More than one network port cannot have an exact MAC table. */
static void
facts_fix_ctx(struct facts *facts)
{
    int n = 0;

    for (int i = 0; i < MAX_FACTS; i++) {
        n += facts->present[i] && facts->ports[i].role == VIF_NETWORK;
    }
    facts->ctx.exact = n <= 1 && random_range(12);
}

static void
state_port(struct plan *plan, const struct facts *facts, int i)
{
    if (facts->present[i]) {
        struct vport vport;

        port_spec_to_vport(&facts->ports[i], &vport);
        plan_set_port(plan, &vport);
        vport_uninit(&vport);
    } else {
        plan_remove_port(plan, facts->ports[i].name);
    }
}

static void
random_order(int order[MAX_FACTS])
{
    for (int i = 0; i < MAX_FACTS; i++) {
        int j = random_range(i + 1);

        order[i] = order[j];
        order[j] = i;
    }
}

/* States all of 'facts' in random order. */
static void
state_all(struct plan *plan, const struct facts *facts)
{
    int order[MAX_FACTS];

    random_order(order);
    if (random_range(2)) {
        plan_set_ctx(plan, &facts->ctx);
    }
    for (int i = 0; i < MAX_FACTS; i++) {
        state_port(plan, facts, order[i]);
    }
    plan_set_ctx(plan, &facts->ctx);
}

/* Changes one of the ports in 'facts', or two. */
static void
change_facts(struct facts *facts)
{
    int i = random_range(MAX_FACTS);
    struct port_spec *p = &facts->ports[i];
    struct port_spec *q = &facts->ports[1 + random_range(MAX_FACTS - 1)];

    switch (random_range(6)) {
    case 0:
    case 1:
        facts->present[i] = !facts->present[i];
        break;
    case 2:
        p->active = !p->active;
        break;
    case 3:
        if (p->role != VIF_NETWORK) {
            p->mac = random_guest_mac();
        }
        break;
    case 4:
        if (i) {
            ofp_port_t ofport = p->ofport;

            p->ofport = q->ofport;
            q->ofport = ofport;
        }
        break;
    case 5: {
        ofp_port_t ofport = p->ofport;
        bool network = (i == 1 || i == 2) && !random_range(3);

        port_spec_uninit(p);
        port_spec_random(p, i, !i ? VIF_HOST
                               : network ? VIF_NETWORK : VIF_GUEST);
        p->ofport = ofport;
        break;
    }
    }
}

/* Laws 2 and 5, as far as one moment goes: a plan that is made from scratch for
 * 'facts', stated in any order, is the same as 'plan'.  Which of several ports
 * had an address is a part of the facts that only the switch knows. */
static void
check_from_scratch(const struct plan *plan, const struct facts *facts)
{
    struct plan *scratch = plan_create("br0");

    plan_seed(scratch, plan_desired(plan));
    state_all(scratch, facts);
    plan_run(scratch);
    assert_same_table(plan_desired(plan), plan_desired(scratch));
    plan_destroy(scratch);
}

static size_t
count_keys(const struct oflow_table *table)
{
    const struct ogroup *group;
    size_t n = oflow_table_count_flows(table);

    HMAP_FOR_EACH (group, hmap_node, &table->groups) {
        n += hmap_count(&group->buckets);
    }
    return n;
}

/* All that differs between 'before' and what is desired now is dirty, so that
 * the differences among the dirty keys are all there are. */
static void
check_dirty(const struct plan *plan, const struct oflow_table *before)
{
    struct ochanges changes = OCHANGES_INITIALIZER;

    oflow_table_diff(plan_desired(plan), before, &changes);
    for (size_t i = 0; i < changes.n; i++) {
        const struct ochange *c = &changes.changes[i];

        if (c->new || c->old) {
            assert_non_null(oflow_table_find(plan_dirty(plan),
                                             c->new ? c->new : c->old));
        } else {
            assert_non_null(oflow_table_find_bucket(
                                plan_dirty(plan), c->new_bucket
                                ? c->new_bucket : c->old_bucket));
        }
    }
    ochanges_uninit(&changes);
}

/* Law 5: after any sequence of changes the plan equals a full compile. */
static void
test_law_5(void **state OVS_UNUSED)
{
    random_set_seed(1);
    for (int i = 0; i < 200; i++) {
        struct plan *plan = plan_create("br0");
        struct facts facts;

        facts_init(&facts);
        for (int j = 0; j < 40; j++) {
            struct oflow_table before;

            for (int n = random_range(6); n >= 0; n--) {
                change_facts(&facts);
                if (!random_range(3)) {
                    /* Also what is true for less than a turn. */
                    state_port(plan, &facts, random_range(MAX_FACTS));
                }
            }
            facts_fix_ctx(&facts);

            oflow_table_copy(&before, plan_desired(plan));
            state_all(plan, &facts);
            plan_run(plan);
            check_from_scratch(plan, &facts);
            check_dirty(plan, &before);
            plan_clear_dirty(plan);
            assert_int_equal(count_keys(plan_dirty(plan)), 0);
            oflow_table_uninit(&before);
        }
        plan_destroy(plan);
        facts_uninit(&facts);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_law_5),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
