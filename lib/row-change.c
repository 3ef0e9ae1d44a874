/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "row-change.h"

#include <stdlib.h>
#include <string.h>

#include "dbrow.h"
#include "openvswitch/json.h"
#include "printable.h"
#include "rfc7047.h"
#include "smap.h"
#include "util.h"

/* Frees what 'changes' holds, but not 'changes' itself. */
void
row_changes_uninit(struct row_changes *changes)
{
    for (size_t i = 0; i < changes->n; i++) {
        struct row_change *c = &changes->changes[i];

        free(c->bridge);
        free(c->network);
        free(c->port);
        port_vlan_uninit(&c->old);
        port_vlan_uninit(&c->new);
        vif_uninit(&c->vif);
    }
    free(changes->changes);
    *changes = (struct row_changes) ROW_CHANGES_INITIALIZER;
}

static struct row_change *
add(struct row_changes *changes, enum row_change_type type,
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

/* Adds the change of the VLANs of 'port', on 'bridge', from 'old' to 'new'. */
void
row_changes_add_vlan(struct row_changes *changes, const char *bridge,
                     const char *port, const struct port_vlan *old,
                     const struct port_vlan *new)
{
    struct row_change *c = add(changes, ROW_PORT_VLAN, bridge);

    c->port = xstrdup(port);
    port_vlan_clone(&c->old, old);
    port_vlan_clone(&c->new, new);
}

/* Adds that 'port', on 'bridge', gets 'protected' into the column of that
 * name. */
void
row_changes_add_protected(struct row_changes *changes, const char *bridge,
                          const char *port, bool protected)
{
    struct row_change *c = add(changes, ROW_PORT_PROTECTED, bridge);

    c->port = xstrdup(port);
    c->protected = protected;
}

/* Adds the change of the limit on what goes to or comes from 'vif', on 'bridge',
 * to 'rate'. */
void
row_changes_add_limit(struct row_changes *changes, enum row_change_type type,
                      const char *bridge, const struct vif *vif,
                      const struct bandwidth_rate *rate)
{
    struct row_change *c = add(changes, type, bridge);

    c->port = xstrdup(vif->name);
    vif_clone(&c->vif, vif);
    c->rate = *rate;
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

/* Returns the limit that 'c' is about, as it was if 'old' or else as it will be,
 * as text that the caller must free. */
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

static const char *
limit_name(const struct row_change *c)
{
    return c->type == ROW_PORT_QOS ? "QoS" : "policing";
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
    case ROW_PORT_QOS:
    case ROW_POLICING: {
        char *old = limit_to_string(c, true);
        char *new = limit_to_string(c, false);

        ds_put_cstr(s, "port ");
        printable_put(s, c->port);
        ds_put_format(s, ": %s ", limit_name(c));
        printable_put(s, old);
        ds_put_format(s, " -> %s", new);
        free(new);
        free(old);
        break;
    }
    }
}

/* Appends to 's' the part of an ovs-vsctl(8) command that sets the VLANs of a
 * port.  A column that has to be empty is cleared first. */
static void
put_vsctl_vlan(struct ds *s, const struct row_change *c)
{
    const struct port_vlan *new = &c->new;
    struct ds port = DS_EMPTY_INITIALIZER;

    printable_put_shell(&port, c->port);
    ds_put_format(s, " \\\n    -- clear Port %s tag trunks vlan_mode",
                  ds_cstr(&port));
    if (port_vlan_is_default(new)) {
        ds_put_format(s, " \\\n    -- remove Port %s external_ids "
                      "virtnet-vlan", ds_cstr(&port));
    } else {
        ds_put_format(s, " \\\n    -- set Port %s "
                      "external_ids:virtnet-vlan=true", ds_cstr(&port));
        if (new->tag != PORT_VLAN_NO_TAG) {
            ds_put_format(s, " tag=%d", new->tag);
        }
        for (size_t i = 0; i < new->trunks.n; i++) {
            const struct vlan_range *r = &new->trunks.ranges[i];

            for (int vid = r->first; vid <= r->last; vid++) {
                ds_put_format(s, "%s%d", vid == new->trunks.ranges[0].first
                              ? " trunks=" : ",", vid);
            }
        }
        if (new->mode != PORT_VLAN_MODE_DEFAULT) {
            ds_put_format(s, " vlan_mode=%s",
                          port_vlan_mode_to_string(new->mode));
        }
    }
    ds_destroy(&port);
}

/* Likewise, for column protected. */
static void
put_vsctl_protected(struct ds *s, const struct row_change *c)
{
    ds_put_cstr(s, " \\\n    -- set Port ");
    printable_put_shell(s, c->port);
    if (c->protected) {
        ds_put_cstr(s, " protected=true external_ids:virtnet-protected=true");
    } else {
        ds_put_cstr(s, " protected=false \\\n    -- remove Port ");
        printable_put_shell(s, c->port);
        ds_put_cstr(s, " external_ids virtnet-protected");
    }
}

/* Appends " COLUMN:KEY=VALUE" for each pair in 'smap' to 's'. */
static void
put_vsctl_map(struct ds *s, const char *column, const struct smap *smap)
{
    const struct smap_node **nodes = smap_sort(smap);

    for (size_t i = 0; i < smap_count(smap); i++) {
        char *word = xasprintf("%s:%s=\"%s\"", column, nodes[i]->key,
                               nodes[i]->value);

        ds_put_char(s, ' ');
        printable_put_shell(s, word);
        free(word);
    }
    free(nodes);
}

/* Appends to 's' the rows of tables QoS and Queue that 'c' adds, as number
 * 'n'. */
static void
put_vsctl_create(struct ds *s, const struct row_change *c, size_t n)
{
    struct smap config = SMAP_INITIALIZER(&config);
    struct smap ids = SMAP_INITIALIZER(&ids);

    port_qos_put_htb(&config, &c->rate);
    dbrow_put_qos_ids(&ids, &c->vif);
    put_vsctl_map(s, "external_ids", &ids);
    smap_add_nocopy(&ids, xstrdup("virtnet-qos"),
                    port_qos_htb_settings(&c->rate));
    ds_put_format(s, " \\\n    -- --id=@qos%"PRIuSIZE" create QoS "
                  "type=linux-htb queues:0=@queue%"PRIuSIZE, n, n);
    put_vsctl_map(s, "other_config", &config);
    put_vsctl_map(s, "external_ids", &ids);
    ds_put_format(s, " \\\n    -- --id=@queue%"PRIuSIZE" create Queue", n);
    put_vsctl_map(s, "other_config", &config);
    put_vsctl_map(s, "external_ids", &ids);
    smap_destroy(&ids);
    smap_destroy(&config);
}

/* Appends to 's' the part of an ovs-vsctl(8) command that changes a port's QoS,
 * as number 'n' of the changes in that command. */
static void
put_vsctl_qos(struct ds *s, const struct row_change *c, size_t n)
{
    const struct port_qos *old = &c->vif.qos;
    struct ds port = DS_EMPTY_INITIALIZER;

    printable_put_shell(&port, c->vif.port);
    if (c->rate.average) {
        ds_put_format(s, " \\\n    -- set Port %s qos=@qos%"PRIuSIZE,
                      ds_cstr(&port), n);
        put_vsctl_create(s, c, n);
    } else {
        ds_put_format(s, " \\\n    -- clear Port %s qos \\\n"
                      "    -- remove Port %s external_ids ifname vm-id",
                      ds_cstr(&port), ds_cstr(&port));
    }
    if (old->settings) {
        ds_put_format(s, " \\\n    -- destroy QoS "UUID_FMT,
                      UUID_ARGS(&old->qos));
    }
    if (!uuid_is_zero(&old->queue)) {
        ds_put_format(s, " \\\n    -- destroy Queue "UUID_FMT,
                      UUID_ARGS(&old->queue));
    }
    ds_destroy(&port);
}

/* The same for policing. */
static void
put_vsctl_policing(struct ds *s, const struct row_change *c)
{
    struct port_qos new = PORT_QOS_INITIALIZER;
    struct ds interface = DS_EMPTY_INITIALIZER;
    char *mark;

    port_qos_set_policing(&new, &c->rate);
    mark = port_qos_policing(&new);
    printable_put_shell(&interface, c->vif.name);
    ds_put_format(s, " \\\n    -- set Interface %s "
                  "ingress_policing_rate=%"PRIu64" "
                  "ingress_policing_burst=%"PRIu64,
                  ds_cstr(&interface), new.policing_rate, new.policing_burst);
    if (mark) {
        ds_put_format(s, " 'external_ids:virtnet-policing=\"%s\"'", mark);
    } else {
        ds_put_format(s, " \\\n    -- remove Interface %s external_ids "
                      "virtnet-policing", ds_cstr(&interface));
    }
    free(mark);
    ds_destroy(&interface);
}

/* Appends to 's' the ovs-vsctl(8) command that makes 'changes', for sh(1).  It
 * does not wait for ovs-vswitchd, which a script may not have running.  If
 * there is nothing to do it is a comment. */
void
row_changes_format_vsctl(struct ds *s, const struct row_changes *changes)
{
    if (!changes->n) {
        ds_put_cstr(s, "# nothing to change in the database\n");
        return;
    }
    ds_put_cstr(s, "ovs-vsctl --no-wait");
    for (size_t i = 0; i < changes->n; i++) {
        const struct row_change *c = &changes->changes[i];

        switch (c->type) {
        case ROW_NEW_BRIDGE:
            ds_put_cstr(s, " \\\n    -- add-br ");
            printable_put_shell(s, c->bridge);
            ds_put_cstr(s, " -- br-set-external-id ");
            printable_put_shell(s, c->bridge);
            ds_put_cstr(s, " virtnet-owner ");
            printable_put_shell(s, c->network);
            break;

        case ROW_PORT_VLAN:
            put_vsctl_vlan(s, c);
            break;

        case ROW_PORT_PROTECTED:
            put_vsctl_protected(s, c);
            break;

        case ROW_PORT_QOS:
            put_vsctl_qos(s, c, i);
            break;

        case ROW_POLICING:
            put_vsctl_policing(s, c);
            break;
        }
    }
    ds_put_char(s, '\n');
}

/* Returns the parameters of the request that makes change 'c'. */
static struct json *
row_change_to_transact(const struct row_change *c)
{
    switch (c->type) {
    case ROW_NEW_BRIDGE:
        return dbrow_create_bridge(c->bridge, "", c->network);

    case ROW_PORT_VLAN:
        return dbrow_set_port_vlan(c->port, &c->old, &c->new, "true");

    case ROW_PORT_PROTECTED:
        return dbrow_set_port_protected(c->port, c->protected);

    case ROW_PORT_QOS:
        return dbrow_set_port_qos(&c->vif, &c->rate);

    case ROW_POLICING:
        return dbrow_set_policing(&c->vif, &c->rate);
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
        struct json *one = row_change_to_transact(&changes->changes[i]);

        dbrow_append(all, one, i);
        json_destroy(one);
    }
    return all;
}

static void
put_json_vlan(struct json *object, const char *name,
              const struct port_vlan *vlan)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    put_vlan(&s, vlan);
    json_object_put_string(object, name, ds_cstr(&s));
    ds_destroy(&s);
}

/* Returns 'changes' as an array of objects, which the caller must destroy. */
struct json *
row_changes_to_json(const struct row_changes *changes)
{
    struct json *array = json_array_create_empty();

    for (size_t i = 0; i < changes->n; i++) {
        const struct row_change *c = &changes->changes[i];
        struct json *object = json_object_create();

        json_object_put_string(object, "bridge", c->bridge);
        switch (c->type) {
        case ROW_NEW_BRIDGE:
            json_object_put_string(object, "change", "new bridge");
            json_object_put_string(object, "network", c->network);
            break;

        case ROW_PORT_VLAN:
            json_object_put_string(object, "change", "VLANs");
            json_object_put_string(object, "port", c->port);
            put_json_vlan(object, "old", &c->old);
            put_json_vlan(object, "new", &c->new);
            break;

        case ROW_PORT_PROTECTED:
            json_object_put_string(object, "change", "protected");
            json_object_put_string(object, "port", c->port);
            json_object_put(object, "new", json_boolean_create(c->protected));
            break;

        case ROW_PORT_QOS:
        case ROW_POLICING:
            json_object_put_string(object, "change", limit_name(c));
            json_object_put_string(object, "port", c->port);
            json_object_put(object, "old", json_string_create_nocopy(
                                limit_to_string(c, true)));
            json_object_put(object, "new", json_string_create_nocopy(
                                limit_to_string(c, false)));
            break;
        }
        json_array_add(array, object);
    }
    return array;
}
