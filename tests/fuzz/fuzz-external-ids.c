/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "lib/base/diag.h"
#include "lib/host/bridge-row.h"
#include "lib/host/vif.h"
#include "lib/model/mac-table.h"
#include "lib/model/model.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/oflow-table.h"
#include "lib/openflow/plan.h"
#include "lib/xml/netdef.h"
#include "packets.h"

/* External_ids that hostile tenants write, change and take back, on a bridge
 * with a guest that was there before them.
 *
 * Each line of the input is a digit, for one of ten ports, a letter, for a
 * key, and the value, or nothing, for none.  't', the VLAN, stands for what
 * the host's administrator does meanwhile. */

#define VICTIM_MAC "52:54:00:00:00:01"
#define N_PORTS 10

static const char xml[]
    = "<network><name>n</name><forward mode='bridge'/>"
      "<bridge name='br0' macTableManager='libvirt'/>"
      "<portgroup name='a'><vlan trunk='yes'><tag id='5'/><tag id='7'/></vlan>"
      "</portgroup></network>";
static struct netdef *netdef;

int
LLVMFuzzerInitialize(int *argc OVS_UNUSED, char ***argv OVS_UNUSED)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;

    netdef = netdef_from_xml(xml, strlen(xml), "fuzz.xml", &diags);
    diag_list_uninit(&diags);
    return 0;
}

static char **
find_key(struct vif *vif, char key)
{
    switch (key) {
    case 'm': return &vif->attached_mac;
    case 's': return &vif->iface_status;
    case 'p': return &vif->portgroup;
    case 'r': return &vif->role;
    case 'i': return &vif->isolated;
    case 'c': return &vif->community;
    case 'M': return &vif->macs;
    case 'n': return &vif->iface_id;
    case 'v': return &vif->vm_id;
    default: return NULL;
    }
}

/* Brings 'plan' up to date with 'vif', as mbridge-ports.c does. */
static void
update_port(struct plan *plan, const struct bridge_model *model,
            const struct vif *vif)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct vif after;
    struct vport vport;

    vif_clone(&after, vif);
    port_vlan_uninit(&after.vlan);
    if (!model_port_vlan(model, vif, &after.vlan)) {
        port_vlan_clone(&after.vlan, &vif->vlan);
    }
    if (model_port(model, &after, &vport, &diags) != MODEL_SKIPPED) {
        plan_set_port(plan, &vport);
        vport_uninit(&vport);
    } else if (plan_find_port(plan, vif->name)) {
        plan_remove_port(plan, vif->name);
    }
    vif_uninit(&after);
    diag_list_uninit(&diags);
}

static void
check_plan(struct plan *plan, const struct bridge_model *model,
           const struct vif *vifs)
{
    struct eth_addr mac = ETH_ADDR_C(52,54,00,00,00,01);
    const struct mac_entry *entry
        = mac_table_find(plan_mac_table(plan), mac);

    /* Nobody takes an address that another port holds. */
    FUZZ_CHECK(!strcmp(mac_entry_winner(entry, 9)->port, "port0"));

    /* Law 8: a restart finds nothing to do. */
    struct plan *fresh = plan_create("br0");
    plan_set_ctx(fresh, plan_get_ctx(plan));
    plan_seed(fresh, plan_desired(plan));
    for (int i = 0; i < N_PORTS; i++) {
        update_port(fresh, model, &vifs[i]);
    }
    plan_run(fresh);
    FUZZ_CHECK(oflow_table_equals(plan_desired(fresh), plan_desired(plan)));
    fuzz_check_text(plan_desired(plan));
    plan_destroy(fresh);
}

static void
take_line(struct plan *plan, const struct bridge_model *model,
          struct vif *vifs, char *line)
{
    size_t port = line[0] ? (size_t) (line[0] - '0') : N_PORTS;
    char **value;

    if (port > 0 && port < N_PORTS && line[1] == 't') {
        vifs[port].vlan.tag = line[2] ? line[2] % 16 : PORT_VLAN_NO_TAG;
        update_port(plan, model, &vifs[port]);
        plan_run(plan);
    } else if (port > 0 && port < N_PORTS) {
        value = find_key(&vifs[port], line[1]);
        if (value) {
            free(*value);
            *value = line[2] ? xstrdup(&line[2]) : NULL;
            update_port(plan, model, &vifs[port]);
            plan_run(plan);
        }
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct bridge_ctx ctx = { .exact = true };
    const struct netdef *defs[] = { netdef };
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct bridge_row row = { .name = CONST_CAST(char *, "br0"),
                              .protocols = CONST_CAST(char *, "") };
    struct plan *plan = plan_create("br0");
    char *text = xmemdup0((const char *) data, size);
    struct bridge_model model;
    struct vif vifs[N_PORTS];
    char *line, *save_ptr = NULL;

    bridge_model_init(&model, &row, defs, 1, &diags);
    plan_set_ctx(plan, &ctx);
    for (int i = 0; i < N_PORTS; i++) {
        vif_init(&vifs[i]);
        vifs[i].name = xasprintf("port%d", i);
        vifs[i].port = xstrdup(vifs[i].name);
        vifs[i].ofport = u16_to_ofp(i + 1);
        vifs[i].vlan.tag = i % 2 ? PORT_VLAN_NO_TAG : 9;
        vifs[i].attached_mac = i ? NULL : xstrdup(VICTIM_MAC);
        update_port(plan, &model, &vifs[i]);
        plan_run(plan);
    }

    for (line = strtok_r(text, "\n", &save_ptr); line;
         line = strtok_r(NULL, "\n", &save_ptr)) {
        take_line(plan, &model, vifs, line);
    }
    check_plan(plan, &model, vifs);

    for (int i = 0; i < N_PORTS; i++) {
        vif_uninit(&vifs[i]);
    }
    plan_destroy(plan);
    bridge_model_uninit(&model);
    diag_list_uninit(&diags);
    free(text);
    return 0;
}
