/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "lib/base/jvalue.h"
#include "lib/host/ports-json.h"
#include "lib/openflow/flow-dump.h"
#include "lib/tell/explain.h"
#include "lib/tell/translation.h"
#include "openvswitch/vlog.h"

int
LLVMFuzzerInitialize(int *argc OVS_UNUSED, char ***argv OVS_UNUSED)
{
    vlog_set_levels(NULL, VLF_ANY_DESTINATION, VLL_OFF);
    return 0;
}

/* What ovs-ofctl prints of flows and groups.  What is read is explained for a
 * bridge without ports. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct flow_dump dump;
    char *error = flow_dump_parse((const char *) data, size, NULL, &dump);

    if (!error) {
        struct ports ports = PORTS_INITIALIZER;
        struct explanation e;

        ports_add_bridge(&ports, "br0");
        struct translation *t = translation_create(NULL, 0, &ports, NULL,
                                                   NULL);
        explanation_init(&e, &t->bridges[0], &dump, true);
        FUZZ_CHECK(e.n_flows == dump.n_flows);
        jvalue_unref(explanation_to_json(&e));
        explanation_uninit(&e);
        translation_destroy(t);
        ports_uninit(&ports);
        flow_dump_uninit(&dump);
    }
    free(error);
    return 0;
}
