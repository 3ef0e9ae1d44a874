/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/known-ips.h"

#include "lib/host/vif.h"
#include "lib/model/model.h"
#include "packets.h"
#include "util.h"

/* Adds to 'ips' the addresses of 'vif', if anybody says any: those that are
 * said of the port itself or, if there are none, those that the network which
 * it is in has for its MAC address.  Returns null, or what is wrong with them,
 * for the caller to free. */
char *
known_ips(const struct bridge_model *model, const struct vif *vif,
          struct ip_prefixes *ips)
{
    const struct netdef *network = NULL;
    char *error = NULL;
    const struct netdef_host *hosts;
    struct eth_addr mac;
    size_t n_hosts;

    if (vif->ips) {
        return ip_prefixes_add(ips, vif->ips);
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

    hosts = netdef_find_hosts(network, mac, &n_hosts);
    for (size_t i = 0; i < n_hosts && !error; i++) {
        error = ip_prefixes_add_one(ips, &hosts[i].ip);
    }
    return error;
}
