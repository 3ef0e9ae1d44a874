/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "bench.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jsonrpc.h"
#include "packets.h"
#include "socket-util.h"
#include "stream.h"
#include "openvswitch/json.h"

/* Guests that one transaction plugs. */
#define BATCH 250

/* plug RUNDIR FIRST N [PORTGROUP] */
void
cmd_plug(int argc, char *argv[])
{
    struct db *db = db_open(argv[0]);
    unsigned int first = parse_number(argv[1]);
    unsigned int end = first + parse_number(argv[2]);

    for (unsigned int i = first; i < end; i += BATCH) {
        db_plug(db, BRIDGE, i, MIN(BATCH, end - i),
                argc > 3 ? argv[3] : NULL);
    }
}

/* unplug RUNDIR FIRST N [CTL]: in one transaction; with CTL, the time until
 * the controller has followed is printed. */
void
cmd_unplug(int argc, char *argv[])
{
    struct db *db = db_open(argv[0]);
    struct jsonrpc *ctl = argc > 3 ? rpc_open(argv[3]) : NULL;
    long long int start = now_usec();

    db_unplug(db, BRIDGE, parse_number(argv[1]), parse_number(argv[2]));
    if (ctl) {
        ctl_transact(ctl, "wait", 0, NULL);
        print_usec("unplug", now_usec() - start);
    }
}

/* Starts 'argv' and returns its process ID. */
static pid_t
spawn(char *argv[])
{
    pid_t pid = fork();

    if (pid < 0) {
        ovs_fatal(errno, "fork");
    } else if (!pid) {
        execvp(argv[0], argv);
        ovs_fatal(errno, "%s", argv[0]);
    }
    return pid;
}

static void
wait_for_child(pid_t pid)
{
    int status;

    if (waitpid(pid, &status, 0) != pid || status) {
        ovs_fatal(0, "the reference command failed");
    }
}

/* Waits until 'path' exists. */
static void
wait_for_file(const char *path)
{
    struct stat s;

    while (stat(path, &s)) {
        usleep(200);
    }
}

/* Waits until somebody listens on socket 'path'. */
static void
wait_for_listener(const char *path)
{
    char *name = xasprintf("unix:%s", path);
    struct stream *stream;

    while (stream_open_block(stream_open(name, &stream, DSCP_DEFAULT), -1,
                             &stream)) {
        usleep(200);
    }
    stream_close(stream);
    free(name);
}

/* start CTL COMMAND...: starts the controller and prints the time until it
 * says that everything is installed.  It stays. */
void
cmd_start(int argc OVS_UNUSED, char *argv[])
{
    long long int start = now_usec();
    struct jsonrpc *ctl;

    spawn(argv + 1);
    wait_for_listener(argv[0]);
    ctl = rpc_open(argv[0]);
    ctl_transact(ctl, "wait", 0, NULL);
    print_usec("start", now_usec() - start);
}

/* apply CTL NEW-FILE FILE [PORT]: moves a definition into place and prints the
 * time until it is in force. */
void
cmd_apply(int argc, char *argv[])
{
    struct jsonrpc *ctl = rpc_open(argv[0]);
    long long int start = now_usec();

    if (rename(argv[1], argv[2])) {
        ovs_fatal(errno, "%s", argv[1]);
    }
    ctl_transact(ctl, "wait", argc - 3, argv + 3);
    print_usec("apply", now_usec() - start);
}

/* return SOCKET CTL, or return SOCKET -- COMMAND...: prints the time from the
 * moment that vswitchd makes a bridge's SOCKET until the controller says that
 * everything is installed, or until COMMAND has ended. */
void
cmd_return(int argc OVS_UNUSED, char *argv[])
{
    bool reference = !strcmp(argv[1], "--");
    struct jsonrpc *ctl = reference ? NULL : rpc_open(argv[1]);
    long long int start;

    wait_for_file(argv[0]);
    start = now_usec();
    if (reference) {
        wait_for_child(spawn(argv + 2));
    } else {
        ctl_transact(ctl, "wait", 0, NULL);
    }
    print_usec("return", now_usec() - start);
}
