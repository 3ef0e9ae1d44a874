/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/netdef.h"

#include <net/if.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/guards.h"
#include "lib/xml/netdef-parse.h"
#include "sset.h"
#include "util.h"

/* Adds an error about 'element' of what stands at 'base', unless there are
 * enough of them. */
static void OVS_PRINTF_FORMAT(4, 5)
error_at(struct diag_list *diags, const struct origin *base,
         const char *element, const char *format, ...)
{
    struct origin origin;
    va_list args;
    char *text;

    if (diag_list_count(diags, DIAG_ERROR) >= NETDEF_MAX_DIAGS) {
        return;
    }
    va_start(args, format);
    text = xvasprintf(format, args);
    va_end(args);
    origin_init(&origin, base->file, base->line, element);
    diag_add(diags, DIAG_ERROR, &origin, "%s", text);
    origin_uninit(&origin);
    free(text);
}

/* libvirt's rules for the name of a network. */
static void
validate_name(const struct netdef *netdef, struct diag_list *diags)
{
    if (!netdef->name || !netdef->name[0]) {
        error_at(diags, &netdef->name_origin, "name", "missing network name");
    } else if (strchr(netdef->name, '/')) {
        error_at(diags, &netdef->name_origin, "name",
                 "name '%s' cannot contain '/'", netdef->name);
    } else if (strchr(netdef->name, '\n')) {
        error_at(diags, &netdef->name_origin, "name",
                 "name '%s' cannot contain a newline", netdef->name);
    }
}

/* Returns what keeps 'name' from being the name of a bridge, null if nothing
 * does.
 *
 * A bridge has a network device of its name, so that the rules of Linux's
 * dev_valid_name() hold.  ovs-vswitchd ignores bridges with a slash or
 * backslash in their names, does not open devices called "all" or "default",
 * and needs the names of its datapaths' own devices for itself. */
static const char *
check_bridge_name(const char *name)
{
    static const char *const reserved[] = {
        ".", "..", "all", "default", "ovs-netdev", "ovs-system",
    };

    if (!name[0]) {
        return "it is empty";
    } else if (strlen(name) >= IFNAMSIZ) {
        return "it is longer than 15 bytes";
    } else if (strpbrk(name, "/\\:%")) {
        return "it contains one of / \\ : %";
    } else if (strpbrk(name, " \t\n\v\f\r")) {
        return "it contains white space";
    }
    for (size_t i = 0; i < ARRAY_SIZE(reserved); i++) {
        if (!strcmp(name, reserved[i])) {
            return "it is reserved";
        }
    }
    return NULL;
}

static void
validate_bridge(const struct netdef *netdef, struct diag_list *diags)
{
    const char *reason = (netdef->bridge
                          ? check_bridge_name(netdef->bridge) : NULL);

    if (reason) {
        error_at(diags, &netdef->bridge_origin, "bridge@name",
                 "'%s' cannot be the name of an Open vSwitch bridge: %s",
                 netdef->bridge, reason);
    }
}

/* A port without learning and flooding needs a bridge without. */
static void
validate_portgroup_mode(const struct netdef *netdef,
                        const struct portgroup *pg, struct diag_list *diags)
{
    const struct netdef_setting *manager = &pg->policy.mac_table_manager;
    struct origin at = { netdef->origin.file, manager->line, NULL };

    if (netdef_setting_is_set(manager)
        && manager->value == MAC_TABLE_LIBVIRT
        && netdef_mode(netdef) != MAC_TABLE_LIBVIRT) {
        error_at(diags, &at, manager->element, "portgroup '%s' cannot have "
                 "macTableManager 'libvirt' in a network that does not",
                 pg->name);
    }
}

/* Nobody is both alone and in company. */
static void
validate_apart(const struct netdef *netdef, const struct netdef_policy *policy,
               struct diag_list *diags)
{
    const struct netdef_setting *community = &policy->community;
    struct origin at = { netdef->origin.file, community->line, NULL };

    if (community->value && policy->isolated.value) {
        error_at(diags, &at, community->element,
                 "'%s' contradicts %s in line %u: who is isolated is in no "
                 "community", community->community.name,
                 policy->isolated.element, policy->isolated.line);
    }
}

/* Who lists guard "storm" wants a limit; "secure" may well be without. */
static void
warn_storm(const struct netdef *netdef, const struct netdef_policy *policy,
           struct diag_list *diags)
{
    const struct netdef_setting *storm = &policy->storm;

    if (netdef_setting_is_set(storm) && !storm->value
        && policy->guards.value & GUARD_BIT(GUARD_STORM)
        && (policy->guards.value & GUARDS_SECURE) != GUARDS_SECURE) {
        struct origin origin;

        origin_init(&origin, netdef->origin.file, storm->line,
                    storm->element);
        diag_add(diags, DIAG_WARNING, &origin, "'none' is no limit, though "
                 "%s in line %u lists guard storm", policy->guards.element,
                 policy->guards.line);
        origin_uninit(&origin);
    }
}

/* Adds a warning that what stands in 'line' of the definition in 'file' needs
 * an exact MAC table. */
static void
warn_inexact(const char *file, unsigned int line, const char *element,
             struct diag_list *diags)
{
    struct origin origin;

    origin_init(&origin, file, line, element);
    diag_add(diags, DIAG_WARNING, &origin,
             "is carried out in libvirt mode only");
    origin_uninit(&origin);
}

/* Warns of what 'policy' and 'filter', which may be null and stands in
 * 'filter_line', ask for and only flows could do. */
static void
warn_inexact_policy(const struct netdef *netdef,
                    const struct netdef_policy *policy, const char *filter,
                    unsigned int filter_line, const char *filter_element,
                    struct diag_list *diags)
{
    const struct netdef_setting *const settings[] = {
        &policy->guards, &policy->storm, &policy->community, &policy->shared,
        &policy->await_vlan,
    };

    for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
        if (settings[i]->value) {
            warn_inexact(netdef->origin.file, settings[i]->line,
                         settings[i]->element, diags);
        }
    }
    if (filter && strcmp(filter, "none")) {
        warn_inexact(netdef->origin.file, filter_line, filter_element, diags);
    }
}

/* Warns of what the portgroups of 'netdef' that are in kernel mode ask for and
 * cannot have there. */
static void
warn_inexact_portgroups(const struct netdef *netdef, struct diag_list *diags)
{
    for (size_t i = 0; i < netdef->n_portgroups; i++) {
        const struct portgroup *pg = &netdef->portgroups[i];
        const struct netdef_setting *mode = &pg->policy.mac_table_manager;

        if (netdef_mode(netdef) == MAC_TABLE_KERNEL
            || (netdef_setting_is_set(mode)
                && mode->value == MAC_TABLE_KERNEL)) {
            warn_inexact_policy(
                netdef, &pg->policy, pg->filter, pg->filter_line,
                "metadata/vn:network/vn:portgroup/vn:filterref", diags);
        }
    }
}

/* Warns of what 'netdef' asks for and cannot have in kernel mode, which it is
 * in unless another network of the bridge has it otherwise. */
static void
warn_inexact_network(const struct netdef *netdef, struct diag_list *diags)
{
    warn_inexact_portgroups(netdef, diags);
    if (netdef_mode(netdef) == MAC_TABLE_LIBVIRT) {
        return;
    }
    warn_inexact_policy(netdef, &netdef->policy, netdef->filter,
                        netdef->filter_line,
                        "metadata/vn:network/vn:filterref", diags);
    if (netdef->bandwidth.in.average || netdef->bandwidth.out.average) {
        warn_inexact(netdef->origin.file, netdef->bandwidth.line, "bandwidth",
                     diags);
    }
}

static void
validate_vlan(const struct port_vlan *vlan, const struct origin *origin,
              const char *element, struct diag_list *diags)
{
    if (vlan->tag > NETDEF_MAX_VLAN
        || vlan_set_contains(&vlan->trunks, VLAN_ID_MAX)) {
        error_at(diags, origin, element, "VLAN id is too large (maximum %d)",
                 NETDEF_MAX_VLAN);
    }
}

/* Learning bridges with a mesh of tunnels between them are nothing that is
 * made here. */
static void
validate_overlay(const struct netdef *netdef, struct diag_list *diags)
{
    const struct netdef_setting *key = &netdef->overlay_key;
    const struct netdef_setting *overlay = &netdef->overlay;
    struct origin at = { netdef->origin.file, overlay->line, NULL };

    if (netdef_setting_is_set(overlay)
        && netdef_mode(netdef) != MAC_TABLE_LIBVIRT) {
        error_at(diags, &at, overlay->element,
                 "needs macTableManager='libvirt'");
    } else if (netdef_setting_is_set(key) && !netdef_setting_is_set(overlay)) {
        at.line = key->line;
        error_at(diags, &at, key->element, "needs overlay");
    }
}

/* Each name that occurs more than once, and a second default, is reported
 * once. */
static void
validate_portgroups(const struct netdef *netdef, struct diag_list *diags)
{
    const struct portgroup *first_default = netdef_default_portgroup(netdef);
    struct sset names = SSET_INITIALIZER(&names);
    struct sset repeated = SSET_INITIALIZER(&repeated);
    size_t n_other_defaults = 0;

    for (size_t i = 0; i < netdef->n_portgroups; i++) {
        const struct portgroup *pg = &netdef->portgroups[i];

        if (!pg->name[0]) {
            error_at(diags, &pg->origin, "portgroup", "missing name");
        } else if (!sset_add(&names, pg->name)
                   && sset_add(&repeated, pg->name)) {
            error_at(diags, &pg->origin, "portgroup@name",
                     "there is another portgroup called '%s'", pg->name);
        }
        if (pg->is_default && pg != first_default && !n_other_defaults++) {
            error_at(diags, &pg->origin, "portgroup@default",
                     "portgroup '%s' in line %u is the default already",
                     first_default->name, first_default->origin.line);
        }
        validate_portgroup_mode(netdef, pg, diags);
        validate_apart(netdef, &pg->policy, diags);
        warn_storm(netdef, &pg->policy, diags);
        validate_vlan(&pg->vlan, &pg->origin, "portgroup/vlan", diags);
    }
    sset_destroy(&names);
    sset_destroy(&repeated);
}

/* Checks whether 'netdef' makes sense as a whole.  Appends an error to 'diags'
 * for each thing that does not.  A foreign network, see netdef_is_foreign(),
 * needs nothing but a name.
 *
 * Returns true if there was no error. */
bool
netdef_validate(const struct netdef *netdef, struct diag_list *diags)
{
    size_t n_errors = diag_list_count(diags, DIAG_ERROR);

    validate_name(netdef, diags);
    if (!netdef_is_foreign(netdef)) {
        validate_bridge(netdef, diags);
        validate_vlan(&netdef->vlan, &netdef->origin, "vlan", diags);
        validate_apart(netdef, &netdef->policy, diags);
        warn_storm(netdef, &netdef->policy, diags);
        validate_portgroups(netdef, diags);
        validate_overlay(netdef, diags);
        warn_inexact_network(netdef, diags);
    }
    return diag_list_count(diags, DIAG_ERROR) == n_errors;
}
