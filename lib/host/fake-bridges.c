/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/host/fake-bridges.h"

#include <stdlib.h>
#include <string.h>

#include "lib/host/vif.h"
#include "util.h"

/* Initializes 'dst' to a copy of 'src'. */
void
fake_bridges_clone(struct fake_bridges *dst, const struct fake_bridges *src)
{
    dst->n = src->n;
    dst->fakes = xmalloc(MAX(1, src->n) * sizeof *dst->fakes);
    for (size_t i = 0; i < src->n; i++) {
        dst->fakes[i] = src->fakes[i];
        dst->fakes[i].name = xstrdup(src->fakes[i].name);
    }
}

/* Frees what 'all' holds, and leaves it without any. */
void
fake_bridges_uninit(struct fake_bridges *all)
{
    for (size_t i = 0; i < all->n; i++) {
        free(all->fakes[i].name);
    }
    free(all->fakes);
    *all = (struct fake_bridges) { .n = 0 };
}

bool
fake_bridges_equals(const struct fake_bridges *a, const struct fake_bridges *b)
{
    bool equal = a->n == b->n;

    for (size_t i = 0; i < a->n && equal; i++) {
        equal = (a->fakes[i].vid == b->fakes[i].vid
                 && !strcmp(a->fakes[i].name, b->fakes[i].name));
    }
    return equal;
}

static int
compare_fakes(const void *a_, const void *b_)
{
    const struct fake_bridge *a = a_;
    const struct fake_bridge *b = b_;
    return strcmp(a->name, b->name);
}

/* Adds 'vif' to 'all' if it is a fake bridge. */
void
fake_bridges_add(struct fake_bridges *all, const struct vif *vif)
{
    if (!vif_is_fake_bridge(vif) || fake_bridges_find(all, vif->name)) {
        return;
    }
    all->fakes = xrealloc(all->fakes, (all->n + 1) * sizeof *all->fakes);
    all->fakes[all->n++] = (struct fake_bridge) {
        .name = xstrdup(vif->name),
        .vid = vif->vlan.tag,
    };
    qsort(all->fakes, all->n, sizeof *all->fakes, compare_fakes);
}

/* Returns the fake bridge called 'name', or null. */
const struct fake_bridge *
fake_bridges_find(const struct fake_bridges *all, const char *name)
{
    const struct fake_bridge key = { .name = CONST_CAST(char *, name) };

    return (all->n ? bsearch(&key, all->fakes, all->n, sizeof *all->fakes,
                             compare_fakes)
            : NULL);
}
