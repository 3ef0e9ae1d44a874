/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/host/tunnel-row.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/host/columns.h"
#include "sha1.h"
#include "smap.h"
#include "util.h"

/* Initializes 'row' to the tunnel on 'bridge' that leads to 'host' for
 * 'network', with nothing but these and its name. */
void
tunnel_row_init(struct tunnel_row *row, const char *bridge,
                const char *network, const char *host)
{
    char hex[SHA1_HEX_DIGEST_LEN + 1];
    uint8_t digest[SHA1_DIGEST_SIZE];
    char *all;

    *row = (struct tunnel_row) {
        .bridge = xstrdup(bridge),
        .network = xstrdup(network),
        .host = xstrdup(host),
    };
    all = xasprintf("%s/%s/%s", bridge, network, host);
    sha1_bytes(all, strlen(all), digest);
    sha1_to_hex(digest, hex);
    row->name = xasprintf("vt%.12s", hex);
    free(all);
}

/* Initializes 'dst' to a copy of 'src'. */
void
tunnel_row_clone(struct tunnel_row *dst, const struct tunnel_row *src)
{
    *dst = (struct tunnel_row) {
        .name = nullable_xstrdup(src->name),
        .bridge = nullable_xstrdup(src->bridge),
        .network = nullable_xstrdup(src->network),
        .host = nullable_xstrdup(src->host),
        .remote_ip = nullable_xstrdup(src->remote_ip),
        .type = src->type,
        .key = src->key,
    };
}

/* Frees what 'row' holds, but not 'row' itself. */
void
tunnel_row_uninit(struct tunnel_row *row)
{
    free(row->name);
    free(row->bridge);
    free(row->network);
    free(row->host);
    free(row->remote_ip);
}

/* Returns what external_ids say of where 'row' leads, for the caller to
 * free. */
char *
tunnel_row_host_id(const struct tunnel_row *row)
{
    return xasprintf("%s/%s", row->host, row->network);
}

/* Is 'id', HOST or HOST/NETWORK, that of a tunnel to 'host'? */
bool
tunnel_row_id_is_of(const char *id, const char *host)
{
    size_t len = strlen(host);

    return (!strncmp(id, host, len) && (!id[len] || id[len] == '/'));
}

/* Returns what of the Interface row 'row' is about, in one line that
 * tunnel_row_read_settings() returns for a row that has it.  The caller must
 * free it. */
char *
tunnel_row_settings(const struct tunnel_row *row)
{
    return xasprintf("%s remote_ip=%s key=%"PRIu32" bfd=true to %s/%s",
                     row->type, row->remote_ip, row->key, row->host,
                     row->network);
}

static const char *
get(const struct smap *map, const char *key)
{
    const char *value = map ? smap_get(map, key) : NULL;

    return value ? value : "";
}

/* Returns the same of 'row', as it is.  The caller must free it. */
char *
tunnel_row_read_settings(const struct interface_columns *row)
{
    return xasprintf("%s remote_ip=%s key=%s bfd=%s to %s",
                     row->type ? row->type : "",
                     get(row->options, "remote_ip"), get(row->options, "key"),
                     get(row->bfd, "enable"),
                     get(row->external_ids, TUNNEL_ROW_HOST));
}
