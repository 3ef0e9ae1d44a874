/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/base/shared-string.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "openvswitch/hmap.h"
#include "util.h"

struct shared_string {
    struct hmap_node node;      /* In 'strings', by 'text'. */
    size_t n_refs;
    char text[];
};

/* Contains "struct shared_string"s. */
static struct hmap strings = HMAP_INITIALIZER(&strings);

/* Returns a string that equals 's'.  The caller must give it back by
 * shared_string_put(), and may compare it by its address with others that this
 * function has returned. */
const char *
shared_string_get(const char *s)
{
    uint32_t hash = hash_string(s, 0);
    struct shared_string *shared;
    size_t size = strlen(s) + 1;

    HMAP_FOR_EACH_WITH_HASH (shared, node, hash, &strings) {
        if (!strcmp(shared->text, s)) {
            shared->n_refs++;
            return shared->text;
        }
    }
    shared = xmalloc(sizeof *shared + size);
    shared->n_refs = 1;
    memcpy(shared->text, s, size);
    hmap_insert(&strings, &shared->node, hash);
    return shared->text;
}

/* Gives back 's', which shared_string_get() has returned, or null. */
void
shared_string_put(const char *s)
{
    struct shared_string *shared;

    if (!s) {
        return;
    }
    shared = CONTAINER_OF(s, struct shared_string, text);
    if (!--shared->n_refs) {
        hmap_remove(&strings, &shared->node);
        free(shared);
    }
    if (hmap_is_empty(&strings)) {
        hmap_destroy(&strings);
        hmap_init(&strings);
    }
}
