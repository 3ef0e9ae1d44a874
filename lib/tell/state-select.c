/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/state.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/jvalue.h"
#include "lib/host/tunnel-row.h"
#include "svec.h"
#include "util.h"

/* A part of a state, chosen by what a user knows of it. */

/* Is 'vid' in 'text', VLANs as vlan_set_format() has them? */
static bool
vlans_contain(const char *text, int vid)
{
    while (*text) {
        char *end;
        long int first = strtol(text, &end, 10);
        long int last = *end == '-' ? strtol(end + 1, &end, 10) : first;

        if (end == text) {
            return false;
        } else if (vid >= first && vid <= last) {
            return true;
        }
        text = *end == ',' ? end + 1 : end;
    }
    return false;
}

/* Is 'port' called 'wanted', or is its guest? */
static bool
is_called(const char *name, const struct json_t *port, const char *wanted)
{
    return (!strcmp(name, wanted)
            || !strcmp(jvalue_get_string(port, "guest"), wanted)
            || !strcmp(jvalue_get_string(port, "vm-id"), wanted));
}

/* Does 'json', a port or an entry of a MAC table of port 'name', have what
 * 'filter' asks of it?  'port' is the port. */
static bool
matches(const struct state_filter *filter, const char *name,
        const struct json_t *port, const struct json_t *json)
{
    return ((!filter->port || is_called(name, port, filter->port))
            && (filter->vlan < 0
                || vlans_contain(jvalue_get_string(json, "vlan"),
                                 filter->vlan))
            && (!filter->state
                || !strcmp(jvalue_get_string(json, "state"), filter->state)));
}

static struct json_t *
select_ports(const struct json_t *ports, const struct state_filter *filter)
{
    const char **names = jvalue_names(ports);
    struct json_t *selected = jvalue_object();

    for (const char **name = names; *name; name++) {
        const struct json_t *port = jvalue_get(ports, *name);

        if (matches(filter, *name, port, port)) {
            jvalue_put(selected, *name, jvalue_ref(port));
        }
    }
    free(names);
    return selected;
}

static struct json_t *
select_fdb(const struct json_t *bridge, const struct state_filter *filter)
{
    const struct json_t *ports = jvalue_get(bridge, "ports");
    const struct json_t *fdb = jvalue_get(bridge, "fdb");
    struct json_t *selected = jvalue_array();

    for (size_t i = 0; i < jvalue_count(fdb); i++) {
        const struct json_t *entry = jvalue_at(fdb, i);
        const char *name = jvalue_get_string(entry, "port");

        if (matches(filter, name, jvalue_get(ports, name), entry)) {
            jvalue_add(selected, jvalue_ref(entry));
        }
    }
    return selected;
}

/* Returns a copy of 'object' without its members called 'a' and 'b'. */
static struct json_t *
copy_without(const struct json_t *object, const char *a, const char *b)
{
    const char **names = jvalue_names(object);
    struct json_t *copy = jvalue_object();

    for (const char **name = names; *name; name++) {
        if (strcmp(*name, a) && strcmp(*name, b)) {
            jvalue_put(copy, *name, jvalue_ref(jvalue_get(object, *name)));
        }
    }
    free(names);
    return copy;
}

/* Returns the part of 'state' that 'filter' asks for: all of what is not about
 * a bridge, and of the bridges the ports and the entries of the MAC table that
 * have what it says.  The caller must destroy it. */
struct json_t *
state_select(const struct json_t *state, const struct state_filter *filter)
{
    const struct json_t *bridges = jvalue_get(state, "bridges");
    struct json_t *selected = copy_without(state, "bridges", "");
    struct json_t *chosen = jvalue_object();
    const char **names = jvalue_names(bridges);

    for (const char **name = names; *name; name++) {
        const struct json_t *bridge = jvalue_get(bridges, *name);
        struct json_t *part;

        if (filter->bridge && strcmp(filter->bridge, *name)) {
            continue;
        }
        part = copy_without(bridge, "ports", "fdb");
        jvalue_put(part, "ports", select_ports(jvalue_get(bridge, "ports"),
                                               filter));
        jvalue_put(part, "fdb", select_fdb(bridge, filter));
        jvalue_put(chosen, *name, part);
    }
    free(names);
    jvalue_put(selected, "bridges", chosen);
    return selected;
}

/* Does 'port' lead to the host of a fleet that is called 'name'? */
static bool
leads_to(const struct json_t *port, const char *name)
{
    const char *host = jvalue_get_string(port, "fleet-host");

    return host[0] && tunnel_row_id_is_of(host, name);
}

/* Adds to 'found' the names of the ports in 'ports' that 'name' may mean: the
 * port of that name or, if there is none, all those of the guest of that name,
 * and those that lead to the host of that name. */
void
state_find_ports(const struct json_t *ports, const char *name,
                 struct svec *found)
{
    const char **names = jvalue_names(ports);

    if (jvalue_get(ports, name)) {
        svec_add(found, name);
    } else {
        for (const char **port = names; *port; port++) {
            const struct json_t *p = jvalue_get(ports, *port);

            if (is_called(*port, p, name) || leads_to(p, name)) {
                svec_add(found, *port);
            }
        }
    }
    free(names);
}
