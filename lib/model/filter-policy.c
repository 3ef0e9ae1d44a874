/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/filter-policy.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/diag.h"
#include "lib/base/ip-prefix.h"
#include "lib/host/vif.h"
#include "lib/model/known-ips.h"
#include "lib/model/model.h"
#include "lib/model/port-filter.h"
#include "util.h"

/* Returns the text of the filter of 'vif', null if it has none.  Where several
 * networks share a bridge and nothing says which of them it is in, they have
 * to agree: returns false if they do not. */
static bool
find_text(const struct bridge_model *model, const struct vif *vif,
          const char **text)
{
    const struct netdef *network;
    const struct portgroup *pg = model_find_portgroup(model, vif, &network);

    *text = vif->filter;
    if (vif->filter) {
        return true;
    } else if (pg) {
        *text = netdef_port_filter(network, pg);
        return true;
    }
    for (size_t i = 0; i < model->n_networks; i++) {
        if (!model_can_be_in(model, i, vif)) {
            continue;
        }
        const struct netdef *netdef = model->networks[i];
        const char *filter
            = netdef_port_filter(netdef, netdef_default_portgroup(netdef));

        if (*text && filter && strcmp(*text, filter)) {
            return false;
        }
        *text = filter ? filter : *text;
    }
    return true;
}

/* Reports that find_text() has returned false. */
static void
report_several(const struct origin *origin, struct diag_list *diags)
{
    diag_add(diags, DIAG_ERROR, origin,
             "is in a network of which nobody says which it is, and they "
             "have different filters; cut off");
}

/* Does 'text' name a filter? */
static bool
is_filter(const char *text)
{
    return text && strcmp(text, "none");
}

/* May 'vif', a network port, be wired?  It may not if it is annotated as a
 * guest's and has a filter, as in a portgroup with macTableManager='kernel'.
 * Adds to 'diags' what there is to say of that. */
bool
filter_policy_check_network(const struct bridge_model *model,
                            const struct vif *vif, struct diag_list *diags)
{
    struct origin origin = { .element = vif->name };
    const char *text;

    if (model->mode != MAC_TABLE_LIBVIRT) {
        return true;
    } else if (!vif->attached_mac) {
        if (is_filter(vif->filter)) {
            diag_add(diags, DIAG_WARNING, &origin,
                     "is not a guest, so it is not filtered");
        }
        return true;
    } else if (!find_text(model, vif, &text)) {
        report_several(&origin, diags);
        return false;
    } else if (!is_filter(text)) {
        return true;
    }
    diag_add(diags, DIAG_ERROR, &origin,
             "filter '%.256s' cannot be carried out, for the port is one of "
             "the network side, not a guest's; cut off", text);
    return false;
}

/* Stores in '*filter' what 'text' asks for of 'vif', whose address is 'mac'.
 * Returns null, or why that cannot be, for the caller to free. */
static char *
make_filter(const struct bridge_model *model, const struct vif *vif,
            struct eth_addr mac, const char *text,
            struct port_filter **filter)
{
    struct ip_prefixes ips = { .n = 0 };
    struct nwfilter_params known;
    struct nwfilter_ref ref;
    char *error = known_ips(model, vif, &ips);

    free(error);                /* Guard "ip" tells of these. */
    port_filter_known(&known, mac, &ips);
    error = nwfilter_ref_from_string(&ref, text);
    if (!error) {
        struct filter_request request = {
            .library = model->filters,
            .ref = &ref,
            .known = &known,
        };

        error = port_filter_create(&request, filter);
        nwfilter_ref_uninit(&ref);
    }
    nwfilter_params_uninit(&known);
    ip_prefixes_uninit(&ips);
    return error;
}

/* Stores in '*filter' the filter of 'vif', a guest whose address is 'mac', for
 * the caller to port_filter_unref(), or null if it has none, and returns true.
 * Returns false if the filter cannot be carried out.  Adds to 'diags' what
 * there is to say of it. */
bool
filter_policy_get(const struct bridge_model *model, const struct vif *vif,
                  struct eth_addr mac, struct port_filter **filter,
                  struct diag_list *diags)
{
    struct origin origin = { .element = vif->name };
    const char *text;
    char *error = NULL;

    *filter = NULL;
    if (!find_text(model, vif, &text)) {
        report_several(&origin, diags);
        return false;
    } else if (!is_filter(text)) {
        return true;
    } else if (vif->vlan.mode == PORT_VLAN_MODE_DOT1Q_TUNNEL) {
        diag_add(diags, DIAG_ERROR, &origin,
                 "filter '%.256s' cannot be carried out on a dot1q-tunnel "
                 "port; cut off", text);
        return false;
    } else if (model->mode != MAC_TABLE_LIBVIRT) {
        if (!model->conflict) {
            diag_add(diags, DIAG_ERROR, &origin,
                     "is not filtered (%s), since the bridge is in kernel "
                     "mode", text);
        }
        return true;
    }
    error = make_filter(model, vif, mac, text, filter);
    if (error) {
        diag_add(diags, DIAG_ERROR, &origin,
                 "filter '%.256s' cannot be carried out: %s; cut off", text,
                 error);
        free(error);
        return false;
    }
    return true;
}
