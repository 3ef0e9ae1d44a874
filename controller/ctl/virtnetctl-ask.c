/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon.h"
#include "dirs.h"
#include "jsonrpc.h"
#include "lib/base/ovs-compat.h"
#include "signals.h"
#include "svec.h"
#include "unixctl.h"
#include "util.h"

/* Questions to daemons, over their control sockets. */

/* What give_up() says, made before, because a signal handler can do little. */
static char *complaint;
static void (*before_giving_up)(void);

/* Has 'cb' called before the program ends because of its timeout.  It must be
 * fit for a signal handler. */
void
virtnetctl_before_giving_up(void (*cb)(void))
{
    before_giving_up = cb;
}

static void
give_up(int signr OVS_UNUSED)
{
    if (before_giving_up) {
        before_giving_up();
    }
    ovs_ignore(write(STDERR_FILENO, complaint, strlen(complaint)));
    _exit(2);
}

/* Starts the time that 'target' has to answer, 'own' seconds of which it may
 * take by its own. */
static void
start_timer(const char *target, unsigned int own)
{
    struct sigaction action = { .sa_handler = give_up };

    free(complaint);
    complaint = xasprintf("%s: %s does not answer within %d seconds\n",
                          program_name, target, options.timeout);
    sigemptyset(&action.sa_mask);
    xsigaction(SIGALRM, &action, NULL);
    alarm(MAX(1, options.timeout) + own);
}

/* Ends the program because 'path', of 'target', is not for its user.  Says for
 * whom it is: the directory has a group. */
OVS_NO_RETURN static void
refuse(const char *target, const char *path)
{
    char *dir = dir_name(path);
    struct stat st;
    const struct group *group = (!stat(dir, &st) && st.st_gid
                                 && st.st_mode & S_IXGRP
                                 ? getgrgid(st.st_gid) : NULL);

    virtnetctl_fatal("may not speak to %s: be root%s%s (%s: %s)", target,
                     group ? ", or in group " : "",
                     group ? group->gr_name : "", path, ovs_strerror(EACCES));
}

/* Does the daemon run?  A socket is taken to be of one that does. */
bool
virtnetctl_target_runs(void)
{
    char *pidfile = xasprintf("%s/%s.pid", ovs_rundir(), options.target);
    bool runs = options.target[0] == '/' || read_pidfile(pidfile) != -ENOENT;

    free(pidfile);
    return runs;
}

/* Asks 'target', as ovs-appctl(8) does, for 'command' with the arguments in
 * 'args'.  Ends the program if it does not reply in time, or replies with an
 * error.  'own' is how many seconds it may take by its own.  Returns the
 * reply, which the caller must free. */
char *
virtnetctl_ask_for(const char *target, const char *command,
                   const struct svec *args, unsigned int own)
{
    OVS_UNIXCTL_REPLY *result, *reason;
    struct jsonrpc *client;
    char *socket;

    if (target[0] == '/') {
        socket = xstrdup(target);
    } else {
        char *pidfile = xasprintf("%s/%s.pid", ovs_rundir(), target);
        pid_t pid = read_pidfile(pidfile);

        if (pid == -EACCES) {
            refuse(target, pidfile);
        } else if (pid < 0) {
            virtnetctl_fatal("%s does not run: %s: %s", target, pidfile,
                             ovs_strerror(-pid));
        }
        socket = xasprintf("%s/%s.%ld.ctl", ovs_rundir(), target,
                           (long int) pid);
        free(pidfile);
    }

    start_timer(target, own);
    int errnum = unixctl_client_create(socket, &client);
    if (errnum == EACCES) {
        refuse(target, socket);
    } else if (errnum) {
        virtnetctl_fatal("%s: %s", socket, ovs_strerror(errnum));
    }
    errnum = unixctl_client_transact(client, command, args->n, args->names,
                                     &result, &reason);
    if (errnum) {
        virtnetctl_fatal("%s: %s", socket, ovs_retval_to_string(errnum));
    } else if (reason) {
        char *error = ovs_unixctl_reply_steal(reason);

        error[strcspn(error, "\n")] = '\0';
        virtnetctl_fatal("%s", error);
    }
    alarm(0);
    jsonrpc_close(client);
    free(socket);
    return ovs_unixctl_reply_steal(result);
}

/* Asks 'target', as ovs-appctl(8) does, for 'command' with the arguments in
 * 'args'.  Ends the program if it does not reply within the time that
 * --timeout says, or replies with an error.  Returns the reply, which the
 * caller must free. */
char *
virtnetctl_ask(const char *target, const char *command,
               const struct svec *args)
{
    return virtnetctl_ask_for(target, command, args, 0);
}
