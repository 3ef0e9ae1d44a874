/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/netport.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xml/netdef-format.h"
#include "packets.h"
#include "util.h"

/* Returns the name of 'plug' as plug@type has it, "" if there is none. */
static const char *
plug_to_string(enum netport_plug plug)
{
    switch (plug) {
#define NETPORT_PLUG(ENUM, NAME) case NETPORT_PLUG_##ENUM: return NAME;
    NETPORT_PLUGS
#undef NETPORT_PLUG
    }
    OVS_NOT_REACHED();
}

/* Stores the type that is called 'name' in '*plug' and returns true.  Returns
 * false, with '*plug' untouched, if there is no such type. */
bool
netport_plug_from_string(const char *name, enum netport_plug *plug)
{
#define NETPORT_PLUG(ENUM, NAME)                \
    if (NAME[0] && !strcmp(name, NAME)) {       \
        *plug = NETPORT_PLUG_##ENUM;            \
        return true;                            \
    }
    NETPORT_PLUGS
#undef NETPORT_PLUG
    return false;
}

/* Frees 'port', which may be null. */
void
netport_destroy(struct netport *port)
{
    if (port) {
        free(port->uuid);
        free(port->owner_name);
        free(port->owner_uuid);
        free(port->group);
        free(port->interfaceid);
        free(port->profileid);
        port_vlan_uninit(&port->vlan);
        free(port->bridge);
        origin_uninit(&port->origin);
        free(port);
    }
}

/* Returns true if 'a' and 'b' say the same, wherever they say it. */
bool
netport_equals(const struct netport *a, const struct netport *b)
{
    return nullable_string_is_equal(a->uuid, b->uuid)
           && nullable_string_is_equal(a->owner_name, b->owner_name)
           && nullable_string_is_equal(a->owner_uuid, b->owner_uuid)
           && nullable_string_is_equal(a->group, b->group)
           && eth_addr_equals(a->mac, b->mac)
           && a->virtualport == b->virtualport
           && nullable_string_is_equal(a->interfaceid, b->interfaceid)
           && nullable_string_is_equal(a->profileid, b->profileid)
           && a->has_vlan == b->has_vlan
           && port_vlan_equals(&a->vlan, &b->vlan)
           && netdef_policy_equals(&a->policy, &b->policy)
           && bandwidth_equals(&a->bandwidth, &b->bandwidth)
           && a->plug == b->plug
           && nullable_string_is_equal(a->bridge, b->bridge);
}

static void
owner_to_xml(struct ds *s, const struct netport *port)
{
    ds_put_cstr(s, "  <owner>\n  ");
    netdef_put_element(s, "name", port->owner_name);
    ds_put_cstr(s, "  ");
    netdef_put_element(s, "uuid", port->owner_uuid);
    ds_put_cstr(s, "  </owner>\n");
}

static void
virtualport_to_xml(struct ds *s, const struct netport *port)
{
    if (port->virtualport == NETDEF_VIRTUALPORT_NONE && !port->interfaceid
        && !port->profileid) {
        return;
    }
    ds_put_cstr(s, "  <virtualport");
    if (port->virtualport != NETDEF_VIRTUALPORT_NONE) {
        netdef_put_attribute(s, "type", netdef_virtualport_to_string(
                                 port->virtualport));
    }
    if (!port->interfaceid && !port->profileid) {
        ds_put_cstr(s, "/>\n");
        return;
    }
    ds_put_cstr(s, ">\n    <parameters");
    if (port->interfaceid) {
        netdef_put_attribute(s, "interfaceid", port->interfaceid);
    }
    if (port->profileid) {
        netdef_put_attribute(s, "profileid", port->profileid);
    }
    ds_put_cstr(s, "/>\n  </virtualport>\n");
}

static void
plug_to_xml(struct ds *s, const struct netport *port)
{
    if (port->plug != NETPORT_PLUG_NONE || port->bridge
        || netdef_setting_is_set(&port->policy.mac_table_manager)) {
        ds_put_cstr(s, "  <plug");
        if (port->plug != NETPORT_PLUG_NONE) {
            netdef_put_attribute(s, "type",
                                 plug_to_string(port->plug));
        }
        if (port->bridge) {
            netdef_put_attribute(s, "bridge", port->bridge);
        }
        netdef_put_manager(s, &port->policy.mac_table_manager);
        ds_put_cstr(s, "/>\n");
    }
}

/* Appends 'port' to 's' as canonical XML, in libvirt's order of elements.
 *
 * For every 'port' that comes from netport_from_xml(), that function makes an
 * equal one from the result. */
void
netport_format(struct ds *s, const struct netport *port)
{
    ds_put_cstr(s, "<networkport>\n");
    if (port->uuid) {
        netdef_put_element(s, "uuid", port->uuid);
    }
    owner_to_xml(s, port);
    if (port->group) {
        netdef_put_element(s, "group", port->group);
    }
    ds_put_format(s, "  <mac address='"ETH_ADDR_FMT"'/>\n",
                  ETH_ADDR_ARGS(port->mac));
    virtualport_to_xml(s, port);
    netdef_put_bandwidth(s, &port->bandwidth, 2);
    if (port->has_vlan) {
        netdef_put_vlan(s, &port->vlan, 2);
    }
    netdef_put_isolated(s, &port->policy.isolated);
    if (netdef_setting_is_set(&port->policy.trust_rx_filters)) {
        ds_put_cstr(s, "  <rxfilters");
        netdef_put_yes_no(s, "trustGuest", &port->policy.trust_rx_filters);
        ds_put_cstr(s, "/>\n");
    }
    plug_to_xml(s, port);
    ds_put_cstr(s, "</networkport>\n");
}
