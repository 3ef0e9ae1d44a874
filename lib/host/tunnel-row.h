/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TUNNEL_ROW_H
#define TUNNEL_ROW_H 1

/* A tunnel to another host of a fleet, for one network, as rows of the
 * Open_vSwitch database have it if it was made here:
 *
 *     Interface vt0c1f5e9a27b3: type=geneve
 *         options:remote_ip=10.0.0.2 options:key=7 bfd:enable=true
 *         external_ids:virtnet-tunnel=BRIDGE
 *         external_ids:virtnet-fleet-host=HOST/NETWORK
 *
 * virtnet-tunnel is how we know what is ours.  The name follows from bridge,
 * network and host, so that it is the same after a restart, and no two tunnels
 * have one name.  Other options are whoever's they are. */

#include <stdbool.h>
#include <stdint.h>

struct interface_columns;

struct tunnel_row {
    char *name;
    char *bridge;
    char *network;
    char *host;                 /* To which it leads... */
    char *remote_ip;            /* ...and its address. */
    const char *type;           /* A constant. */
    uint32_t key;
};

#define TUNNEL_ROW_MARK "virtnet-tunnel"
#define TUNNEL_ROW_HOST "virtnet-fleet-host"

void tunnel_row_init(struct tunnel_row *, const char *bridge,
                     const char *network, const char *host);
void tunnel_row_clone(struct tunnel_row *, const struct tunnel_row *);
void tunnel_row_uninit(struct tunnel_row *);

char *tunnel_row_host_id(const struct tunnel_row *);
bool tunnel_row_id_is_of(const char *id, const char *host);
char *tunnel_row_settings(const struct tunnel_row *);
char *tunnel_row_read_settings(const struct interface_columns *);

#endif /* lib/host/tunnel-row.h */
