/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/reconcile-private.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "controller/daemon/mbridge.h"
#include "controller/fleet/fleet-member.h"
#include "controller/sources/netdef-source.h"
#include "controller/switch/ofctrl.h"
#include "flow.h"
#include "lib/base/jvalue.h"
#include "lib/base/sets.h"
#include "lib/base/virtnet-version.h"
#include "lib/fleet/fleet-row.h"
#include "lib/host/vif.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "ovsdb/ovs-idl.h"
#include "smap.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(reconcile_fleet);

/* Whether this host is a member of a fleet, and what it has to say there.  A
 * member that cannot be reached, or refuses, delays nothing: bridges are run
 * first. */

/* Returns the value of 'key' in table Open_vSwitch, or null. */
static const char *
get_key(const struct reconcile *r, const char *key)
{
    const struct smap *ids = ovs_idl_external_ids(r->ovs);
    const char *value = ids ? smap_get(ids, key) : NULL;

    return value && value[0] ? value : NULL;
}

static const char *
get_remote(const struct reconcile *r)
{
    return (r->no_fleet ? NULL
            : r->fleet_remote ? r->fleet_remote
            : get_key(r, "virtnet-fleet"));
}

/* Adds the parts of the comma-separated list 'text' to 'set'. */
static void
split(const char *text, struct svec *set)
{
    char *copy = xstrdup(text ? text : "");
    char *save = NULL;

    for (char *token = strtok_r(copy, ", ", &save); token;
         token = strtok_r(NULL, ", ", &save)) {
        svec_add(set, token);
    }
    svec_sort_unique(set);
    free(copy);
}

/* Adds to 'map' what the list 'text' of NAME:BRIDGE says. */
static void
split_map(const char *text, struct smap *map)
{
    struct svec pairs = SVEC_EMPTY_INITIALIZER;

    split(text, &pairs);
    for (size_t i = 0; i < pairs.n; i++) {
        char *colon = strchr(pairs.names[i], ':');

        if (colon) {
            *colon = '\0';
            smap_replace(map, pairs.names[i], colon + 1);
        }
    }
    svec_destroy(&pairs);
}

/* How often it is looked at whether the fleet's definitions are in force: in
 * milliseconds. */
#define FORCE_MSEC 2000

/* After how many of these it is looked at whether hosts are still seen. */
#define SWEEP_TICKS 5

static bool
interface_exists(const char *name, void *vifs)
{
    return vif_reader_find_name(vifs, name);
}

static bool
leads_anywhere(const struct vif *vif, const void *aux OVS_UNUSED)
{
    return vif_leads_to_host(vif);
}

/* Has 'host' say of definitions what 'known' does, null for nothing. */
static void
set_force(struct fleet_host *host, const struct fleet_host *known)
{
    smap_clear(&host->in_force);
    smap_clear(&host->problems);
    if (known) {
        smap_destroy(&host->in_force);
        smap_clone(&host->in_force, &known->in_force);
        smap_destroy(&host->problems);
        smap_clone(&host->problems, &known->problems);
    }
}

/* Tells the fleet of this host, if what there is to tell is another thing than
 * before.  That a definition is not in force is told only if it was so the
 * last time, too: while guests come and go, or this program is being started,
 * that is so for moments. */
static void
tell_host(struct reconcile *r)
{
    struct fleet_host *host = fleet_row_create(FLEET_TABLE_HOST);
    char hostname[256];

    if (!gethostname(hostname, sizeof hostname)) {
        hostname[sizeof hostname - 1] = '\0';
        fleet_row_set_string(&host->hostname, hostname);
    }
    fleet_row_set_string(&host->version, virtnet_version());
    host->mtu = r->underlay_mtu;
    svec_clone(&host->tunnel_addresses, &r->tunnel_addresses);
    split_map(get_key(r, "virtnet-physical-networks"),
              &host->physical_networks);
    reconcile_find_force(r, host);
    if (smap_is_empty(&host->problems)
        || (r->fleet_host && fleet_row_equals(FLEET_TABLE_HOST, host,
                                              r->fleet_host))) {
        fleet_member_set_host(r->fleet, host);
    } else if (!r->fleet_told) {
        struct fleet_host *first = fleet_row_clone(FLEET_TABLE_HOST, host);

        set_force(first, fleet_member_find_host(r->fleet));
        fleet_member_set_host(r->fleet, first);
        fleet_row_destroy(FLEET_TABLE_HOST, first);
    }
    r->fleet_told = true;
    fleet_row_destroy(FLEET_TABLE_HOST, r->fleet_host);
    r->fleet_host = host;
    if (!fleet_member_is_complete(r->fleet)) {
        /* One definition that cannot be read does not keep guests' places
         * that have ended while this program was not running. */
        fleet_member_withdraw(r->fleet, interface_exists,
                              ovs_idl_vifs(r->ovs));
    }
    if (r->fleet_ticks++ % SWEEP_TICKS == 0) {
        /* Who is not seen any more is told by nobody. */
        vif_reader_touch_where(ovs_idl_vifs(r->ovs), leads_anywhere, NULL);
        r->fleet_touched = true;
        reconcile_measure_underlay(r);
    }
    r->fleet_due = time_msec() + FORCE_MSEC;
}

static void
note_vif(const struct vif *vif, void *names)
{
    sset_add(names, vif->name);
}

/* Takes note of where this host takes tunnels. */
static void
update_addresses(struct reconcile *r)
{
    struct svec addresses = SVEC_EMPTY_INITIALIZER;

    split(get_key(r, "virtnet-tunnel-ip"), &addresses);
    if (!svec_equal(&addresses, &r->tunnel_addresses)) {
        svec_swap(&addresses, &r->tunnel_addresses);
        r->check_tunnels = true;
        r->fleet_due = LLONG_MIN;
    }
    svec_destroy(&addresses);
}

/* Begins or ends to be a member, or becomes another one, as the database
 * says. */
static void
update_membership(struct reconcile *r)
{
    const char *remote = get_remote(r);
    const char *host = get_key(r, "system-id");
    bool same = (r->fleet && remote && host
                 && !strcmp(remote, fleet_member_remote(r->fleet))
                 && !strcmp(host, fleet_member_host(r->fleet)));

    if (same) {
        return;
    }
    reconcile_fleet_leave(r);
    r->check_tunnels = true;
    vif_reader_touch_where(ovs_idl_vifs(r->ovs), leads_anywhere, NULL);
    r->fleet_touched = true;
    if (remote && host) {
        VLOG_INFO("fleet: host %s is a member by %s", host, remote);
        r->fleet = fleet_member_create(remote, host, r->fleet_directory);
        r->fleet_due = LLONG_MIN;
        vif_reader_for_each(ovs_idl_vifs(r->ovs), note_vif,
                            &r->changed_ports);
    } else if (remote) {
        VLOG_WARN("fleet: this host has no external_ids:system-id in table "
                  "Open_vSwitch, so that it cannot be a member");
    }
}

/* Is it known of all bridges which ports they have, and what these are? */
static bool
knows_all_ports(const struct reconcile *r)
{
    struct shash_node *node;

    SHASH_FOR_EACH (node, &r->bridges) {
        if (!mbridge_is_left_alone(node->data)
            && !ofctrl_is_ready(mbridge_ofctrl(node->data))) {
            return false;
        }
    }
    return netdef_source_is_complete(r->source);
}

/* Tells the fleet of 'name', which may be a port of a guest. */
static void
tell_port(struct reconcile *r, const char *name)
{
    const struct vif *vif = vif_reader_find_name(ovs_idl_vifs(r->ovs), name);
    struct fleet_port *port = NULL;
    const struct shash_node *node;

    SHASH_FOR_EACH (node, &r->bridges) {
        if (vif && vif->ofport != OFPP_NONE
            && mbridge_has_port(node->data, vif)) {
            port = mbridge_to_fleet(node->data, vif);
            break;
        }
    }
    fleet_member_set_port(r->fleet, name, port);
}

/* Splits 'vif''s key, "HOST" or "HOST/NETWORK", into 'host', which the caller
 * must free, and '*network', which is null if there is none. */
static char *
split_host(const struct vif *vif, char **network)
{
    char *host = xstrdup(vif->fleet_host);
    char *slash = strchr(host, '/');

    if (slash) {
        *slash = '\0';
    }
    *network = slash ? slash + 1 : NULL;
    return host;
}

/* Adds to 'vif', if it leads to a host of the fleet, which addresses guests
 * have there. */
void
reconcile_fleet_overlay(const struct reconcile *r, struct vif *vif)
{
    struct svec addresses = SVEC_EMPTY_INITIALIZER;
    char *host, *network;

    if (!r->fleet || !vif_leads_to_host(vif)) {
        return;
    }
    host = split_host(vif, &network);
    fleet_member_addresses(r->fleet, host, network, &addresses);
    fleet_member_vlans(r->fleet, host, network, &vif->remote_vlans);
    svec_sort_unique(&addresses);
    free(vif->remote_macs);
    vif->remote_macs = addresses.n ? svec_join(&addresses, " ", "") : NULL;
    svec_destroy(&addresses);
    free(host);
}

static bool
leads_to_changed(const struct vif *vif, const void *hosts)
{
    bool leads = false;

    if (vif_leads_to_host(vif)) {
        char *network;
        char *host = split_host(vif, &network);

        leads = sset_contains(hosts, host);
        free(host);
    }
    return leads;
}

/* Has ports looked at again that lead to hosts whose guests may have other
 * addresses than before. */
static void
touch_changed(struct reconcile *r)
{
    struct sset hosts = SSET_INITIALIZER(&hosts);

    fleet_member_take_changed(r->fleet, &hosts);
    if (!sset_is_empty(&hosts)) {
        vif_reader_touch_where(ovs_idl_vifs(r->ovs), leads_to_changed,
                               &hosts);
        r->fleet_touched = true;
    }
    sset_destroy(&hosts);
}

/* Begins or ends to be a member, if the keys in the database, which have
 * perhaps 'changed', say so, and has the fleet's definitions count. */
void
reconcile_fleet_update(struct reconcile *r, bool changed)
{
    if (r->standing_by || !ovs_idl_has_ever_connected(r->ovs)) {
        return;
    }
    if (changed || !r->started) {
        update_addresses(r);
        update_membership(r);
    }
    netdef_source_set_fleet(r->source, r->fleet ? r->fleet_directory : NULL,
                            r->fleet && fleet_member_is_known(r->fleet));
    if (r->fleet_touched) {
        r->fleet_touched = false;
        vif_reader_run(ovs_idl_vifs(r->ovs));
    }
}

/* Takes part in the fleet, if this host is a member of one. */
void
reconcile_fleet_run(struct reconcile *r)
{
    const char *name;

    if (!r->fleet) {
        sset_renew(&r->changed_ports);
        return;
    }
    if (fleet_member_is_connected(r->fleet)
        && time_msec() >= r->fleet_due) {
        tell_host(r);
    }
    SSET_FOR_EACH (name, &r->changed_ports) {
        tell_port(r, name);
    }
    sset_renew(&r->changed_ports);
    if (knows_all_ports(r)) {
        fleet_member_set_complete(r->fleet);
    }
    fleet_member_run(r->fleet);
    touch_changed(r);
    if (fleet_member_take_hosts_changed(r->fleet)) {
        r->check_tunnels = true;
    }
}

/* Arranges for poll_block() to wake up when reconcile_fleet_run() has
 * something to do. */
void
reconcile_fleet_wait(struct reconcile *r)
{
    if (r->fleet) {
        fleet_member_wait(r->fleet);
        if (r->fleet_touched || r->check_tunnels) {
            poll_immediate_wake();
        }
        if (fleet_member_is_connected(r->fleet)) {
            poll_timer_wait_until(r->fleet_due);
        }
    }
}

/* Is no longer a member, until reconcile_fleet_run() says so.  What is in the
 * fleet's database stays there. */
void
reconcile_fleet_leave(struct reconcile *r)
{
    fleet_member_destroy(r->fleet);
    r->fleet = NULL;
    fleet_row_destroy(FLEET_TABLE_HOST, r->fleet_host);
    r->fleet_host = NULL;
    r->fleet_told = false;
}

/* Returns how this host is as a member of a fleet, which the caller must
 * destroy, or null if it is to be none. */
struct json_t *
reconcile_fleet_export(const struct reconcile *r)
{
    struct json_t *json;

    if (r->fleet) {
        json = fleet_member_export(r->fleet);
        jvalue_put_integer(json, "networks",
                           netdef_source_count_fleet(r->source));
        return json;
    } else if (!get_remote(r)) {
        return NULL;
    }
    json = jvalue_object();
    jvalue_put_string(json, "remote", get_remote(r));
    jvalue_put_bool(json, "connected", false);
    jvalue_put_string(json, "problem", r->standing_by
                      ? "another virtnet-controller looks after the bridges"
                      : "this host has no system-id");
    return json;
}
