/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/reconcile-private.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "controller/daemon/mbridge.h"
#include "controller/fleet/fleet-member.h"
#include "controller/sources/netdef-source.h"
#include "controller/switch/ofctrl.h"
#include "flow.h"
#include "lib/base/jvalue.h"
#include "lib/base/virtnet-version.h"
#include "lib/fleet/fleet-row.h"
#include "lib/host/vif.h"
#include "openvswitch/vlog.h"
#include "ovsdb/ovs-idl.h"
#include "smap.h"
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

/* Tells the fleet of this host. */
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
    split(get_key(r, "virtnet-tunnel-ip"), &host->tunnel_addresses);
    split_map(get_key(r, "virtnet-physical-networks"),
              &host->physical_networks);
    fleet_member_set_host(r->fleet, host);
    fleet_row_destroy(FLEET_TABLE_HOST, host);
}

static void
note_vif(const struct vif *vif, void *names)
{
    sset_add(names, vif->name);
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
    if (remote && host) {
        VLOG_INFO("fleet: host %s is a member by %s", host, remote);
        r->fleet = fleet_member_create(remote, host);
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
        if (!ofctrl_is_ready(mbridge_ofctrl(node->data))) {
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

/* Takes part in the fleet, if this host is a member of one.  'changed' says
 * whether the database has other keys, or others definitions. */
void
reconcile_fleet_run(struct reconcile *r, bool changed)
{
    const char *name;

    if (changed) {
        update_membership(r);
    }
    if (!r->fleet) {
        sset_clear(&r->changed_ports);
        return;
    }
    if (changed || !r->fleet_told) {
        tell_host(r);
        r->fleet_told = true;
    }
    SSET_FOR_EACH (name, &r->changed_ports) {
        tell_port(r, name);
    }
    sset_clear(&r->changed_ports);
    if (knows_all_ports(r)) {
        fleet_member_set_complete(r->fleet);
    }
    fleet_member_run(r->fleet);
}

/* Arranges for poll_block() to wake up when reconcile_fleet_run() has
 * something to do. */
void
reconcile_fleet_wait(struct reconcile *r)
{
    if (r->fleet) {
        fleet_member_wait(r->fleet);
    }
}

/* Is no longer a member, until reconcile_fleet_run() says so.  What is in the
 * fleet's database stays there. */
void
reconcile_fleet_leave(struct reconcile *r)
{
    fleet_member_destroy(r->fleet);
    r->fleet = NULL;
    r->fleet_told = false;
}

/* Returns how this host is as a member of a fleet, which the caller must
 * destroy, or null if it is to be none. */
struct json_t *
reconcile_fleet_export(const struct reconcile *r)
{
    struct json_t *json;

    if (r->fleet) {
        return fleet_member_export(r->fleet);
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
