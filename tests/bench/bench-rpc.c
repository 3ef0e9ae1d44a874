/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#include "jsonrpc.h"
#include "openvswitch/json.h"
#include "packets.h"
#include "stream.h"

/* Connects to Unix domain socket 'path'. */
struct jsonrpc *
rpc_open(const char *path)
{
    char *name = xasprintf("unix:%s", path);
    struct stream *stream;
    int error = stream_open_block(jsonrpc_stream_open(name, &stream,
                                                      DSCP_DEFAULT),
                                  -1, &stream);

    if (error) {
        ovs_fatal(error, "%s", name);
    }
    free(name);
    return jsonrpc_open(stream);
}

/* Sends a request without waiting for anything but its way out.  Returns its
 * ID. */
struct json *
rpc_send(struct jsonrpc *rpc, const char *method, struct json *params)
{
    struct json *id;
    int error = jsonrpc_send_block(
        rpc, jsonrpc_create_request(method, params, &id));

    if (error) {
        ovs_fatal(error, "%s", method);
    }
    return id;
}

/* Waits for the reply to request 'id', on a connection on which nothing else
 * arrives. */
struct json *
rpc_recv(struct jsonrpc *rpc, const struct json *id, bool *is_error)
{
    struct jsonrpc_msg *msg;
    struct json *result;
    int error = jsonrpc_recv_block(rpc, &msg);

    if (error) {
        ovs_fatal(error, "no reply");
    }
    if (!msg->id || !json_equal(msg->id, id)) {
        ovs_fatal(0, "reply to something else");
    }
    *is_error = msg->type == JSONRPC_ERROR;
    result = json_clone(*is_error ? msg->error : msg->result);
    jsonrpc_msg_destroy(msg);
    return result;
}

struct json *
ctl_send(struct jsonrpc *rpc, const char *command, int argc,
         char *const argv[])
{
    struct json *params = json_array_create_empty();

    for (int i = 0; i < argc; i++) {
        json_array_add(params, json_string_create(argv[i]));
    }
    return rpc_send(rpc, command, params);
}

/* Returns the answer, which the caller must free. */
char *
ctl_recv(struct jsonrpc *rpc, struct json *id)
{
    bool error;
    struct json *result = rpc_recv(rpc, id, &error);
    char *text = xstrdup(json_string(result));

    if (error) {
        ovs_fatal(0, "control socket: %s", text);
    }
    json_destroy(result);
    json_destroy(id);
    return text;
}

char *
ctl_transact(struct jsonrpc *rpc, const char *command, int argc,
             char *const argv[])
{
    return ctl_recv(rpc, ctl_send(rpc, command, argc, argv));
}
