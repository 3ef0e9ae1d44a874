/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMUNITY_H
#define COMMUNITY_H 1

/* A community: guests that reach each other, though they are kept apart from
 * all others that are (Documentation/guards.rst, "Communities").
 *
 * A name is no longer than the register that says of a frame in which
 * community it was sent, so that the name itself is in there: no two
 * communities are taken for one, and what is found in a switch can be read. */

#include <stdbool.h>
#include "openvswitch/types.h"

#define COMMUNITY_MAX_LEN 16

struct community {
    char name[COMMUNITY_MAX_LEN + 1];   /* "" for none; 0 up to the end. */
};

char *community_from_string(const char *, struct community *);
bool community_is_set(const struct community *);
bool community_equals(const struct community *, const struct community *);
ovs_be128 community_to_be128(const struct community *);
struct community community_from_be128(ovs_be128);

#endif /* lib/base/community.h */
