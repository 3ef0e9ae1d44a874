/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "tests/fuzz/fuzz.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "controller/daemon/appctl.h"
#include "controller/daemon/queries.h"
#include "controller/daemon/reconcile.h"
#include "controller/daemon/waiters.h"
#include "dirs.h"
#include "fatal-signal.h"
#include "jsonrpc.h"
#include "openvswitch/json.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "stream.h"
#include "svec.h"
#include "unicode.h"
#include "unixctl.h"

/* Control commands, through the control socket of a daemon that has no
 * database.  The input is the command and its arguments, a line each. */

static struct unixctl_server *server;
static struct reconcile *reconcile;
static struct waiters *waiters;
static struct queries *queries;
static char *path;

static const char *const commands[] = {
    "status", "plan", "fdb", "wait", "export", "show", "graph", "metrics",
    "dump-flows", "verify", "wait-ports",
};

static void
clean_up(void)
{
    char *networks = xasprintf("%s/networks", ovs_rundir());

    unlink(path);
    rmdir(networks);
    rmdir(ovs_rundir());
    free(networks);
    free(path);
}

int
LLVMFuzzerInitialize(int *argc OVS_UNUSED, char ***argv OVS_UNUSED)
{
    static char dir[] = "/tmp/fuzz-command.XXXXXX";
    static bool exiting;

    vlog_set_levels(NULL, VLF_ANY_DESTINATION, VLL_OFF);
    fatal_ignore_sigpipe();
    ovs_assert(mkdtemp(dir));
    setenv("OVS_RUNDIR", dir, true);
    path = xasprintf("%s/ctl", dir);

    char *database = xasprintf("unix:%s/db", dir);
    char *networks = xasprintf("%s/networks", dir);
    struct reconcile_config config = {
        .database = database,
        .networks = networks,
        .datapath_type = "",
        .fleet_directory = dir,
    };
    ovs_assert(!mkdir(networks, 0700));
    ovs_assert(!unixctl_server_create(path, &server));
    reconcile = reconcile_create(&config);
    free(database);
    free(networks);
    waiters = waiters_create(reconcile);
    queries = queries_create(reconcile);
    appctl_register(reconcile, waiters, &exiting);
    atexit(clean_up);
    signal(SIGALRM, SIG_DFL);   /* It is libFuzzer's. */
    return 0;
}

/* Nothing is waited for: a valid time comes to zero. */
static void
take_argument(struct svec *args, const char *arg)
{
    static const char timeout[] = "--timeout=";
    unsigned int seconds;

    if (!strncmp(arg, timeout, strlen(timeout))
        && str_to_uint(arg + strlen(timeout), 10, &seconds)) {
        arg = "--timeout=0";
    }
    svec_add(args, arg);
}

/* Returns the request in 'data', or null if it is none of ours. */
static struct jsonrpc_msg *
parse_request(const uint8_t *data, size_t size)
{
    char *text = xmemdup0((const char *) data, size);
    struct json *params = json_array_create_empty();
    struct svec args = SVEC_EMPTY_INITIALIZER;
    char *line, *save_ptr = NULL;
    const char *s;
    size_t i;

    for (line = strtok_r(text, "\n", &save_ptr); line;
         line = strtok_r(NULL, "\n", &save_ptr)) {
        take_argument(&args, line);
        if (args.n == 1 && !strncmp(line, "wait", 4)) {
            svec_add(&args, "--timeout=0");
        }
    }
    SVEC_FOR_EACH (i, s, &args) {
        char *error = utf8_validate(s, NULL);

        if (i && !error) {
            json_array_add(params, json_string_create(s));
        }
        free(error);
    }

    struct jsonrpc_msg *request = NULL;
    for (i = 0; args.n && i < ARRAY_SIZE(commands); i++) {
        if (!strcmp(args.names[0], commands[i])) {
            request = jsonrpc_create_request(commands[i], json_clone(params),
                                             NULL);
        }
    }
    json_destroy(params);
    svec_destroy(&args);
    free(text);
    return request;
}

/* Every command is answered. */
static void
converse(struct jsonrpc *rpc, struct jsonrpc_msg *request)
{
    struct jsonrpc_msg *reply = NULL;

    FUZZ_CHECK(!jsonrpc_send(rpc, request));
    for (int i = 0; i < 1000 && !reply; i++) {
        unixctl_server_run(server);
        waiters_run(waiters);
        queries_run(queries);
        jsonrpc_run(rpc);
        jsonrpc_recv(rpc, &reply);
    }
    FUZZ_CHECK(reply && reply->id);
    jsonrpc_msg_destroy(reply);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct jsonrpc_msg *request = parse_request(data, size);

    if (request) {
        char *name = xasprintf("unix:%s", path);
        struct stream *stream;

        FUZZ_CHECK(!stream_open_block(stream_open(name, &stream, 0), 1000,
                                      &stream));
        struct jsonrpc *rpc = jsonrpc_open(stream);
        converse(rpc, request);
        jsonrpc_close(rpc);
        unixctl_server_run(server);
        free(name);
    }
    return 0;
}
