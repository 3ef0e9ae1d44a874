/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/state.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/ovs-compat.h"
#include "lib/base/printable.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "openvswitch/shash.h"
#include "util.h"

/* OpenMetrics 1.0: https://prometheus.io/docs/specs/om/open_metrics_spec/ */

/* METRIC(NAME, TYPE, MEMBER of "counts", HELP). */
#define BRIDGE_METRICS                                                      \
    METRIC("flows_planned", "gauge", "flows_planned", "Flows in the plan.") \
    METRIC("flows_installed", "gauge", "flows_installed",                   \
           "Flows in the switch.")                                          \
    METRIC("groups_installed", "gauge", "groups_installed",                 \
           "Groups in the switch.")                                         \
    METRIC("meters_planned", "gauge", "meters_planned",                     \
           "Meters in the plan.")                                           \
    METRIC("meters_installed", "gauge", "meters_installed",                 \
           "Meters in the switch.")                                         \
    METRIC("bundles", "counter", "bundles", "Bundles sent.")                \
    METRIC("flow_mods", "counter", "flow_mods", "Changes of flows sent.")   \
    METRIC("group_mods", "counter", "group_mods",                           \
           "Changes of groups sent.")                                       \
    METRIC("meter_mods", "counter", "meter_mods",                           \
           "Changes of meters sent.")                                       \
    METRIC("frames_shown", "counter", "frames",                             \
           "Frames that flows have shown to the daemon.")                   \
    METRIC("errors", "counter", "errors", "OpenFlow errors received.")      \
    METRIC("connections", "counter", "connections",                         \
           "Times that the switch was read back.")

/* Upper bounds of the latency histogram, as in controller/switch/ofctrl.h, in
 * seconds. */
static const char *const latency_bounds[] = {
    "0.001", "0.002", "0.005", "0.01", "0.02", "0.05", "0.1", "0.2", "0.5",
    "1.0", "10.0", "+Inf",
};

static void
put_label(struct ds *s, const char *name, const char *value)
{
    struct ds printable = DS_EMPTY_INITIALIZER;

    printable_put(&printable, value);
    ds_put_format(s, "%s=\"", name);
    for (const char *p = ds_cstr(&printable); *p; p++) {
        ds_put_format(s, "%s%c", strchr("\"\\", *p) ? "\\" : "", *p);
    }
    ds_put_char(s, '"');
    ds_destroy(&printable);
}

static void
put_family(struct ds *s, const char *name, const char *type, const char *help)
{
    ds_put_format(s, "# TYPE virtnet_%s %s\n# HELP virtnet_%s %s\n",
                  name, type, name, help);
}

static void
put_counts(struct ds *s, const struct shash_node **bridges, size_t n,
           const char *name, const char *type, const char *member,
           const char *help)
{
    put_family(s, name, type, help);
    for (size_t i = 0; i < n; i++) {
        ds_put_format(s, "virtnet_%s%s{", name,
                      !strcmp(type, "counter") ? "_total" : "");
        put_label(s, "bridge", bridges[i]->name);
        ds_put_format(s, "} %lld\n",
                      state_get_integer(state_get(bridges[i]->data, "counts"),
                                        member));
    }
}

static void
put_latency(struct ds *s, const char *bridge, const struct json *counts)
{
    const struct json *array = state_get(counts, "latency_counts");
    long long int sum_ms = state_get_integer(counts, "latency_sum_ms");
    long long int total = 0;

    for (size_t i = 0; array && i < json_array_size(array)
                       && i < ARRAY_SIZE(latency_bounds); i++) {
        total += json_integer(json_array_at(array, i));
        ds_put_cstr(s, "virtnet_bundle_latency_seconds_bucket{");
        put_label(s, "bridge", bridge);
        ds_put_format(s, ",le=\"%s\"} %lld\n", latency_bounds[i], total);
    }
    ds_put_cstr(s, "virtnet_bundle_latency_seconds_count{");
    put_label(s, "bridge", bridge);
    ds_put_format(s, "} %lld\nvirtnet_bundle_latency_seconds_sum{", total);
    put_label(s, "bridge", bridge);
    ds_put_format(s, "} %lld.%03lld\n", sum_ms / 1000, sum_ms % 1000);
}

static void
put_port_states(struct ds *s, const char *bridge, const struct json *ports)
{
    static const char *const states[] = {
        "conflict", "installed", "installing", "kernel", "not wired",
        "pending", "quarantined",
    };

    for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
        const struct shash_node *node;
        size_t n = 0;

        SHASH_FOR_EACH (node, json_object(ports)) {
            n += !strcmp(state_get_string(node->data, "state"), states[i]);
        }
        ds_put_cstr(s, "virtnet_ports{");
        put_label(s, "bridge", bridge);
        ds_put_format(s, ",state=\"%s\"} %"PRIuSIZE"\n", states[i], n);
    }
}

/* Appends counter 'member' of each port that has it. */
static void
put_port_counter(struct ds *s, const struct shash_node **bridges, size_t n,
                 const char *name, const char *member, const char *help)
{
    put_family(s, name, "counter", help);
    for (size_t i = 0; i < n; i++) {
        const struct json *ports = state_get(bridges[i]->data, "ports");
        const struct shash_node **nodes = shash_sort(json_object(ports));

        for (size_t j = 0; j < shash_count(json_object(ports)); j++) {
            if (state_get(nodes[j]->data, member)) {
                ds_put_format(s, "virtnet_%s_total{", name);
                put_label(s, "bridge", bridges[i]->name);
                ds_put_char(s, ',');
                put_label(s, "port", nodes[j]->name);
                ds_put_format(s, "} %lld\n",
                              state_get_integer(nodes[j]->data, member));
            }
        }
        free(nodes);
    }
}

/* Appends what 'object', a bridge or the 'port' of it, has dropped. */
static void
put_drops(struct ds *s, const char *name, const char *bridge,
          const char *port, const struct json *object)
{
    const struct json *drops = state_get(object, "drops");

    if (drops) {
        const struct shash_node **nodes = shash_sort(json_object(drops));

        for (size_t i = 0; i < shash_count(json_object(drops)); i++) {
            ds_put_format(s, "virtnet_%s_total{", name);
            put_label(s, "bridge", bridge);
            ds_put_char(s, ',');
            if (port) {
                put_label(s, "port", port);
                ds_put_char(s, ',');
            }
            put_label(s, "table", nodes[i]->name);
            ds_put_format(s, "} %lld\n",
                          state_get_integer(drops, nodes[i]->name));
        }
        free(nodes);
    }
}

static void
put_all_drops(struct ds *s, const struct shash_node **bridges, size_t n)
{
    put_family(s, "dropped_packets", "counter",
               "Frames that flows of ours dropped, by table.");
    for (size_t i = 0; i < n; i++) {
        put_drops(s, "dropped_packets", bridges[i]->name, NULL,
                  bridges[i]->data);
    }

    put_family(s, "port_dropped_packets", "counter",
               "Those of them that a port's own flows dropped, by table.");
    for (size_t i = 0; i < n; i++) {
        const struct json *ports = state_get(bridges[i]->data, "ports");
        const struct shash_node **nodes = shash_sort(json_object(ports));

        for (size_t j = 0; j < shash_count(json_object(ports)); j++) {
            put_drops(s, "port_dropped_packets", bridges[i]->name,
                      nodes[j]->name, nodes[j]->data);
        }
        free(nodes);
    }
}

/* Appends what guests of a network may get and send together. */
static void
put_limits(struct ds *s, const struct shash_node **bridges, size_t n)
{
    put_family(s, "network_limit_bits_per_second", "gauge",
               "What a network's guests may get (in) or send (out) together.");
    for (size_t i = 0; i < n; i++) {
        const struct json *networks = state_get(bridges[i]->data, "networks");

        for (size_t j = 0; networks && j < json_array_size(networks); j++) {
            const struct json *network = json_array_at(networks, j);
            const struct json *meters = state_get(network, "meters");

            for (size_t k = 0; meters && k < json_array_size(meters); k++) {
                const struct json *meter = json_array_at(meters, k);

                ds_put_cstr(s, "virtnet_network_limit_bits_per_second{");
                put_label(s, "bridge", bridges[i]->name);
                ds_put_char(s, ',');
                put_label(s, "network", state_get_string(network, "name"));
                ds_put_char(s, ',');
                put_label(s, "direction",
                          state_get_string(meter, "direction"));
                ds_put_format(s, "} %lld\n",
                              1000 * state_get_integer(meter, "kbps"));
            }
        }
    }
}

/* Appends 'state' as OpenMetrics text. */
void
state_format_metrics(struct ds *s, const struct json *state)
{
    const struct json *all = state_get(state, "bridges");
    size_t n = all ? shash_count(json_object(all)) : 0;
    const struct shash_node **bridges
        = all ? shash_sort(json_object(all)) : NULL;

    put_family(s, "networks", "gauge", "Network definitions.");
    ds_put_format(s, "virtnet_networks %lld\n",
                  state_get_integer(state_get(state, "definitions"),
                                    "networks"));
    put_family(s, "ports", "gauge", "Ports by state.");
    for (size_t i = 0; i < n; i++) {
        put_port_states(s, bridges[i]->name,
                        state_get(bridges[i]->data, "ports"));
    }
#define METRIC(NAME, TYPE, MEMBER, HELP) \
    put_counts(s, bridges, n, NAME, TYPE, MEMBER, HELP);
    BRIDGE_METRICS
#undef METRIC
    put_limits(s, bridges, n);
    put_family(s, "bundle_latency_seconds", "histogram",
               "Time from a bundle to the barrier behind it.");
    for (size_t i = 0; i < n; i++) {
        put_latency(s, bridges[i]->name,
                    state_get(bridges[i]->data, "counts"));
    }
    put_port_counter(s, bridges, n, "port_received_packets", "rx_packets",
                     "Unicast frames forwarded to the port.");
    put_port_counter(s, bridges, n, "port_received_bytes", "rx_bytes",
                     "Bytes of unicast frames forwarded to the port.");
    put_port_counter(s, bridges, n, "port_transmitted_packets", "tx_packets",
                     "Frames taken from the port.");
    put_port_counter(s, bridges, n, "port_transmitted_bytes", "tx_bytes",
                     "Bytes of frames taken from the port.");
    put_all_drops(s, bridges, n);
    ds_put_cstr(s, "# EOF\n");
    free(bridges);
}
