/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILTER_MATCH_H
#define FILTER_MATCH_H 1

/* Which frames the rules of a filter are about: from attributes and their
 * values to sets of frames. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/model/filter-cube.h"

struct nwfilter_attribute;
struct nwfilter_entry;

/* A condition: a frame is in one of the sets, or, if 'negated', in none. */
struct filter_item {
    bool negated;
    struct filter_cube *sets;
    size_t n;
};

/* All of these hold. */
struct filter_match {
    struct filter_item *items;
    size_t n;
    bool never;                 /* Or is it about no frames at all? */
};

/* Which of a frame's headers a protocol is about. */
enum filter_layer {
    FILTER_ETHERNET,            /* What ebtables does in libvirt. */
    FILTER_IP,                  /* What iptables does, if that is all right
                                 * with ebtables. */
    FILTER_UNKNOWN
};

enum filter_layer filter_match_layer(const char *protocol);
char *filter_match_make(const char *protocol, bool negated,
                        const struct nwfilter_attribute *, size_t n,
                        bool reverse, struct filter_match *);
bool filter_match_is_nothing(const struct nwfilter_entry *);
void filter_match_uninit(struct filter_match *);
bool filter_match_has(const struct filter_match *,
                      const struct filter_fields *);

#endif /* lib/model/filter-match.h */
