/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "row-change.h"

#include <stdlib.h>
#include <string.h>

#include "dbrow.h"
#include "openvswitch/json.h"
#include "openvswitch/shash.h"
#include "printable.h"
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

static void
put_vlan(struct ds *s, const struct port_vlan *vlan)
{
    if (port_vlan_is_default(vlan)) {
        ds_put_cstr(s, "no VLAN settings");
    } else {
        port_vlan_format(s, vlan);
    }
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
        }
    }
    ds_put_char(s, '\n');
}

/* Makes the names of new rows in 'json' unique by appending 'n' to them: those
 * in "uuid-name" members and in ["named-uuid", NAME].  Returns a copy. */
static struct json *
rename_rows(const struct json *json, size_t n)
{
    if (json->type == JSON_ARRAY) {
        struct json *copy = json_array_create_empty();
        bool is_name = (json->array.n == 2
                        && json->array.elems[0]->type == JSON_STRING
                        && json->array.elems[1]->type == JSON_STRING
                        && !strcmp(json_string(json->array.elems[0]),
                                   "named-uuid"));

        for (size_t i = 0; i < json->array.n; i++) {
            const struct json *elem = json->array.elems[i];

            json_array_add(copy, is_name && i == 1
                           ? json_string_create_nocopy(
                               xasprintf("%s%"PRIuSIZE, json_string(elem), n))
                           : rename_rows(elem, n));
        }
        return copy;
    } else if (json->type == JSON_OBJECT) {
        struct json *copy = json_object_create();
        const struct shash_node *node;

        SHASH_FOR_EACH (node, json_object(json)) {
            const struct json *value = node->data;

            if (!strcmp(node->name, "uuid-name")) {
                json_object_put_format(copy, node->name, "%s%"PRIuSIZE,
                                       json_string(value), n);
            } else {
                json_object_put(copy, node->name, rename_rows(value, n));
            }
        }
        return copy;
    }
    return json_deep_clone(json);
}

/* Returns the parameters of the request that makes change 'c'. */
static struct json *
row_change_to_transact(const struct row_change *c)
{
    switch (c->type) {
    case ROW_NEW_BRIDGE:
        return dbrow_create_bridge(c->bridge, "", c->network);

    case ROW_PORT_VLAN:
        return dbrow_set_port_vlan(c->port, &c->old, &c->new);

    case ROW_PORT_PROTECTED:
        return dbrow_set_port_protected(c->port, c->protected);
    }
    OVS_NOT_REACHED();
}

/* Returns the parameters of one RFC 7047 "transact" request, as
 * "ovsdb-client transact" takes them, that makes all of 'changes'.  The caller
 * must destroy it. */
struct json *
row_changes_to_transact(const struct row_changes *changes)
{
    struct json *all = json_array_create_1(json_string_create("Open_vSwitch"));

    for (size_t i = 0; i < changes->n; i++) {
        struct json *one = row_change_to_transact(&changes->changes[i]);
        struct json *renamed = rename_rows(one, i);

        for (size_t j = 1; j < renamed->array.n; j++) {
            json_array_add(all, json_clone(renamed->array.elems[j]));
        }
        json_destroy(renamed);
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
        }
        json_array_add(array, object);
    }
    return array;
}
