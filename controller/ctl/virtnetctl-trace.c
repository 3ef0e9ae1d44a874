/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/jvalue.h"
#include "lib/tell/state.h"
#include "lib/tell/trace.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "svec.h"
#include "util.h"

/* "trace BRIDGE PORT [FRAME]": what becomes of a frame.  Ports are known by
 * the daemon, frames are traced by ovs-vswitchd. */

/* Appends the address that --dst means: one, or that of a port of 'bridge' or
 * of its guest. */
static void
put_destination(struct ds *s, const struct json_t *bridges, const char *bridge)
{
    struct eth_addr mac;

    if (eth_addr_from_string(options.dst, &mac)) {
        ds_put_format(s, ",dl_dst=%s", options.dst);
    } else {
        char *name = virtnetctl_find_port(bridges, bridge, options.dst);
        const struct json_t *port
            = jvalue_get(jvalue_get(jvalue_get(bridges, bridge), "ports"),
                         name);

        if (!jvalue_get(port, "mac")) {
            virtnetctl_fatal("--dst=%s: port %s has no address", options.dst,
                             name);
        }
        ds_put_format(s, ",dl_dst=%s", jvalue_get_string(port, "mac"));
        free(name);
    }
}

/* Who sends what comes in by a port behind which there may be anybody. */
#define SOMEBODY "02:00:00:00:00:01"

/* Appends the frame that the options and 'frame', which may be null,
 * describe, without who sends it to 'bridge'. */
static void
put_frame(struct ds *s, const char *frame, const struct json_t *bridges,
          const char *bridge)
{
    if (frame) {
        ds_put_format(s, ",%s", frame);
    }
    if (options.src) {
        ds_put_format(s, ",dl_src=%s", options.src);
    }
    if (options.dst) {
        put_destination(s, bridges, bridge);
    }
    if (options.vlan >= 0) {
        ds_put_format(s, ",dl_vlan=%d", options.vlan);
    }
}

void
virtnetctl_trace(struct ovs_cmdl_context *ctx)
{
    struct json_t *state = virtnetctl_get_state_with_rules();
    const struct json_t *bridges = jvalue_get(state, "bridges");
    const char *frame = ctx->argc > 3 ? ctx->argv[3] : NULL;
    struct svec args = SVEC_EMPTY_INITIALIZER;
    struct ds flow = DS_EMPTY_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;
    struct json_t *hosts;
    struct trace trace;

    char *name = virtnetctl_find_port(bridges, ctx->argv[1], ctx->argv[2]);
    const struct json_t *port
        = jvalue_get(jvalue_get(jvalue_get(bridges, ctx->argv[1]), "ports"),
                     name);

    ds_put_format(&flow, "in_port=%lld", jvalue_get_integer(port, "ofport"));
    put_frame(&flow, frame, bridges, ctx->argv[1]);
    if (!options.src && !(frame && strstr(frame, "dl_src="))) {
        const char *mac = jvalue_get_string(port, "mac");

        ds_put_format(&flow, ",dl_src=%s", *mac ? mac : SOMEBODY);
    }
    svec_add(&args, ctx->argv[1]);
    svec_add(&args, ds_cstr(&flow));
    char *reply = virtnetctl_ask("ovs-vswitchd", "ofproto/trace", &args);

    trace_init(&trace, reply, bridges);
    trace_find_notes(&trace, reply, jvalue_get(bridges, ctx->argv[1]));
    trace_format(&s, &trace);
    hosts = virtnetctl_trace_hosts(&trace, state, ctx->argv[1], port,
                                   ds_cstr(&flow), &s);
    if (options.json) {
        struct json_t *json = trace_to_json(&trace);

        if (jvalue_count(hosts)) {
            jvalue_put(json, "hosts", jvalue_ref(hosts));
        }
        virtnetctl_print_json(json);
        ds_destroy(&s);
    } else {
        virtnetctl_print(&s);
    }
    jvalue_unref(hosts);
    trace_uninit(&trace);
    free(reply);
    free(name);
    svec_destroy(&args);
    ds_destroy(&flow);
    jvalue_unref(state);
}
