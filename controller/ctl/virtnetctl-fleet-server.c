/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl-fleet.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "controller/ctl/virtnetctl.h"
#include "dirs.h"
#include "jsonrpc.h"
#include "lib/base/jvalue.h"
#include "lib/base/ovs-compat.h"
#include "lib/base/printable.h"
#include "lib/fleet/fleet-ops.h"
#include "lib/fleet/fleet-row.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "svec.h"
#include "timeval.h"
#include "unixctl.h"
#include "util.h"

/* "fleet init", "join" and "leave": what makes a server for the database.  It
 * is Open vSwitch's own, ovsdb-server(1), and so are the tools that make its
 * file; these commands know with which arguments. */

/* Where hosts connect to, if nothing is said. */
#define DEFAULT_LISTEN "pssl:6646"

static const char *
get_listen(void)
{
    return options.listen ? options.listen : DEFAULT_LISTEN;
}

static char *
get_db(void)
{
    return (options.db ? xstrdup(options.db)
            : xasprintf("%s/virtnet-fleet.db", ovs_dbdir()));
}

/* What is made on the way, and is to go whatever happens. */
static char *temporary;

/* Deletes the directory 'temporary' and what is in it. */
static void
clean_up(void)
{
    static const char *const names[] = {
        "schema", "db", ".db.~lock~", "cluster", ".cluster.~lock~",
    };

    if (temporary) {
        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
            char *name = xasprintf("%s/%s", temporary, names[i]);

            ovs_ignore(unlink(name));
            free(name);
        }
        ovs_ignore(rmdir(temporary));
        free(temporary);
        temporary = NULL;
    }
}

/* Returns the name of file 'name' in a directory beside file 'db' that goes
 * when the program ends. */
static char *
temporary_file(const char *db, const char *name)
{
    if (!temporary) {
        char *dir = dir_name(db);

        temporary = xasprintf("%s/.virtnet-fleet-XXXXXX", dir);
        if (!mkdtemp(temporary)) {
            int error = errno;

            free(temporary);
            temporary = NULL;
            virtnetctl_fatal("%s: %s", dir, ovs_strerror(error));
        }
        atexit(clean_up);
        free(dir);
    }
    return xasprintf("%s/%s", temporary, name);
}

/* Runs 'argv', without its output.  Ends the program if it fails; it has said
 * why. */
static void
run_tool(const char *const argv[])
{
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null",
                                     O_WRONLY, 0);
    int error = posix_spawnp(&pid, argv[0], &actions, NULL,
                             CONST_CAST(char **, argv), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error) {
        virtnetctl_fatal("%s: %s", argv[0], ovs_strerror(error));
    }
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            virtnetctl_fatal("%s: %s", argv[0], ovs_strerror(errno));
        }
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status)) {
        virtnetctl_fatal("%s %s has failed", argv[0], argv[1]);
    }
}

/* Ends the program if file 'db' is there. */
static void
check_is_new(const char *db)
{
    struct stat st;

    if (!lstat(db, &st)) {
        virtnetctl_fatal("%s is there already", db);
    } else if (errno != ENOENT) {
        virtnetctl_fatal("%s: %s", db, ovs_strerror(errno));
    }
}

/* Ends the program unless 'address' is one that servers of a cluster have. */
static void
check_address(const char *address)
{
    if (strncmp(address, "ssl:", 4) && strncmp(address, "tcp:", 4)
        && strncmp(address, "unix:", 5)) {
        virtnetctl_fatal("%s: expected ssl:IP:PORT, the address that other "
                         "servers reach this one at", address);
    }
}

static void
write_schema(const char *name)
{
    FILE *stream = fopen(name, "w");

    if (!stream) {
        virtnetctl_fatal("%s: %s", name, ovs_strerror(errno));
    }
    for (size_t i = 0; fleet_schema[i]; i++) {
        fputs(fleet_schema[i], stream);
    }
    if (ferror(stream) | fclose(stream)) {
        virtnetctl_fatal("%s: %s", name, ovs_strerror(errno));
    }
}

/* Appends the command that starts the server of file 'db', of a cluster with
 * this server at 'address', null if it is alone. */
static void
put_server(struct ds *s, const char *db, const char *address,
           const char *listen)
{
    const char *rundir = ovs_rundir();

    ds_put_format(s, "ovsdb-server --detach --no-chdir --monitor"
                  " \\\n    --pidfile=%s/virtnet-fleet.pid"
                  " \\\n    --log-file=%s/virtnet-fleet.log"
                  " \\\n    --unixctl=%s/virtnet-fleet.ctl"
                  " \\\n    --remote=punix:%s/virtnet-fleet.sock"
                  " \\\n    --remote=db:"FLEET_DATABASE",Fleet,connections",
                  rundir, ovs_logdir(), rundir, rundir);
    if (!strncmp(listen, "pssl:", 5)
        || (address && !strncmp(address, "ssl:", 4))) {
        ds_put_cstr(s, " \\\n    --private-key=");
        printable_put_shell(s, options.private_key
                            ? options.private_key : "KEY");
        ds_put_cstr(s, " --certificate=");
        printable_put_shell(s, options.certificate
                            ? options.certificate : "CERTIFICATE");
        ds_put_cstr(s, " --ca-cert=");
        printable_put_shell(s, options.ca_cert ? options.ca_cert : "CA");
    }
    ds_put_cstr(s, " \\\n    ");
    printable_put_shell(s, db);
}

/* Says that file 'db' was made, and how to start its server. */
static void
print_made(const char *db, const char *address, const char *listen)
{
    struct ds server = DS_EMPTY_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;

    put_server(&server, db, address, listen);
    if (options.json) {
        struct json_t *object = jvalue_object();

        jvalue_put_string(object, "db", db);
        jvalue_put_string(object, "address", address);
        jvalue_put_string(object, "server", ds_cstr(&server));
        virtnetctl_print_json(object);
    } else {
        ds_put_cstr(&s, "# ");
        printable_put(&s, db);
        if (address) {
            ds_put_cstr(&s, " is made, for the server of a cluster at ");
            printable_put(&s, address);
        } else {
            ds_put_cstr(&s, " is made, for a server that is alone");
        }
        ds_put_format(&s, ".\n# Start it:\n%s\n", ds_cstr(&server));
        virtnetctl_print(&s);
    }
    ds_destroy(&server);
}

/* Has file 'name' have a fleet's first rows. */
static void
write_first_rows(const char *name)
{
    struct json *params = fleet_ops_create();
    struct svec targets = SVEC_EMPTY_INITIALIZER;
    char *text;

    svec_add(&targets, get_listen());
    fleet_ops_init(params, "fleet", &targets);
    text = json_to_string(params, 0);
    run_tool((const char *const []) { "ovsdb-tool", "transact", name, text,
                                      NULL });
    free(text);
    svec_destroy(&targets);
    json_destroy(params);
}

/* "fleet init [ADDRESS]". */
void
virtnetctl_fleet_init(struct ovs_cmdl_context *ctx)
{
    const char *address = ctx->argc > 1 ? ctx->argv[1] : NULL;
    char *db = get_db();
    char *schema, *new;

    if (address) {
        check_address(address);
    }
    check_is_new(db);
    schema = temporary_file(db, "schema");
    new = temporary_file(db, "db");
    write_schema(schema);
    run_tool((const char *const []) { "ovsdb-tool", "create", new, schema,
                                      NULL });
    write_first_rows(new);
    if (address) {
        char *cluster = temporary_file(db, "cluster");

        run_tool((const char *const []) { "ovsdb-tool", "create-cluster",
                                          cluster, new, address, NULL });
        free(new);
        new = cluster;
    }
    /* Unlike rename(), this replaces nothing. */
    if (link(new, db)) {
        virtnetctl_fatal("%s: %s", db, ovs_strerror(errno));
    }
    print_made(db, address, get_listen());
    free(schema);
    free(new);
    free(db);
}

/* "fleet join ADDRESS SERVER...". */
void
virtnetctl_fleet_join(struct ovs_cmdl_context *ctx)
{
    const char **argv = xcalloc(ctx->argc + 5, sizeof *argv);
    char *db = get_db();
    size_t n = 0;

    check_is_new(db);
    argv[n++] = "ovsdb-tool";
    argv[n++] = "join-cluster";
    argv[n++] = db;
    argv[n++] = FLEET_DATABASE;
    for (int i = 1; i < ctx->argc; i++) {
        check_address(ctx->argv[i]);
        argv[n++] = ctx->argv[i];
    }
    run_tool(argv);
    print_made(db, ctx->argv[1], get_listen());
    free(argv);
    free(db);
}

/* Asks the server on this host for 'command', as ovs-appctl(8) does.  Returns
 * the answer or, with false in '*ok', why there is none.  The caller must free
 * it. */
static char *
ask_server(const char *command, bool *ok)
{
    char *target = xasprintf("%s/virtnet-fleet.ctl", ovs_rundir());
    char *args[] = { CONST_CAST(char *, FLEET_DATABASE) };
    OVS_UNIXCTL_REPLY *result, *reason;
    struct jsonrpc *client;
    int error = unixctl_client_create(target, &client);

    if (!error) {
        error = unixctl_client_transact(client, command, ARRAY_SIZE(args),
                                        args, &result, &reason);
        jsonrpc_close(client);
    }
    if (error) {
        virtnetctl_fatal("%s: %s", target, ovs_retval_to_string(error));
    }
    free(target);
    *ok = !reason;
    return ovs_unixctl_reply_steal(reason ? reason : result);
}

/* Has the server here left its cluster?  It says so for a moment and then has
 * no such database any more. */
static bool
has_left(void)
{
    bool ok;
    char *status = ask_server("cluster/status", &ok);
    bool left = strstr(status, ok ? "Status: left cluster"
                       : "unknown cluster") != NULL;

    free(status);
    return left;
}

/* "fleet leave": until the others know. */
void
virtnetctl_fleet_leave(struct ovs_cmdl_context *ctx OVS_UNUSED)
{
    long long int deadline = time_msec() + MAX(1, options.timeout) * 1000LL;
    struct ds s = DS_EMPTY_INITIALIZER;

    bool ok;
    char *reply = ask_server("cluster/leave", &ok);

    if (!ok) {
        reply[strcspn(reply, "\n")] = '\0';
        virtnetctl_fatal("%s", reply);
    }
    free(reply);
    while (!has_left()) {
        if (time_msec() >= deadline) {
            virtnetctl_fatal("the cluster has not let this server go within "
                             "%d seconds; it goes on trying",
                             options.timeout);
        }
        xnanosleep(50 * 1000 * 1000LL);
    }
    if (options.json) {
        struct json_t *object = jvalue_object();

        jvalue_put_string(object, "result", "left");
        virtnetctl_print_json(object);
    } else {
        ds_put_cstr(&s, "# This server has left its cluster.  End it, and "
                    "delete its file.\n");
        virtnetctl_print(&s);
    }
}
