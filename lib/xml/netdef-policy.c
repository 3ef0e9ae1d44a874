/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/netdef-policy.h"

#include <string.h>

#include "lib/xml/netdef.h"
#include "util.h"

const char *
unknown_ports_to_string(enum unknown_ports unknown_ports)
{
    switch (unknown_ports) {
#define UNKNOWN_PORT(ENUM, NAME) case UNKNOWN_PORTS_##ENUM: return NAME;
        UNKNOWN_PORTS
#undef UNKNOWN_PORT
    default:
        OVS_NOT_REACHED();
    }
}

/* Stores what is called 'name' in '*unknown_ports' and returns true.  Returns
 * false, with '*unknown_ports' untouched, if nothing is. */
bool
unknown_ports_from_string(const char *name, enum unknown_ports *unknown_ports)
{
#define UNKNOWN_PORT(ENUM, NAME)                        \
    if (!strcmp(name, NAME)) {                          \
        *unknown_ports = UNKNOWN_PORTS_##ENUM;          \
        return true;                                    \
    }
    UNKNOWN_PORTS
#undef UNKNOWN_PORT
    return false;
}

/* Returns true unless 'setting' is left open. */
bool
netdef_setting_is_set(const struct netdef_setting *setting)
{
    return setting->element != NULL;
}

/* Returns true if 'a' and 'b' are both left open or say the same, wherever
 * they say it. */
bool
netdef_setting_equals(const struct netdef_setting *a,
                      const struct netdef_setting *b)
{
    return netdef_setting_is_set(a) == netdef_setting_is_set(b)
           && a->value == b->value
           && community_equals(&a->community, &b->community)
           && guard_types_equals(&a->types, &b->types);
}

/* Returns true if 'a' and 'b' say the same, wherever they say it. */
bool
netdef_policy_equals(const struct netdef_policy *a,
                     const struct netdef_policy *b)
{
#define NETDEF_POLICY_SETTING(NAME, DEFAULT)            \
    if (!netdef_setting_equals(&a->NAME, &b->NAME)) {   \
        return false;                                   \
    }
    NETDEF_POLICY_SETTINGS
#undef NETDEF_POLICY_SETTING
    return true;
}

/* A portgroup's own word on whether its ports are isolated goes before its
 * network's on the community that they are in, and the other way round. */
static void
choose_apart(const struct netdef_policy *own, struct netdef_policy *policy)
{
    if (own->community.value && !netdef_setting_is_set(&own->isolated)) {
        policy->isolated.value = false;
    } else if (own->isolated.value
               && !netdef_setting_is_set(&own->community)) {
        policy->community = (struct netdef_setting) { .value = false };
    }
}

/* Returns what is asked of a port of 'netdef' that belongs to 'pg', or to no
 * portgroup if 'pg' is null: each setting is the portgroup's, else the
 * network's, else the default, which has no element.  This is libvirt's order
 * for trustGuestRxFilters (networkAllocatePort() in its
 * src/network/bridge_driver.c).  What is said of a single port, in
 * external_ids, goes before all this and is not known here. */
struct netdef_policy
netdef_port_policy(const struct netdef *netdef, const struct portgroup *pg)
{
    struct netdef_policy policy = netdef->policy;

#define NETDEF_POLICY_SETTING(NAME, DEFAULT)                    \
    if (pg && netdef_setting_is_set(&pg->policy.NAME)) {        \
        policy.NAME = pg->policy.NAME;                          \
    } else if (!netdef_setting_is_set(&policy.NAME)) {          \
        policy.NAME.value = DEFAULT;                            \
    }
    NETDEF_POLICY_SETTINGS
#undef NETDEF_POLICY_SETTING
    if (pg) {
        choose_apart(&pg->policy, &policy);
    }
    return policy;
}
