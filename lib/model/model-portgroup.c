/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/model.h"

#include <string.h>

#include "lib/host/vif.h"
#include "lib/model/port-policy.h"
#include "util.h"

/* Which portgroup a port is in, and which VLANs that puts it in. */

/* Returns the one network of 'model' that 'vif' is in, or null if that cannot
 * be told. */
static const struct netdef *
find_network(const struct bridge_model *model, const struct vif *vif)
{
    const struct netdef *last = NULL;
    size_t n = 0;

    for (size_t i = 0; i < model->n_networks; i++) {
        if (model_can_be_in(model, i, vif)) {
            n++;
            last = model->networks[i];
            if (nullable_string_is_equal(last->name, vif->guest.network)) {
                return last;
            }
        }
    }
    return n == 1 ? last : NULL;
}

/* Returns the portgroup called 'name' that 'vif' can be in, or null, and
 * stores its network in '*network'. */
static const struct portgroup *
find_by_name(const struct bridge_model *model, const struct vif *vif,
             const char *name, const struct netdef **network)
{
    const struct portgroup *portgroup;

    *network = find_network(model, vif);
    portgroup = *network ? netdef_find_portgroup(*network, name) : NULL;
    for (size_t i = 0; !portgroup && i < model->n_networks; i++) {
        if (model_can_be_in(model, i, vif)) {
            *network = model->networks[i];
            portgroup = netdef_find_portgroup(*network, name);
        }
    }
    return portgroup;
}

/* Returns the portgroup that 'vif' asks for by name, or null if it does not
 * ask or there is none of that name.  Stores how it asks in '*how', which is
 * null if it does not, and the portgroup's network in '*network'.
 *
 * external_ids:port-profile is what libvirt writes for profileid, which is
 * free text, so it only counts if there is a portgroup of that name. */
static const struct portgroup *
find_asked(const struct bridge_model *model, const struct vif *vif,
           const char **how, const struct netdef **network)
{
    const struct portgroup *portgroup;

    *how = vif->portgroup;
    if (vif->portgroup) {
        return find_by_name(model, vif, vif->portgroup, network);
    }
    portgroup = (vif->profile
                 ? find_by_name(model, vif, vif->profile, network) : NULL);
    if (portgroup) {
        *how = vif->profile;
        return portgroup;
    }
    *how = vif->guest.portgroup;
    return (*how ? find_by_name(model, vif, *how, network) : NULL);
}

/* Is 'vif' a guest, by what is known of it or by its kind? */
static bool
is_guest(const struct bridge_model *model, const struct vif *vif)
{
    return (vif_get_role(vif) == VIF_GUEST
            || port_policy_unknown(model, vif) != UNKNOWN_PORTS_NETWORK);
}

/* Has libvirt plugged 'vif' into a network, so that it has written its VLANs?
 * That a guest file, which may be a copy of libvirt's, names one says nothing
 * of the row. */
static bool
is_libvirts(const struct vif *vif)
{
    return vif->guest.network && vif->guest.is_libvirts;
}

/* Returns the network that 'vif' is in by the portgroup that it asks for or,
 * if it is a guest and does not ask, otherwise; or null.  Stores the
 * portgroup, or null, in '*portgroup'. */
static const struct netdef *
find_place(const struct bridge_model *model, const struct vif *vif,
           const struct portgroup **portgroup)
{
    const struct netdef *network;
    const char *how;

    *portgroup = find_asked(model, vif, &how, &network);
    if (how) {
        return *portgroup ? network : NULL;
    }
    network = is_guest(model, vif) ? find_network(model, vif) : NULL;
    *portgroup = network ? netdef_default_portgroup(network) : NULL;
    return network;
}

/* Returns the portgroup that 'vif' is in, or null: the first of
 * external_ids:virtnet-portgroup, external_ids:port-profile, what libvirt
 * knows, and for a guest the default portgroup of its network.  There is no
 * default for who asks for a portgroup that there is not.
 *
 * If 'network' is nonnull, stores the network that the portgroup belongs to in
 * '*network'. */
const struct portgroup *
model_find_portgroup(const struct bridge_model *model, const struct vif *vif,
                     const struct netdef **network)
{
    const struct portgroup *portgroup;
    const struct netdef *n = find_place(model, vif, &portgroup);

    if (portgroup && network) {
        *network = n;
    }
    return portgroup;
}

/* Returns the network that 'vif' is in, or null if that cannot be told. */
const struct netdef *
model_find_network(const struct bridge_model *model, const struct vif *vif)
{
    const struct netdef *network;

    return (model_find_portgroup(model, vif, &network)
            ? network : find_network(model, vif));
}

/* As model_port_vlan(), for a port whose VLANs libvirt has lost, or had lost
 * until they were put back: these follow what libvirt has it in.  If libvirt
 * can no longer be asked they stay. */
static bool
kept_vlan(const struct vif *vif, struct port_vlan *vlan)
{
    if (vif_has_lost_vlan(vif)) {
        port_vlan_clone(vlan, &vif->guest.vlan);
        return true;
    } else if (vif->guest.name && !vif->guest.has_vlan) {
        port_vlan_init(vlan);
        return true;
    }
    return false;
}

/* Is the profile of 'vif', for which there is no portgroup, probably meant to
 * be one?  It is free text, so that it says nothing where there are other ways
 * to know its VLANs, nor where no network has portgroups. */
static bool
awaits_profile(const struct bridge_model *model, const struct vif *vif)
{
    const struct portgroup *portgroup;
    const struct netdef *network = find_place(model, vif, &portgroup);

    if (!vif->profile || is_libvirts(vif) || !is_guest(model, vif)
        || portgroup || (network && network->has_vlan)) {
        return false;
    }
    for (size_t i = 0; i < model->n_networks; i++) {
        if (model_can_be_in(model, i, vif)
            && model->networks[i]->n_portgroups) {
            return true;
        }
    }
    return false;
}

/* Does 'vif' ask for a portgroup that the networks of 'model' have not, or not
 * yet?  It was meant to be in some VLANs, nobody knows which.
 *
 * If libvirt has it in a network that is not one of this bridge's, libvirt
 * knows the portgroup, and has written its VLANs. */
static bool
awaits_portgroup(const struct bridge_model *model, const struct vif *vif)
{
    const struct netdef *network;
    const char *how;

    if (find_asked(model, vif, &how, &network)) {
        return false;
    } else if (!how) {
        return awaits_profile(model, vif);
    } else if (vif->portgroup) {
        return true;
    }
    network = find_network(model, vif);
    return (network && vif->guest.network
            && !strcmp(network->name, vif->guest.network));
}

/* Computes the VLAN configuration that should be in the Port row of 'vif', for
 * a guest of a network, or whose VLANs libvirt has lost.  Returns true
 * and initializes '*vlan' if the row is ours to write and differs from it.
 *
 * VLANs that somebody else wrote into the row, libvirt above all, are the
 * interface's own, and an interface's own <vlan> goes before its portgroup's,
 * which goes before its network's (networkAllocatePort() in libvirt's
 * src/network/bridge_driver.c).  What libvirt has plugged into a network of
 * its own has in its row what it is to have, none included.  That it has is
 * known by then: libvirt writes the port's file, in the network's directory,
 * before it plugs the port.  What asks for a portgroup that there is not keeps
 * the VLANs that it has. */
bool
model_port_vlan(const struct bridge_model *model, const struct vif *vif,
                struct port_vlan *vlan)
{
    if (vif->vlan_is_kept || (model->wanted && vif_has_lost_vlan(vif))) {
        return kept_vlan(vif, vlan);
    } else if (!vif->vlan_is_ours && !port_vlan_is_default(&vif->vlan)) {
        return false;
    } else if (model->n_networks && awaits_portgroup(model, vif)) {
        return false;
    }

    const struct portgroup *portgroup;
    const struct netdef *network = find_place(model, vif, &portgroup);
    bool is_set_by_libvirt = (network && network->is_libvirts
                              && !vif->portgroup && is_libvirts(vif));
    if (portgroup && portgroup->has_vlan && !is_set_by_libvirt) {
        port_vlan_clone(vlan, &portgroup->vlan);
    } else if (network && network->has_vlan && !is_set_by_libvirt) {
        port_vlan_clone(vlan, &network->vlan);
    } else {
        port_vlan_init(vlan);
    }

    bool set = !port_vlan_is_default(vlan);
    if (port_vlan_equals(vlan, &vif->vlan) && set == vif->vlan_is_ours) {
        port_vlan_uninit(vlan);
        return false;
    }
    return true;
}

/* Is 'vif' one of a guest that is to wait until somebody says in which VLANs
 * it is, which neither its definition nor its row does?  Where nothing tells
 * in which of several networks it is, one that has it wait is enough. */
static bool
awaits_vlan(const struct bridge_model *model, const struct vif *vif)
{
    const struct portgroup *portgroup;
    const struct netdef *network = find_place(model, vif, &portgroup);
    bool waits = false;

    if (!is_guest(model, vif)) {
        return false;
    } else if (network) {
        return (!network->has_vlan && !(portgroup && portgroup->has_vlan)
                && netdef_port_policy(network, portgroup).await_vlan.value);
    }
    for (size_t i = 0; i < model->n_networks && !waits; i++) {
        waits = (model_can_be_in(model, i, vif)
                 && netdef_port_policy(model->networks[i], NULL)
                        .await_vlan.value);
    }
    return waits;
}

/* Is 'vif' to be in no VLAN?  That is what becomes of a port which asks for a
 * portgroup that there is not (yet), and has no VLANs in its row that it could
 * keep: it was meant to be in some, and never in all because nobody knows
 * which; and of one that is to wait for them.  Where NORMAL serves the port
 * nothing can be done about it. */
bool
model_is_nowhere(const struct bridge_model *model, const struct vif *vif)
{
    bool kernel = (model_port_mode(model, vif) == MAC_TABLE_KERNEL
                   && !model->conflict
                   && !model->incomplete);

    return (!kernel && port_vlan_is_default(&vif->vlan)
            && !vif_has_lost_vlan(vif)
            && (awaits_portgroup(model, vif) || awaits_vlan(model, vif)));
}

/* Initializes '*effect' to the VLANs that 'vif' is to be in, whether its row
 * has them already or they are still to be written there: from the moment when
 * a port is plugged until the database has taken that, the port must not be in
 * any other.  Returns false, with '*effect' initialized all the same, if they
 * cannot be told.
 *
 * What takes VLANs away from a port is the row alone, lest a definition that
 * cannot be read put it into all of them.
 *
 * In kernel mode it is for NORMAL, which has the row alone to go by. */
bool
model_port_vlan_effect(const struct bridge_model *model,
                       const struct vif *vif, struct port_vlan_effect *effect)
{
    struct port_vlan vlan;
    bool ok;

    if (model_is_nowhere(model, vif)) {
        port_vlan_effect_init_none(effect);
        return true;
    } else if (vif_has_lost_vlan(vif)) {
        port_vlan_clone(&vlan, &vif->guest.vlan);
    } else if (!model_port_vlan(model, vif, &vlan)) {
        port_vlan_clone(&vlan, &vif->vlan);
    } else if (port_vlan_is_default(&vlan)) {
        /* It is to lose its VLANs, if all definitions are known: who writes
         * the row knows that. */
        port_vlan_clone(&vlan, &vif->vlan);
    }
    ok = port_vlan_effect_init(effect, &vlan, &vif->qinq);
    port_vlan_uninit(&vlan);
    return ok;
}

/* Reports what of 'vif', apart from its role, is not as its owner will have
 * meant it. */
static void
report_portgroup(const struct bridge_model *model, const struct vif *vif,
                 const struct origin *origin, struct diag_list *diags)
{
    const struct netdef *network;
    const char *how;
    const struct portgroup *portgroup = find_asked(model, vif, &how, &network);

    if (!how && awaits_profile(model, vif)) {
        how = vif->profile;
    }
    if (how && !portgroup) {
        diag_add(diags, DIAG_WARNING, origin,
                 "no network of this bridge has a portgroup '%s'%s", how,
                 !port_vlan_is_default(&vif->vlan) ? ""
                 : !model_is_nowhere(model, vif)
                 ? ", so the port is in all VLANs"
                 : model->incomplete
                 ? ", so the port is in no VLAN, unless it was in service "
                   "before; there are definitions that cannot be read"
                 : ", so the port is in no VLAN");
    } else if (model_is_nowhere(model, vif)) {
        diag_add(diags, DIAG_NOTE, origin,
                 "is in no VLAN until somebody says in which, as awaitVlan "
                 "is 'yes'");
    } else if (vif->portgroup && !vif->vlan_is_ours
               && !port_vlan_is_default(&vif->vlan)) {
        diag_add(diags, DIAG_NOTE, origin,
                 "has VLAN settings of its own, which go before those of "
                 "portgroup '%s'", vif->portgroup);
    }
}

/* Is 'vif', by the VLANs of its row, in any that 'meant' has it not in? */
static bool
is_beyond(const struct vif *vif, const struct port_vlan *meant)
{
    struct port_vlan_effect is, should;
    bool beyond;

    port_vlan_effect_init(&is, &vif->vlan, &vif->qinq);
    port_vlan_effect_init(&should, meant, &vif->qinq);
    vlan_set_subtract(&is.members, &should.members);
    beyond = !vlan_set_is_empty(&is.members);
    port_vlan_effect_uninit(&is);
    port_vlan_effect_uninit(&should);
    return beyond;
}

/* Are the VLANs of the row of 'vif' those that its portgroup or network
 * asks for? */
static bool
has_network_vlan(const struct bridge_model *model, const struct vif *vif)
{
    const struct portgroup *portgroup;
    const struct netdef *network = find_place(model, vif, &portgroup);
    const struct port_vlan *vlan
        = (portgroup && portgroup->has_vlan ? &portgroup->vlan
           : network && network->has_vlan ? &network->vlan : NULL);

    return vlan && port_vlan_equals(vlan, &vif->vlan);
}

/* Reports if the row of 'vif', which is a guest that libvirt knows, has other
 * VLANs than libvirt has it in.  A row may have been left behind by the guest
 * that had the name before, which libvirt then uses as it is.
 *
 * Where libvirt has it in none, another program may well have put it into one,
 * as OpenNebula does, so that this is a note, and of a port that libvirt has
 * not plugged, without an iface-id, nothing. */
static void
report_vlan(const struct bridge_model *model, const struct vif *vif,
            const struct origin *origin, struct diag_list *diags)
{
    const struct vif_guest *guest = &vif->guest;
    struct port_vlan none, *meant = &none;
    struct ds is = DS_EMPTY_INITIALIZER;
    struct ds should = DS_EMPTY_INITIALIZER;

    port_vlan_init(&none);
    if (guest->has_vlan) {
        meant = CONST_CAST(struct port_vlan *, &guest->vlan);
    }
    ds_put_cstr(&is, port_vlan_is_default(&vif->vlan) ? "all VLANs" : "");
    port_vlan_format(&is, &vif->vlan);
    ds_put_cstr(&should, guest->has_vlan ? "" : "no VLAN of its own");
    port_vlan_format(&should, meant);
    if (vif_has_lost_vlan(vif)) {
        diag_add(diags, DIAG_WARNING, origin,
                 "libvirt has guest '%s' in %s, but the database has it "
                 "elsewhere; kept there", guest->name, ds_cstr(&should));
    } else if (!vif->vlan_is_ours && !vif->vlan_is_kept
               && !port_vlan_equals(meant, &vif->vlan)
               && (guest->has_vlan || (vif->iface_id
                                       && !has_network_vlan(model, vif)))) {
        diag_add(diags, (is_beyond(vif, meant) ? DIAG_ERROR
                         : guest->has_vlan ? DIAG_WARNING : DIAG_NOTE),
                 origin, "libvirt has guest '%s' in %s, but the database has "
                 "it in %s: plug it anew, or set the columns of its Port row",
                 guest->name, ds_cstr(&should), ds_cstr(&is));
    }
    ds_destroy(&is);
    ds_destroy(&should);
    port_vlan_uninit(&none);
}

/* Reports what libvirt knows of the guest of 'vif' that its owner should. */
static void
report_guest(const struct bridge_model *model, const struct vif *vif,
             const struct origin *origin, struct diag_list *diags)
{
    const struct vif_guest *guest = &vif->guest;
    const struct netdef *network = find_network(model, vif);

    if (!guest->name) {
        return;
    }
    report_vlan(model, vif, origin, diags);
    if (guest->network && (!network
                           || strcmp(network->name, guest->network))) {
        diag_add(diags, DIAG_NOTE, origin,
                 "guest '%s' is in network '%s', which this bridge has not",
                 guest->name, guest->network);
    }
}

/* Adds to 'diags' what there is to say of 'vif', whose 'origin' it is, apart
 * from its role. */
void
model_report_port(const struct bridge_model *model, const struct vif *vif,
                  const struct origin *origin, struct diag_list *diags)
{
    report_portgroup(model, vif, origin, diags);
    report_guest(model, vif, origin, diags);
}
