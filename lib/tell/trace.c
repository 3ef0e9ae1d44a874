/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/trace.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "lib/openflow/pipeline.h"
#include "lib/tell/state.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

/* Returns the name of the port with number 'ofport' in 'ports', or null. */
static const char *
find_port(const struct json_t *ports, unsigned int ofport)
{
    const char **names = jvalue_names(ports);
    const char *found = NULL;

    for (const char **name = names; *name && !found; name++) {
        if (jvalue_get_integer(jvalue_get(ports, *name), "ofport") == ofport) {
            found = *name;
        }
    }
    free(names);
    return found;
}

/* Appends to 'to' the port that 'line', an action of a trace, sends to, if it
 * does. */
static void
take_output(struct ds *to, const char *line, const struct json_t *ports)
{
    unsigned int ofport;
    const char *name;

    if (!strcmp(line, "LOCAL") || !strcmp(line, "output:LOCAL")) {
        ofport = 65534;
    } else if (!ovs_scan(line, "output:%u", &ofport)) {
        return;
    }
    name = find_port(ports, ofport);
    ds_put_cstr(to, to->length ? ", " : "");
    if (name) {
        const struct json_t *port = jvalue_get(ports, name);

        printable_put(to, name);
        ds_put_format(to, " (%s", jvalue_get_string(port, "role"));
        if (state_get_guest(port)[0]) {
            ds_put_char(to, ' ');
            printable_put(to, state_get_guest(port));
        }
        ds_put_char(to, ')');
    } else {
        ds_put_format(to, "port %u", ofport);
    }
}

/* Takes 'line', as "30. dl_vlan=10,..., priority 100, cookie 0x...", and
 * replaces the table's number by its name. */
static void
take_stage(struct ds *stages, const char *line, int table_id)
{
    const char *name = pipeline_table_to_string(table_id);
    const char *rest = strchr(line, '.') + 1;

    if (name) {
        ds_put_format(stages, "%s:", name);
    } else {
        ds_put_format(stages, "table %d:", table_id);
    }
    printable_put(stages, rest);
    ds_put_char(stages, '\n');
}

/* Initializes 'trace' to what 'text', the output of "ofproto/trace", says,
 * with the names of 'ports', as a bridge in state.h has them. */
void
trace_init(struct trace *trace, const char *text, const struct json_t *ports)
{
    struct ds stages = DS_EMPTY_INITIALIZER;
    struct ds actions = DS_EMPTY_INITIALIZER;
    struct ds to = DS_EMPTY_INITIALIZER;
    char *copy = xstrdup(text);
    char *save_ptr = NULL;
    int last_table = -1;
    bool in_bridge = false;

    for (char *line = strtok_r(copy, "\n", &save_ptr); line;
         line = strtok_r(NULL, "\n", &save_ptr)) {
        const char *p = line + strspn(line, " ");
        int table_id, n = 0;

        if (!strncmp(p, "bridge(", 7)) {
            in_bridge = true;
        } else if (!strncmp(p, "Final flow:", 11)) {
            in_bridge = false;
        } else if (!strncmp(p, "Datapath actions: ", 18)) {
            printable_put(&actions, p + 18);
        } else if (in_bridge && ovs_scan(p, "%d. %n", &table_id, &n) && n) {
            take_stage(&stages, p, table_id);
            last_table = table_id;
        } else if (in_bridge && *p != '-') {
            ds_put_cstr(&stages, "    ");
            printable_put(&stages, p);
            ds_put_char(&stages, '\n');
            take_output(&to, p, ports);
        }
    }
    free(copy);

    const char *table = (last_table < 0 ? NULL
                         : pipeline_table_to_string(last_table));
    const char *sent = ds_cstr(&actions);
    trace->verdict = (!*sent ? xstrdup("not traced")
                      : strcmp(sent, "drop") && to.length
                      ? xasprintf("to %s", ds_cstr(&to))
                      : strcmp(sent, "drop") ? xasprintf("to datapath %s",
                                                         sent)
                      : xasprintf("dropped in %s: %s",
                                  table ? table : "no table of ours",
                                  table ? pipeline_table_purpose(last_table)
                                  : "see below"));
    trace->stages = ds_steal_cstr(&stages);
    trace->actions = ds_steal_cstr(&actions);
    ds_destroy(&to);
}

void
trace_uninit(struct trace *trace)
{
    free(trace->verdict);
    free(trace->stages);
    free(trace->actions);
}

void
trace_format(struct ds *s, const struct trace *trace)
{
    ds_put_format(s, "%s\n\n%s\ndatapath: %s\n", trace->verdict,
                  trace->stages, trace->actions);
}

/* Returns 'trace' as an object, which the caller must destroy. */
struct json_t *
trace_to_json(const struct trace *trace)
{
    struct json_t *json = jvalue_object();

    jvalue_put_string(json, "verdict", trace->verdict);
    jvalue_put_string(json, "stages", trace->stages);
    jvalue_put_string(json, "datapath", trace->actions);
    return json;
}
