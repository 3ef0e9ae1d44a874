/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRACE_H
#define TRACE_H 1

/* What "ofproto/trace" of ovs-vswitchd(8) prints, in the words of this
 * program: the verdict first, then stage by stage.
 *
 * A frame that leaves by a patch port goes on in another bridge, whose ports
 * and tables are its own: numbers mean what they mean there. */

#include <stddef.h>

struct ds;
struct json_t;

/* A port of the first bridge that a frame is sent to, and the flow by which it
 * is, as far as that is known: NORMAL and mirrors have datapath ports only. */
struct trace_output {
    unsigned int ofport;
    char *flow;                 /* As "table=0 in_port=1, priority 5, ...". */
};

struct trace {
    char *verdict;              /* As "to tap2 (guest web2)". */
    char *notes;                /* Of addresses that may move: lines. */
    char *stages;               /* Lines. */
    char *actions;              /* Of the datapath. */
    struct trace_output *outputs;
    size_t n_outputs, allocated_outputs;
    int shown_in;               /* Table of ours of the first bridge that shows
                                 * it to the daemon, or -1... */
    unsigned int shown_by;      /* ...and by a flow of which priority. */
    char *last_flow;            /* The last of the first bridge, or null. */
};

void trace_init(struct trace *, const char *text,
                const struct json_t *bridges);
void trace_uninit(struct trace *);
void trace_format(struct ds *, const struct trace *);
struct json_t *trace_to_json(const struct trace *);

const char *trace_find_port(const struct json_t *ports, unsigned int ofport);
void trace_find_notes(struct trace *, const char *text,
                      const struct json_t *bridge);
void trace_add_output(struct trace *, unsigned int ofport, const char *flow);

/* The ports of the datapath: by number, those that a bridge's own ports are
 * there. */
void trace_add_datapath_outputs(struct trace *, const char *dpif_show,
                                const char *bridge);

#endif /* lib/tell/trace.h */
