/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/netdef-format.h"

#include <inttypes.h>

#include "lib/base/guards.h"
#include "lib/base/storm.h"
#include "lib/xml/netdef-overlay.h"
#include "lib/xml/netdef.h"
#include "lib/xml/nwfilter.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"

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

void
netdef_put_element(struct ds *s, const char *name, const char *text)
{
    ds_put_format(s, "  <%s>", name);
    put_xml(s, text);
    ds_put_format(s, "</%s>\n", name);
}

void
netdef_put_attribute(struct ds *s, const char *name, const char *value)
{
    ds_put_format(s, " %s='", name);
    put_xml(s, value);
    ds_put_char(s, '\'');
}

/* Appends <vlan> for 'vlan', indented by 'indent' blanks. */
void
netdef_put_vlan(struct ds *s, const struct port_vlan *vlan, int indent)
{
    bool native = (vlan->mode == PORT_VLAN_MODE_NATIVE_TAGGED
                   || vlan->mode == PORT_VLAN_MODE_NATIVE_UNTAGGED);
    bool trunk = !vlan_set_is_empty(&vlan->trunks);
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
                netdef_put_attribute(s, "nativeMode",
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

void
netdef_put_yes_no(struct ds *s, const char *name,
           const struct netdef_setting *setting)
{
    if (netdef_setting_is_set(setting)) {
        netdef_put_attribute(s, name, setting->value ? "yes" : "no");
    }
}

void
netdef_put_manager(struct ds *s, const struct netdef_setting *setting)
{
    if (netdef_setting_is_set(setting)) {
        netdef_put_attribute(s, "macTableManager",
                          mac_table_manager_to_string(setting->value));
    }
}

static void
put_number(struct ds *s, const char *name,
           const struct netdef_setting *setting)
{
    if (netdef_setting_is_set(setting)) {
        ds_put_format(s, " %s='%d'", name, setting->value);
    }
}

static void
put_guards(struct ds *s, const struct netdef_setting *setting)
{
    if (netdef_setting_is_set(setting)) {
        ds_put_cstr(s, " guards='");
        guards_format(s, setting->value, &setting->types);
        ds_put_char(s, '\'');
    }
}

static void
put_community(struct ds *s, const struct netdef_setting *setting)
{
    if (netdef_setting_is_set(setting)) {
        netdef_put_attribute(s, "community",
                             (setting->value ? setting->community.name
                              : "none"));
    }
}

static void
put_storm(struct ds *s, const struct netdef_setting *setting)
{
    if (netdef_setting_is_set(setting)) {
        ds_put_cstr(s, " storm='");
        storm_format(s, setting->value);
        ds_put_char(s, '\'');
    }
}

/* Appends <vn:filterref> for 'text', indented by 'indent' blanks. */
static void
put_filter(struct ds *s, const char *text, int indent)
{
    struct nwfilter_ref ref;
    char *error = nwfilter_ref_from_string(&ref, text);

    if (error) {
        free(error);
        return;
    }
    ds_put_char_multiple(s, ' ', indent);
    ds_put_cstr(s, "<vn:filterref");
    netdef_put_attribute(s, "filter", ref.filter);
    ds_put_cstr(s, ">\n");
    for (size_t i = 0; i < ref.params.n; i++) {
        const struct nwfilter_param *param = &ref.params.elems[i];

        for (size_t j = 0; j < param->n_values; j++) {
            ds_put_char_multiple(s, ' ', indent + 2);
            ds_put_cstr(s, "<vn:parameter");
            netdef_put_attribute(s, "name", param->name);
            netdef_put_attribute(s, "value", param->values[j]);
            ds_put_cstr(s, "/>\n");
        }
    }
    ds_put_char_multiple(s, ' ', indent);
    ds_put_cstr(s, "</vn:filterref>\n");
    nwfilter_ref_uninit(&ref);
}

static void
put_host(struct ds *s, const struct netdef_host *host)
{
    ds_put_format(s, "      <vn:host mac='"ETH_ADDR_FMT"' ip='",
                  ETH_ADDR_ARGS(host->mac));
    ip_prefix_format(s, &host->ip);
    ds_put_cstr(s, "'/>\n");
}

static void
put_rate_number(struct ds *s, const char *name, uint64_t value)
{
    if (value) {
        ds_put_format(s, " %s='%"PRIu64"'", name, value);
    }
}

/* Appends <inbound> or <outbound>, which is 'name'. */
static void
rate_to_xml(struct ds *s, const char *name, const struct bandwidth_rate *rate,
            int indent)
{
    if (bandwidth_rate_is_set(rate)) {
        ds_put_char_multiple(s, ' ', indent);
        ds_put_format(s, "<%s", name);
        put_rate_number(s, "average", rate->average);
        put_rate_number(s, "peak", rate->peak);
        put_rate_number(s, "floor", rate->floor);
        put_rate_number(s, "burst", rate->burst);
        ds_put_cstr(s, "/>\n");
    }
}

/* Appends <bandwidth> for 'bandwidth', indented by 'indent' blanks. */
void
netdef_put_bandwidth(struct ds *s, const struct bandwidth *bandwidth,
                     int indent)
{
    if (bandwidth_is_set(bandwidth)) {
        ds_put_char_multiple(s, ' ', indent);
        ds_put_cstr(s, "<bandwidth>\n");
        rate_to_xml(s, "inbound", &bandwidth->in, indent + 2);
        rate_to_xml(s, "outbound", &bandwidth->out, indent + 2);
        ds_put_char_multiple(s, ' ', indent);
        ds_put_cstr(s, "</bandwidth>\n");
    }
}

void
netdef_put_isolated(struct ds *s, const struct netdef_setting *isolated)
{
    if (netdef_setting_is_set(isolated)) {
        ds_put_cstr(s, "  <port");
        netdef_put_yes_no(s, "isolated", isolated);
        ds_put_cstr(s, "/>\n");
    }
}

/* Returns true if 'pg' has settings that libvirt's <portgroup> does not. */
static bool
portgroup_has_metadata(const struct portgroup *pg)
{
    return netdef_setting_is_set(&pg->policy.mac_table_manager)
           || netdef_setting_is_set(&pg->policy.isolated)
           || netdef_setting_is_set(&pg->policy.community)
           || netdef_setting_is_set(&pg->policy.shared)
           || netdef_setting_is_set(&pg->policy.rx_filter_limit)
           || netdef_setting_is_set(&pg->policy.await_vlan)
           || netdef_setting_is_set(&pg->policy.guards)
           || netdef_setting_is_set(&pg->policy.storm)
           || pg->filter;
}

static bool
has_metadata(const struct netdef *netdef)
{
    for (size_t i = 0; i < netdef->n_portgroups; i++) {
        if (portgroup_has_metadata(&netdef->portgroups[i])) {
            return true;
        }
    }
    return (netdef_setting_is_set(&netdef->policy.rx_filter_limit)
            || netdef_setting_is_set(&netdef->policy.shared)
            || netdef_setting_is_set(&netdef->policy.community)
            || netdef_setting_is_set(&netdef->policy.await_vlan)
            || netdef_setting_is_set(&netdef->create_bridge)
            || netdef_setting_is_set(&netdef->overlay)
            || netdef_setting_is_set(&netdef->overlay_key)
            || netdef_setting_is_set(&netdef->policy.guards)
            || netdef_setting_is_set(&netdef->policy.storm)
            || netdef->filter || netdef->n_hosts
            || netdef_setting_is_set(&netdef->policy.unknown_ports));
}

/* Appends what libvirt has no elements for. */
static void
metadata_to_xml(struct ds *s, const struct netdef *netdef)
{
    if (!has_metadata(netdef)) {
        return;
    }
    ds_put_cstr(s, "  <metadata>\n"
                   "    <vn:network xmlns:vn='urn:ovs-virtnet:1'");
    put_community(s, &netdef->policy.community);
    netdef_put_yes_no(s, "shared", &netdef->policy.shared);
    put_number(s, "rxFilterLimit", &netdef->policy.rx_filter_limit);
    netdef_put_yes_no(s, "awaitVlan", &netdef->policy.await_vlan);
    netdef_put_yes_no(s, "createBridge", &netdef->create_bridge);
    if (netdef_setting_is_set(&netdef->overlay)) {
        netdef_put_attribute(s, "overlay", netdef_overlay_to_string(
                                 netdef->overlay.value));
    }
    put_number(s, "overlayKey", &netdef->overlay_key);
    put_guards(s, &netdef->policy.guards);
    put_storm(s, &netdef->policy.storm);
    if (netdef_setting_is_set(&netdef->policy.unknown_ports)) {
        netdef_put_attribute(s, "unknownPorts",
                             unknown_ports_to_string(
                                 netdef->policy.unknown_ports.value));
    }
    ds_put_cstr(s, ">\n");
    if (netdef->filter) {
        put_filter(s, netdef->filter, 6);
    }
    for (size_t i = 0; i < netdef->n_hosts; i++) {
        put_host(s, &netdef->hosts[i]);
    }
    for (size_t i = 0; i < netdef->n_portgroups; i++) {
        const struct portgroup *pg = &netdef->portgroups[i];

        if (portgroup_has_metadata(pg)) {
            ds_put_cstr(s, "      <vn:portgroup");
            netdef_put_attribute(s, "name", pg->name);
            netdef_put_manager(s, &pg->policy.mac_table_manager);
            netdef_put_yes_no(s, "isolated", &pg->policy.isolated);
            put_community(s, &pg->policy.community);
            netdef_put_yes_no(s, "shared", &pg->policy.shared);
            put_number(s, "rxFilterLimit", &pg->policy.rx_filter_limit);
            netdef_put_yes_no(s, "awaitVlan", &pg->policy.await_vlan);
            put_guards(s, &pg->policy.guards);
            put_storm(s, &pg->policy.storm);
            if (pg->filter) {
                ds_put_cstr(s, ">\n");
                put_filter(s, pg->filter, 8);
                ds_put_cstr(s, "      </vn:portgroup>\n");
            } else {
                ds_put_cstr(s, "/>\n");
            }
        }
    }
    ds_put_cstr(s, "    </vn:network>\n"
                   "  </metadata>\n");
}

/* Appends the elements that are about the bridge. */
static void
bridge_to_xml(struct ds *s, const struct netdef *netdef)
{
    if (netdef->bridge || netdef_setting_is_set(&netdef->stp)
        || netdef_setting_is_set(&netdef->stp_delay)
        || netdef_setting_is_set(&netdef->policy.mac_table_manager)) {
        ds_put_cstr(s, "  <bridge");
        if (netdef->bridge) {
            netdef_put_attribute(s, "name", netdef->bridge);
        }
        if (netdef_setting_is_set(&netdef->stp)) {
            netdef_put_attribute(s, "stp", netdef->stp.value ? "on" : "off");
        }
        put_number(s, "delay", &netdef->stp_delay);
        netdef_put_manager(s, &netdef->policy.mac_table_manager);
        ds_put_cstr(s, "/>\n");
    }
    if (netdef_setting_is_set(&netdef->mtu)) {
        ds_put_format(s, "  <mtu size='%d'/>\n", netdef->mtu.value);
    }
    if (!eth_addr_is_zero(netdef->mac)) {
        ds_put_format(s, "  <mac address='"ETH_ADDR_FMT"'/>\n",
                      ETH_ADDR_ARGS(netdef->mac));
    }
}

static void
portgroup_to_xml(struct ds *s, const struct portgroup *pg)
{
    ds_put_cstr(s, "  <portgroup");
    netdef_put_attribute(s, "name", pg->name);
    if (pg->is_default) {
        netdef_put_attribute(s, "default", "yes");
    }
    netdef_put_yes_no(s, "trustGuestRxFilters", &pg->policy.trust_rx_filters);
    if (pg->has_vlan || bandwidth_is_set(&pg->bandwidth)
        || pg->virtualport_line) {
        ds_put_cstr(s, ">\n");
        if (pg->virtualport_line) {
            ds_put_cstr(s, "    <virtualport");
            if (pg->virtualport != NETDEF_VIRTUALPORT_NONE) {
                netdef_put_attribute(s, "type", netdef_virtualport_to_string(
                                         pg->virtualport));
            }
            ds_put_cstr(s, "/>\n");
        }
        if (pg->has_vlan) {
            netdef_put_vlan(s, &pg->vlan, 4);
        }
        netdef_put_bandwidth(s, &pg->bandwidth, 4);
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
    ds_put_cstr(s, "<network");
    netdef_put_yes_no(s, "trustGuestRxFilters",
                      &netdef->policy.trust_rx_filters);
    ds_put_cstr(s, ">\n");
    netdef_put_element(s, "name", netdef->name);
    if (netdef->uuid) {
        netdef_put_element(s, "uuid", netdef->uuid);
    }
    metadata_to_xml(s, netdef);
    if (netdef->forward != NETDEF_FORWARD_NONE) {
        ds_put_format(s, "  <forward mode='%s'/>\n",
                      netdef_forward_to_string(netdef->forward));
    }
    bridge_to_xml(s, netdef);
    if (netdef->has_vlan) {
        netdef_put_vlan(s, &netdef->vlan, 2);
    }
    netdef_put_bandwidth(s, &netdef->bandwidth, 2);
    netdef_put_isolated(s, &netdef->policy.isolated);
    if (netdef->virtualport != NETDEF_VIRTUALPORT_NONE) {
        ds_put_format(s, "  <virtualport type='%s'/>\n",
                      netdef_virtualport_to_string(netdef->virtualport));
    }
    for (size_t i = 0; i < netdef->n_portgroups; i++) {
        portgroup_to_xml(s, &netdef->portgroups[i]);
    }
    ds_put_cstr(s, "</network>\n");
}
