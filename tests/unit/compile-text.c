/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "tests/unit/compile-text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/slice.h"
#include "openvswitch/dynamic-string.h"
#include "tests/unit/oflow-text.h"
#include "util.h"

/* Does 'flow' tell groups from those that are reserved, or sources from none?
 */
static bool
tells_apart(const struct oflow *flow)
{
    return ((flow->table_id == TABLE_MULTICAST
             && flow->priority > PRIORITY_MULTICAST_RESERVED
             && flow->priority <= PRIORITY_MULTICAST_OTHERS)
            || (flow->table_id == TABLE_SOURCE
                && flow->priority > PRIORITY_SOURCE_ZERO
                && flow->priority <= PRIORITY_SOURCE_OTHERS
                && flow->cookie == pipeline_cookie(COOKIE_BRIDGE, "br0")));
}

/* Appends 'slice' to 's': flows without their cookies, which must all be
 * 'cookie', then buckets as "FIRST-LAST: bucket=...".  Those of
 * test-multicast.c are left out. */
void
slice_format_text(struct ds *s, const struct slice *slice, ovs_be64 cookie)
{
    struct oflow_table table;

    oflow_table_init(&table);
    oflow_table_put_slice(&table, slice);
    assert_int_equal(oflow_table_count_flows(&table), slice->n_flows);

    const struct oflow **flows = oflow_table_sort_flows(&table);
    for (size_t i = 0; i < slice->n_flows; i++) {
        struct ds line = DS_EMPTY_INITIALIZER;

        assert_true(flows[i]->cookie == cookie);
        oflow_format(&line, flows[i], NULL);
        if (!tells_apart(flows[i])) {
            ds_put_format(s, "%s\n", strchr(ds_cstr(&line), ',') + 1);
        }
        ds_destroy(&line);
    }
    for (size_t i = 0; i < slice->n_buckets; i++) {
        const struct obucket *bucket = slice->buckets[i];
        struct vlan_block block = pipeline_group_block(bucket->group_id);

        assert_true(bucket->cookie == cookie);
        assert_int_equal(pipeline_group_shard(bucket->group_id), 0);
        ds_put_format(s, "%u-%u: ", block.vid,
                      block.vid + (1 << block.level) - 1);
        obucket_format(s, bucket, NULL);
        ds_put_char(s, '\n');
    }
    free(flows);
    oflow_table_uninit(&table);
}

/* Initializes '*vport' to the port that 'c' is of. */
void
port_case_to_vport(const struct port_case *c, struct vport *vport)
{
    struct port_vlan vlan = { .mode = c->mode, .tag = c->tag };
    const struct eth_addr mac = ETH_ADDR_C(02,00,00,00,00,01);

    *vport = (struct vport) {
        .name = xstrdup("vnet0"),
        .ofport = c->role == VIF_HOST ? OFPP_LOCAL : OFP_PORT_C(7),
        .role = c->role,
        .active = true,
    };
    if (c->role != VIF_NETWORK) {
        vport->mac = mac;
    }
    if (c->trunks[1]) {
        vlan_set_add_range(&vlan.trunks, c->trunks[0], c->trunks[1]);
    }
    assert_true(port_vlan_effect_init(&vport->vlan, &vlan, NULL));
    port_vlan_uninit(&vlan);
}

/* Has the test fail unless 'vport', which has won its address in 'won', comes
 * to 'expected' on a bridge of 'ctx'. */
void
check_port(const struct bridge_ctx *ctx, const struct vport *vport,
           const struct vlan_set *won, const char *expected)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    struct slice slice;

    slice_init(&slice);
    compile_port(ctx, vport, &won, NULL, &slice);
    slice_format_text(&s, &slice, pipeline_cookie(COOKIE_PORT, "vnet0"));
    assert_string_equal(ds_cstr(&s), expected);
    slice_uninit(&slice);
    ds_destroy(&s);
}
