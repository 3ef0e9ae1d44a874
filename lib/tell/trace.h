/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRACE_H
#define TRACE_H 1

/* What "ofproto/trace" of ovs-vswitchd(8) prints, in the words of this
 * program: the verdict first, then stage by stage.
 *
 * A frame that leaves by a patch port goes on in another bridge, whose ports
 * and tables are its own: numbers mean what they mean there. */

struct ds;
struct json_t;

struct trace {
    char *verdict;              /* As "to tap2 (guest web2)". */
    char *stages;               /* Lines. */
    char *actions;              /* Of the datapath. */
};

void trace_init(struct trace *, const char *text,
                const struct json_t *bridges);
void trace_uninit(struct trace *);
void trace_format(struct ds *, const struct trace *);
struct json_t *trace_to_json(const struct trace *);

#endif /* lib/tell/trace.h */
