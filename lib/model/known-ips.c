/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/known-ips.h"

#include "lib/host/vif.h"
#include "lib/model/model.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "util.h"

/* Returns the addresses of 'vif', with blanks between them, for the caller to
 * free: those that are said of the port itself or, if there are none, those
 * that the network which it is in has for its MAC address.  Null if nobody
 * says any. */
char *
known_ips(const struct bridge_model *model, const struct vif *vif)
{
    const struct netdef *network = NULL;
    struct ds ips = DS_EMPTY_INITIALIZER;
    const struct netdef_host *hosts;
    struct eth_addr mac;
    size_t n_hosts;

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

    hosts = netdef_find_hosts(network, mac, &n_hosts);
    if (!n_hosts) {
        return NULL;
    }
    for (size_t i = 0; i < n_hosts; i++) {
        if (i) {
            ds_put_char(&ips, ' ');
        }
        ip_prefix_format(&ips, &hosts[i].ip);
    }
    return ds_steal_cstr(&ips);
}
