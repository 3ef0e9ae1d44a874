/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/port-policy.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/diag.h"
#include "lib/base/guards.h"
#include "lib/base/ip-prefix.h"
#include "lib/base/storm.h"
#include "lib/host/our-keys.h"
#include "lib/host/vif.h"
#include "lib/model/apart-policy.h"
#include "lib/model/model.h"
#include "lib/model/known-ips.h"
#include "lib/model/owner-policy.h"
#include "lib/model/remote-policy.h"
#include "lib/model/storm-policy.h"
#include "lib/model/tunnels.h"
#include "lib/model/vport.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "util.h"

/* Are ports of 'pg', which may be null, in 'network' to learn and to be
 * flooded, while others are not? */
static bool
learns(const struct netdef *network, const struct portgroup *pg)
{
    return (pg && netdef_mode(network) == MAC_TABLE_LIBVIRT
            && netdef_setting_is_set(&pg->policy.mac_table_manager)
            && pg->policy.mac_table_manager.value == MAC_TABLE_KERNEL);
}

/* What definitions ask of a port. */
struct request {
    bool learns;
    struct apart_request apart;
    bool shared;
    bool trusted;               /* May the guest change its address... */
    unsigned int follow_limit;  /* ...and to how many? */
    unsigned int sticky_limit;  /* Of a guest whose address is not known. */
    unsigned int guards;
    struct guard_types types;   /* What GUARD_OTHER lets pass. */
    struct storm_request storm;
};

static struct request
get_request(const struct netdef *network, const struct portgroup *pg)
{
    struct netdef_policy policy = netdef_port_policy(network, pg);

    return (struct request) {
        .learns = learns(network, pg),
        .apart = {
            .isolated = policy.isolated.value,
            .community = policy.community.community,
        },
        .shared = policy.shared.value,
        .trusted = policy.trust_rx_filters.value,
        .follow_limit = policy.rx_filter_limit.value,
        .sticky_limit = MAX(1, policy.rx_filter_limit.value),
        .guards = policy.guards.value,
        .types = policy.guards.types,
        .storm = {
            .is_set = netdef_setting_is_set(&policy.storm),
            .storm = policy.storm.value,
        },
    };
}

/* Adds the guards that 'r' asks for to 'all'. */
static void
add_guards(struct request *all, const struct request *r)
{
    if (!(all->guards & GUARD_BIT(GUARD_OTHER))) {
        all->types = r->types;
    } else if (r->guards & GUARD_BIT(GUARD_OTHER)) {
        guard_types_intersect(&all->types, &r->types);
    }
    all->guards |= r->guards;
}

/* Returns what the networks of 'model' ask of 'vif'. */
static struct request
find_request(const struct bridge_model *model, const struct vif *vif)
{
    const struct netdef *network;
    const struct portgroup *pg = model_find_portgroup(model, vif, &network);
    size_t n = model_count_networks(model, vif);
    struct request all = {
        .learns = n > 0,
        .shared = n > 0,
        .trusted = n > 0,
        .follow_limit = 1,
    };
    bool first = true;

    if (pg) {
        all = get_request(network, pg);
        all.learns |= model_is_left_to_kernel(model, vif);
        return all;
    }
    for (size_t i = 0; i < model->n_networks; i++) {
        if (!model_can_be_in(model, i, vif)) {
            continue;
        }
        struct request r = get_request(model->networks[i],
                                       netdef_default_portgroup(
                                           model->networks[i]));

        all.learns &= r.learns;
        all.apart = apart_request_strictest(&all.apart, &r.apart);
        all.shared &= r.shared;
        add_guards(&all, &r);
        all.storm.is_set |= r.storm.is_set;
        all.storm.storm = storm_strictest(all.storm.storm, r.storm.storm);
        all.trusted &= r.trusted;
        all.sticky_limit = (first ? r.sticky_limit
                            : MIN(all.sticky_limit, r.sticky_limit));
        all.follow_limit = (first ? r.follow_limit
                            : MIN(all.follow_limit, r.follow_limit));
        first = false;
    }
    all.learns |= model_is_left_to_kernel(model, vif);
    return all;
}

/* Is 'vif', of which nobody has written an address, a guest's nevertheless, by
 * its kind or by hand? */
static bool
is_unknown_guest(const struct vif *vif)
{
    if (vif->attached_mac || vif->bond.is_member || vif_guest_sign(vif)) {
        return false;
    }
    return (vif->role ? !strcmp(vif->role, "guest")
            : vif_get_kind(vif) != VIF_KIND_ANY);
}

/* Returns what becomes of 'vif', if it is a guest's though nobody has written
 * an address of it; UNKNOWN_PORTS_NETWORK if it is none.
 *
 * Where several networks share a bridge, the strictest counts, and one that
 * leaves it open has the default of the mode: in kernel mode there is nothing
 * to hold back.  As long as no network can be read, it may be any: such a port
 * is held back rather than open, and port-life.c has what was found to be a
 * part of the network side stay one. */
enum unknown_ports
port_policy_unknown(const struct bridge_model *model, const struct vif *vif)
{
    size_t n = model_count_networks(model, vif);
    enum unknown_ports otherwise
        = (model_port_mode(model, vif) == MAC_TABLE_LIBVIRT
           || (!n && model->incomplete)
           ? UNKNOWN_PORTS_STICKY : UNKNOWN_PORTS_NETWORK);
    enum unknown_ports strictest = UNKNOWN_PORTS_NETWORK;

    if (!is_unknown_guest(vif)) {
        return UNKNOWN_PORTS_NETWORK;
    } else if (!n || vif->role) {
        strictest = otherwise;
    }
    for (size_t i = 0; i < model->n_networks; i++) {
        if (!model_can_be_in(model, i, vif)) {
            continue;
        }
        const struct netdef_setting *setting
            = &model->networks[i]->policy.unknown_ports;

        strictest = MAX(strictest, (netdef_setting_is_set(setting)
                                    ? setting->value : otherwise));
    }
    return strictest;
}

/* Returns the role of 'vif' on the bridge of 'model'.  What would be a guest
 * is of the network side in a portgroup that learns, unless
 * external_ids:virtnet-role says that it is a guest. */
enum vif_role
port_policy_role(const struct bridge_model *model, const struct vif *vif)
{
    enum vif_role role = vif_get_role(vif);

    if (role == VIF_NETWORK
        && port_policy_unknown(model, vif) != UNKNOWN_PORTS_NETWORK) {
        role = VIF_GUEST;
    }
    return (role == VIF_GUEST && !vif->role && find_request(model, vif).learns
            ? VIF_NETWORK : role);
}

/* Is 'vif', if nothing comes of it, what was meant to be a guest's port?  That
 * is so if anybody has said so, or by its kind. */
bool
port_policy_is_meant(const struct bridge_model *model, const struct vif *vif)
{
    if (vif->ofport == OFPP_LOCAL || vif->bond.is_member
        || vif->is_mirror_output) {
        return false;
    }
    return (vif->role ? strcmp(vif->role, "network") != 0
            : (vif->attached_mac || vif_guest_sign(vif)
               || port_policy_unknown(model, vif) != UNKNOWN_PORTS_NETWORK));
}

/* Should column protected of the Port row of 'vif' be true?  Open vSwitch's
 * own NORMAL forwards nothing between two ports of which both have it.  That
 * is how guests that are 'isolated' are kept apart where the bridge has no
 * 'exact' MAC table, and how tunnels are if they are to be 'apart'
 * (tunnels.h). */
bool
port_policy_protected(const struct vif *vif, bool isolated, bool exact,
                      bool apart)
{
    return ((isolated && !exact)
            || (apart && tunnel_get_kind(vif) == TUNNEL));
}

/* Are the further addresses of 'vif' shared with the network side, if by
 * definition that is 'requested'?  What cannot be understood is no: nobody but
 * guests moves an address then. */
static bool
is_shared(const struct vif *vif, bool requested, const struct origin *origin,
          struct diag_list *diags)
{
    return (vif->shared
            ? our_keys_get_boolean("virtnet-shared", vif->shared, false,
                                   origin, diags)
            : requested);
}

/* Makes 'vport' claim the further addresses of 'vif', but for those that are
 * none, and those behind the greatest number. */
static void
add_listed_macs(const struct vif *vif, struct vport *vport,
                const struct origin *origin, struct diag_list *diags)
{
    char *list = xstrdup(vif->macs);
    char *save_ptr = NULL;
    size_t n = 0;

    for (char *s = strtok_r(list, ", \t\n", &save_ptr); s;
         s = strtok_r(NULL, ", \t\n", &save_ptr)) {
        struct eth_addr mac;
        const char *why;

        if (n++ >= VPORT_MAX_LISTED_MACS) {
            diag_add(diags, DIAG_ERROR, origin,
                     "external_ids:virtnet-macs has more than %d addresses; "
                     "the others are left out", VPORT_MAX_LISTED_MACS);
            break;
        } else if (vif_parse_mac(s, &mac, &why)) {
            vport_add_mac(vport, mac, CLAIM_LISTED);
        } else {
            diag_add(diags, DIAG_ERROR, origin,
                     "external_ids:virtnet-macs has '%s', which %s; left out",
                     s, why);
        }
    }
    free(list);
}

/* Adds the addresses that 'vif' is known to have to 'ips' and returns true.
 * Returns false, with the reason in 'diags', if they cannot be understood. */
static bool
take_ips(const struct bridge_model *model, const struct vif *vif,
         struct ip_prefixes *ips, const struct origin *origin,
         struct diag_list *diags)
{
    char *error = known_ips(model, vif, ips);

    if (error && vif->ips) {
        diag_add(diags, DIAG_ERROR, origin,
                 "external_ids:virtnet-ips is '%s', but %s; cut off",
                 vif->ips, error);
    } else if (error) {
        diag_add(diags, DIAG_ERROR, origin,
                 "of its address in the network's metadata (vn:host) %s; cut "
                 "off", error);
    } else if (!ips->n) {
        diag_add(diags, DIAG_WARNING, origin,
                 "has guard ip, but nobody says which addresses it has "
                 "(external_ids:virtnet-ips), so it can send no IP");
    }

    bool ok = !error;
    free(error);
    return ok;
}

/* Initializes 'all' to the guards of 'vif', a guest, and returns true: those
 * that its own key lists, or else those that are asked of it by definition.
 * Its 'ips' are those that guard "ip" lets it have, if it has that; the caller
 * must free them in any case.  Returns false if its keys cannot be understood,
 * so that nobody knows what it is to be kept from.  Adds to 'diags' what there
 * is to say of it. */
bool
port_policy_guards(const struct bridge_model *model, const struct vif *vif,
                   struct port_guards *all, struct diag_list *diags)
{
    struct request request = find_request(model, vif);
    struct origin origin = { .element = vif->name };

    *all = (struct port_guards) {
        .guards = request.guards, .types = request.types,
    };
    if (vif->guards) {
        char *error = guards_from_string(vif->guards, &all->guards,
                                         &all->types);

        if (error) {
            diag_add(diags, DIAG_ERROR, &origin,
                     "external_ids:virtnet-guards is '%s', but %s; cut off",
                     vif->guards, error);
            free(error);
            return false;
        }
    }
    if (all->guards && model->mode != MAC_TABLE_LIBVIRT && !model->conflict) {
        struct ds s = DS_EMPTY_INITIALIZER;

        guards_format(&s, all->guards, &all->types);
        diag_add(diags, DIAG_ERROR, &origin,
                 "is not guarded (%s), since the bridge is in kernel mode",
                 ds_cstr(&s));
        ds_destroy(&s);
    }
    return (!(all->guards & GUARD_BIT(GUARD_IP))
            || take_ips(model, vif, &all->ips, &origin, diags));
}

/* Makes 'vport', the host, claim the addresses of devices that are made on
 * that of 'vif'. */
static void
add_macs_behind(const struct vif *vif, struct vport *vport,
                const struct origin *origin, struct diag_list *diags)
{
    size_t n = vif->link.macs.n;

    if (n > VPORT_MAX_LISTED_MACS) {
        n = VPORT_MAX_LISTED_MACS;
        diag_add(diags, DIAG_ERROR, origin,
                 "has more than %d addresses behind it; the others are left "
                 "out", VPORT_MAX_LISTED_MACS);
    }
    for (size_t i = 0; i < n; i++) {
        vport_add_mac(vport, vif->link.macs.macs[i], CLAIM_BEHIND);
    }
}

/* Adds to 'diags' that 'vif', a guest, takes part in a spanning tree of
 * 'model', if that is what somebody wants: see lib/rows/want.c. */
static void
report_stp(const struct bridge_model *model, const struct vif *vif,
           const struct origin *origin, struct diag_list *diags)
{
    const char *key = (model->rstp ? port_stp_insists(&vif->stp, true)
                       : model->stp ? port_stp_insists(&vif->stp, false)
                       : NULL);

    if (key && model->mode == MAC_TABLE_LIBVIRT) {
        diag_add(diags, DIAG_WARNING, origin,
                 "takes part in the spanning tree, since somebody else has "
                 "changed other_config:%s of its Port row, so that what the "
                 "guest sends may block an uplink", key);
    }
}

/* May the guest of 'vif' change its address, if by definition that is
 * 'requested'?  The interface's own word goes before portgroup and network, as
 * in libvirt (networkAllocatePort() in its src/network/bridge_driver.c). */
static bool
is_trusted(const struct vif *vif, bool requested)
{
    return (vif->guest.trust == VIF_TRUST_OPEN
            ? requested : vif->guest.trust == VIF_TRUST_YES);
}

/* Each pair of a MAC and an IP address costs guard "ip" flows.  A guest that
 * has too many of them is left without any. */
static void
limit_pairs(struct vport *vport, const struct origin *origin,
            struct diag_list *diags)
{
    if (vport_n_macs(vport) * vport->ips.n > PORT_POLICY_MAX_PAIRS) {
        diag_add(diags, DIAG_ERROR, origin,
                 "has guard ip and more than %d pairs of a MAC and an IP "
                 "address, so it can send no IP", PORT_POLICY_MAX_PAIRS);
        ip_prefixes_uninit(&vport->ips);
        vport->ips = (struct ip_prefixes) { .n = 0 };
    }
}

static bool
lists_any(const struct vport *vport)
{
    for (size_t i = 0; i < vport->n_others; i++) {
        if (vport->others[i].kind == CLAIM_LISTED) {
            return true;
        }
    }
    return false;
}

/* Adds to 'diags' that 'vport', the port of 'vif' and no guest, is not
 * guarded, if somebody asks for that: its own keys, or 'request' of what is
 * annotated as a guest's. */
static void
report_unguarded(const struct bridge_model *model, const struct vif *vif,
                 const struct vport *vport, const struct request *request,
                 struct diag_list *diags)
{
    struct origin origin = { .element = vif->name };
    bool asked = (vport->role == VIF_NETWORK && vif->attached_mac
                  && (request->guards || request->storm.storm));

    if (asked && model_is_left_to_kernel(model, vif)) {
        diag_add(diags, DIAG_ERROR, &origin,
                 "is in kernel mode, while other ports of the bridge are "
                 "not, so it is not guarded");
    } else if (asked || vif->guards || vif->storm) {
        diag_add(diags, DIAG_WARNING, &origin,
                 "is not a guest, so it is not guarded");
    }
}

/* Makes 'vport', the port of 'vif', which 'model' has found to be a guest, a
 * network port or the host, what is asked of it apart from that.  Adds to
 * 'diags' what there is to say of it. */
void
port_policy_apply(const struct bridge_model *model, const struct vif *vif,
                  struct vport *vport, struct diag_list *diags)
{
    struct origin origin = { .element = vif->name };
    struct request request = find_request(model, vif);
    bool is_guest = vport->role == VIF_GUEST;

    if (vif_leads_to_host(vif)) {
        remote_policy_apply(vif, vport, diags);
        return;
    }
    if (vif->macs && vport->role != VIF_NETWORK) {
        add_listed_macs(vif, vport, &origin, diags);
    } else if (vif->macs) {
        diag_add(diags, DIAG_WARNING, &origin,
                 "is a network port, so external_ids:virtnet-macs says "
                 "nothing");
    }
    if (vport->role == VIF_HOST) {
        add_macs_behind(vif, vport, &origin, diags);
    }
    apart_policy_apply(model, vif, &request.apart, vport, diags);
    if (!is_guest) {
        report_unguarded(model, vif, vport, &request, diags);
        return;
    }
    report_stp(model, vif, &origin, diags);
    storm_policy_apply(model, vif, &request.storm, vport, diags);
    limit_pairs(vport, &origin, diags);
    vport->shared = is_shared(vif, request.shared, &origin, diags);
    remote_policy_guard(model_find_network(model, vif), vport);
    owner_policy_apply(vport, diags);
    vport->follow_limit = (is_trusted(vif, request.trusted)
                           ? request.follow_limit : 0);
    if (eth_addr_is_zero(vport->mac)) {
        vport->sticky = true;
        vport->follow_limit = MAX(1, request.sticky_limit);
    }
    vport->listens = vport->follow_limit > 0;
    vport->takes_turns = vport->guest != NULL;
    vport->takes_shared = lists_any(vport);
}
