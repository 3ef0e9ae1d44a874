/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/state.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/jvalue.h"
#include "sset.h"
#include "util.h"

/* Two states, side by side: what has happened between them. */

static void
add_event(struct json_t *events, const char *event, const char *bridge,
          const char *port, const char *text)
{
    struct json_t *json = jvalue_object();

    jvalue_put_string(json, "event", event);
    jvalue_put_string(json, "bridge", bridge);
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

static void
compare_port(struct json_t *events, const char *bridge, const char *name,
             const struct json_t *old, const struct json_t *new)
{
    char *text = describe_port(new ? new : old);

    if (!old) {
        add_event(events, "plugged", bridge, name, text);
    } else if (!new) {
        add_event(events, "unplugged", bridge, name, text);
    } else if (strcmp(jvalue_get_string(old, "mac"),
                      jvalue_get_string(new, "mac"))
               || strcmp(jvalue_get_string(old, "vlan"),
                         jvalue_get_string(new, "vlan"))
               || jvalue_get_integer(old, "ofport")
                  != jvalue_get_integer(new, "ofport")) {
        add_event(events, "moved", bridge, name, text);
    }
    if (new && strcmp(jvalue_get_string(old, "state"),
                      jvalue_get_string(new, "state"))) {
        add_event(events, jvalue_get_string(new, "state"), bridge, name,
                  jvalue_get_string(new, "reason"));
    }
    free(text);
}

static void
compare_bridge(struct json_t *events, const char *name,
               const struct json_t *old, const struct json_t *new)
{
    struct sset ports = SSET_INITIALIZER(&ports);
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
    add_names(&ports, jvalue_get(old, "ports"));
    add_names(&ports, jvalue_get(new, "ports"));

    const char **sorted = sset_sort(&ports);
    for (size_t i = 0; i < sset_count(&ports); i++) {
        compare_port(events, name, sorted[i],
                     jvalue_get(jvalue_get(old, "ports"), sorted[i]),
                     jvalue_get(jvalue_get(new, "ports"), sorted[i]));
    }
    free(sorted);
    sset_destroy(&ports);
}

struct json_t *
state_find_events(const struct json_t *old, const struct json_t *new)
{
    struct json_t *events = jvalue_array();
    struct sset bridges = SSET_INITIALIZER(&bridges);

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
