/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/state.h"

#include <stdlib.h>
#include <string.h>

#include "crc32c.h"
#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

/* Returns how people know the guest of 'port': libvirt's name of it or, where
 * that is not known, what the database says; "" if neither is there. */
const char *
state_get_guest(const struct json_t *port)
{
    return jvalue_get_string(port,
                             jvalue_get(port, "guest") ? "guest" : "vm-id");
}

/* Returns 'port' of 'bridge', or null. */
const struct json_t *
state_find_port(const struct json_t *state, const char *bridge,
                const char *port)
{
    const struct json_t *b = jvalue_get(jvalue_get(state, "bridges"), bridge);
    return jvalue_get(jvalue_get(b, "ports"), port);
}

/* Returns a number by which 'text', a state in JSON, can be told from
 * others. */
uint32_t
state_digest(const char *text)
{
    return (OVS_FORCE uint32_t) crc32c((const uint8_t *) text, strlen(text));
}

/* Calls 'cb' with 's' for each member of 'object', by name. */
void
state_for_each_member(struct ds *s, const struct json_t *object,
                      state_member_cb *cb)
{
    const char **names = jvalue_names(object);

    for (const char **name = names; *name; name++) {
        cb(s, *name, jvalue_get(object, *name));
    }
    free(names);
}

static void
put_diag(struct ds *s, const struct json_t *diag)
{
    if (jvalue_get(diag, "file")) {
        printable_put(s, jvalue_get_string(diag, "file"));
        if (jvalue_get(diag, "line")) {
            ds_put_format(s, ":%lld", jvalue_get_integer(diag, "line"));
        }
        ds_put_cstr(s, ": ");
    }
    ds_put_format(s, "%s: ", jvalue_get_string(diag, "severity"));
    if (jvalue_get(diag, "element")) {
        printable_put(s, jvalue_get_string(diag, "element"));
        ds_put_cstr(s, ": ");
    }
    printable_put(s, jvalue_get_string(diag, "text"));
    ds_put_char(s, '\n');
}

/* Appends 'diags', an array, with 'indent' before each line. */
void
state_put_diags(struct ds *s, const struct json_t *diags, const char *indent)
{
    for (size_t i = 0; i < jvalue_count(diags); i++) {
        ds_put_cstr(s, indent);
        put_diag(s, jvalue_at(diags, i));
    }
}

/* Appends why 'bridge' is not in force, but for what its state says. */
void
state_put_shortfalls(struct ds *s, const struct json_t *bridge)
{
    const struct json_t *shortfalls = jvalue_get(bridge, "shortfalls");

    for (size_t i = 0; i < jvalue_count(shortfalls); i++) {
        const struct json_t *shortfall = jvalue_at(shortfalls, i);

        if (strcmp(jvalue_get_string(shortfall, "kind"), "state")) {
            ds_put_cstr(s, "    not in force: ");
            printable_put(s, jvalue_get_string(shortfall, "text"));
            if (jvalue_get(shortfall, "remedy")) {
                ds_put_cstr(s, "; ");
                printable_put(s, jvalue_get_string(shortfall, "remedy"));
            }
            ds_put_char(s, '\n');
        }
    }
}

static void
show_other_mac(struct ds *s, const char *mac, const struct json_t *source)
{
    ds_put_cstr(s, "        also ");
    printable_put(s, mac);
    ds_put_cstr(s, " (");
    printable_put(s, jvalue_text(source));
    ds_put_cstr(s, ")\n");
}

/* Appends what 'port', if it is a tunnel, says of its other end. */
void
state_put_bfd(struct ds *s, const struct json_t *port)
{
    if (jvalue_get(port, "bfd")) {
        ds_put_cstr(s, "BFD ");
        printable_put(s, jvalue_get_string(port, "bfd"));
        ds_put_cstr(s, ", ");
    }
}

/* Appends from what else 'port', one of a bridge's, is kept apart. */
void
state_put_apart(struct ds *s, const struct json_t *port)
{
    if (jvalue_get(port, "community")) {
        ds_put_cstr(s, "community ");
        printable_put(s, jvalue_get_string(port, "community"));
        ds_put_cstr(s, ", ");
    } else if (jvalue_get_bool(port, "isolated")) {
        ds_put_cstr(s, "isolated, ");
    }
}

static void
show_port(struct ds *s, const char *name, const struct json_t *port)
{
    ds_put_cstr(s, "    Port ");
    printable_put(s, name);
    ds_put_cstr(s, "\n        ");
    if (jvalue_get(port, "role")) {
        ds_put_format(s, "%s, ", jvalue_get_string(port, "role"));
    }
    if (jvalue_get(port, "mac")) {
        ds_put_format(s, "%s, ", jvalue_get_string(port, "mac"));
    }
    if (jvalue_get(port, "vlan")) {
        ds_put_format(s, "VLAN %s, ", jvalue_get_string(port, "vlan"));
    }
    state_put_bfd(s, port);
    state_put_apart(s, port);
    if (jvalue_get(port, "guards")) {
        ds_put_format(s, "guarded (%s), ", jvalue_get_string(port, "guards"));
    }
    if (jvalue_get(port, "storm")) {
        ds_put_format(s, "storm limit %s, ", jvalue_get_string(port, "storm"));
    }
    if (jvalue_get(port, "filter")) {
        ds_put_cstr(s, "filtered (");
        printable_put(s, jvalue_get_string(port, "filter"));
        ds_put_cstr(s, "), ");
    }
    printable_put(s, jvalue_get_string(port, "state"));
    if (jvalue_get(port, "reason")) {
        ds_put_cstr(s, ": ");
        printable_put(s, jvalue_get_string(port, "reason"));
    }
    ds_put_char(s, '\n');
    if (jvalue_get(port, "no-carrier")) {
        ds_put_cstr(s, "        has no carrier: nothing is sent by it\n");
    }

    state_for_each_member(s, jvalue_get(port, "other-macs"), show_other_mac);
    if (jvalue_get(port, "follow-limit")) {
        ds_put_format(s,
                      "        may change to up to %lld other addresses%s\n",
                      jvalue_get_integer(port, "follow-limit"),
                      jvalue_get(port, "deaf")
                      ? "; has announced too many, not listened to for a while"
                      : "");
    } else if (jvalue_get(port, "deaf")) {
        ds_put_cstr(s, "        has announced too many addresses, or too "
                    "often; not listened to for a while\n");
    }

    const char *const ids[] = {
        "guest", "guest-state", "network", "guest-portgroup", "vm-id",
        "iface-id", "portgroup", "role-from", "kind", "mac-from"
    };
    for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
        if (jvalue_get(port, ids[i])) {
            ds_put_format(s, "        %s: ", ids[i]);
            printable_put(s, jvalue_get_string(port, ids[i]));
            ds_put_char(s, '\n');
        }
    }
    if (jvalue_get_string(port, "vlan-config")[0]) {
        ds_put_cstr(s, "        ");
        printable_put(s, jvalue_get_string(port, "vlan-config"));
        ds_put_char(s, '\n');
    }
}

/* Appends which fake bridge 'network' names, if it names one. */
void
state_put_fake_bridge(struct ds *s, const struct json_t *network)
{
    if (jvalue_get(network, "fake_bridge")) {
        ds_put_cstr(s, ", fake bridge ");
        printable_put(s, jvalue_get_string(network, "fake_bridge"));
        ds_put_format(s, " (VLAN %lld)", jvalue_get_integer(network, "vlan"));
    }
}

static void
show_network(struct ds *s, const struct json_t *network)
{
    const struct json_t *meters = jvalue_get(network, "meters");

    ds_put_cstr(s, "    Network ");
    printable_put(s, jvalue_get_string(network, "name"));
    ds_put_cstr(s, " (");
    printable_put(s, jvalue_get_string(network, "file"));
    ds_put_format(s, ":%lld)", jvalue_get_integer(network, "line"));
    state_put_fake_bridge(s, network);
    ds_put_char(s, '\n');
    for (size_t i = 0; i < jvalue_count(meters); i++) {
        const struct json_t *meter = jvalue_at(meters, i);

        ds_put_format(s, "        guests %s together %lld kbit/s",
                      (!strcmp(jvalue_get_string(meter, "direction"), "out")
                       ? "send" : "get"), jvalue_get_integer(meter, "kbps"));
        if (jvalue_get(meter, "peak_kbps")) {
            ds_put_format(s, ", peak %lld kbit/s",
                          jvalue_get_integer(meter, "peak_kbps"));
        }
        ds_put_cstr(s, jvalue_get_bool(meter, "installed") ? "\n"
                    : ", not installed\n");
    }
}

static void
show_bridge(struct ds *s, const char *name, const struct json_t *bridge)
{
    const struct json_t *networks = jvalue_get(bridge, "networks");
    const struct json_t *diags = jvalue_get(bridge, "diagnostics");

    ds_put_cstr(s, "Bridge ");
    printable_put(s, name);
    ds_put_format(s, "\n    %s mode, ",
                  jvalue_get_string(bridge, "macTableManager"));
    printable_put(s, jvalue_get_string(bridge, "state"));
    ds_put_cstr(s, jvalue_get_bool(bridge, "ok") ? ", ok\n" : ", not ok\n");
    state_put_shortfalls(s, bridge);
    for (size_t i = 0; i < jvalue_count(networks); i++) {
        show_network(s, jvalue_at(networks, i));
    }
    state_put_diags(s, diags, "    ");
    state_for_each_member(s, jvalue_get(bridge, "ports"), show_port);
}

static void
show_unwired(struct ds *s, const char *name, const struct json_t *reason)
{
    ds_put_cstr(s, "Port ");
    printable_put(s, name);
    ds_put_cstr(s, "\n    not wired: ");
    printable_put(s, jvalue_text(reason));
    ds_put_char(s, '\n');
}

/* Returns how many of 'ports', those of a bridge by name, are in 'port_state',
 * such as "installed". */
size_t
state_count_ports(const struct json_t *ports, const char *port_state)
{
    const char **names = jvalue_names(ports);
    size_t n = 0;

    for (const char **name = names; *name; name++) {
        n += !strcmp(jvalue_get_string(jvalue_get(ports, *name), "state"),
                     port_state);
    }
    free(names);
    return n;
}

/* Appends all of 'state' as a tree. */
void
state_format_show(struct ds *s, const struct json_t *state)
{
    const struct json_t *diags = jvalue_get(jvalue_get(state, "definitions"),
                                            "diagnostics");

    for (size_t i = 0; i < jvalue_count(diags); i++) {
        if (strcmp(jvalue_get_string(jvalue_at(diags, i), "severity"),
                   "note")) {
            ds_put_cstr(s, "    ");
            put_diag(s, jvalue_at(diags, i));
        }
    }
    state_for_each_member(s, jvalue_get(state, "bridges"), show_bridge);
    state_for_each_member(s, jvalue_get(state, "unwired"), show_unwired);
}
