/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/jvalue.h"
#include "lib/tell/state.h"
#include "lib/tell/trace.h"
#include "openvswitch/dynamic-string.h"
#include "svec.h"
#include "util.h"

/* "trace BRIDGE PORT [FRAME]": what becomes of a frame.  Ports are known by
 * the daemon, frames are traced by ovs-vswitchd. */

/* Appends the frame that the options and 'frame', which may be null,
 * describe, without who sends it. */
static void
put_frame(struct ds *s, const char *frame)
{
    if (frame) {
        ds_put_format(s, ",%s", frame);
    }
    if (options.src) {
        ds_put_format(s, ",dl_src=%s", options.src);
    }
    if (options.dst) {
        ds_put_format(s, ",dl_dst=%s", options.dst);
    }
    if (options.vlan) {
        ds_put_format(s, ",dl_vlan=%s", options.vlan);
    }
}

void
virtnetctl_trace(struct ovs_cmdl_context *ctx)
{
    struct json_t *state = virtnetctl_get_state(false);
    const struct json_t *bridges = jvalue_get(state, "bridges");
    const char *frame = ctx->argc > 3 ? ctx->argv[3] : NULL;
    struct svec args = SVEC_EMPTY_INITIALIZER;
    struct ds flow = DS_EMPTY_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;
    struct trace trace;

    virtnetctl_check_name(bridges, "bridge", ctx->argv[1]);
    const struct json_t *ports = jvalue_get(jvalue_get(bridges, ctx->argv[1]),
                                            "ports");
    virtnetctl_check_name(ports, "port", ctx->argv[2]);
    const struct json_t *port = jvalue_get(ports, ctx->argv[2]);

    ds_put_format(&flow, "in_port=%lld", jvalue_get_integer(port, "ofport"));
    put_frame(&flow, frame);
    if (!options.src && jvalue_get(port, "mac")
        && !(frame && strstr(frame, "dl_src="))) {
        ds_put_format(&flow, ",dl_src=%s", jvalue_get_string(port, "mac"));
    }
    svec_add(&args, ctx->argv[1]);
    svec_add(&args, ds_cstr(&flow));
    char *reply = virtnetctl_ask("ovs-vswitchd", "ofproto/trace", &args);

    trace_init(&trace, reply, bridges);
    if (options.json) {
        virtnetctl_print_json(trace_to_json(&trace));
    } else {
        trace_format(&s, &trace);
        virtnetctl_print(&s);
    }
    trace_uninit(&trace);
    free(reply);
    svec_destroy(&args);
    ds_destroy(&flow);
    jvalue_unref(state);
}
