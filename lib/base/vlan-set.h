/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VLAN_SET_H
#define VLAN_SET_H 1

/* Sets of VLANs.
 *
 * A set holds VLAN IDs from 0 to 4095.  As in Open vSwitch, VLAN 0 stands for
 * frames without an 802.1Q tag and for those with only a priority in it.
 *
 * The pipeline matches on aligned power-of-two blocks of VLANs, since such a
 * block is one masked match.  vlan_set_blocks() splits a set into the fewest
 * disjoint ones; a set of one VLAN is one block, and so is the set of all. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "openvswitch/dynamic-string.h"

#define VLAN_ID_MAX 4095        /* IEEE 802.1Q: 12 bits; 4095 is reserved. */
#define VLAN_BLOCK_LEVELS 13    /* Blocks of 1, 2, 4, ... 4096 VLANs. */

/* The 2**'level' VLANs from 'vid', a multiple of 2**'level'. */
struct vlan_block {
    uint16_t vid;
    uint8_t level;
};

uint16_t vlan_block_mask(const struct vlan_block *);
bool vlan_block_contains(const struct vlan_block *outer,
                         const struct vlan_block *inner);
unsigned int vlan_block_to_index(const struct vlan_block *);
struct vlan_block vlan_block_from_index(unsigned int);

struct vlan_range {
    uint16_t first, last;       /* Inclusive. */
};

/* Sorted disjoint ranges, none adjacent to the next.  Copies share them until
 * one is changed, for most ports are in the same VLANs, so that only
 * vlan_set_add_range() may make or change them. */
struct vlan_set {
    const struct vlan_range *ranges;
    size_t n;
};

#define VLAN_SET_INITIALIZER { NULL, 0 }

void vlan_set_init(struct vlan_set *);
void vlan_set_clone(struct vlan_set *, const struct vlan_set *);
void vlan_set_uninit(struct vlan_set *);

bool vlan_set_is_empty(const struct vlan_set *);
bool vlan_set_contains(const struct vlan_set *, uint16_t vid);
bool vlan_set_intersects(const struct vlan_set *, const struct vlan_set *);
bool vlan_set_equals(const struct vlan_set *, const struct vlan_set *);
size_t vlan_set_count(const struct vlan_set *);

void vlan_set_add(struct vlan_set *, uint16_t vid);
void vlan_set_add_range(struct vlan_set *, uint16_t first, uint16_t last);
void vlan_set_remove(struct vlan_set *, uint16_t vid);
void vlan_set_union(struct vlan_set *, const struct vlan_set *);
void vlan_set_subtract(struct vlan_set *, const struct vlan_set *);
void vlan_set_intersect(struct vlan_set *, const struct vlan_set *);

size_t vlan_set_blocks(const struct vlan_set *, struct vlan_block **);
size_t vlan_set_count_blocks(const struct vlan_set *);
bool vlan_set_add_string(struct vlan_set *, const char *);
void vlan_set_format(struct ds *, const struct vlan_set *);
void vlan_set_format_short(struct ds *, const struct vlan_set *);

#endif /* lib/base/vlan-set.h */
