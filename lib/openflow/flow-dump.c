/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/flow-dump.h"

#include <stdlib.h>
#include <string.h>

#include "byte-order.h"
#include "lib/openflow/oflow.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofp-group.h"
#include "openvswitch/ofpbuf.h"
#include "util.h"

/* Looks for statistic 'name', as "n_packets=", in 'line' before its
 * actions. */
static bool
find_stat(const char *line, const char *name, uint64_t *value)
{
    const char *actions = strstr(line, "actions=");
    const char *p = strstr(line, name);
    long long int number;

    if (!p || p > actions) {
        return false;
    }
    p += strlen(name);

    char *digits = xmemdup0(p, strspn(p, "0123456789"));
    bool ok = str_to_llong(digits, 10, &number);
    free(digits);
    if (ok) {
        *value = number;
    }
    return ok;
}

static char *
parse_flow(const char *line, const struct ofputil_port_map *port_map,
           struct dump_flow *df)
{
    enum ofputil_protocol usable_protocols;
    struct ofputil_flow_mod fm;
    struct ofpbuf ofpacts;
    struct match match;

    char *error = parse_ofp_flow_mod_str(&fm, line, port_map, NULL, OFPFC_ADD,
                                         &usable_protocols);
    if (error) {
        return error;
    }
    minimatch_expand(&fm.match, &match);
    ofpbuf_use_const(&ofpacts, fm.ofpacts, fm.ofpacts_len);
    df->flow = oflow_create(fm.table_id == 0xff ? 0 : fm.table_id,
                            fm.priority, &match, fm.new_cookie, &ofpacts);
    minimatch_destroy(&fm.match);
    free(CONST_CAST(struct ofpact *, fm.ofpacts));

    df->has_stats = (find_stat(line, "n_packets=", &df->n_packets)
                     && find_stat(line, "n_bytes=", &df->n_bytes));
    return NULL;
}

static char *
parse_group(const char *line, const struct ofputil_port_map *port_map,
            struct dump_group *dg)
{
    enum ofputil_protocol usable_protocols;
    const struct ofputil_bucket *bucket;
    struct ofputil_group_mod gm;

    char *error = parse_ofp_group_mod_str(&gm, OFPGC11_ADD, line, port_map,
                                          NULL, &usable_protocols);
    if (error) {
        return error;
    }
    dg->group_id = gm.group_id;
    dg->alien = !obuckets_are_plain(gm.type, &gm.buckets);
    dg->buckets = xcalloc(MAX(1, ovs_list_size(&gm.buckets)),
                          sizeof *dg->buckets);
    LIST_FOR_EACH (bucket, list_node, &gm.buckets) {
        struct ofpbuf ofpacts;

        ofpbuf_use_const(&ofpacts, bucket->ofpacts, bucket->ofpacts_len);
        dg->buckets[dg->n_buckets++] = obucket_create(
            gm.group_id, bucket->bucket_id, htonll(0), &ofpacts);
    }
    ofputil_uninit_group_mod(&gm);
    return NULL;
}

/* Is 'line' the heading of a reply, as "OFPST_FLOW reply (OF1.5) (xid=0x2):"?
 * Notes in 'dump' whose. */
static bool
parse_heading(const char *line, struct flow_dump *dump)
{
    bool nx = !strncmp(line, "NXST_", 5);

    if ((!nx && strncmp(line, "OFPST_", 6)) || !strstr(line, " reply")) {
        return false;
    }
    line += nx ? 5 : 6;
    if (!strncmp(line, "FLOW ", 5)) {
        dump->has_flows = true;
    } else if (!strncmp(line, "GROUP_DESC ", 11)) {
        dump->has_groups = true;
    } else {
        return false;
    }
    return true;
}

static char *
parse_line(const char *line, unsigned int number,
           const struct ofputil_port_map *port_map, struct flow_dump *dump)
{
    if (!*line || *line == '#' || parse_heading(line, dump)) {
        return NULL;
    } else if (!strncmp(line, "group_id=", 9)) {
        if (dump->n_groups >= dump->allocated_groups) {
            dump->groups = x2nrealloc(dump->groups, &dump->allocated_groups,
                                      sizeof *dump->groups);
        }

        struct dump_group *dg = &dump->groups[dump->n_groups++];
        *dg = (struct dump_group) { .line = number };
        dump->has_groups = true;
        return parse_group(line, port_map, dg);
    } else if (strstr(line, "actions=")) {
        if (dump->n_flows >= dump->allocated_flows) {
            dump->flows = x2nrealloc(dump->flows, &dump->allocated_flows,
                                     sizeof *dump->flows);
        }

        struct dump_flow *df = &dump->flows[dump->n_flows++];
        *df = (struct dump_flow) { .line = number };
        dump->has_flows = true;
        return parse_flow(line, port_map, df);
    }
    return xstrdup("not a line of \"ovs-ofctl dump-flows\" or "
                   "\"dump-groups\"");
}

/* Reads the 'size' bytes at 'text' into 'dump', which it initializes.  Names
 * of ports are looked up in 'port_map', which may be null.
 *
 * Returns null if successful, otherwise a message that names the line and that
 * the caller must free; 'dump' is then empty. */
char *
flow_dump_parse(const char *text, size_t size,
                const struct ofputil_port_map *port_map,
                struct flow_dump *dump)
{
    const char *end = text + size;
    unsigned int number = 1;
    char *error = NULL;

    *dump = (struct flow_dump) { .flows = NULL };
    for (const char *p = text; p < end && !error; number++) {
        const char *eol = memchr(p, '\n', end - p);
        size_t len = (eol ? eol : end) - p;
        char *line = xmemdup0(p, len);

        while (len && strchr(" \t\r", line[len - 1])) {
            line[--len] = '\0';
        }
        char *why = parse_line(line + strspn(line, " \t"), number, port_map,
                               dump);
        if (why) {
            /* Of a message of several lines the first one tells. */
            error = xasprintf("line %u: %.*s%s", number,
                              (int) strcspn(why, "\n"), why,
                              eol ? "" : " (it is cut off)");
            free(why);
        }
        free(line);
        p = eol ? eol + 1 : end;
    }
    if (!error && !dump->has_flows && !dump->has_groups) {
        error = xstrdup("not the output of \"ovs-ofctl dump-flows\" or "
                        "\"dump-groups\"");
    } else if (!error && text[size - 1] != '\n') {
        error = xasprintf("line %u: is cut off", number - 1);
    }
    if (error) {
        flow_dump_uninit(dump);
    }
    return error;
}

/* Frees what 'dump' holds, but not 'dump' itself. */
void
flow_dump_uninit(struct flow_dump *dump)
{
    for (size_t i = 0; i < dump->n_flows; i++) {
        oflow_unref(dump->flows[i].flow);
    }
    for (size_t i = 0; i < dump->n_groups; i++) {
        struct dump_group *dg = &dump->groups[i];

        for (size_t j = 0; j < dg->n_buckets; j++) {
            obucket_unref(dg->buckets[j]);
        }
        free(dg->buckets);
    }
    free(dump->flows);
    free(dump->groups);
    ometers_uninit(&dump->meters);
    free(dump->meter_stats);
    *dump = (struct flow_dump) { .flows = NULL };
}
