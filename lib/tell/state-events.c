/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/state.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/jvalue.h"
#include "lib/base/vlan-set.h"
#include "openvswitch/dynamic-string.h"
#include "sset.h"
#include "util.h"

/* Two states, side by side: what has happened between them. */

static void
add_event(struct json_t *events, const char *event, const char *bridge,
          const char *port, const char *text)
{
    struct json_t *json = jvalue_object();

    jvalue_put_string(json, "event", event);
    if (bridge) {
        jvalue_put_string(json, "bridge", bridge);
    }
    if (port) {
        jvalue_put_string(json, "port", port);
    }
    jvalue_put_string(json, "text", text);
    jvalue_add(events, json);
}

static void
add_names(struct sset *names, const struct json_t *object)
{
    const char **members = jvalue_names(object);

    for (const char **name = members; *name; name++) {
        sset_add(names, *name);
    }
    free(members);
}

static char *
describe_port(const struct json_t *port)
{
    return xasprintf("%s%s%s, VLAN %s%s%s",
                     jvalue_get_string(port, "role"),
                     jvalue_get(port, "mac") ? " " : "",
                     jvalue_get_string(port, "mac"),
                     jvalue_get_string(port, "vlan"),
                     state_get_guest(port)[0] ? ", vm " : "",
                     state_get_guest(port));
}

static bool
string_differs(const struct json_t *a, const struct json_t *b,
               const char *member)
{
    return strcmp(jvalue_get_string(a, member), jvalue_get_string(b, member));
}

/* Has a port with states 'old' and 'new' become another in what flows are made
 * of? */
static bool
port_moved(const struct json_t *old, const struct json_t *new)
{
    return (string_differs(old, new, "mac") || string_differs(old, new, "vlan")
            || jvalue_get_integer(old, "ofport")
               != jvalue_get_integer(new, "ofport"));
}

/* Returns 'port', or null if it is null or only on its way: the switch has it
 * before the database does, and a moment longer. */
static const struct json_t *
port_if_there(const struct json_t *port)
{
    return (port
            && !strcmp(jvalue_get_string(port, "reason"), STATE_NOT_YET)
            ? NULL : port);
}

static bool
link_changed(const struct json_t *old, const struct json_t *new)
{
    return (jvalue_get_bool(old, "link-down")
            != jvalue_get_bool(new, "link-down"));
}

/* Has a port got its state 'new' by its guest's link having been set up or
 * down, which is told by itself? */
static bool
is_of_link(const struct json_t *old, const struct json_t *new)
{
    return (link_changed(old, new)
            && (jvalue_get_bool(new, "link-down")
                || !strcmp(jvalue_get_string(new, "state"), "installed")));
}

static void
compare_guest(struct json_t *events, const char *bridge, const char *name,
              const struct json_t *old, const struct json_t *new)
{
    if (link_changed(old, new)) {
        add_event(events, jvalue_get_bool(new, "link-down") ? "link down"
                  : "link up", bridge, name, state_get_guest(new));
    }
    if (old && string_differs(old, new, "guest-state")
        && jvalue_get(new, "guest-state")) {
        char *event = xasprintf("guest %s", jvalue_get_string(new,
                                                              "guest-state"));

        add_event(events, event, bridge, name, state_get_guest(new));
        free(event);
    }
}

static void
compare_port(struct json_t *events, const char *bridge, const char *name,
             const struct json_t *old, const struct json_t *new)
{
    char *text;

    old = port_if_there(old);
    new = port_if_there(new);
    if (!old && !new) {
        return;
    }

    text = describe_port(new ? new : old);
    if (!old) {
        add_event(events, "plugged", bridge, name, text);
    } else if (!new) {
        add_event(events, "unplugged", bridge, name, text);
    } else if (jvalue_get(old, "role") && jvalue_get(new, "role")
               && port_moved(old, new)) {
        add_event(events, "moved", bridge, name, text);
    }
    free(text);
    if (new) {
        if ((string_differs(old, new, "state")
             || string_differs(old, new, "reason"))
            && !is_of_link(old, new)
            && strcmp(jvalue_get_string(new, "state"), "installing")) {
            add_event(events, jvalue_get_string(new, "state"), bridge, name,
                      jvalue_get_string(new, "reason"));
        }
        compare_guest(events, bridge, name, old, new);
    }
}

/* While a bundle is on its way, every port of the bridge is "installing",
 * which may be seen or not.  Gives 'new' the state of 'old' meanwhile. */
static void
settle_port(const struct json_t *old, struct json_t *new)
{
    if (old && new
        && !strcmp(jvalue_get_string(new, "state"), "installing")) {
        jvalue_put_string(new, "state", jvalue_get_string(old, "state"));
        if (jvalue_get(old, "reason")) {
            jvalue_put(new, "reason", jvalue_ref(jvalue_get(old, "reason")));
        }
    }
}

static void
compare_ports(struct json_t *events, const char *bridge,
              const struct json_t *old, const struct json_t *new)
{
    struct sset ports = SSET_INITIALIZER(&ports);

    add_names(&ports, old);
    add_names(&ports, new);
    const char **sorted = sset_sort(&ports);
    for (size_t i = 0; i < sset_count(&ports); i++) {
        settle_port(port_if_there(jvalue_get(old, sorted[i])),
                    jvalue_get(new, sorted[i]));
        compare_port(events, bridge, sorted[i], jvalue_get(old, sorted[i]),
                     jvalue_get(new, sorted[i]));
    }
    free(sorted);
    sset_destroy(&ports);
}

/* Does the port of 'e', an entry of a MAC table, have the address? */
static bool
has_address(const struct json_t *e)
{
    const char *state = jvalue_get_string(e, "state");

    return strcmp(state, "pending") && strcmp(state, "conflict");
}

/* Tells that, and where, the address of entry 'new' was with the port of
 * 'old', if that is so. */
static void
compare_fdb_entries(struct json_t *events, const char *bridge,
                    const struct json_t *old, const struct json_t *new)
{
    struct vlan_set vlans = VLAN_SET_INITIALIZER;
    struct vlan_set were = VLAN_SET_INITIALIZER;

    vlan_set_add_string(&vlans, jvalue_get_string(new, "vlan"));
    vlan_set_add_string(&were, jvalue_get_string(old, "vlan"));
    vlan_set_intersect(&vlans, &were);
    if (string_differs(old, new, "port") && has_address(old)
        && has_address(new) && !vlan_set_is_empty(&vlans)) {
        const char *why = jvalue_get_string(new, "why");
        struct ds s = DS_EMPTY_INITIALIZER;

        ds_put_format(&s, "%s, VLAN ", jvalue_get_string(new, "mac"));
        vlan_set_format(&s, &vlans);
        ds_put_format(&s, ", from %s%s%s", jvalue_get_string(old, "port"),
                      *why ? ": " : "", why);
        add_event(events, "address moved", bridge,
                  jvalue_get_string(new, "port"), ds_cstr(&s));
        ds_destroy(&s);
    }
    vlan_set_uninit(&were);
    vlan_set_uninit(&vlans);
}

/* Tells of addresses that have gone from one port to another.  Both tables are
 * sorted by address. */
static void
compare_fdb(struct json_t *events, const char *bridge,
            const struct json_t *old, const struct json_t *new)
{
    size_t first = 0;

    for (size_t i = 0; i < jvalue_count(new); i++) {
        const struct json_t *e = jvalue_at(new, i);
        const char *mac = jvalue_get_string(e, "mac");

        while (first < jvalue_count(old)
               && strcmp(jvalue_get_string(jvalue_at(old, first), "mac"),
                         mac) < 0) {
            first++;
        }
        for (size_t j = first; j < jvalue_count(old); j++) {
            const struct json_t *was = jvalue_at(old, j);

            if (strcmp(jvalue_get_string(was, "mac"), mac)) {
                break;
            }
            compare_fdb_entries(events, bridge, was, e);
        }
    }
}

/* Returns why 'bridge' is not in force, or null if it is, or if it is only on
 * its way: while a bundle is, too. */
static const char *
find_shortfall(const struct json_t *bridge)
{
    const struct json_t *shortfalls = jvalue_get(bridge, "shortfalls");

    for (size_t i = 0; i < jvalue_count(shortfalls); i++) {
        const struct json_t *shortfall = jvalue_at(shortfalls, i);

        if (strcmp(jvalue_get_string(shortfall, "kind"), "state")) {
            return jvalue_get_string(shortfall, "text");
        }
    }
    return NULL;
}

static void
compare_force(struct json_t *events, const char *name,
              const struct json_t *old, struct json_t *new)
{
    const char *old_why = find_shortfall(old);
    const char *new_why = find_shortfall(new);

    if (new_why && (!old_why || strcmp(old_why, new_why))) {
        add_event(events, "not in force", name, NULL, new_why);
    } else if (old_why && !new_why && jvalue_get_bool(new, "in_force")) {
        add_event(events, "in force", name, NULL, "");
    } else if (old_why && !new_why && jvalue_get(new, "shortfalls")) {
        /* Not yet.  Where nobody asks any more, it may begin again. */
        jvalue_put(new, "shortfalls",
                   jvalue_ref(jvalue_get(old, "shortfalls")));
    }
}

static void
compare_bridge(struct json_t *events, const char *name,
               const struct json_t *old, struct json_t *new)
{
    const char *old_mode = jvalue_get_string(old, "macTableManager");
    const char *new_mode = jvalue_get_string(new, "macTableManager");
    const struct json_t *old_networks = jvalue_get(old, "networks");
    const struct json_t *new_networks = jvalue_get(new, "networks");

    if (!old || !new) {
        add_event(events, old ? "bridge removed" : "bridge added", name, NULL,
                  old ? old_mode : new_mode);
    } else if (strcmp(old_mode, new_mode)
               || (old_networks && new_networks
                   && !jvalue_equals(old_networks, new_networks))) {
        add_event(events, "network changed", name, NULL, new_mode);
    }
    compare_force(events, name, old, new);
    compare_ports(events, name, jvalue_get(old, "ports"),
                  jvalue_get(new, "ports"));
    compare_fdb(events, name, jvalue_get(old, "fdb"), jvalue_get(new, "fdb"));
}

static bool
array_contains(const struct json_t *array, const struct json_t *value)
{
    for (size_t i = 0; i < jvalue_count(array); i++) {
        if (jvalue_equals(jvalue_at(array, i), value)) {
            return true;
        }
    }
    return false;
}

/* Adds an event for each of the diagnostics 'diags' that 'others' does not
 * have: with its severity in the name or, if 'ended', as no longer true. */
static void
add_diags(struct json_t *events, const struct json_t *diags,
          const struct json_t *others, bool ended)
{
    for (size_t i = 0; i < jvalue_count(diags); i++) {
        const struct json_t *diag = jvalue_at(diags, i);
        const char *severity = jvalue_get_string(diag, "severity");

        if (strcmp(severity, "note") && !array_contains(others, diag)) {
            char *event = xasprintf("%s%s", severity, ended ? " ended" : "");
            char *text = xasprintf("%s:%lld: %s",
                                   jvalue_get_string(diag, "file"),
                                   jvalue_get_integer(diag, "line"),
                                   jvalue_get_string(diag, "text"));

            add_event(events, event, NULL, NULL, text);
            free(text);
            free(event);
        }
    }
}

static void
compare_definitions(struct json_t *events, const struct json_t *old,
                    const struct json_t *new)
{
    const struct json_t *old_diags = jvalue_get(old, "diagnostics");
    const struct json_t *new_diags = jvalue_get(new, "diagnostics");

    add_diags(events, old_diags, new_diags, true);
    add_diags(events, new_diags, old_diags, false);
}

/* What has happened from state 'old' to 'new', as an array of objects that
 * have "event", "bridge", "port" and "text".  A port that is "installing" in
 * 'new' only because another is gets the state back there that it had, and so
 * does a bridge that is on its way, so that 'new' can be the next 'old'.  The
 * caller must destroy the array. */
struct json_t *
state_find_events(const struct json_t *old, struct json_t *new)
{
    struct json_t *events = jvalue_array();
    struct sset bridges = SSET_INITIALIZER(&bridges);

    compare_definitions(events, jvalue_get(old, "definitions"),
                        jvalue_get(new, "definitions"));
    add_names(&bridges, jvalue_get(old, "bridges"));
    add_names(&bridges, jvalue_get(new, "bridges"));
    const char **sorted = sset_sort(&bridges);
    for (size_t i = 0; i < sset_count(&bridges); i++) {
        compare_bridge(events, sorted[i],
                       jvalue_get(jvalue_get(old, "bridges"), sorted[i]),
                       jvalue_get(jvalue_get(new, "bridges"), sorted[i]));
    }
    free(sorted);
    sset_destroy(&bridges);
    return events;
}
