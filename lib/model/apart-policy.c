/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/apart-policy.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/diag.h"
#include "lib/host/our-keys.h"
#include "lib/host/vif.h"
#include "lib/model/model.h"
#include "lib/model/vport.h"
#include "util.h"

/* Returns what is asked of a port that may be either of those of which 'a' and
 * 'b' are asked.  A community of the one that is not the other's is none. */
struct apart_request
apart_request_strictest(const struct apart_request *a,
                        const struct apart_request *b)
{
    bool a_has = community_is_set(&a->community);
    bool b_has = community_is_set(&b->community);
    struct apart_request both = { .isolated = true };

    if (a->isolated || b->isolated
        || (a_has && b_has
            && !community_equals(&a->community, &b->community))) {
        return both;
    }
    return a_has ? *a : *b;
}

/* Is it clear in which community 'vif' is to be?  If not, adds to 'diags' that
 * it is cut off: nobody knows what it is to be kept from. */
bool
apart_policy_check(const struct vif *vif, struct diag_list *diags)
{
    struct origin origin = { .element = vif->name };
    struct community community;
    char *error = (vif->community
                   ? community_from_string(vif->community, &community)
                   : NULL);

    if (error) {
        diag_add(diags, DIAG_ERROR, &origin,
                 "external_ids:virtnet-community: %s; cut off", error);
        free(error);
        return false;
    }
    return true;
}

/* Is 'vif' to be kept apart from others of which the same is asked, if by
 * definition it is 'requested'?  A port whose key cannot be understood is, for
 * that is what its owner had in mind, and it is the safer mistake. */
static bool
is_isolated(const struct vif *vif, bool requested,
            const struct origin *origin, struct diag_list *diags)
{
    return (vif->isolated
            ? our_keys_get_boolean("virtnet-isolated", vif->isolated, true,
                                   origin, diags)
            : requested);
}

/* Returns the community that 'vif' is in, if it is not 'isolated'. */
static struct community
get_community(const struct vif *vif, const struct apart_request *request,
              bool isolated, const struct origin *origin,
              struct diag_list *diags)
{
    struct community none = { .name = "" };
    struct community community = request->community;

    if (vif->community) {
        free(community_from_string(vif->community, &community));
    }
    if (isolated && vif->community && community_is_set(&community)) {
        diag_add(diags, DIAG_ERROR, origin,
                 "is both isolated and in community '%s'; taken for isolated",
                 community.name);
    }
    return isolated ? none : community;
}

/* Adds to 'diags' that the port of 'origin' is in 'community', if that is one,
 * and in kernel mode, where nothing more than isolation can be had. */
static void
report_community(const struct community *community,
                 const struct origin *origin, struct diag_list *diags)
{
    if (community_is_set(community)) {
        diag_add(diags, DIAG_ERROR, origin,
                 "does not reach others of community '%s', since the bridge "
                 "is in kernel mode", community->name);
    }
}

/* Has 'vport', the port of 'vif', a guest that is left to kernel mode on a
 * bridge that is in libvirt mode for others, kept apart as in kernel mode, by
 * column protected.  Flows do so from now on, and NORMAL when that is
 * written. */
static void
leave_to_kernel(const struct vif *vif, const struct apart_request *request,
                struct vport *vport, struct diag_list *diags)
{
    struct origin origin = { .element = vif->name };
    bool isolated = is_isolated(vif, !vif->community && request->isolated,
                                &origin, diags);
    struct community community = get_community(vif, request, isolated,
                                               &origin, diags);

    report_community(&community, &origin, diags);
    vport->wants_protected = isolated || community_is_set(&community);
    vport->is_protected |= vport->wants_protected;
}

/* Keeps 'vport', the port of 'vif', apart from others if its own keys say so
 * or else, of a guest, if 'request' asks for it.  What its own keys say of the
 * one goes before what a definition says of the other; but where it is only
 * said that it is not isolated, it stays in its community.  Adds to 'diags'
 * what there is to say of it. */
void
apart_policy_apply(const struct bridge_model *model, const struct vif *vif,
                   const struct apart_request *request, struct vport *vport,
                   struct diag_list *diags)
{
    struct origin origin = { .element = vif->name };
    bool is_guest = vport->role == VIF_GUEST;

    if (vport->role == VIF_NETWORK && vif->attached_mac
        && model_is_left_to_kernel(model, vif)) {
        leave_to_kernel(vif, request, vport, diags);
        return;
    }

    bool protected = vif->is_protected && !vif->protected_is_ours;
    bool isolated = is_isolated(vif,
                                (is_guest && !vif->community
                                 && (request->isolated || protected)),
                                &origin, diags);

    if (!is_guest) {
        if (isolated || vif->community) {
            diag_add(diags, DIAG_WARNING, &origin, "is not a guest, so it is "
                     "%s", isolated ? "not isolated" : "in no community");
        }
        return;
    }
    vport->community = get_community(vif, request, isolated, &origin, diags);
    vport->isolated = isolated || community_is_set(&vport->community);
    if (model->mode != MAC_TABLE_LIBVIRT && !model->conflict) {
        report_community(&vport->community, &origin, diags);
    }
}
