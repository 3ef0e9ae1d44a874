/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/model.h"

#include <stdlib.h>
#include <string.h>

#include "lib/host/bridge-row.h"
#include "lib/host/vif.h"
#include "util.h"

/* What a network is about: the whole bridge or, if it names a fake bridge, the
 * access ports of one VLAN (fake-bridges.h).
 *
 * The bridge is in libvirt mode if anything of it is to be.  What is to be in
 * kernel mode there is a part of the network side, as with a portgroup that is
 * to learn: access ports of one VLAN, or all that are not in such a one, get
 * frames from each other, and send them, as in kernel mode, and no frames of
 * other VLANs. */

/* Finds out which networks of 'model' name fake bridges of 'row'. */
void
model_scope_init(struct bridge_model *model, const struct bridge_row *row)
{
    model->vlans = xmalloc(MAX(1, model->n_networks) * sizeof *model->vlans);
    for (size_t i = 0; i < model->n_networks; i++) {
        const struct fake_bridge *fake
            = fake_bridges_find(&row->fakes, model->networks[i]->bridge);

        model->vlans[i] = fake ? fake->vid : PORT_VLAN_NO_TAG;
        model->has_fakes |= fake != NULL;
    }
}

/* Returns the first network of 'model' that asks for a mode, of those for
 * VLAN 'vid', PORT_VLAN_NO_TAG for the whole bridge; null if there is none. */
const struct netdef *
model_scope_first(const struct bridge_model *model, int vid)
{
    for (size_t i = 0; i < model->n_networks; i++) {
        if (model->vlans[i] == vid && netdef_asks(model->networks[i])) {
            return model->networks[i];
        }
    }
    return NULL;
}

/* Returns the VLAN of the fake bridge that 'vif' is a port of, if networks of
 * 'model' name that, otherwise PORT_VLAN_NO_TAG.
 *
 * A port that libvirt has in a network of the whole bridge, or that has its
 * VLAN from a portgroup of one, stays in that. */
static int
find_vid(const struct bridge_model *model, const struct vif *vif)
{
    int vid = (vif->vlan.mode == PORT_VLAN_MODE_DEFAULT
               || vif->vlan.mode == PORT_VLAN_MODE_ACCESS
               ? vif->vlan.tag : PORT_VLAN_NO_TAG);
    bool known = false;

    if (!model->has_fakes || vid == PORT_VLAN_NO_TAG || vif->vlan_is_ours
        || vif->bond.is_member) {
        return PORT_VLAN_NO_TAG;
    }
    for (size_t i = 0; i < model->n_networks; i++) {
        known |= model->vlans[i] == vid;
        if (model->vlans[i] == PORT_VLAN_NO_TAG
            && nullable_string_is_equal(vif->guest.network,
                                        model->networks[i]->name)) {
            return PORT_VLAN_NO_TAG;
        }
    }
    return known ? vid : PORT_VLAN_NO_TAG;
}

/* Can 'vif' be in network number 'i' of 'model'? */
bool
model_can_be_in(const struct bridge_model *model, size_t i,
                const struct vif *vif)
{
    return !model->has_fakes || model->vlans[i] == find_vid(model, vif);
}

/* Returns how many networks of 'model' 'vif' can be in. */
size_t
model_count_networks(const struct bridge_model *model, const struct vif *vif)
{
    size_t n = 0;

    for (size_t i = 0; i < model->n_networks; i++) {
        n += model_can_be_in(model, i, vif);
    }
    return n;
}

/* Returns the mode that 'vif' is to be served in. */
enum mac_table_manager
model_port_mode(const struct bridge_model *model, const struct vif *vif)
{
    const struct netdef *first;
    int vid;

    if (!model->has_fakes || model->mode == MAC_TABLE_KERNEL) {
        return model->mode;
    }
    vid = find_vid(model, vif);
    first = (vid != PORT_VLAN_NO_TAG ? model_scope_first(model, vid) : NULL);
    return first ? netdef_mode(first) : model->base_mode;
}

/* Is 'vif' one of those that are to be in kernel mode on a bridge that is in
 * libvirt mode for others? */
bool
model_is_left_to_kernel(const struct bridge_model *model,
                        const struct vif *vif)
{
    return (model->mode == MAC_TABLE_LIBVIRT
            && model_port_mode(model, vif) == MAC_TABLE_KERNEL);
}

/* Adds to 'diags' that 'origin', which is of VLAN 'vid' of 'bridge', asks for
 * VLANs, which its ports cannot be in. */
static void
report_vlan(const struct port_vlan *vlan, int vid, const struct origin *origin,
            const char *bridge, struct diag_list *diags)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    port_vlan_format(&s, vlan);
    if (vlan->tag != vid || !vlan_set_is_empty(&vlan->trunks)) {
        diag_add(diags, DIAG_ERROR, origin,
                 "asks for %s, but '%s' is a fake bridge, whose ports are in "
                 "VLAN %d", ds_cstr(&s), bridge, vid);
    }
    ds_destroy(&s);
}

/* Adds to 'diags' which of the networks of 'model', of bridge 'bridge', ask
 * for what a fake bridge has not, and what is in another mode than the
 * rest. */
void
model_scope_report(const struct bridge_model *model, const char *bridge,
                   struct diag_list *diags)
{
    for (size_t i = 0; i < model->n_networks; i++) {
        const struct netdef *netdef = model->networks[i];
        int vid = model->vlans[i];

        if (vid == PORT_VLAN_NO_TAG) {
            continue;
        }
        if (netdef->has_vlan) {
            report_vlan(&netdef->vlan, vid, &netdef->bridge_origin,
                        netdef->bridge, diags);
        }
        for (size_t j = 0; j < netdef->n_portgroups; j++) {
            const struct portgroup *pg = &netdef->portgroups[j];

            if (pg->has_vlan) {
                report_vlan(&pg->vlan, vid, &pg->origin, netdef->bridge,
                            diags);
            }
        }
        if (netdef_asks(netdef) && model->mode == MAC_TABLE_LIBVIRT
            && netdef_mode(netdef) != model->base_mode) {
            bool exact = netdef_mode(netdef) == MAC_TABLE_LIBVIRT;

            diag_add(diags, DIAG_NOTE, &netdef->bridge_origin,
                     "'%s' is a fake bridge, whose ports, those in VLAN %d, "
                     "are in %s mode; all others of bridge '%s' are %s",
                     netdef->bridge, vid, exact ? "libvirt" : "kernel",
                     bridge, exact ? "a part of the network side"
                     : "in libvirt mode, but for those of other fake bridges");
        }
    }
}
