/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/base/vlan-set.h"

#include <stdlib.h>
#include <string.h>

#include "util.h"

/* Returns the mask of the VLAN bits that all VLANs of 'block' share: 0xfff for
 * a block of one VLAN, 0 for the block of all. */
uint16_t
vlan_block_mask(const struct vlan_block *block)
{
    return VLAN_ID_MAX & ~((1u << block->level) - 1);
}

/* Returns true if every VLAN of 'inner' is in 'outer'.  A block contains
 * itself. */
bool
vlan_block_contains(const struct vlan_block *outer,
                    const struct vlan_block *inner)
{
    return outer->level >= inner->level
           && !((outer->vid ^ inner->vid) & vlan_block_mask(outer));
}

/* Returns the number of 'block' in the binary tree of all blocks, stored as a
 * heap is: the block of all VLANs is 1, the halves of block I are 2 * I and
 * 2 * I + 1, and the block of the single VLAN V is 4096 + V. */
unsigned int
vlan_block_to_index(const struct vlan_block *block)
{
    return (1u << (VLAN_BLOCK_LEVELS - 1 - block->level))
           + (block->vid >> block->level);
}

/* Returns the block whose vlan_block_to_index() is 'index', which must be in
 * the range 1...8191. */
struct vlan_block
vlan_block_from_index(unsigned int index)
{
    ovs_assert(index >= 1 && index < 2u * (VLAN_ID_MAX + 1));

    unsigned int depth = log_2_floor(index);
    uint8_t level = VLAN_BLOCK_LEVELS - 1 - depth;

    return (struct vlan_block) {
        .vid = (index - (1u << depth)) << level,
        .level = level,
    };
}

/* What 'ranges' of a set points into. */
struct shared_ranges {
    unsigned int n_refs;
    struct vlan_range ranges[];
};

static struct shared_ranges *
get_shared(const struct vlan_set *set)
{
    return CONTAINER_OF(set->ranges, struct shared_ranges, ranges[0]);
}

/* Initializes 'set' as an empty set. */
void
vlan_set_init(struct vlan_set *set)
{
    *set = (struct vlan_set) VLAN_SET_INITIALIZER;
}

/* Initializes 'dst' as a copy of 'src'. */
void
vlan_set_clone(struct vlan_set *dst, const struct vlan_set *src)
{
    *dst = *src;
    if (dst->ranges) {
        get_shared(dst)->n_refs++;
    }
}

/* Frees what 'set' holds, but not 'set' itself, and makes it empty. */
void
vlan_set_uninit(struct vlan_set *set)
{
    if (set->ranges && !--get_shared(set)->n_refs) {
        free(get_shared(set));
    }
    vlan_set_init(set);
}

bool
vlan_set_is_empty(const struct vlan_set *set)
{
    return !set->n;
}

/* Returns the index of the first range in 'set' that ends at or after 'vid',
 * 'set->n' if there is none. */
static size_t
vlan_set_seek(const struct vlan_set *set, uint16_t vid)
{
    size_t low = 0;
    size_t high = set->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (set->ranges[mid].last < vid) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

bool
vlan_set_contains(const struct vlan_set *set, uint16_t vid)
{
    size_t i = vlan_set_seek(set, vid);

    return i < set->n && set->ranges[i].first <= vid;
}

/* Is there a VLAN in both 'a' and 'b'? */
bool
vlan_set_intersects(const struct vlan_set *a, const struct vlan_set *b)
{
    size_t i = 0;
    size_t j = 0;

    while (i < a->n && j < b->n) {
        if (a->ranges[i].last < b->ranges[j].first) {
            i++;
        } else if (b->ranges[j].last < a->ranges[i].first) {
            j++;
        } else {
            return true;
        }
    }
    return false;
}

bool
vlan_set_equals(const struct vlan_set *a, const struct vlan_set *b)
{
    if (a->n != b->n) {
        return false;
    }
    for (size_t i = 0; i < a->n; i++) {
        if (a->ranges[i].first != b->ranges[i].first
            || a->ranges[i].last != b->ranges[i].last) {
            return false;
        }
    }
    return true;
}

/* Returns the number of VLANs in 'set', 0...4096. */
size_t
vlan_set_count(const struct vlan_set *set)
{
    size_t count = 0;

    for (size_t i = 0; i < set->n; i++) {
        count += set->ranges[i].last - set->ranges[i].first + 1;
    }
    return count;
}

/* Adds 'vid', at most VLAN_ID_MAX, to 'set'.  Does nothing if it is there. */
void
vlan_set_add(struct vlan_set *set, uint16_t vid)
{
    vlan_set_add_range(set, vid, vid);
}

/* Has 'set' have ranges that no other has, with room for one more, and returns
 * them. */
static struct vlan_range *
make_room(struct vlan_set *set)
{
    struct shared_ranges *shared = set->ranges ? get_shared(set) : NULL;
    size_t size = sizeof *shared + (set->n + 1) * sizeof *set->ranges;

    if (shared && shared->n_refs > 1) {
        shared->n_refs--;
        shared = xmalloc(size);
        memcpy(shared->ranges, set->ranges, set->n * sizeof *set->ranges);
    } else {
        shared = xrealloc(shared, size);
    }
    shared->n_refs = 1;
    set->ranges = shared->ranges;
    return shared->ranges;
}

/* Adds the VLANs from 'first' to 'last', both included, to 'set'.  'first'
 * must not be greater than 'last', nor 'last' than VLAN_ID_MAX. */
void
vlan_set_add_range(struct vlan_set *set, uint16_t first, uint16_t last)
{
    ovs_assert(first <= last && last <= VLAN_ID_MAX);

    /* Ranges 'start' to 'end' - 1 touch the new one and are merged into it;
     * an adjacent range touches. */
    size_t start = vlan_set_seek(set, first ? first - 1 : 0);
    size_t end = start;
    while (end < set->n && set->ranges[end].first <= last + 1) {
        end++;
    }
    if (end > start) {
        first = MIN(first, set->ranges[start].first);
        last = MAX(last, set->ranges[end - 1].last);
        if (end == start + 1 && first == set->ranges[start].first
            && last == set->ranges[start].last) {
            return;
        }
    }

    struct vlan_range *ranges = make_room(set);
    memmove(&ranges[start + 1], &ranges[end], (set->n - end) * sizeof *ranges);
    ranges[start].first = first;
    ranges[start].last = last;
    set->n = set->n - (end - start) + 1;
}

/* Removes 'vid' from 'set'.  Does nothing if it is not there. */
void
vlan_set_remove(struct vlan_set *set, uint16_t vid)
{
    struct vlan_range range = { .first = vid, .last = vid };
    struct vlan_set single = { .ranges = &range, .n = 1 };

    vlan_set_subtract(set, &single);
}

/* Adds to 'set' all VLANs of 'other', which may be 'set' itself. */
void
vlan_set_union(struct vlan_set *set, const struct vlan_set *other)
{
    if (set == other) {
        return;
    }
    if (vlan_set_is_empty(set)) {
        vlan_set_uninit(set);
        vlan_set_clone(set, other);
        return;
    }
    for (size_t i = 0; i < other->n; i++) {
        vlan_set_add_range(set, other->ranges[i].first, other->ranges[i].last);
    }
}

/* Removes from 'set' all VLANs of 'other', which may be 'set' itself. */
void
vlan_set_subtract(struct vlan_set *set, const struct vlan_set *other)
{
    struct vlan_set complement = VLAN_SET_INITIALIZER;
    uint16_t next = 0;

    for (size_t i = 0; i < other->n; i++) {
        if (other->ranges[i].first > next) {
            vlan_set_add_range(&complement, next, other->ranges[i].first - 1);
        }
        next = other->ranges[i].last + 1;
    }
    if (next <= VLAN_ID_MAX) {
        vlan_set_add_range(&complement, next, VLAN_ID_MAX);
    }
    vlan_set_intersect(set, &complement);
    vlan_set_uninit(&complement);
}

/* Removes from 'set' all VLANs that are not in 'other', which may be 'set'
 * itself. */
void
vlan_set_intersect(struct vlan_set *set, const struct vlan_set *other)
{
    struct vlan_set result = VLAN_SET_INITIALIZER;
    size_t i = 0;
    size_t j = 0;

    while (i < set->n && j < other->n) {
        const struct vlan_range *a = &set->ranges[i];
        const struct vlan_range *b = &other->ranges[j];
        uint16_t first = MAX(a->first, b->first);
        uint16_t last = MIN(a->last, b->last);

        if (first <= last) {
            vlan_set_add_range(&result, first, last);
        }
        if (a->last < b->last) {
            i++;
        } else {
            j++;
        }
    }
    if (vlan_set_equals(set, &result)) {
        vlan_set_uninit(&result);       /* Stays shared. */
    } else {
        vlan_set_uninit(set);
        *set = result;
    }
}

/* Returns the greatest block that starts with 'first' and does not go beyond
 * 'last'. */
static struct vlan_block
vlan_block_greatest(unsigned int first, unsigned int last)
{
    uint8_t level = 0;

    while (level + 1 < VLAN_BLOCK_LEVELS) {
        unsigned int size = 1u << (level + 1);

        if (first % size || first + size - 1 > last) {
            break;
        }
        level++;
    }
    return (struct vlan_block) { .vid = first, .level = level };
}

/* Splits 'set' into the fewest disjoint blocks.  Returns their number and
 * stores them, in ascending order of VLAN, in '*blocks', an array that the
 * caller must free.  For an empty set it returns 0 and stores a null
 * pointer. */
size_t
vlan_set_blocks(const struct vlan_set *set, struct vlan_block **blocks)
{
    size_t allocated = 0;
    size_t n = 0;

    *blocks = NULL;
    for (size_t i = 0; i < set->n; i++) {
        unsigned int first = set->ranges[i].first;

        while (first <= set->ranges[i].last) {
            struct vlan_block block
                = vlan_block_greatest(first, set->ranges[i].last);

            if (n >= allocated) {
                *blocks = x2nrealloc(*blocks, &allocated, sizeof **blocks);
            }
            (*blocks)[n++] = block;
            first += 1u << block.level;
        }
    }
    return n;
}

/* Returns the number of blocks that vlan_set_blocks() splits 'set' into. */
size_t
vlan_set_count_blocks(const struct vlan_set *set)
{
    size_t n = 0;

    for (size_t i = 0; i < set->n; i++) {
        unsigned int first = set->ranges[i].first;

        while (first <= set->ranges[i].last) {
            first += 1u << vlan_block_greatest(first,
                                               set->ranges[i].last).level;
            n++;
        }
    }
    return n;
}

static void
format_ranges(struct ds *s, const struct vlan_set *set, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct vlan_range *range = &set->ranges[i];

        if (i) {
            ds_put_char(s, ',');
        }
        ds_put_format(s, "%u", range->first);
        if (range->last > range->first) {
            ds_put_format(s, "-%u", range->last);
        }
    }
}

/* Appends 'set' to 's' in the way of "10,20-30".  Appends nothing for an empty
 * set. */
void
vlan_set_format(struct ds *s, const struct vlan_set *set)
{
    format_ranges(s, set, set->n);
}

/* Likewise, and of many ranges only the first and how many more there are, for
 * a text that is written again and again: "10,20-30,... (5 more)". */
void
vlan_set_format_short(struct ds *s, const struct vlan_set *set)
{
    enum { MAX_RANGES = 20 };

    format_ranges(s, set, MIN(set->n, MAX_RANGES));
    if (set->n > MAX_RANGES) {
        ds_put_format(s, ",... (%"PRIuSIZE" more)", set->n - MAX_RANGES);
    }
}

/* Adds to 'vlans' those that 'text' lists, as "10,20-29", all if it is empty.
 * Returns false if it makes no sense, 'vlans' then being what it may. */
bool
vlan_set_add_string(struct vlan_set *vlans, const char *text)
{
    if (!text[0]) {
        vlan_set_add_range(vlans, 0, VLAN_ID_MAX);
        return true;
    }
    if (text[strspn(text, "0123456789,-")]) {
        return false;
    }
    for (const char *s = text; ; s++) {
        unsigned int first, last;
        int n = 0;

        if (!ovs_scan_len(s, &n, "%u", &first)) {
            return false;
        }
        last = first;
        if (s[n] == '-') {
            n++;
            if (!ovs_scan_len(s, &n, "%u", &last)) {
                return false;
            }
        }
        if (first > last || last > VLAN_ID_MAX) {
            return false;
        }
        vlan_set_add_range(vlans, first, last);
        s += n;
        if (*s != ',') {
            return !*s;
        }
    }
}
