/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/netdef-elements.h"

#include <string.h>
#include <strings.h>

#include "openvswitch/dynamic-string.h"
#include "util.h"

static const struct netdef_node_class classes[NETDEF_N_NODES] = {
#define NETDEF_NODE(ENUM, PATH, KIND, FATE, WHAT)       \
    [NETDEF_NODE_##ENUM] = {                            \
        .path = PATH,                                   \
        .kind = NETDEF_KIND_##KIND,                     \
        .fate = NETDEF_FATE_##FATE,                     \
        .what = WHAT,                                   \
    },
    NETDEF_NODES
#undef NETDEF_NODE
};

/* Returns what 'fate' means, as words that fit behind "is". */
const char *
netdef_fate_to_string(enum netdef_fate fate)
{
    switch (fate) {
#define NETDEF_FATE(ENUM, NAME) case NETDEF_FATE_##ENUM: return NAME;
    NETDEF_FATES
#undef NETDEF_FATE
    }
    OVS_NOT_REACHED();
}

/* Returns the row for 'node'. */
const struct netdef_node_class *
netdef_node_get_class(enum netdef_node node)
{
    ovs_assert(node < NETDEF_N_NODES);
    return &classes[node];
}

/* Returns the first release of libvirt that has 'node', as "10.1", or null if
 * it is older than all that we know of. */
const char *
netdef_node_get_since(enum netdef_node node)
{
    static const char *const since[NETDEF_N_NODES] = {
#define NETDEF_NEW(ENUM, SINCE) [NETDEF_NODE_##ENUM] = SINCE,
        NETDEF_NEWS
#undef NETDEF_NEW
    };

    ovs_assert(node < NETDEF_N_NODES);
    return since[node];
}

/* Stores in '*node' the node that has 'path', for example "vlan/tag@id", and
 * returns true.  Returns false, with '*node' untouched, if there is none. */
bool
netdef_node_from_path(const char *path, enum netdef_node *node)
{
    for (size_t i = 0; i < NETDEF_N_NODES; i++) {
        /* A document may have a million elements: be quick. */
        if (path[0] == classes[i].path[0] && !strcmp(path, classes[i].path)) {
            *node = i;
            return true;
        }
    }
    return false;
}

/* Returns the path of the node that is carried out and differs from 'path' in
 * upper and lower case alone, or null if there is none. */
const char *
netdef_node_find_similar(const char *path)
{
    for (size_t i = 0; i < NETDEF_N_NODES; i++) {
        if (classes[i].fate == NETDEF_FATE_CARRIED
            && !strcasecmp(path, classes[i].path)) {
            return classes[i].path;
        }
    }
    return NULL;
}

/* Appends to 's' the names of the attributes that an element can have, one of
 * whose attributes has 'path'. */
void
netdef_node_format_attributes(struct ds *s, const char *path)
{
    size_t len = strcspn(path, "@") + 1;
    const char *separator = "";

    for (size_t i = 0; i < NETDEF_N_NODES; i++) {
        if (!strncmp(path, classes[i].path, len)) {
            ds_put_format(s, "%s%s", separator, classes[i].path + len);
            separator = ", ";
        }
    }
}

/* Returns the prefix that paths have for the namespace 'uri', or null if it is
 * none of those in NETDEF_NAMESPACES. */
const char *
netdef_namespace_to_prefix(const char *uri)
{
#define NETDEF_NAMESPACE(PREFIX, URI)           \
    if (!strcmp(uri, URI)) {                    \
        return PREFIX;                          \
    }
    NETDEF_NAMESPACES
#undef NETDEF_NAMESPACE
    return NULL;
}
