/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "netdef.h"

#include <stdlib.h>
#include <string.h>

#include "util.h"

/* Returns the name of 'forward' as forward@mode has it, "" if there is no
 * <forward>. */
const char *
netdef_forward_to_string(enum netdef_forward forward)
{
    switch (forward) {
#define NETDEF_FORWARD(ENUM, NAME) case NETDEF_FORWARD_##ENUM: return NAME;
    NETDEF_FORWARDS
#undef NETDEF_FORWARD
    }
    OVS_NOT_REACHED();
}

/* Stores the forward mode that 'name', a value of forward@mode, stands for in
 * '*forward' and returns true.  As in libvirt, "none" is the same as no
 * <forward> at all.  Returns false, with '*forward' untouched, if there is no
 * such mode. */
bool
netdef_forward_from_string(const char *name, enum netdef_forward *forward)
{
    if (!strcmp(name, "none")) {
        *forward = NETDEF_FORWARD_NONE;
        return true;
    }
#define NETDEF_FORWARD(ENUM, NAME)              \
    if (NAME[0] && !strcmp(name, NAME)) {       \
        *forward = NETDEF_FORWARD_##ENUM;       \
        return true;                            \
    }
    NETDEF_FORWARDS
#undef NETDEF_FORWARD
    return false;
}

/* Returns "kernel" or "libvirt". */
const char *
mac_table_manager_to_string(enum mac_table_manager manager)
{
    switch (manager) {
    case MAC_TABLE_KERNEL: return "kernel";
    case MAC_TABLE_LIBVIRT: return "libvirt";
    }
    OVS_NOT_REACHED();
}

/* Stores the manager that is called 'name' in '*manager' and returns true.
 * Returns false, with '*manager' untouched, if there is no such manager. */
bool
mac_table_manager_from_string(const char *name,
                              enum mac_table_manager *manager)
{
    if (!strcmp(name, "kernel")) {
        *manager = MAC_TABLE_KERNEL;
    } else if (!strcmp(name, "libvirt")) {
        *manager = MAC_TABLE_LIBVIRT;
    } else {
        return false;
    }
    return true;
}

/* Returns the name of 'type' as virtualport@type has it, "" if there is no
 * <virtualport> or it has no type. */
const char *
netdef_virtualport_to_string(enum netdef_virtualport type)
{
    switch (type) {
#define NETDEF_VIRTUALPORT(ENUM, NAME) \
    case NETDEF_VIRTUALPORT_##ENUM: return NAME;
    NETDEF_VIRTUALPORTS
#undef NETDEF_VIRTUALPORT
    }
    OVS_NOT_REACHED();
}

/* Stores the type that is called 'name' in '*type' and returns true.  Returns
 * false, with '*type' untouched, if there is no such type. */
bool
netdef_virtualport_from_string(const char *name,
                               enum netdef_virtualport *type)
{
#define NETDEF_VIRTUALPORT(ENUM, NAME)          \
    if (NAME[0] && !strcmp(name, NAME)) {       \
        *type = NETDEF_VIRTUALPORT_##ENUM;      \
        return true;                            \
    }
    NETDEF_VIRTUALPORTS
#undef NETDEF_VIRTUALPORT
    return false;
}

/* Removes the portgroups and the VLAN configuration of 'netdef'. */
void
netdef_clear_ports(struct netdef *netdef)
{
    for (size_t i = 0; i < netdef->n_portgroups; i++) {
        struct portgroup *pg = &netdef->portgroups[i];

        free(pg->name);
        port_vlan_uninit(&pg->vlan);
        origin_uninit(&pg->origin);
    }
    free(netdef->portgroups);
    netdef->portgroups = NULL;
    netdef->n_portgroups = 0;
    netdef->has_vlan = false;
    port_vlan_uninit(&netdef->vlan);
}

/* Frees 'netdef', which may be null. */
void
netdef_destroy(struct netdef *netdef)
{
    if (netdef) {
        netdef_clear_ports(netdef);
        free(netdef->name);
        free(netdef->uuid);
        free(netdef->bridge);
        origin_uninit(&netdef->origin);
        origin_uninit(&netdef->name_origin);
        origin_uninit(&netdef->bridge_origin);
        free(netdef);
    }
}

static bool
portgroup_equals(const struct portgroup *a, const struct portgroup *b)
{
    return !strcmp(a->name, b->name)
           && a->is_default == b->is_default
           && a->has_vlan == b->has_vlan
           && port_vlan_equals(&a->vlan, &b->vlan);
}

/* Returns true if 'a' and 'b' say the same.  Where they say it does not
 * matter: origins are not compared. */
bool
netdef_equals(const struct netdef *a, const struct netdef *b)
{
    if (strcmp(a->name, b->name)
        || !nullable_string_is_equal(a->uuid, b->uuid)
        || a->forward != b->forward
        || !nullable_string_is_equal(a->bridge, b->bridge)
        || a->mac_table_manager != b->mac_table_manager
        || a->virtualport != b->virtualport
        || a->has_vlan != b->has_vlan
        || !port_vlan_equals(&a->vlan, &b->vlan)
        || a->n_portgroups != b->n_portgroups) {
        return false;
    }
    for (size_t i = 0; i < a->n_portgroups; i++) {
        if (!portgroup_equals(&a->portgroups[i], &b->portgroups[i])) {
            return false;
        }
    }
    return true;
}

/* Returns true if 'netdef' is of a kind that has no meaning on Open vSwitch,
 * by its forward mode or its virtualport's type. */
bool
netdef_is_foreign(const struct netdef *netdef)
{
    return (netdef->forward != NETDEF_FORWARD_NONE
            && netdef->forward != NETDEF_FORWARD_BRIDGE)
           || (netdef->virtualport != NETDEF_VIRTUALPORT_NONE
               && netdef->virtualport != NETDEF_VIRTUALPORT_OPENVSWITCH);
}

/* Returns true if 'netdef' can be carried out: it is not foreign and names a
 * bridge.  All others are left to libvirt.  (A definition from libvirt's own
 * directories has to meet more conditions, which depend on what bridges
 * exist; these are not known here.) */
bool
netdef_is_ours(const struct netdef *netdef)
{
    return !netdef_is_foreign(netdef) && netdef->bridge;
}

/* Returns the portgroup of 'netdef' that is called 'name', null if there is
 * none. */
const struct portgroup *
netdef_find_portgroup(const struct netdef *netdef, const char *name)
{
    for (size_t i = 0; i < netdef->n_portgroups; i++) {
        if (!strcmp(netdef->portgroups[i].name, name)) {
            return &netdef->portgroups[i];
        }
    }
    return NULL;
}

/* Returns the portgroup of ports that name none, null if there is none. */
const struct portgroup *
netdef_default_portgroup(const struct netdef *netdef)
{
    for (size_t i = 0; i < netdef->n_portgroups; i++) {
        if (netdef->portgroups[i].is_default) {
            return &netdef->portgroups[i];
        }
    }
    return NULL;
}

/* Appends 'text' to 's' such that it stands for itself in content and in
 * attribute values in single quotes.  Parsers turn literal white space other
 * than blanks into blanks in values. */
static void
put_xml(struct ds *s, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&': ds_put_cstr(s, "&amp;"); break;
        case '<': ds_put_cstr(s, "&lt;"); break;
        case '>': ds_put_cstr(s, "&gt;"); break;
        case '\'': ds_put_cstr(s, "&apos;"); break;
        case '\t': ds_put_cstr(s, "&#9;"); break;
        case '\n': ds_put_cstr(s, "&#10;"); break;
        case '\r': ds_put_cstr(s, "&#13;"); break;
        default: ds_put_char(s, *text); break;
        }
    }
}

static void
put_xml_element(struct ds *s, const char *name, const char *text)
{
    ds_put_format(s, "  <%s>", name);
    put_xml(s, text);
    ds_put_format(s, "</%s>\n", name);
}

static void
put_xml_attribute(struct ds *s, const char *name, const char *value)
{
    ds_put_format(s, " %s='", name);
    put_xml(s, value);
    ds_put_char(s, '\'');
}

/* Appends <vlan> for 'vlan', indented by 'indent' blanks. */
static void
vlan_to_xml(struct ds *s, const struct port_vlan *vlan, int indent)
{
    bool native = (vlan->mode == PORT_VLAN_MODE_NATIVE_TAGGED
                   || vlan->mode == PORT_VLAN_MODE_NATIVE_UNTAGGED);
    bool trunk = native || !vlan_set_is_empty(&vlan->trunks);
    struct vlan_set tags;

    vlan_set_clone(&tags, &vlan->trunks);
    if (vlan->tag != PORT_VLAN_NO_TAG) {
        vlan_set_add(&tags, vlan->tag);
    }

    ds_put_char_multiple(s, ' ', indent);
    ds_put_format(s, "<vlan%s>\n", trunk ? " trunk='yes'" : "");
    for (size_t i = 0; i < tags.n; i++) {
        for (int vid = tags.ranges[i].first; vid <= tags.ranges[i].last;
             vid++) {
            ds_put_char_multiple(s, ' ', indent + 2);
            ds_put_format(s, "<tag id='%d'", vid);
            if (native && vid == vlan->tag) {
                put_xml_attribute(s, "nativeMode",
                                  vlan->mode == PORT_VLAN_MODE_NATIVE_TAGGED
                                  ? "tagged" : "untagged");
            }
            ds_put_cstr(s, "/>\n");
        }
    }
    ds_put_char_multiple(s, ' ', indent);
    ds_put_cstr(s, "</vlan>\n");
    vlan_set_uninit(&tags);
}

static void
portgroup_to_xml(struct ds *s, const struct portgroup *pg)
{
    ds_put_cstr(s, "  <portgroup");
    put_xml_attribute(s, "name", pg->name);
    if (pg->is_default) {
        put_xml_attribute(s, "default", "yes");
    }
    if (pg->has_vlan) {
        ds_put_cstr(s, ">\n");
        vlan_to_xml(s, &pg->vlan, 4);
        ds_put_cstr(s, "  </portgroup>\n");
    } else {
        ds_put_cstr(s, "/>\n");
    }
}

/* Appends 'netdef' to 's' as canonical XML, in libvirt's order of elements.
 *
 * For every 'netdef' that comes from netdef_from_xml(), that function makes an
 * equal one from the result.  Other VLAN configurations than those that
 * <vlan> can express cannot be written in XML. */
void
netdef_format(struct ds *s, const struct netdef *netdef)
{
    bool libvirt = netdef->mac_table_manager != MAC_TABLE_KERNEL;
    const char *manager
        = mac_table_manager_to_string(netdef->mac_table_manager);

    ds_put_cstr(s, "<network>\n");
    put_xml_element(s, "name", netdef->name);
    if (netdef->uuid) {
        put_xml_element(s, "uuid", netdef->uuid);
    }
    if (netdef->forward != NETDEF_FORWARD_NONE) {
        ds_put_format(s, "  <forward mode='%s'/>\n",
                      netdef_forward_to_string(netdef->forward));
    }
    if (netdef->bridge || libvirt) {
        ds_put_cstr(s, "  <bridge");
        if (netdef->bridge) {
            put_xml_attribute(s, "name", netdef->bridge);
        }
        if (libvirt) {
            put_xml_attribute(s, "macTableManager", manager);
        }
        ds_put_cstr(s, "/>\n");
    }
    if (netdef->has_vlan) {
        vlan_to_xml(s, &netdef->vlan, 2);
    }
    if (netdef->virtualport != NETDEF_VIRTUALPORT_NONE) {
        ds_put_format(s, "  <virtualport type='%s'/>\n",
                      netdef_virtualport_to_string(netdef->virtualport));
    }
    for (size_t i = 0; i < netdef->n_portgroups; i++) {
        portgroup_to_xml(s, &netdef->portgroups[i]);
    }
    ds_put_cstr(s, "</network>\n");
}
