/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/state.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "lib/openflow/switch-commit.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

/* OpenMetrics 1.0: https://prometheus.io/docs/specs/om/open_metrics_spec/ */

/* METRIC(NAME, TYPE, MEMBER of "counts", HELP). */
#define BRIDGE_METRICS                                                      \
    METRIC("flows_planned", "gauge", "flows_planned", "Flows in the plan.") \
    METRIC("flows_installed", "gauge", "flows_installed",                   \
           "Flows in the switch.")                                          \
    METRIC("groups_planned", "gauge", "groups_planned",                     \
           "Groups in the plan.")                                           \
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
    METRIC("address_moves", "counter", "moves",                             \
           "Addresses that moved, as guests announced or used them.")       \
    METRIC("address_moves_refused", "counter", "moves_refused",             \
           "Addresses that guests have announced and cannot have.")         \
    METRIC("foreign_flows", "gauge", "foreign_flows",                       \
           "Flows of others in our tables, as far as they are kept.")       \
    METRIC("errors", "counter", "errors", "OpenFlow errors received.")      \
    METRIC("connections", "counter", "connections",                         \
           "Connections to the switch that were made.")

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
put_counts(struct ds *s, const struct json_t *bridges,
           const char *name, const char *type, const char *member,
           const char *help)
{
    const char **names = jvalue_names(bridges);

    put_family(s, name, type, help);
    for (const char **b = names; *b; b++) {
        const struct json_t *counts = jvalue_get(jvalue_get(bridges, *b),
                                                 "counts");

        ds_put_format(s, "virtnet_%s%s{", name,
                      !strcmp(type, "counter") ? "_total" : "");
        put_label(s, "bridge", *b);
        ds_put_format(s, "} %lld\n", jvalue_get_integer(counts, member));
    }
    free(names);
}

/* Upper bounds of the latency histogram, in milliseconds.  What is above all
 * of them is counted, too. */
static const long long int latency_bounds[] = SWITCH_COMMIT_LATENCIES;

static void
put_latency_bound(struct ds *s, size_t i)
{
    if (i < ARRAY_SIZE(latency_bounds)) {
        ds_put_format(s, "%lld.%03lld", latency_bounds[i] / 1000,
                      latency_bounds[i] % 1000);
        ds_chomp(s, '0');
        ds_chomp(s, '0');
    } else {
        ds_put_cstr(s, "+Inf");
    }
}

static void
put_latency(struct ds *s, const char *bridge, const struct json_t *counts)
{
    const struct json_t *array = jvalue_get(counts, "latency_counts");
    long long int sum_ms = jvalue_get_integer(counts, "latency_sum_ms");
    long long int total = 0;

    for (size_t i = 0; i < MIN(jvalue_count(array),
                               ARRAY_SIZE(latency_bounds) + 1); i++) {
        total += jvalue_number(jvalue_at(array, i));
        ds_put_cstr(s, "virtnet_bundle_latency_seconds_bucket{");
        put_label(s, "bridge", bridge);
        ds_put_cstr(s, ",le=\"");
        put_latency_bound(s, i);
        ds_put_format(s, "\"} %lld\n", total);
    }
    ds_put_cstr(s, "virtnet_bundle_latency_seconds_count{");
    put_label(s, "bridge", bridge);
    ds_put_format(s, "} %lld\nvirtnet_bundle_latency_seconds_sum{", total);
    put_label(s, "bridge", bridge);
    ds_put_format(s, "} %lld.%03lld\n", sum_ms / 1000, sum_ms % 1000);
}

/* What a port can be in. */
static const char *const states[] = {
    "conflict", "installed", "installing", "kernel", "not wired", "pending",
    "quarantined",
};

/* Returns null if 'state' is what a port can be in, otherwise what else there
 * is, for the caller to free. */
char *
state_check_port_state(const char *state)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
        if (!strcmp(state, states[i])) {
            ds_destroy(&s);
            return NULL;
        }
        ds_put_format(&s, "%s%s", !i ? "expected " : ", ", states[i]);
    }
    return ds_steal_cstr(&s);
}

static void
put_port_states(struct ds *s, const char *bridge, const struct json_t *ports)
{
    for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
        ds_put_cstr(s, "virtnet_ports{");
        put_label(s, "bridge", bridge);
        ds_put_format(s, ",state=\"%s\"} %"PRIuSIZE"\n", states[i],
                      state_count_ports(ports, states[i]));
    }
}

/* Appends counter 'member' of each port that has it. */
static void
put_port_counter(struct ds *s, const struct json_t *bridges, const char *name,
                 const char *member, const char *help)
{
    const char **names = jvalue_names(bridges);

    put_family(s, name, "counter", help);
    for (const char **b = names; *b; b++) {
        const struct json_t *ports = jvalue_get(jvalue_get(bridges, *b),
                                                "ports");
        const char **port_names = jvalue_names(ports);

        for (const char **p = port_names; *p; p++) {
            const struct json_t *port = jvalue_get(ports, *p);

            if (jvalue_get(port, member)) {
                ds_put_format(s, "virtnet_%s_total{", name);
                put_label(s, "bridge", *b);
                ds_put_char(s, ',');
                put_label(s, "port", *p);
                ds_put_format(s, "} %lld\n",
                              jvalue_get_integer(port, member));
            }
        }
        free(port_names);
    }
    free(names);
}

/* Appends what 'drops', an object of counters by 'label', says that a bridge,
 * or 'port' of it, has dropped. */
static void
put_drops(struct ds *s, const char *name, const char *bridge,
          const char *port, const char *label, const struct json_t *drops)
{
    const char **tables = jvalue_names(drops);

    for (const char **table = tables; *table; table++) {
        ds_put_format(s, "virtnet_%s_total{", name);
        put_label(s, "bridge", bridge);
        ds_put_char(s, ',');
        if (port) {
            put_label(s, "port", port);
            ds_put_char(s, ',');
        }
        put_label(s, label, *table);
        ds_put_format(s, "} %lld\n", jvalue_get_integer(drops, *table));
    }
    free(tables);
}

/* Appends what ports have dropped, by 'label', which is in 'member' of
 * each. */
static void
put_port_drops(struct ds *s, const struct json_t *bridges, const char *name,
               const char *label, const char *member, const char *help)
{
    const char **names = jvalue_names(bridges);

    put_family(s, name, "counter", help);
    for (const char **b = names; *b; b++) {
        const struct json_t *ports = jvalue_get(jvalue_get(bridges, *b),
                                                "ports");
        const char **port_names = jvalue_names(ports);

        for (const char **p = port_names; *p; p++) {
            put_drops(s, name, *b, *p, label,
                      jvalue_get(jvalue_get(ports, *p), member));
        }
        free(port_names);
    }
    free(names);
}

static void
put_all_drops(struct ds *s, const struct json_t *bridges)
{
    const char **names = jvalue_names(bridges);

    put_family(s, "dropped_packets", "counter",
               "Frames that flows of ours dropped, by table.");
    for (const char **b = names; *b; b++) {
        put_drops(s, "dropped_packets", *b, NULL, "table",
                  jvalue_get(jvalue_get(bridges, *b), "drops"));
    }
    free(names);

    put_port_drops(s, bridges, "port_dropped_packets", "table", "drops",
                   "Those of them that a port's own flows dropped, by table.");
    put_port_drops(s, bridges, "port_stopped_packets", "kind", "stopped",
                   "Frames that guards, filter and storm limit have stopped,"
                   " by kind.");
}

/* Appends to 's', for each limit on what guests of a network get or send
 * together, 'member' of it times 'factor'. */
static void
put_limits(struct ds *s, const struct json_t *bridges, const char *name,
           const char *member, int factor)
{
    const char **names = jvalue_names(bridges);

    for (const char **b = names; *b; b++) {
        const struct json_t *networks = jvalue_get(jvalue_get(bridges, *b),
                                                   "networks");

        for (size_t i = 0; i < jvalue_count(networks); i++) {
            const struct json_t *network = jvalue_at(networks, i);
            const struct json_t *meters = jvalue_get(network, "meters");

            for (size_t j = 0; j < jvalue_count(meters); j++) {
                const struct json_t *meter = jvalue_at(meters, j);

                if (!jvalue_get(meter, member)) {
                    continue;
                }
                ds_put_format(s, "virtnet_%s{", name);
                put_label(s, "bridge", *b);
                ds_put_char(s, ',');
                put_label(s, "network", jvalue_get_string(network, "name"));
                ds_put_char(s, ',');
                put_label(s, "direction",
                          jvalue_get_string(meter, "direction"));
                ds_put_format(s, "} %lld\n",
                              factor * jvalue_get_integer(meter, member));
            }
        }
    }
    free(names);
}

static void
put_network_limits(struct ds *s, const struct json_t *bridges)
{
    put_family(s, "network_limit_bits_per_second", "gauge",
               "What a network's guests may get (in) or send (out) together.");
    put_limits(s, bridges, "network_limit_bits_per_second", "kbps", 1000);
    put_family(s, "network_limit_dropped_packets", "counter",
               "Frames that were above that.");
    put_limits(s, bridges, "network_limit_dropped_packets_total",
               "dropped_packets", 1);
}

/* Appends whether libvirt mode is in force on each bridge that it is asked
 * of. */
static void
put_in_force(struct ds *s, const struct json_t *bridges)
{
    const char **names = jvalue_names(bridges);

    put_family(s, "bridge_in_force", "gauge",
               "Is libvirt mode, which is asked for, in force?");
    for (const char **b = names; *b; b++) {
        const struct json_t *in_force
            = jvalue_get(jvalue_get(bridges, *b), "in_force");

        if (in_force) {
            ds_put_cstr(s, "virtnet_bridge_in_force{");
            put_label(s, "bridge", *b);
            ds_put_format(s, "} %d\n",
                          jvalue_get_bool(jvalue_get(bridges, *b),
                                          "in_force"));
        }
    }
    free(names);
}

/* Appends when "verify" last found nothing wrong with each bridge, if ever. */
static void
put_verified(struct ds *s, const struct json_t *bridges)
{
    const char **names = jvalue_names(bridges);

    put_family(s, "bridge_verified_timestamp_seconds", "gauge",
               "When verify last found nothing wrong: time() minus this is "
               "its age.");
    for (const char **b = names; *b; b++) {
        const struct json_t *bridge = jvalue_get(bridges, *b);

        if (jvalue_get(bridge, "verified")) {
            ds_put_cstr(s, "virtnet_bridge_verified_timestamp_seconds{");
            put_label(s, "bridge", *b);
            ds_put_format(s, "} %lld\n", jvalue_get_integer(bridge,
                                                            "verified"));
        }
    }
    free(names);
}

/* Appends how many 'diags' of each kind there are, of 'bridge', or of files if
 * that is "". */
static void
put_diag_counts(struct ds *s, const char *bridge, const struct json_t *diags)
{
    static const char *const severities[] = { "error", "warning", "note" };

    for (size_t i = 0; i < ARRAY_SIZE(severities); i++) {
        size_t n = 0;

        for (size_t j = 0; j < jvalue_count(diags); j++) {
            n += !strcmp(jvalue_get_string(jvalue_at(diags, j), "severity"),
                         severities[i]);
        }
        ds_put_cstr(s, "virtnet_diagnostics{");
        put_label(s, "bridge", bridge);
        ds_put_format(s, ",severity=\"%s\"} %"PRIuSIZE"\n", severities[i], n);
    }
}

static void
put_diags(struct ds *s, const struct json_t *state)
{
    const struct json_t *bridges = jvalue_get(state, "bridges");
    const char **names = jvalue_names(bridges);

    put_family(s, "diagnostics", "gauge",
               "What status says of bridges, and of files, without one.");
    put_diag_counts(s, "", jvalue_get(jvalue_get(state, "definitions"),
                                      "diagnostics"));
    for (const char **b = names; *b; b++) {
        put_diag_counts(s, *b, jvalue_get(jvalue_get(bridges, *b),
                                          "diagnostics"));
    }
    free(names);
}

static void
put_database(struct ds *s, const struct json_t *database)
{
    put_family(s, "database_connected", "gauge",
               "Is there a connection to the Open_vSwitch database?");
    ds_put_format(s, "virtnet_database_connected %d\n",
                  jvalue_get_bool(database, "connected"));
    put_family(s, "database_pending_changes", "gauge",
               "Changes that the database has not taken yet.");
    ds_put_format(s, "virtnet_database_pending_changes %lld\n",
                  jvalue_get_integer(database, "pending"));
}

static void
put_gauge(struct ds *s, const char *name, long long int value,
          const char *help)
{
    put_family(s, name, "gauge", help);
    ds_put_format(s, "virtnet_%s %lld\n", name, value);
}

/* Appends how this host is as a member of a fleet, unless it is null. */
static void
put_fleet(struct ds *s, const struct json_t *fleet)
{
    if (!fleet) {
        return;
    }
    put_gauge(s, "fleet_connected", jvalue_get_bool(fleet, "connected"),
              "Is what is known of the fleet what its database has now?");
    if (jvalue_get(fleet, "age")) {
        put_gauge(s, "fleet_age_seconds", jvalue_get_integer(fleet, "age"),
                  "How old what is known of the fleet is.");
    }
    put_gauge(s, "fleet_networks", jvalue_get_integer(fleet, "networks"),
              "Network definitions of the fleet.");
    put_gauge(s, "fleet_hosts", jvalue_get_integer(fleet, "hosts"),
              "Hosts of the fleet.");
    put_gauge(s, "fleet_hosts_unseen",
              jvalue_count(jvalue_get(fleet, "unseen")),
              "Hosts of the fleet that are not seen.");
    put_gauge(s, "fleet_ports", jvalue_get_integer(fleet, "ports"),
              "Ports of guests on all hosts of the fleet.");
    put_gauge(s, "fleet_pending_changes",
              jvalue_get_integer(fleet, "pending"),
              "Ports of this host that are not published as they are.");
    put_gauge(s, "fleet_problem",
              jvalue_get_string(fleet, "problem")[0] != '\0',
              "Is there a problem with the fleet, as status says?");
}

/* Appends 'state' as OpenMetrics text. */
void
state_format_metrics(struct ds *s, const struct json_t *state)
{
    const struct json_t *bridges = jvalue_get(state, "bridges");
    const char **names = jvalue_names(bridges);

    put_family(s, "networks", "gauge", "Network definitions.");
    ds_put_format(s, "virtnet_networks %lld\n",
                  jvalue_get_integer(jvalue_get(state, "definitions"),
                                     "networks"));
    put_database(s, jvalue_get(state, "database"));
    put_fleet(s, jvalue_get(state, "fleet"));
    put_diags(s, state);
    put_family(s, "ports", "gauge", "Ports by state.");
    for (const char **b = names; *b; b++) {
        put_port_states(s, *b, jvalue_get(jvalue_get(bridges, *b), "ports"));
    }
    /* Those of no bridge are those that no switch has. */
    ds_put_format(s, "virtnet_ports{bridge=\"\",state=\"not wired\"} %"PRIuSIZE
                  "\n", jvalue_count(jvalue_get(state, "unwired")));
    put_in_force(s, bridges);
    put_verified(s, bridges);
#define METRIC(NAME, TYPE, MEMBER, HELP) \
    put_counts(s, bridges, NAME, TYPE, MEMBER, HELP);
    BRIDGE_METRICS
#undef METRIC
    put_network_limits(s, bridges);
    put_family(s, "bundle_latency_seconds", "histogram",
               "Time from a bundle to the barrier behind it.");
    for (const char **b = names; *b; b++) {
        put_latency(s, *b, jvalue_get(jvalue_get(bridges, *b), "counts"));
    }
    put_port_counter(s, bridges, "port_received_packets", "rx_packets",
                     "Unicast frames forwarded to the port.");
    put_port_counter(s, bridges, "port_received_bytes", "rx_bytes",
                     "Bytes of unicast frames forwarded to the port.");
    put_port_counter(s, bridges, "port_transmitted_packets", "tx_packets",
                     "Frames taken from the port.");
    put_port_counter(s, bridges, "port_transmitted_bytes", "tx_bytes",
                     "Bytes of frames taken from the port.");
    put_port_counter(s, bridges, "port_address_moves_refused",
                     "moves_refused",
                     "Addresses that its guest has announced and cannot "
                     "have.");
    put_all_drops(s, bridges);
    ds_put_cstr(s, "# EOF\n");
    free(names);
}
