/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/diag.h"
#include "lib/base/jvalue.h"
#include "lib/host/ports-json.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/plan.h"
#include "lib/tell/translation-format.h"
#include "lib/tell/translation.h"
#include "lib/xml/netdef.h"
#include "openvswitch/vlog.h"

/* Ports: files that people write, ovsdb-client's dumps and backups, database
 * files.  What is read is translated for two networks on br0. */

static const char xml[]
    = "<network><name>n</name><forward mode='bridge'/>"
      "<bridge name='br0' macTableManager='libvirt'/>"
      "<portgroup name='a'><vlan trunk='yes'><tag id='5'/><tag id='7'/></vlan>"
      "</portgroup><portgroup name='b' default='yes'><vlan><tag id='9'/>"
      "</vlan></portgroup></network>";
static const struct netdef *netdef;

int
LLVMFuzzerInitialize(int *argc OVS_UNUSED, char ***argv OVS_UNUSED)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;

    vlog_set_levels(NULL, VLF_ANY_DESTINATION, VLL_OFF);
    netdef = netdef_from_xml(xml, strlen(xml), "fuzz.xml", &diags);
    diag_list_uninit(&diags);
    return 0;
}

static void
check_bridge(const struct translation_bridge *bridge)
{
    struct oflow_table empty;

    oflow_table_init(&empty);
    fuzz_check_diff(plan_desired(bridge->plan), &empty);
    fuzz_check_diff(&empty, plan_desired(bridge->plan));
    oflow_table_uninit(&empty);
    fuzz_check_text(plan_desired(bridge->plan));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ports ports = PORTS_INITIALIZER;
    char *error = ports_from_text((const char *) data, size, &ports);

    if (!error) {
        struct translation *t = translation_create(&netdef, 1, &ports, NULL,
                                                   NULL);

        jvalue_unref(translation_to_json(t));
        for (size_t i = 0; i < t->n_bridges; i++) {
            check_bridge(&t->bridges[i]);
        }
        translation_destroy(t);
        ports_uninit(&ports);
    }
    free(error);
    return 0;
}
