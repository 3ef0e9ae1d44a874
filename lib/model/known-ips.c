/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/known-ips.h"

#include <stdlib.h>
#include <string.h>

#include "lib/host/vif.h"
#include "lib/model/model.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "util.h"

struct search {
    char mac[ETH_ADDR_STRLEN + 1];
    struct ds ips;
};

static void
take_host(const char *mac, const char *ip, void *search_)
{
    struct search *search = search_;

    if (!strcmp(mac, search->mac)) {
        ds_put_format(&search->ips, "%s%s", search->ips.length ? " " : "",
                      ip);
    }
}

/* Returns the addresses of 'vif', with blanks between them, for the caller to
 * free: those that are said of the port itself or, if there are none, those
 * that the network which it is in has for its MAC address.  Null if nobody
 * says any. */
char *
known_ips(const struct bridge_model *model, const struct vif *vif)
{
    const struct netdef *network = NULL;
    struct search search = { .ips = DS_EMPTY_INITIALIZER };
    struct eth_addr mac;

    if (vif->ips) {
        return xstrdup(vif->ips);
    } else if (!vif_parse_attached_mac(vif, &mac, NULL)) {
        return NULL;
    }
    if (!model_find_portgroup(model, vif, &network)
        && model->n_networks == 1) {
        network = model->networks[0];
    }
    if (!network) {
        return NULL;
    }
    snprintf(search.mac, sizeof search.mac, ETH_ADDR_FMT,
             ETH_ADDR_ARGS(mac));
    netdef_for_each_host(network, take_host, &search);
    if (!search.ips.length) {
        ds_destroy(&search.ips);
        return NULL;
    }
    return ds_steal_cstr(&search.ips);
}
