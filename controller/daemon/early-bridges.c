/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/early-bridges.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "controller/daemon/mbridge.h"
#include "dirs.h"
#include "openvswitch/shash.h"
#include "util.h"

struct early_bridges {
    struct shash bridges;       /* By name, "struct mbridge"s. */
};

/* Creates and returns the bridges that have a socket at this moment, each with
 * 'env', which must outlive them. */
struct early_bridges *
early_bridges_create(const struct mbridge_env *env)
{
    struct early_bridges *early = xmalloc(sizeof *early);
    DIR *dir = opendir(ovs_rundir());
    const struct dirent *entry;

    shash_init(&early->bridges);
    while (dir && (entry = readdir(dir))) {
        char *name = xstrdup(entry->d_name);

        if (mbridge_name_from_socket(name)) {
            shash_add(&early->bridges, name, mbridge_create(name, env));
        }
        free(name);
    }
    if (dir) {
        closedir(dir);
    }
    return early;
}

/* Frees 'early', which may be null, and the bridges that have not been
 * taken. */
void
early_bridges_destroy(struct early_bridges *early)
{
    struct shash_node *node;

    if (!early) {
        return;
    }
    SHASH_FOR_EACH (node, &early->bridges) {
        mbridge_destroy(node->data);
    }
    shash_destroy(&early->bridges);
    free(early);
}

/* Goes on with reading the switches. */
void
early_bridges_run(struct early_bridges *early)
{
    struct shash_node *node;

    SHASH_FOR_EACH (node, &early->bridges) {
        mbridge_read(node->data);
    }
}

/* Arranges for poll_block() to wake up when early_bridges_run() has something
 * to do. */
void
early_bridges_wait(struct early_bridges *early)
{
    struct shash_node *node;

    SHASH_FOR_EACH (node, &early->bridges) {
        mbridge_read_wait(node->data);
    }
}

/* Returns the bridge called 'name', which is the caller's from now on, or
 * null.  'early' may be null. */
struct mbridge *
early_bridges_take(struct early_bridges *early, const char *name)
{
    return early ? shash_find_and_delete(&early->bridges, name) : NULL;
}
