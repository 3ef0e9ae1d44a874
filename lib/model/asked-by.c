/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/asked-by.h"

#include <stdlib.h>

#include "lib/host/vif.h"
#include "lib/model/model.h"
#include "util.h"

/* Returns the network of 'vif', null if that is not known, and stores its
 * portgroup, which may be null, in '*pg'. */
static const struct netdef *
find_network(const struct bridge_model *model, const struct vif *vif,
             const struct portgroup **pg)
{
    const struct netdef *network = NULL;

    *pg = model_find_portgroup(model, vif, &network);
    if (!*pg && model->n_networks == 1) {
        network = model->networks[0];
        *pg = netdef_default_portgroup(network);
    }
    return network;
}

static char *
format_place(const struct netdef *network, unsigned int line)
{
    return xasprintf("%s:%u", (network->origin.file ? network->origin.file
                               : network->name), line);
}

/* Returns who asks for the guards of 'vif', as "net.xml:14", for the caller to
 * free; null if nobody does, or that is not known. */
char *
asked_by_guards(const struct bridge_model *model, const struct vif *vif)
{
    const struct portgroup *pg;
    const struct netdef *network = find_network(model, vif, &pg);
    struct netdef_policy policy;

    if (vif->guards) {
        return xstrdup(vif->guards_from ? vif->guards_from
                       : "external_ids:virtnet-guards");
    } else if (!network) {
        return NULL;
    }
    policy = netdef_port_policy(network, pg);
    return (netdef_setting_is_set(&policy.guards)
            ? format_place(network, policy.guards.line) : NULL);
}

/* The same of the filter of 'vif'. */
char *
asked_by_filter(const struct bridge_model *model, const struct vif *vif)
{
    const struct portgroup *pg;
    const struct netdef *network = find_network(model, vif, &pg);

    if (vif->filter) {
        return xstrdup(vif->filter_from ? vif->filter_from
                       : "external_ids:virtnet-filter");
    } else if (!network || !netdef_port_filter(network, pg)) {
        return NULL;
    }
    return format_place(network, (pg && pg->filter ? pg->filter_line
                                  : network->filter_line));
}
