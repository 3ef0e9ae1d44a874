/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "lib/tell/trace.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "process.h"
#include "svec.h"
#include "timeval.h"
#include "util.h"

/* "trace" of a frame that goes to another host of the fleet, whose switch only
 * that host can ask. */

/* Does 'word' mean what it says also to a shell? */
static bool
is_plain(const char *word)
{
    return (word[0] && word[0] != '-'
            && !word[strspn(word, "abcdefghijklmnopqrstuvwxyz"
                            "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                            "-._:@=,/[]")]);
}

/* Returns the VLAN that frame 'fields' is in on the bridge, if it comes in by
 * 'port', 'vlan' being what --vlan says, or -1, and appends the fields that
 * say no VLAN to 'rest'. */
static int
take_vlan(const struct json_t *port, const char *fields, int vlan,
          struct ds *rest)
{
    const char *config = jvalue_get_string(port, "vlan-config");
    int untagged = jvalue_get_integer(port, "untagged-vlan");
    char *copy = xstrdup(fields);
    char *save = NULL;

    for (char *field = strtok_r(copy, ", ", &save); field;
         field = strtok_r(NULL, ", ", &save)) {
        unsigned int vid;

        if (ovs_scan(field, "dl_vlan=%i", &vid)
            || ovs_scan(field, "vlan_vid=%i", &vid)) {
            vlan = vid & VLAN_VID_MASK;
        } else if (strncmp(field, "in_port=", 8)) {
            ds_put_format(rest, "%s%s", rest->length ? "," : "", field);
        }
    }
    free(copy);
    if (strstr(config, "tag=") && !strstr(config, "vlan_mode=")) {
        return untagged;
    }
    return vlan > 0 ? vlan : untagged;
}

/* Reads from 'fd' into 's' until it ends.  Returns false if it does not until
 * 'deadline', in time_msec() terms. */
static bool
read_all(int fd, long long int deadline, struct ds *s)
{
    for (;;) {
        struct pollfd pfd = { .fd = fd, .events = POLLIN };
        long long int left = deadline - time_wall_msec();
        char buf[4096];
        ssize_t n;

        if (left <= 0) {
            return false;
        }
        if (poll(&pfd, 1, MIN(left, INT_MAX)) <= 0) {
            continue;
        }
        n = read(fd, buf, sizeof buf);
        if (n > 0) {
            ds_put_buffer(s, buf, n);
        } else if (!n || errno != EINTR) {
            return true;
        }
    }
}

/* Runs 'argv', appends what it prints to 's', and returns what is wrong, which
 * the caller must free, or null. */
static char *
run(const struct svec *argv, struct ds *s)
{
    long long int deadline = time_wall_msec() + options.timeout * 1000LL;
    char *error = NULL;
    int fds[2], status;
    pid_t pid;

    if (pipe(fds)) {
        return xstrdup(ovs_strerror(errno));
    }
    pid = fork();
    if (!pid) {
        dup2(fds[1], STDOUT_FILENO);
        close(fds[0]);
        close(fds[1]);
        execvp(argv->names[0], argv->names);
        fprintf(stderr, "virtnetctl: %s: %s\n", argv->names[0],
                ovs_strerror(errno));
        _exit(127);
    }
    close(fds[1]);
    if (pid < 0) {
        error = xstrdup(ovs_strerror(errno));
    } else {
        if (!read_all(fds[0], deadline, s)) {
            kill(pid, SIGTERM);
            error = xasprintf("no answer within %d s", options.timeout);
        }
        if (waitpid(pid, &status, 0) == pid && status && !error) {
            char *reason = process_status_msg(status);

            error = xasprintf("%s: %s", argv->names[0], reason);
            free(reason);
        }
    }
    close(fds[0]);
    return error;
}

/* Appends 'text', which is another host's, line by line. */
static void
put_lines(struct ds *s, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        char *line = xmemdup0(text, n);

        printable_put(s, line);
        ds_put_char(s, '\n');
        free(line);
        text += n + (text[n] == '\n');
    }
}

/* Asks host 'name' by --via what becomes of the frame there: 'command' prints
 * that.  Appends the answer to 's' and 'json'. */
static void
ask_host(const char *name, const struct svec *command, struct ds *s,
         struct json_t *json)
{
    struct svec argv = SVEC_EMPTY_INITIALIZER;
    struct ds answer = DS_EMPTY_INITIALIZER;
    char *error = NULL;

    svec_parse_words(&argv, options.via);
    svec_add(&argv, name);
    svec_append(&argv, command);
    if (options.json) {
        svec_add(&argv, "--format=json");
    }
    for (size_t i = 0; i < command->n && !error; i++) {
        if (!is_plain(command->names[i])) {
            error = xasprintf("%s cannot be passed on", command->names[i]);
        }
    }
    if (!error && !is_plain(name)) {
        error = xstrdup("its name cannot be passed on");
    }
    svec_terminate(&argv);
    error = error ? error : run(&argv, &answer);
    if (options.json && answer.length) {
        struct json_t *trace = jvalue_parse(ds_cstr(&answer));

        jvalue_put(json, "trace", trace ? trace : jvalue_null());
    }
    put_lines(s, ds_cstr(&answer));
    if (error) {
        ds_put_format(s, "%s\n", error);
        jvalue_put_string(json, "error", error);
        virtnetctl_status = 1;
    }
    free(error);
    ds_destroy(&answer);
    svec_destroy(&argv);
}

/* Stores into 'command' what says on another host what becomes of the frame
 * with 'fields' in VLAN 'vid' that comes in to 'bridge' from this host,
 * 'own'. */
static void
get_command(const char *bridge, const char *own, const char *fields, int vid,
            struct svec *command)
{
    svec_add(command, "virtnetctl");
    svec_add(command, "trace");
    svec_add(command, bridge);
    svec_add(command, own);
    svec_add_nocopy(command, vid ? xasprintf("%s,dl_vlan=%d", fields, vid)
                                 : xstrdup(fields));
}

/* Returns what people call host 'name': by the name in 'hostnames', unless
 * several have that. */
static const char *
get_hostname(const struct json_t *hostnames, const char *name)
{
    const char *hostname = jvalue_get_string(hostnames, name);
    const char **names = jvalue_names(hostnames);
    size_t n = 0;

    for (const char **other = names; *other; other++) {
        n += !strcmp(jvalue_get_string(hostnames, *other), hostname);
    }
    free(names);
    return hostname[0] && n == 1 ? hostname : name;
}

/* Appends to 's', and returns as an array that the caller must destroy, where
 * on other hosts the frame goes on that 'trace' is of.  It comes in by 'port'
 * of 'bridge' and is 'fields', as for ovs-ofctl(8).  With --via these hosts
 * are asked. */
struct json_t *
virtnetctl_trace_hosts(const struct trace *trace, const struct json_t *state,
                       const char *bridge, const struct json_t *port,
                       const char *fields, struct ds *s)
{
    const struct json_t *fleet = jvalue_get(state, "fleet");
    const struct json_t *ports = jvalue_get(
        jvalue_get(jvalue_get(state, "bridges"), bridge), "ports");
    const char *own = jvalue_get_string(fleet, "host");
    struct ds rest = DS_EMPTY_INITIALIZER;
    int vid = take_vlan(port, fields, options.vlan, &rest);
    struct json_t *array = jvalue_array();

    for (size_t i = 0; i < trace->n_outputs; i++) {
        const char *to = trace_find_port(ports, trace->outputs[i].ofport);
        const char *leads = jvalue_get_string(to ? jvalue_get(ports, to)
                                                 : NULL, "fleet-host");
        char *host = xmemdup0(leads, strcspn(leads, "/"));

        if (host[0]) {
            struct svec command = SVEC_EMPTY_INITIALIZER;
            struct json_t *json = jvalue_object();
            char *text;

            get_command(bridge, own, ds_cstr(&rest), vid, &command);
            text = svec_join(&command, " ", "");
            jvalue_put_string(json, "host", host);
            jvalue_put_string(json, "command", text);
            ds_put_cstr(s, "\non host ");
            printable_put(s, host);
            ds_put_cstr(s, options.via ? ":\n" : " it goes on: ");
            if (options.via) {
                ask_host(get_hostname(jvalue_get(fleet, "hostnames"), host),
                         &command, s, json);
            } else {
                printable_put(s, text);
                ds_put_char(s, '\n');
            }
            jvalue_add(array, json);
            free(text);
            svec_destroy(&command);
        }
        free(host);
    }
    ds_destroy(&rest);
    return array;
}
