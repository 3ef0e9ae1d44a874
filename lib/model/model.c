/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/model.h"

#include <stdlib.h>
#include <string.h>

#include "lib/host/bridge-row.h"
#include "lib/host/our-keys.h"
#include "lib/model/network-meters.h"
#include "util.h"

/* Finds out whether networks of 'model' differ in their mode, and reports each
 * that differs from the first that asks for one, of those that are about the
 * same: the whole bridge, or one VLAN.  Both are named with file and line. */
static void
report_conflicts(struct bridge_model *model, struct diag_list *diags)
{
    for (size_t i = 0; i < model->n_networks; i++) {
        const struct netdef *other = model->networks[i];
        const struct netdef *first = model_scope_first(model, model->vlans[i]);

        if (first && netdef_asks(other)
            && netdef_mode(other) != netdef_mode(first)) {
            model->conflict = true;
            diag_add(diags, DIAG_ERROR, &other->bridge_origin,
                     "network '%s' asks for macTableManager '%s' on bridge "
                     "'%s', but network '%s' (%s:%u) asks for '%s'; the "
                     "bridge stays as it was",
                     other->name,
                     mac_table_manager_to_string(netdef_mode(other)),
                     other->bridge, first->name, first->bridge_origin.file,
                     first->bridge_origin.line,
                     mac_table_manager_to_string(netdef_mode(first)));
        }
    }
}

/* Without a network, the Bridge row itself may ask for a mode. */
static void
take_mode_from_row(struct bridge_model *model, const struct bridge_row *row,
                   struct diag_list *diags)
{
    if (!row->mac_table_manager) {
        return;
    }

    model->wanted = true;
    if (!mac_table_manager_from_string(row->mac_table_manager,
                                       &model->base_mode)) {
        struct origin origin = { .element = row->name };

        diag_add(diags, DIAG_ERROR, &origin,
                 "external_ids:virtnet-mac-table-manager is '%s', expected "
                 "'kernel' or 'libvirt'; the bridge stays as it was",
                 row->mac_table_manager);
        model->conflict = true;
    }
}

/* Without OpenFlow 1.5 there is no connection to the switch. */
static void
report_protocols(const struct bridge_model *model,
                 const struct bridge_row *row, struct diag_list *diags)
{
    if (model->mode == MAC_TABLE_LIBVIRT
        && !bridge_row_allows_openflow15(row)) {
        struct origin origin = { .element = row->name };

        diag_add(diags, DIAG_ERROR, &origin, bridge_row_is_taken(row)
                 ? "has a controller, and column protocols (%s) forbids "
                 "OpenFlow 1.5, which libvirt mode needs: that is how "
                 "bridges of Neutron's and of other owners are; if this one "
                 "has no other owner, add OpenFlow15 to it"
                 : "column protocols (%s) forbids OpenFlow 1.5, which libvirt "
                 "mode needs; add OpenFlow15 to it", row->protocols);
    }
}

/* Groups that guests join are known to NORMAL alone. */
static void
report_snooping(const struct bridge_model *model,
                const struct bridge_row *row, struct diag_list *diags)
{
    if (model->mode == MAC_TABLE_LIBVIRT && row->mcast_snooping) {
        struct origin origin = { .element = row->name };

        diag_add(diags, DIAG_NOTE, &origin,
                 "column mcast_snooping_enable is true, but guests get all "
                 "multicast of their VLANs, whether they have joined the "
                 "group or not");
    }
}

/* The datapath in userspace has no flows for frames without a second tag:
 * xlate_wc_finish() in Open vSwitch's ofproto/ofproto-dpif-xlate.c takes out
 * of them what is about a tag that is not there.  The kernel's always have
 * what tags there are (ovs_nla_get_match() in Linux's net/openvswitch/
 * flow_netlink.c). */
static void
report_tags(const struct bridge_model *model, const struct bridge_row *row,
            struct diag_list *diags)
{
    if (model->mode == MAC_TABLE_LIBVIRT && model->blurs_tags) {
        struct origin origin = { .element = row->name };

        diag_add(diags, DIAG_NOTE, &origin,
                 "with other_config:vlan-limit of table Open_vSwitch, which "
                 "is not 1, the userspace datapath does not tell a frame with "
                 "one tag from one with two; frames of guests in a VLAN whose "
                 "tag has nothing but a priority are dropped, and filters may "
                 "miss a second tag");
    }
}

/* Whoever is the bridge's controller may put flows above ours. */
static void
report_controllers(const struct bridge_model *model,
                   const struct bridge_row *row, struct diag_list *diags)
{
    if (model->mode == MAC_TABLE_LIBVIRT
        && bridge_row_count_controllers(row)) {
        struct origin origin = { .element = row->name };

        diag_add(diags, DIAG_NOTE, &origin,
                 "has an OpenFlow controller, which may change what its flows "
                 "do");
    }
}

/* Keys of ours that there are not. */
static void
report_keys(const struct bridge_row *row, struct diag_list *diags)
{
    if (row->unknown_key) {
        struct origin origin = { .element = row->name };

        diag_add(diags, DIAG_ERROR, &origin, "external_ids:%s: there is no "
                 "such key, so that nothing comes of it, %s",
                 row->unknown_key, our_keys_of_bridges());
    }
}

/* What the row of a bridge says and is not heeded. */
static void
report_row(const struct bridge_model *model, const struct bridge_row *row,
           const struct netdef *first, struct diag_list *diags)
{
    struct origin origin = { .element = row->name };
    const char *mode = mac_table_manager_to_string(netdef_mode(first));

    if (row->mac_table_manager && !model->conflict
        && strcmp(row->mac_table_manager, mode)) {
        diag_add(diags, DIAG_WARNING, &origin,
                 "external_ids:virtnet-mac-table-manager is '%s', but network "
                 "'%s' (%s:%u) decides: %s", row->mac_table_manager,
                 first->name, first->bridge_origin.file,
                 first->bridge_origin.line, mode);
    }
}

static enum datapath_kind
find_datapath(const char *type)
{
    return (!type || !type[0] || !strcmp(type, "system") ? DATAPATH_SYSTEM
            : !strcmp(type, "netdev") ? DATAPATH_NETDEV
            : DATAPATH_OTHER);
}

/* Finds out the mode of the bridge of 'model' from those of all that is on
 * it. */
static void
take_modes(struct bridge_model *model)
{
    model->mode = model->base_mode;
    for (size_t i = 0; i < model->n_networks; i++) {
        if (model->vlans[i] != PORT_VLAN_NO_TAG
            && netdef_asks(model->networks[i])) {
            model->wanted = true;
            model->mode = MAX(model->mode, netdef_mode(model->networks[i]));
        }
    }
}

/* Initializes 'model' to what is asked of the bridge of 'row' by those of the
 * 'n_defs' definitions in 'defs' that name it, or a fake bridge of its, or, if
 * none of those that name it asks, by 'row' itself.  'model' borrows the
 * definitions.  Adds to 'diags' what is wrong with it. */
void
bridge_model_init(struct bridge_model *model, const struct bridge_row *row,
                  const struct netdef *const *defs, size_t n_defs,
                  struct diag_list *diags)
{
    *model = (struct bridge_model) {
        .networks = xmalloc(MAX(1, n_defs) * sizeof *model->networks),
        .mode = MAC_TABLE_KERNEL,
        .base_mode = MAC_TABLE_KERNEL,
        .datapath = find_datapath(row->datapath_type),
        .blurs_tags = (row->sees_two_tags
                       && find_datapath(row->datapath_type)
                          != DATAPATH_SYSTEM),
        .is_ours = row->owner != NULL,
        .stp = row->stp_enable,
        .rstp = row->rstp_enable,
    };
    for (size_t i = 0; i < n_defs; i++) {
        if (netdef_is_ours(defs[i])
            && (!strcmp(defs[i]->bridge, row->name)
                || fake_bridges_find(&row->fakes, defs[i]->bridge))) {
            model->networks[model->n_networks++] = defs[i];
        }
    }
    qsort(model->networks, model->n_networks, sizeof *model->networks,
          netdef_compare_names);
    model_scope_init(model, row);
    model->meters = network_meters_number(model->networks, model->n_networks);

    report_keys(row, diags);

    const struct netdef *first = model_scope_first(model, PORT_VLAN_NO_TAG);
    if (first) {
        model->wanted = true;
        model->base_mode = netdef_mode(first);
    } else {
        take_mode_from_row(model, row, diags);
    }
    take_modes(model);
    report_conflicts(model, diags);
    report_protocols(model, row, diags);
    report_snooping(model, row, diags);
    report_tags(model, row, diags);
    report_controllers(model, row, diags);
    if (first) {
        report_row(model, row, first, diags);
    }
    model_scope_report(model, row->name, diags);
}

/* Frees what 'model' holds, but not 'model' itself. */
void
bridge_model_uninit(struct bridge_model *model)
{
    free(model->meters);
    free(model->networks);
    free(model->vlans);
}

/* Can the bridge of 'row' have an exact MAC table, with a network side of kind
 * 'network' and 'n_unsupported' ports that were MODEL_UNSUPPORTED?  Adds to
 * 'diags' why not, or what it lacks.
 *
 * If not, the bridge is left to NORMAL, which serves every port, if not as
 * well. */
bool
model_can_be_exact(const struct bridge_row *row, enum network_kind network,
                   size_t n_unsupported, struct diag_list *diags)
{
    struct origin origin = { .element = row->name };

    if (row->is_ovns) {
        diag_add(diags, DIAG_ERROR, &origin,
                 "is OVN's integration bridge (external_ids:ovn-bridge and "
                 "ovn-remote of table Open_vSwitch), whose flows are OVN's; "
                 "nothing is done to it");
        return false;
    }
    if (bridge_row_is_taken(row)) {
        return false;           /* As report_protocols() says. */
    }
    if (n_unsupported) {
        diag_add(diags, DIAG_ERROR, &origin,
                 "has ports that libvirt mode is not carried out for, so "
                 "the bridge stays in kernel mode");
        return false;
    }
    if (bridge_row_allows_openflow10(row)) {
        return true;
    } else if (network_kind_uses_normal(network)) {
        diag_add(diags, DIAG_ERROR, &origin,
                 "column protocols (%s) forbids OpenFlow 1.0, which alone can "
                 "keep NORMAL from flooding to guests; add OpenFlow10 to it; "
                 "until then the bridge stays in kernel mode", row->protocols);
        return false;
    }
    diag_add(diags, DIAG_NOTE, &origin,
             "column protocols (%s) forbids OpenFlow 1.0, which alone can "
             "keep NORMAL in flows of others from flooding to guests",
             row->protocols);
    return true;
}
