/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/netdef.h"

#include <stdlib.h>
#include <string.h>

#include "util.h"

/* Definitions in files that libvirt wrote.
 *
 * There, what is ours is in <metadata>.  libvirt has up to two definitions of
 * a network: the persistent one, which is what "virsh net-edit" changes, and
 * the live one, which is what it was when it was started, and what its ports
 * were made by.  libvirt applies a change only when the network is started
 * again.  Our settings are not libvirt's to apply, so that those that are
 * edited count at once. */

/* Is 'setting' made in <metadata>? */
static bool
is_in_metadata(const struct netdef_setting *setting)
{
    return (netdef_setting_is_set(setting)
            && !strncmp(setting->element, "metadata/", 9));
}

/* Takes note that 'netdef' is in a file that libvirt wrote, which is that of
 * an active network if 'active'.  There, its own bridge@macTableManager, with
 * which it does not start a network on Open vSwitch, is not for us. */
void
netdef_set_libvirts(struct netdef *netdef, bool active)
{
    netdef->is_libvirts = true;
    netdef->is_active = active;
    if (!is_in_metadata(&netdef->policy.mac_table_manager)) {
        netdef->policy.mac_table_manager = (struct netdef_setting) { 0 };
    }
}

/* Is the file called 'path' in one of the directories where libvirt keeps
 * networks? */
bool
netdef_path_is_libvirts(const char *path)
{
    static const char *const directories[] = {
        "/libvirt/network", "/qemu/networks", "/qemu/networks/autostart",
    };
    char *directory = dir_name(path);
    char *absolute = abs_file_name(NULL, directory);
    bool is_libvirts = false;

    for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
        is_libvirts |= string_ends_with(absolute, directories[i]);
    }
    free(absolute);
    free(directory);
    return is_libvirts;
}

/* Adds to 'diags' what keeps libvirt from starting 'netdef', which is in a
 * file of libvirt's: with bridge@macTableManager='libvirt', it changes a
 * setting of the bridge that only Linux's own bridges have
 * (networkStartNetworkBridge() in src/network/bridge_driver.c). */
void
netdef_check_libvirts(const struct netdef *netdef, struct diag_list *diags)
{
    struct origin origin = {
        .file = netdef->origin.file,
        .line = netdef->manager_line,
        .element = CONST_CAST(char *, "bridge@macTableManager"),
    };

    if (netdef->manager_line && netdef_is_ours(netdef)
        && netdef->virtualport == NETDEF_VIRTUALPORT_OPENVSWITCH) {
        diag_add(diags, DIAG_ERROR, &origin,
                 "libvirt does not start network '%s' with this on Open "
                 "vSwitch (vlan_filtering via ioctl): take it out and "
                 "write <metadata><vn:network xmlns:vn='urn:ovs-virtnet:1' "
                 "macTableManager='libvirt'/></metadata> instead",
                 netdef->name);
    }
}

/* Does 'netdef' ask for a mode?  libvirt's own networks do so only by our
 * settings in their <metadata>; without any, they have no say in what becomes
 * of a bridge. */
bool
netdef_asks(const struct netdef *netdef)
{
    return (!netdef->is_libvirts
            || netdef_setting_is_set(&netdef->policy.mac_table_manager));
}

static bool
has_metadata(const struct netdef_policy *policy)
{
#define NETDEF_POLICY_SETTING(NAME, DEFAULT)    \
    if (is_in_metadata(&policy->NAME)) {        \
        return true;                            \
    }
    NETDEF_POLICY_SETTINGS
#undef NETDEF_POLICY_SETTING
    return false;
}

/* Are there settings of ours in the <metadata> of 'netdef'? */
bool
netdef_has_metadata(const struct netdef *netdef)
{
    for (size_t i = 0; i < netdef->n_portgroups; i++) {
        if (has_metadata(&netdef->portgroups[i].policy)
            || netdef->portgroups[i].filter) {
            return true;
        }
    }
    return (has_metadata(&netdef->policy) || netdef->filter || netdef->n_hosts
            || is_in_metadata(&netdef->create_bridge)
            || is_in_metadata(&netdef->overlay)
            || is_in_metadata(&netdef->overlay_key));
}

/* Has the settings of 'dst' that are made in <metadata> be those of 'src',
 * which may be null for none. */
static void
adopt_policy(struct netdef_policy *dst, const struct netdef_policy *src)
{
#define NETDEF_POLICY_SETTING(NAME, DEFAULT)                    \
    if (is_in_metadata(&dst->NAME)) {                           \
        dst->NAME = (struct netdef_setting) { 0 };              \
    }                                                           \
    if (src && is_in_metadata(&src->NAME)) {                    \
        dst->NAME = src->NAME;                                  \
    }
    NETDEF_POLICY_SETTINGS
#undef NETDEF_POLICY_SETTING
}

static void
adopt_filter(char **dst, const char *src)
{
    free(*dst);
    *dst = nullable_xstrdup(src);
}

/* Returns 'live' with the settings that are in the <metadata> of 'persistent'
 * in the place of its own.  The caller must netdef_destroy() it. */
struct netdef *
netdef_adopt_metadata(const struct netdef *live,
                      const struct netdef *persistent)
{
    struct netdef *netdef = netdef_clone(live);

    adopt_policy(&netdef->policy, &persistent->policy);
    adopt_filter(&netdef->filter, persistent->filter);
    netdef->filter_line = persistent->filter_line;
    free(netdef->hosts);
    netdef_hosts_clone(netdef, persistent);
    netdef->create_bridge = persistent->create_bridge;
    netdef->overlay = persistent->overlay;
    netdef->overlay_key = persistent->overlay_key;
    for (size_t i = 0; i < netdef->n_portgroups; i++) {
        struct portgroup *pg = &netdef->portgroups[i];
        const struct portgroup *other = netdef_find_portgroup(persistent,
                                                              pg->name);

        adopt_policy(&pg->policy, other ? &other->policy : NULL);
        adopt_filter(&pg->filter, other ? other->filter : NULL);
        pg->filter_line = other ? other->filter_line : 0;
    }

    /* Where they stand. */
    origin_uninit(&netdef->bridge_origin);
    origin_clone(&netdef->bridge_origin, &persistent->bridge_origin);
    return netdef;
}
