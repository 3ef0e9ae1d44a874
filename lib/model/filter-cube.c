/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/filter-cube.h"

#include <string.h>

#include "util.h"

BUILD_ASSERT_DECL(sizeof(struct filter_fields) % sizeof(uint64_t) == 0);

/* Initializes 'cube' to all frames. */
void
filter_cube_init(struct filter_cube *cube)
{
    memset(cube, 0, sizeof *cube);
}

/* Makes 'dst', which may be 'a' or 'b', what is in both and returns true.
 * Returns false, with 'dst' untouched, if nothing is. */
bool
filter_cube_intersect(struct filter_cube *dst, const struct filter_cube *a,
                      const struct filter_cube *b)
{
    for (size_t i = 0; i < FILTER_CUBE_WORDS; i++) {
        if ((a->value_words[i] ^ b->value_words[i])
            & a->mask_words[i] & b->mask_words[i]) {
            return false;
        }
    }
    for (size_t i = 0; i < FILTER_CUBE_WORDS; i++) {
        dst->value_words[i] = a->value_words[i] | b->value_words[i];
        dst->mask_words[i] = a->mask_words[i] | b->mask_words[i];
    }
    return true;
}

/* Is all of 'b' in 'a'? */
bool
filter_cube_covers(const struct filter_cube *a, const struct filter_cube *b)
{
    for (size_t i = 0; i < FILTER_CUBE_WORDS; i++) {
        if (a->mask_words[i] & ~b->mask_words[i]
            || (a->value_words[i] ^ b->value_words[i]) & a->mask_words[i]) {
            return false;
        }
    }
    return true;
}

/* Is anything in both 'a' and 'b'? */
bool
filter_cube_overlaps(const struct filter_cube *a, const struct filter_cube *b)
{
    struct filter_cube both;

    return filter_cube_intersect(&both, a, b);
}

/* Is a frame with 'fields' in 'cube'? */
bool
filter_cube_has(const struct filter_cube *cube,
                const struct filter_fields *fields)
{
    struct filter_cube frame = { .value = *fields };

    memset(&frame.mask, 0xff, sizeof frame.mask);
    return filter_cube_covers(cube, &frame);
}
