/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/host/our-keys.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/diag.h"
#include "smap.h"
#include "util.h"

#define OUR_KEY(KEY) KEY,
static const char *const port_keys[] = { OUR_PORT_KEYS OUR_PORT_MARKS NULL };
static const char *const bridge_keys[] = {
    OUR_BRIDGE_KEYS OUR_BRIDGE_MARKS NULL
};
#undef OUR_KEY

static bool
is_among(const char *key, const char *const keys[])
{
    for (size_t i = 0; keys[i]; i++) {
        if (!strcmp(key, keys[i])) {
            return true;
        }
    }
    return false;
}

/* Returns the first, by name, of the keys in 'external_ids', which may be
 * null, that are to be ours and are none of 'keys', null if there is none. */
static const char *
find_unknown(const struct smap *external_ids, const char *const keys[])
{
    const char *unknown = NULL;
    const struct smap_node *node;

    if (!external_ids) {
        return NULL;
    }
    SMAP_FOR_EACH (node, external_ids) {
        if (!strncmp(node->key, "virtnet-", strlen("virtnet-"))
            && !is_among(node->key, keys)
            && (!unknown || strcmp(node->key, unknown) < 0)) {
            unknown = node->key;
        }
    }
    return unknown;
}

/* Returns the first, by name, of the keys in 'external_ids' of an interface or
 * a port, which may be null, that is to be ours and that there is not; null if
 * there is none. */
const char *
our_keys_find_unknown_port(const struct smap *external_ids)
{
    return find_unknown(external_ids, port_keys);
}

/* Likewise, of a bridge. */
const char *
our_keys_find_unknown_bridge(const struct smap *external_ids)
{
    return find_unknown(external_ids, bridge_keys);
}

#define OUR_KEY(KEY) " " KEY

/* Returns the keys that people may write of interfaces and ports, in words. */
const char *
our_keys_of_ports(void)
{
    return "expected one of:" OUR_PORT_KEYS;
}

/* Likewise, of bridges. */
const char *
our_keys_of_bridges(void)
{
    return "expected:" OUR_BRIDGE_KEYS;
}

/* Returns whether 'value', that of 'key' of external_ids of 'origin', is
 * "true" and not "false"; 'mistaken' if it is neither, which is added to
 * 'diags'. */
bool
our_keys_get_boolean(const char *key, const char *value, bool mistaken,
                     const struct origin *origin, struct diag_list *diags)
{
    if (!strcmp(value, "true") || !strcmp(value, "false")) {
        return !strcmp(value, "true");
    }
    diag_add(diags, DIAG_ERROR, origin,
             "external_ids:%s is '%s', expected 'true' or 'false'; taken for "
             "'%s'", key, value, mistaken ? "true" : "false");
    return mistaken;
}
