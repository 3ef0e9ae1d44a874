/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/state.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

/* Two states, side by side: how much guests have got and sent between
 * them. */

struct top_row {
    const char *bridge, *port, *guest;
    double rx_packets, rx_bits, tx_packets, tx_bits, stopped;
    double key;
};

static double
rate(const struct json_t *old, const struct json_t *new, const char *member,
     long long int msec)
{
    long long int n = (jvalue_get_integer(new, member)
                       - jvalue_get_integer(old, member));
    return n > 0 && msec > 0 ? n * 1000.0 / msec : 0;
}

/* Returns how many frames of a port its guards, limit and filter have
 * stopped. */
static long long int
count_stopped(const struct json_t *port)
{
    const struct json_t *stopped = jvalue_get(port, "stopped");
    const char **names = jvalue_names(stopped);
    long long int n = 0;

    for (const char **name = names; *name; name++) {
        n += jvalue_get_integer(stopped, *name);
    }
    free(names);
    return n;
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

/* Returns how many of the 'n' bytes at 'text' are the first 'max'
 * characters. */
static size_t
utf8_prefix(const char *text, size_t n, size_t max)
{
    size_t i = 0;

    while (i < n && max--) {
        i++;
        while (i < n && (text[i] & 0xc0) == 0x80) {
            i++;
        }
    }
    return i;
}

/* Ends the line of 's' that begins at 'start', cut off after 'columns'
 * characters unless that is 0. */
static void
end_line(struct ds *s, size_t start, size_t columns)
{
    if (columns && s->length - start > columns) {
        size_t end = start + utf8_prefix(&ds_cstr(s)[start],
                                         s->length - start, columns);

        ds_truncate(s, end);
    }
    ds_put_char(s, '\n');
}

/* Terminals with fewer columns have the most important ones, names first: what
 * is cut off would be whose the rates are. */
#define WIDE 64

static void
put_wide_row(struct ds *s, const struct top_row *row, const char *name)
{
    struct ds bridge = DS_EMPTY_INITIALIZER;

    put_rate(s, row->rx_packets);
    ds_put_cstr(s, "  ");
    put_rate(s, row->rx_bits);
    ds_put_cstr(s, "  ");
    put_rate(s, row->tx_packets);
    ds_put_cstr(s, "  ");
    put_rate(s, row->tx_bits);
    printable_put(&bridge, row->bridge);
    ds_put_format(s, "   %-15s  %-15s  ", ds_cstr(&bridge), name);
    ds_destroy(&bridge);
}

static void
put_narrow_row(struct ds *s, const struct top_row *row, const char *name)
{
    ds_put_format(s, "%-15s ", name);
    put_rate(s, row->rx_bits);
    put_rate(s, row->tx_bits);
    ds_put_char(s, ' ');
}

static void
put_rows(struct ds *s, const struct top_row *rows, size_t n, size_t columns)
{
    bool narrow = columns && columns < WIDE;
    size_t start = s->length;

    ds_put_cstr(s, (narrow ? "interface       rx bit/s tx bit/s  guest"
                    : "  rx pkt/s   rx bit/s   tx pkt/s   tx bit/s  "
                    "bridge           interface        guest"));
    end_line(s, start, columns);
    for (size_t i = 0; i < n; i++) {
        struct ds name = DS_EMPTY_INITIALIZER;

        start = s->length;
        printable_put(&name, rows[i].port);
        if (narrow) {
            put_narrow_row(s, &rows[i], ds_cstr(&name));
        } else {
            put_wide_row(s, &rows[i], ds_cstr(&name));
        }
        printable_put(s, rows[i].guest);
        if (rows[i].stopped) {
            ds_put_format(s, " (stopped: %.0f/s)", ceil(rows[i].stopped));
        }
        end_line(s, start, columns);
        ds_destroy(&name);
    }
}

/* The rates of guest 'port' of 'bridge' between two of its states. */
static struct top_row
get_row(const char *bridge, const char *name, const struct json_t *old,
        const struct json_t *new, long long int msec)
{
    long long int n_stopped = count_stopped(new) - count_stopped(old);

    return (struct top_row) {
        .bridge = bridge,
        .port = name,
        .guest = state_get_guest(new),
        .rx_packets = rate(old, new, "rx_packets", msec),
        .rx_bits = 8 * rate(old, new, "rx_bytes", msec),
        .tx_packets = rate(old, new, "tx_packets", msec),
        .tx_bits = 8 * rate(old, new, "tx_bytes", msec),
        .stopped = (n_stopped > 0 && msec > 0
                    ? n_stopped * 1000.0 / msec : 0),
    };
}

/* Stores the rates of all guests in '*rows', sorted by 'sort', and returns
 * their number.  The caller must free them. */
static size_t
get_rows(const struct json_t *old, const struct json_t *new,
         long long int msec, const char *sort, struct top_row **rowsp)
{
    const struct json_t *bridges = jvalue_get(new, "bridges");
    const char **bridge_names = jvalue_names(bridges);
    struct top_row *rows = NULL;
    size_t n = 0, allocated = 0;

    for (const char **b = bridge_names; *b; b++) {
        const struct json_t *ports = jvalue_get(jvalue_get(bridges, *b),
                                                "ports");
        const char **names = jvalue_names(ports);

        for (const char **p = names; *p; p++) {
            const struct json_t *port = jvalue_get(ports, *p);

            if (strcmp(jvalue_get_string(port, "role"), "guest")) {
                continue;
            }
            if (n >= allocated) {
                rows = x2nrealloc(rows, &allocated, sizeof *rows);
            }
            rows[n] = get_row(*b, *p, state_find_port(old, *b, *p), port,
                              msec);
            rows[n].key = (!strcmp(sort, "rx") ? rows[n].rx_bits
                           : !strcmp(sort, "tx") ? rows[n].tx_bits : 0);
            n++;
        }
        free(names);
    }
    free(bridge_names);
    if (n) {
        qsort(rows, n, sizeof *rows, compare_rows);
    }
    *rowsp = rows;
    return n;
}

/* Appends the guests of 'new' and what each has got and sent since 'old', as
 * 'top' says: first those that have most of it.  If not all fit, the last line
 * says how many are left out. */
void
state_format_top(struct ds *s, const struct json_t *old,
                 const struct json_t *new, const struct state_top *top)
{
    struct top_row *rows;
    size_t n = get_rows(old, new, top->msec, top->sort, &rows);
    /* The header and the cursor take a line each. */
    size_t fit = top->rows ? MAX(top->rows, 4) - 2 : n;

    if (!n) {
        ds_put_cstr(s, "no guests\n");
    } else if (n > fit) {
        put_rows(s, rows, fit - 1, top->columns);
        ds_put_format(s, "... and %"PRIuSIZE" more\n", n - (fit - 1));
    } else {
        put_rows(s, rows, n, top->columns);
    }
    free(rows);
}

static void
put_json_rate(struct json_t *json, const char *name, double value)
{
    jvalue_put_integer(json, name, llround(value));
}

struct json_t *
state_top_to_json(const struct json_t *old, const struct json_t *new,
                  long long int msec)
{
    struct json_t *array = jvalue_array();
    struct top_row *rows;
    size_t n = get_rows(old, new, msec, "name", &rows);

    for (size_t i = 0; i < n; i++) {
        struct json_t *json = jvalue_object();

        jvalue_put_string(json, "bridge", rows[i].bridge);
        jvalue_put_string(json, "port", rows[i].port);
        jvalue_put_string(json, "guest", rows[i].guest);
        put_json_rate(json, "rx_packets_per_s", rows[i].rx_packets);
        put_json_rate(json, "rx_bits_per_s", rows[i].rx_bits);
        put_json_rate(json, "tx_packets_per_s", rows[i].tx_packets);
        put_json_rate(json, "tx_bits_per_s", rows[i].tx_bits);
        put_json_rate(json, "stopped_packets_per_s", rows[i].stopped);
        jvalue_add(array, json);
    }
    free(rows);
    return array;
}
