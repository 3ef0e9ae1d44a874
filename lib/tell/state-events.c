/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/printable.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "openvswitch/shash.h"
#include "sset.h"
#include "util.h"

/* Two states, side by side. */

static void
add_event(struct json *events, const char *event, const char *bridge,
          const char *port, const char *text)
{
    struct json *json = json_object_create();

    json_object_put_string(json, "event", event);
    json_object_put_string(json, "bridge", bridge);
    if (port) {
        json_object_put_string(json, "port", port);
    }
    json_object_put_string(json, "text", text);
    json_array_add(events, json);
}

static void
add_names(struct sset *names, const struct json *object)
{
    const struct shash_node *node;

    if (object && object->type == JSON_OBJECT) {
        SHASH_FOR_EACH (node, json_object(object)) {
            sset_add(names, node->name);
        }
    }
}

static char *
describe_port(const struct json *port)
{
    return xasprintf("%s%s%s, VLAN %s%s%s",
                     state_get_string(port, "role"),
                     state_get(port, "mac") ? " " : "",
                     state_get_string(port, "mac"),
                     state_get_string(port, "vlan"),
                     state_get_guest(port)[0] ? ", vm " : "",
                     state_get_guest(port));
}

static void
compare_port(struct json *events, const char *bridge, const char *name,
             const struct json *old, const struct json *new)
{
    char *text = describe_port(new ? new : old);

    if (!old) {
        add_event(events, "plugged", bridge, name, text);
    } else if (!new) {
        add_event(events, "unplugged", bridge, name, text);
    } else if (strcmp(state_get_string(old, "mac"),
                      state_get_string(new, "mac"))
               || strcmp(state_get_string(old, "vlan"),
                         state_get_string(new, "vlan"))
               || state_get_integer(old, "ofport")
                  != state_get_integer(new, "ofport")) {
        add_event(events, "moved", bridge, name, text);
    }
    if (new && strcmp(state_get_string(old, "state"),
                      state_get_string(new, "state"))) {
        add_event(events, state_get_string(new, "state"), bridge, name,
                  state_get_string(new, "reason"));
    }
    free(text);
}

static void
compare_bridge(struct json *events, const char *name, const struct json *old,
               const struct json *new)
{
    struct sset ports = SSET_INITIALIZER(&ports);
    const char *old_mode = state_get_string(old, "macTableManager");
    const char *new_mode = state_get_string(new, "macTableManager");
    const struct json *old_networks = state_get(old, "networks");
    const struct json *new_networks = state_get(new, "networks");

    if (!old || !new) {
        add_event(events, old ? "bridge removed" : "bridge added", name, NULL,
                  old ? old_mode : new_mode);
    } else if (strcmp(old_mode, new_mode)
               || (old_networks && new_networks
                   && !json_equal(old_networks, new_networks))) {
        add_event(events, "network changed", name, NULL, new_mode);
    }
    add_names(&ports, state_get(old, "ports"));
    add_names(&ports, state_get(new, "ports"));

    const char **sorted = sset_sort(&ports);
    for (size_t i = 0; i < sset_count(&ports); i++) {
        compare_port(events, name, sorted[i],
                     state_get(state_get(old, "ports"), sorted[i]),
                     state_get(state_get(new, "ports"), sorted[i]));
    }
    free(sorted);
    sset_destroy(&ports);
}

struct json *
state_find_events(const struct json *old, const struct json *new)
{
    struct json *events = json_array_create_empty();
    struct sset bridges = SSET_INITIALIZER(&bridges);

    add_names(&bridges, state_get(old, "bridges"));
    add_names(&bridges, state_get(new, "bridges"));
    const char **sorted = sset_sort(&bridges);
    for (size_t i = 0; i < sset_count(&bridges); i++) {
        compare_bridge(events, sorted[i],
                       state_get(state_get(old, "bridges"), sorted[i]),
                       state_get(state_get(new, "bridges"), sorted[i]));
    }
    free(sorted);
    sset_destroy(&bridges);
    return events;
}

struct top_row {
    const char *bridge, *port, *guest;
    double rx_packets, rx_bits, tx_packets, tx_bits;
    double key;
};

static double
rate(const struct json *old, const struct json *new, const char *member,
     long long int msec)
{
    long long int n = (state_get_integer(new, member)
                       - state_get_integer(old, member));
    return n > 0 && msec > 0 ? n * 1000.0 / msec : 0;
}

static int
compare_rows(const void *a_, const void *b_)
{
    const struct top_row *a = a_;
    const struct top_row *b = b_;

    return (a->key != b->key ? (a->key < b->key ? 1 : -1)
            : strcmp(a->bridge, b->bridge) ? strcmp(a->bridge, b->bridge)
            : strcmp(a->port, b->port));
}

static void
put_rate(struct ds *s, double value)
{
    static const char units[] = " kMGT";
    const char *unit = units;

    while (value >= 999.95 && unit[1]) {
        value /= 1000;
        unit++;
    }
    ds_put_format(s, "%8.1f%c", value, *unit);
}

static void
put_rows(struct ds *s, const struct top_row *rows, size_t n)
{
    ds_put_cstr(s, "  rx pkt/s   rx bit/s   tx pkt/s   tx bit/s  "
                "bridge           interface        guest\n");
    for (size_t i = 0; i < n; i++) {
        struct ds name = DS_EMPTY_INITIALIZER;

        put_rate(s, rows[i].rx_packets);
        ds_put_cstr(s, "  ");
        put_rate(s, rows[i].rx_bits);
        ds_put_cstr(s, "  ");
        put_rate(s, rows[i].tx_packets);
        ds_put_cstr(s, "  ");
        put_rate(s, rows[i].tx_bits);
        printable_put(&name, rows[i].bridge);
        ds_put_format(s, "   %-15s  ", ds_cstr(&name));
        ds_clear(&name);
        printable_put(&name, rows[i].port);
        ds_put_format(s, "%-15s  ", ds_cstr(&name));
        printable_put(s, rows[i].guest);
        ds_put_char(s, '\n');
        ds_destroy(&name);
    }
}

/* Stores the rates of all guests in '*rows', sorted by 'sort', and returns
 * their number.  The caller must free them. */
static size_t
get_rows(const struct json *old, const struct json *new, long long int msec,
         const char *sort, struct top_row **rowsp)
{
    const struct json *bridges = state_get(new, "bridges");
    const struct shash_node *b, *p;
    struct top_row *rows = NULL;
    size_t n = 0, allocated = 0;

    *rowsp = NULL;
    if (!bridges) {
        return 0;
    }
    SHASH_FOR_EACH (b, json_object(bridges)) {
        const struct json *ports = state_get(b->data, "ports");

        SHASH_FOR_EACH (p, json_object(ports)) {
            const struct json *before = state_find_port(old, b->name,
                                                        p->name);
            struct top_row *row;

            if (strcmp(state_get_string(p->data, "role"), "guest")) {
                continue;
            }
            if (n >= allocated) {
                rows = x2nrealloc(rows, &allocated, sizeof *rows);
            }
            row = &rows[n++];
            *row = (struct top_row) {
                .bridge = b->name,
                .port = p->name,
                .guest = state_get_guest(p->data),
                .rx_packets = rate(before, p->data, "rx_packets", msec),
                .rx_bits = 8 * rate(before, p->data, "rx_bytes", msec),
                .tx_packets = rate(before, p->data, "tx_packets", msec),
                .tx_bits = 8 * rate(before, p->data, "tx_bytes", msec),
            };
            row->key = (!strcmp(sort, "rx") ? row->rx_bits
                        : !strcmp(sort, "tx") ? row->tx_bits : 0);
        }
    }
    if (n) {
        qsort(rows, n, sizeof *rows, compare_rows);
    }
    *rowsp = rows;
    return n;
}

void
state_format_top(struct ds *s, const struct json *old, const struct json *new,
                 long long int msec, const char *sort)
{
    struct top_row *rows;
    size_t n = get_rows(old, new, msec, sort, &rows);

    if (n) {
        put_rows(s, rows, n);
    } else {
        ds_put_cstr(s, "no guests\n");
    }
    free(rows);
}

static void
put_json_rate(struct json *json, const char *name, double value)
{
    json_object_put(json, name, json_integer_create(llround(value)));
}

struct json *
state_top_to_json(const struct json *old, const struct json *new,
                  long long int msec)
{
    struct json *array = json_array_create_empty();
    struct top_row *rows;
    size_t n = get_rows(old, new, msec, "name", &rows);

    for (size_t i = 0; i < n; i++) {
        struct json *json = json_object_create();

        json_object_put_string(json, "bridge", rows[i].bridge);
        json_object_put_string(json, "port", rows[i].port);
        json_object_put_string(json, "guest", rows[i].guest);
        put_json_rate(json, "rx_packets_per_s", rows[i].rx_packets);
        put_json_rate(json, "rx_bits_per_s", rows[i].rx_bits);
        put_json_rate(json, "tx_packets_per_s", rows[i].tx_packets);
        put_json_rate(json, "tx_bits_per_s", rows[i].tx_bits);
        json_array_add(array, json);
    }
    free(rows);
    return array;
}
