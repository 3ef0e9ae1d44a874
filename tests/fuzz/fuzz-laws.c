/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "lib/openflow/flow-dump.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/oflow.h"
#include "openvswitch/dynamic-string.h"

/* Laws 3 and 4: what is installed, after the difference was applied to it, is
 * what is desired, and then nothing differs. */
void
fuzz_check_diff(const struct oflow_table *desired,
                const struct oflow_table *installed)
{
    struct ochanges changes = OCHANGES_INITIALIZER;
    struct oflow_table result;

    oflow_table_init(&result);
    oflow_table_diff(installed, &result, &changes);
    oflow_table_apply(&result, &changes);
    FUZZ_CHECK(oflow_table_equals(&result, installed));
    ochanges_uninit(&changes);

    memset(&changes, 0, sizeof changes);
    oflow_table_diff(desired, &result, &changes);
    oflow_table_apply(&result, &changes);
    FUZZ_CHECK(oflow_table_equals(&result, desired));
    ochanges_uninit(&changes);

    memset(&changes, 0, sizeof changes);
    oflow_table_diff(desired, &result, &changes);
    FUZZ_CHECK(!changes.n);
    ochanges_uninit(&changes);
    oflow_table_uninit(&result);
}

/* The flows in 'table' are the same after they were printed and read again. */
void
fuzz_check_text(const struct oflow_table *table)
{
    const struct oflow **flows = oflow_table_sort_flows(table);
    size_t n = oflow_table_count_flows(table);
    struct ds s = DS_EMPTY_INITIALIZER;
    struct flow_dump dump;

    for (size_t i = 0; i < n; i++) {
        oflow_format(&s, flows[i], NULL);
        ds_put_char(&s, '\n');
    }
    if (n) {
        char *error = flow_dump_parse(ds_cstr(&s), s.length, NULL, &dump);

        FUZZ_CHECK(!error && dump.n_flows == n);
        for (size_t i = 0; i < n; i++) {
            FUZZ_CHECK(oflow_equals(flows[i], dump.flows[i].flow));
        }
        flow_dump_uninit(&dump);
    }
    free(flows);
    ds_destroy(&s);
}
