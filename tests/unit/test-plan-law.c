/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "lib/base/guards.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/ometer.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/plan.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "random.h"
#include "tests/unit/oflow-text.h"
#include "tests/unit/port-spec.h"
#include "util.h"

/* Plans against the laws of the design: whatever happens to a bridge, its plan
 * is that of a bridge that was made so in one go. */

#define MAX_FACTS 8

/* What is true of a bridge, in no order.  Port 0 is the host, if there, ports
 * 1 to 3 are now guests and now networks, the others are guests. */
struct facts {
    struct bridge_ctx ctx;
    struct port_spec ports[MAX_FACTS];
    bool present[MAX_FACTS];
};

static void
facts_init(struct facts *facts)
{
    *facts = (struct facts) { .ctx = { .exact = true, .meter_bands = 1 } };
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

    switch (random_range(11)) {
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
            p->n_others = p->n_announced = 0;
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
        bool network = i >= 1 && i <= 3 && !random_range(3);

        port_spec_uninit(p);
        port_spec_random(p, i, !i ? VIF_HOST
                               : network ? VIF_NETWORK : VIF_GUEST);
        p->ofport = ofport;
        break;
    }
    case 6:
        if (p->role == VIF_NETWORK) {
            port_spec_random_bond(p);
        }
        break;
    case 7:
        if (p->role == VIF_GUEST) {
            p->isolated = !p->isolated;
            p->community.name[0] = (p->isolated
                                    ? "\0ab"[random_range(3)] : '\0');
        }
        break;
    case 8:
        port_spec_random_others(p);
        break;
    case 9:
        if (p->role == VIF_GUEST) {
            static const char *const ips[] = {
                NULL, "10.0.0.1", "10.0.0.1 10.0.0.2 fe80::1", "10.0.0.0/24"
            };

            p->ips = ips[random_range(ARRAY_SIZE(ips))];
            p->guards = (p->ips ? GUARD_BIT(GUARD_IP) | GUARD_BIT(GUARD_OWNER)
                         : 0);
        }
        break;
    case 10:
        if (p->role == VIF_GUEST) {
            p->storm = random_range(3) ? 100 + random_range(2) : 0;
        }
        break;
    }
}

/* Laws 2 and 5, as far as one moment goes: a plan that is made from scratch
 * for 'facts', stated in any order, is the same as 'plan'.  Which of several
 * ports had an address is a part of the facts that only the switch knows. */
static void
check_from_scratch(const struct plan *plan, const struct facts *facts)
{
    struct plan *scratch = plan_create("br0");

    plan_seed(scratch, plan_desired(plan));
    state_all(scratch, facts);
    plan_run(scratch);
    assert_same_table(plan_desired(plan), plan_desired(scratch));
    assert_true(ometers_equals(plan_meters(plan), plan_meters(scratch)));
    plan_destroy(scratch);
}

/* All that differs between 'before' and what is desired now is dirty, so that
 * the differences among the dirty keys are all there are. */
static void
check_dirty(const struct plan *plan, const struct oflow_table *before)
{
    struct ochanges changes = OCHANGES_INITIALIZER;

    if (!plan_dirty(plan)) {
        assert_true(plan_is_dirty(plan));
        return;
    }
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
            facts.ctx.exact = random_range(12) != 0;

            oflow_table_copy(&before, plan_desired(plan));
            state_all(plan, &facts);
            plan_run(plan);
            check_from_scratch(plan, &facts);
            check_dirty(plan, &before);
            plan_clear_dirty(plan);
            assert_int_equal(oflow_table_count_keys(plan_dirty(plan)), 0);
            oflow_table_uninit(&before);
        }
        plan_destroy(plan);
        facts_uninit(&facts);
    }
}

/* Appends to 's' all that 'plan' has because of port 'name'. */
static void
format_port(struct ds *s, const struct plan *plan, const char *name)
{
    const struct oflow_table *desired = plan_desired(plan);
    const ovs_be64 cookie = pipeline_cookie(COOKIE_PORT, name);
    const struct obucket_node *bn;
    const struct oflow_node *fn;
    const struct ogroup *group;
    struct oflow_table mine;

    oflow_table_init(&mine);
    HMAP_FOR_EACH (fn, hmap_node, &desired->flows) {
        if (fn->flow->cookie == cookie) {
            oflow_table_put(&mine, fn->flow);
        }
    }
    HMAP_FOR_EACH (group, hmap_node, &desired->groups) {
        HMAP_FOR_EACH (bn, hmap_node, &group->buckets) {
            if (bn->bucket->cookie == cookie) {
                oflow_table_put_bucket(&mine, bn->bucket);
            }
        }
    }
    oflow_table_format(s, &mine);
    oflow_table_uninit(&mine);
}

static bool
share_mac(const struct port_spec *a, const struct port_spec *b)
{
    for (size_t i = 0; i < a->n_others; i++) {
        if (port_spec_has_mac(b, a->others[i])) {
            return true;
        }
    }
    return a->role != VIF_NETWORK && port_spec_has_mac(b, a->mac);
}

/* Appends to 's' all that 'plan' has because of the ports in 'specs' but for
 * 'gone' and those with an address of its. */
static void
format_others(struct ds *s, const struct plan *plan,
              const struct port_specs *specs, const struct port_spec *gone)
{
    for (size_t i = 0; i < specs->n; i++) {
        const struct port_spec *p = &specs->ports[i];

        if (p != gone && !share_mac(p, gone)) {
            format_port(s, plan, p->name);
        }
    }
}

/* A port that comes or goes leaves every byte of what others have, but for who
 * has its address. */
static void
test_other_ports(void **state OVS_UNUSED)
{
    random_set_seed(1);
    for (int i = 0; i < 300; i++) {
        struct port_specs specs;

        port_specs_random(&specs);
        if (!specs.n) {
            continue;
        }

        struct ds before = DS_EMPTY_INITIALIZER;
        struct ds without = DS_EMPTY_INITIALIZER;
        struct ds after = DS_EMPTY_INITIALIZER;
        struct ds own = DS_EMPTY_INITIALIZER;
        struct plan *plan = port_specs_to_plan(&specs, false, NULL);
        const struct port_spec *p = &specs.ports[random_range(specs.n)];
        struct vport vport;

        format_others(&before, plan, &specs, p);
        plan_remove_port(plan, p->name);
        plan_run(plan);
        format_others(&without, plan, &specs, p);
        format_port(&own, plan, p->name);
        port_spec_to_vport(p, &vport);
        plan_set_port(plan, &vport);
        plan_run(plan);
        format_others(&after, plan, &specs, p);
        assert_same_text(ds_cstr(&without), ds_cstr(&before));
        assert_same_text(ds_cstr(&after), ds_cstr(&before));
        assert_string_equal(ds_cstr(&own), "");

        vport_uninit(&vport);
        ds_destroy(&before);
        ds_destroy(&without);
        ds_destroy(&after);
        ds_destroy(&own);
        plan_destroy(plan);
        port_specs_uninit(&specs);
    }
}

/* The port that has an address keeps it also when it changes itself. */
static void
test_keep(void **state OVS_UNUSED)
{
    const struct bridge_ctx ctx = { .exact = true };
    struct plan *plan = plan_create("br0");
    struct port_specs specs = { .n = 2 };
    struct ds s = DS_EMPTY_INITIALIZER;

    /* p01 first, then p00 with the same address. */
    plan_set_ctx(plan, &ctx);
    for (int i = 1; i >= 0; i--) {
        struct port_spec *p = &specs.ports[i];
        struct vport vport;

        random_set_seed(1);
        port_spec_random(p, i, VIF_GUEST);
        port_vlan_uninit(&p->vlan);
        p->active = true;
        port_spec_to_vport(p, &vport);
        plan_set_port(plan, &vport);
        plan_run(plan);
        vport_uninit(&vport);
    }

    struct vport vport;
    specs.ports[1].ofport = OFP_PORT_C(9);
    port_spec_to_vport(&specs.ports[1], &vport);
    plan_set_port(plan, &vport);
    plan_run(plan);
    vport_uninit(&vport);

    format_port(&s, plan, "p00");
    assert_null(strstr(ds_cstr(&s), "table=230"));
    ds_clear(&s);
    format_port(&s, plan, "p01");
    assert_non_null(strstr(ds_cstr(&s), "table=230"));
    assert_non_null(strstr(ds_cstr(&s), "actions=output:9\n"));
    ds_destroy(&s);
    plan_destroy(plan);
    port_specs_uninit(&specs);
}

/* Is the bond of 'member' one by which NORMAL alone knows how to send? */
static bool
is_for_normal(const struct facts *facts, const struct port_spec *member)
{
    for (int i = 0; i < MAX_FACTS; i++) {
        const struct port_spec *p = &facts->ports[i];

        if (facts->present[i] && p->role == VIF_NETWORK && p->bond
            && !strcmp(p->bond, member->bond)
            && (p->way == BOND_WAY_NORMAL || p->way == BOND_WAY_SOURCE
                || p->way != member->way)) {
            return true;
        }
    }
    return false;
}

/* The kind of the network side follows from its ports. */
static void
test_network_ports(void **state OVS_UNUSED)
{
    struct plan *plan = plan_create("br0");
    struct facts facts;

    random_set_seed(1);
    facts_init(&facts);
    for (int i = 0; i < 3000; i++) {
        const char *first = NULL;
        bool several = false, bond = false, reflects = false;
        bool slb = false, lacp = false;

        change_facts(&facts);
        state_all(plan, &facts);
        for (int j = 0; j < MAX_FACTS; j++) {
            const struct port_spec *p = &facts.ports[j];

            if (facts.present[j] && p->role == VIF_NETWORK) {
                const char *port = p->bond ? p->bond : p->name;

                several |= first && strcmp(first, port);
                first = port;
                bond |= p->bond != NULL;
                lacp |= p->bond && p->way == BOND_WAY_ANY;
                slb |= p->bond && is_for_normal(&facts, p);
                reflects |= p->reflects;
            }
        }

        enum network_kind kind = (!first ? NETWORK_NONE
                                  : several && slb ? NETWORK_SEVERAL
                                  : several && lacp ? NETWORK_BALANCED
                                  : several && bond ? NETWORK_MIXED
                                  : several ? NETWORK_SPREAD
                                  : bond ? NETWORK_BOND : NETWORK_DIRECT);
        assert_int_equal(plan_network_kind(plan, false), kind);
        plan_run(plan);
        assert_int_equal(plan_get_ctx(plan)->network, kind);
        assert_int_equal(plan_get_ctx(plan)->reflections, reflects);
    }
    plan_destroy(plan);
    facts_uninit(&facts);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_law_5),
        cmocka_unit_test(test_other_ports),
        cmocka_unit_test(test_keep),
        cmocka_unit_test(test_network_ports),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
