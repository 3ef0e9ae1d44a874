/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/base/community.h"

#include <stdlib.h>
#include <string.h>

#include "util.h"

BUILD_ASSERT_DECL(sizeof(ovs_be128) == COMMUNITY_MAX_LEN);

/* Stores the community that 's' names, or that there is to be "none", in
 * '*community' and returns null.  Returns why it cannot be understood, for the
 * caller to free, and leaves '*community' alone, if it is not a name. */
char *
community_from_string(const char *s, struct community *community)
{
    static const char chars[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    size_t len = strlen(s);

    if (!len || len > COMMUNITY_MAX_LEN || strspn(s, chars) != len) {
        return xasprintf("'%.64s' is not the name of a community, which is "
                         "up to %d letters, digits, '-', '_' and '.'", s,
                         COMMUNITY_MAX_LEN);
    }
    memset(community, 0, sizeof *community);
    if (strcmp(s, "none")) {
        memcpy(community->name, s, len);
    }
    return NULL;
}

bool
community_is_set(const struct community *community)
{
    return community->name[0] != '\0';
}

bool
community_equals(const struct community *a, const struct community *b)
{
    return !strcmp(a->name, b->name);
}

/* Returns 'community' as a number, 0 for none. */
ovs_be128
community_to_be128(const struct community *community)
{
    ovs_be128 value;

    memcpy(&value, community->name, sizeof value);
    return value;
}

/* Returns the community of which 'value' is the number, or none. */
struct community
community_from_be128(ovs_be128 value)
{
    struct community community = { .name = "" };
    char name[COMMUNITY_MAX_LEN + 1] = "";

    memcpy(name, &value, sizeof value);
    free(community_from_string(name, &community));
    return community;
}
