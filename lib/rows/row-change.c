/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/rows/row-change.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "lib/base/rfc7047.h"
#include "lib/rows/dbrow.h"
#include "openvswitch/json.h"
#include "smap.h"
#include "util.h"

static const struct {
    enum row_whose whose;
    const char *name;
} row_types[] = {
#define ROW_TYPE(ENUM, WHOSE, NAME) { ROWS_OF_##WHOSE, NAME },
    ROW_TYPES
#undef ROW_TYPE
};

/* Whose is what changes of 'type' are about? */
enum row_whose
row_type_whose(enum row_type type)
{
    return row_types[type].whose;
}

/* Returns the name of what a change of 'type' of 'interface', on 'bridge', or
 * if that is null of 'bridge' itself, is about.  No two different things have
 * the same.  That of an interface has the bridge in it, because one that moves
 * to another bridge has left the one and come to the other in any order.  The
 * caller must free it. */
char *
row_object(enum row_type type, const char *bridge, const char *interface)
{
    return (row_type_whose(type) == ROWS_OF_HOST
            ? xasprintf("tunnel %s", interface)
            : interface
            ? xasprintf("bridge %s, port %s, %s", bridge, interface,
                        row_types[type].name)
            : type == ROW_NEW_BRIDGE ? xasprintf("new bridge %s", bridge)
            : type == ROW_OLD_BRIDGE ? xasprintf("bridge %s", bridge)
            : xasprintf("settings of bridge %s", bridge));
}

/* Frees what 'changes' holds, but not 'changes' itself. */
void
row_changes_uninit(struct row_changes *changes)
{
    for (size_t i = 0; i < changes->n; i++) {
        struct row_change *c = &changes->changes[i];

        free(c->bridge);
        free(c->network);
        free(c->interface);
        free(c->port);
        port_vlan_uninit(&c->old);
        port_vlan_uninit(&c->new);
        vif_uninit(&c->vif);
        tunnel_row_uninit(&c->tunnel);
        if (c->settings) {
            bridge_settings_uninit(c->settings);
            free(c->settings);
        }
    }
    free(changes->changes);
    *changes = (struct row_changes) ROW_CHANGES_INITIALIZER;
}

static struct row_change *
add(struct row_changes *changes, enum row_type type,
    const char *bridge)
{
    if (changes->n >= changes->allocated) {
        changes->changes = x2nrealloc(changes->changes, &changes->allocated,
                                      sizeof *changes->changes);
    }

    struct row_change *c = &changes->changes[changes->n++];
    *c = (struct row_change) { .type = type, .bridge = xstrdup(bridge) };
    port_vlan_init(&c->old);
    port_vlan_init(&c->new);
    vif_init(&c->vif);
    return c;
}

/* Adds the creation of bridge 'bridge' for 'network'. */
void
row_changes_add_bridge(struct row_changes *changes, const char *bridge,
                       const char *network)
{
    add(changes, ROW_NEW_BRIDGE, bridge)->network = xstrdup(network);
}

/* Adds the removal of bridge 'bridge', whose row is 'uuid', with its own port,
 * whose row is 'local_port'.  Both may be zero if they are not known. */
void
row_changes_add_old_bridge(struct row_changes *changes, const char *bridge,
                           const struct uuid *uuid,
                           const struct uuid *local_port)
{
    struct row_change *c = add(changes, ROW_OLD_BRIDGE, bridge);

    c->uuid = *uuid;
    c->local_port = *local_port;
}

/* Adds a change of 'type' of what 'vif', on 'bridge', has in table Port. */
static struct row_change *
add_port(struct row_changes *changes, enum row_type type, const char *bridge,
         const struct vif *vif)
{
    struct row_change *c = add(changes, type, bridge);

    c->interface = xstrdup(vif->name);
    c->port = xstrdup(vif->port);
    return c;
}

/* Adds the change of the VLANs of the port of 'vif', on 'bridge', to 'new'. */
void
row_changes_add_vlan(struct row_changes *changes, const char *bridge,
                     const struct vif *vif, const struct port_vlan *new)
{
    struct row_change *c = add_port(changes, ROW_PORT_VLAN, bridge, vif);

    port_vlan_clone(&c->old, &vif->vlan);
    port_vlan_clone(&c->new, new);
    c->is_kept = vif_has_lost_vlan(vif);
}

/* Adds that the port of 'vif', on 'bridge', gets 'protected' into the column
 * of that name. */
void
row_changes_add_protected(struct row_changes *changes, const char *bridge,
                          const struct vif *vif, bool protected)
{
    add_port(changes, ROW_PORT_PROTECTED, bridge, vif)->protected = protected;
}

/* Adds that the port of 'vif', on 'bridge', leaves the spanning tree, or takes
 * part in it again. */
void
row_changes_add_stp(struct row_changes *changes, const char *bridge,
                    const struct vif *vif, bool leave)
{
    struct row_change *c = add_port(changes, ROW_PORT_STP, bridge, vif);

    vif_clone(&c->vif, vif);
    c->leaves_stp = leave;
}

/* Adds the change of the limit on what goes to or comes from 'vif', on
 * 'bridge', to 'rate'. */
void
row_changes_add_limit(struct row_changes *changes, enum row_type type,
                      const char *bridge, const struct vif *vif,
                      const struct bandwidth_rate *rate)
{
    struct row_change *c = add(changes, type, bridge);

    c->interface = xstrdup(vif->name);
    c->port = xstrdup(vif->name);
    vif_clone(&c->vif, vif);
    c->rate = *rate;
}

/* Adds the changes in 'settings', which are copied, of 'bridge'. */
void
row_changes_add_settings(struct row_changes *changes, const char *bridge,
                         const struct bridge_settings *settings)
{
    struct row_change *c = add(changes, ROW_BRIDGE_SETTINGS, bridge);

    c->settings = xmalloc(sizeof *c->settings);
    smap_clone(&c->settings->changes, &settings->changes);
    smap_clone(&c->settings->desired, &settings->desired);
}

/* Adds that there is to be 'tunnel', of which 'is_there' says whether it is
 * there, but not as it is to be. */
void
row_changes_add_tunnel(struct row_changes *changes,
                       const struct tunnel_row *tunnel, bool is_there)
{
    struct row_change *c = add(changes, ROW_TUNNEL, tunnel->bridge);

    c->interface = xstrdup(tunnel->name);
    c->port = xstrdup(tunnel->name);
    c->network = xstrdup(tunnel->network);
    c->is_kept = is_there;
    tunnel_row_clone(&c->tunnel, tunnel);
}

/* Adds that there is to be no tunnel 'name' any more, which was made for
 * 'bridge' and whose Port row is 'port', or zero if that is not known. */
void
row_changes_add_old_tunnel(struct row_changes *changes, const char *bridge,
                           const char *name, const struct uuid *port)
{
    struct row_change *c = add(changes, ROW_OLD_TUNNEL, bridge);

    c->interface = xstrdup(name);
    c->port = xstrdup(name);
    c->uuid = *port;
}

/* Returns the change of 'type' of 'interface', on 'bridge', or if that is null
 * of 'bridge' itself, or null if there is none. */
const struct row_change *
row_changes_find(const struct row_changes *changes, enum row_type type,
                 const char *bridge, const char *interface)
{
    for (size_t i = 0; i < changes->n; i++) {
        const struct row_change *c = &changes->changes[i];

        if (c->type == type && !strcmp(c->bridge, bridge)
            && nullable_string_is_equal(c->interface, interface)) {
            return c;
        }
    }
    return NULL;
}

static void
put_vlan(struct ds *s, const struct port_vlan *vlan)
{
    if (port_vlan_is_default(vlan)) {
        ds_put_cstr(s, "no VLAN settings");
    } else {
        port_vlan_format(s, vlan);
    }
}

/* Returns the limit that 'c' is about, as it was if 'old' or else as it will
 * be, as text that the caller must free. */
static char *
limit_to_string(const struct row_change *c, bool old)
{
    struct port_qos new = PORT_QOS_INITIALIZER;
    char *text;

    if (c->type == ROW_PORT_QOS) {
        text = (old ? nullable_xstrdup(c->vif.qos.settings)
                : port_qos_htb_settings(&c->rate));
    } else {
        port_qos_set_policing(&new, &c->rate);
        text = port_qos_policing(old ? &c->vif.qos : &new);
    }
    return text ? text : xstrdup("none");
}

/* Appends 'c' to 's' as one line, without a newline. */
void
row_change_format(struct ds *s, const struct row_change *c)
{
    switch (c->type) {
    case ROW_NEW_BRIDGE:
        ds_put_cstr(s, "new bridge ");
        printable_put(s, c->bridge);
        ds_put_cstr(s, " for network ");
        printable_put(s, c->network);
        break;

    case ROW_OLD_BRIDGE:
        ds_put_cstr(s, "bridge ");
        printable_put(s, c->bridge);
        ds_put_cstr(s, ": removed");
        break;

    case ROW_PORT_VLAN:
        ds_put_cstr(s, "port ");
        printable_put(s, c->port);
        ds_put_cstr(s, ": ");
        put_vlan(s, &c->old);
        ds_put_cstr(s, " -> ");
        put_vlan(s, &c->new);
        break;

    case ROW_PORT_PROTECTED:
        ds_put_cstr(s, "port ");
        printable_put(s, c->port);
        ds_put_cstr(s, c->protected ? ": protected" : ": not protected");
        break;

    case ROW_PORT_STP:
        ds_put_cstr(s, "port ");
        printable_put(s, c->port);
        ds_put_cstr(s, (c->leaves_stp ? ": not in the spanning tree"
                        : ": in the spanning tree again"));
        break;

    case ROW_PORT_QOS:
    case ROW_POLICING: {
        char *old = limit_to_string(c, true);
        char *new = limit_to_string(c, false);

        ds_put_cstr(s, "port ");
        printable_put(s, c->port);
        ds_put_format(s, ": %s ", row_types[c->type].name);
        printable_put(s, old);
        ds_put_format(s, " -> %s", new);
        free(new);
        free(old);
        break;
    }

    case ROW_BRIDGE_SETTINGS: {
        char *changes = bridge_settings_format(&c->settings->changes);

        ds_put_cstr(s, "bridge ");
        printable_put(s, c->bridge);
        ds_put_cstr(s, ": ");
        printable_put(s, changes[0] ? changes : "mark only");
        free(changes);
        break;
    }

    case ROW_TUNNEL: {
        char *settings = tunnel_row_settings(&c->tunnel);

        ds_put_cstr(s, "bridge ");
        printable_put(s, c->bridge);
        ds_put_format(s, ": %stunnel %s: ", c->is_kept ? "" : "new ",
                      c->interface);
        printable_put(s, settings);
        free(settings);
        break;
    }

    case ROW_OLD_TUNNEL:
        ds_put_cstr(s, "bridge ");
        printable_put(s, c->bridge);
        ds_put_cstr(s, ": tunnel ");
        printable_put(s, c->interface);
        ds_put_cstr(s, ": removed");
        break;

    case ROW_N_TYPES:
        OVS_NOT_REACHED();
    }
}

/* Returns the parameters of the request that makes change 'c', in which a new
 * bridge is of 'datapath_type' ("" means the system's default).  The caller
 * must destroy it. */
struct json *
row_change_to_transact(const struct row_change *c, const char *datapath_type)
{
    switch (c->type) {
    case ROW_NEW_BRIDGE:
        return dbrow_create_bridge(c->bridge, datapath_type, c->network);

    case ROW_OLD_BRIDGE:
        /* A document that people write does not say what the rows are. */
        return (uuid_is_zero(&c->uuid) ? rfc7047_params()
                : dbrow_delete_bridge(&c->uuid, &c->local_port));

    case ROW_PORT_VLAN:
        return dbrow_set_port_vlan(c->port, &c->old, &c->new,
                                   c->is_kept ? "kept" : "true");

    case ROW_PORT_PROTECTED:
        return dbrow_set_port_protected(c->port, c->protected);

    case ROW_PORT_STP:
        return dbrow_set_port_stp(c->port, &c->vif.stp, c->leaves_stp);

    case ROW_PORT_QOS:
        return dbrow_set_port_qos(&c->vif, &c->rate);

    case ROW_POLICING:
        return dbrow_set_policing(&c->vif, &c->rate);

    case ROW_BRIDGE_SETTINGS:
        return dbrow_set_bridge(c->bridge, c->settings);

    case ROW_TUNNEL:
        return (c->is_kept ? dbrow_set_tunnel(&c->tunnel)
                : dbrow_create_tunnel(&c->tunnel));

    case ROW_OLD_TUNNEL:
        /* As for a bridge. */
        return (uuid_is_zero(&c->uuid) ? rfc7047_params()
                : dbrow_delete_tunnel(&c->uuid));

    case ROW_N_TYPES:
        break;
    }
    OVS_NOT_REACHED();
}

/* Returns the parameters of one RFC 7047 "transact" request, as
 * "ovsdb-client transact" takes them, that makes all of 'changes'.  The caller
 * must destroy it. */
struct json *
row_changes_to_transact(const struct row_changes *changes)
{
    struct json *all = rfc7047_params();

    for (size_t i = 0; i < changes->n; i++) {
        struct json *one = row_change_to_transact(&changes->changes[i], "");

        dbrow_append(all, one, i);
        json_destroy(one);
    }
    return all;
}

static void
put_json_vlan(struct json_t *object, const char *name,
              const struct port_vlan *vlan)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    put_vlan(&s, vlan);
    jvalue_put_string(object, name, ds_cstr(&s));
    ds_destroy(&s);
}

/* Adds what 'c' changes, and how, to 'object'. */
static void
put_json_values(struct json_t *object, const struct row_change *c)
{
    switch (c->type) {
    case ROW_NEW_BRIDGE:
    case ROW_OLD_BRIDGE:
    case ROW_OLD_TUNNEL:
        break;

    case ROW_TUNNEL:
        jvalue_put_nocopy(object, "new", tunnel_row_settings(&c->tunnel));
        break;

    case ROW_PORT_VLAN:
        put_json_vlan(object, "old", &c->old);
        put_json_vlan(object, "new", &c->new);
        break;

    case ROW_PORT_PROTECTED:
        jvalue_put_bool(object, "new", c->protected);
        break;

    case ROW_PORT_STP:
        jvalue_put_bool(object, "new", !c->leaves_stp);
        break;

    case ROW_PORT_QOS:
    case ROW_POLICING:
        jvalue_put_nocopy(object, "old", limit_to_string(c, true));
        jvalue_put_nocopy(object, "new", limit_to_string(c, false));
        break;

    case ROW_BRIDGE_SETTINGS:
        jvalue_put_nocopy(object, "new", bridge_settings_format(
                              &c->settings->changes));
        break;

    case ROW_N_TYPES:
        OVS_NOT_REACHED();
    }
}

/* Returns 'changes' as an array of objects, which the caller must destroy. */
struct json_t *
row_changes_to_json(const struct row_changes *changes)
{
    struct json_t *array = jvalue_array();

    for (size_t i = 0; i < changes->n; i++) {
        const struct row_change *c = &changes->changes[i];
        struct json_t *object = jvalue_object();

        jvalue_put_string(object, "bridge", c->bridge);
        jvalue_put_string(object, "change", row_types[c->type].name);
        if (c->network) {
            jvalue_put_string(object, "network", c->network);
        }
        if (c->port) {
            jvalue_put_string(object, "port", c->port);
        }
        put_json_values(object, c);
        jvalue_add(array, object);
    }
    return array;
}
