/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>

#include <getopt.h>
#include <stdlib.h>

#include "command-line.h"
#include "controller/appctl.h"
#include "daemon.h"
#include "fatal-signal.h"
#include "lib/virtnet-version.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "ovsdb/ovs-idl.h"
#include "unixctl.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(virtnet_controller);

static void parse_options(int argc, char *argv[], char **unixctl_path);

int
main(int argc, char *argv[])
{
    struct unixctl_server *unixctl;
    char *unixctl_path = NULL;
    bool exiting = false;

    ovs_cmdl_proctitle_init(argc, argv);
    ovs_set_program_name(argv[0], virtnet_version());
    parse_options(argc, argv, &unixctl_path);
    fatal_ignore_sigpipe();

    daemonize_start(false);
    if (unixctl_server_create(unixctl_path, &unixctl)) {
        exit(EXIT_FAILURE);
    }
    appctl_register(&exiting);
    daemonize_complete();
    VLOG_INFO("database is %s", ovs_idl_database());

    while (!exiting) {
        unixctl_server_run(unixctl);
        unixctl_server_wait(unixctl);
        if (exiting) {
            poll_immediate_wake();
        }
        poll_block();
    }

    unixctl_server_destroy(unixctl);
    free(unixctl_path);
    return 0;
}

static void
parse_options(int argc, char *argv[], char **unixctl_path)
{
    enum {
        OPT_UNIXCTL = UCHAR_MAX + 1,
        VLOG_OPTION_ENUMS,
        DAEMON_OPTION_ENUMS
    };
    static const struct option long_options[] = {
        {"unixctl", required_argument, NULL, OPT_UNIXCTL},
        {"version", no_argument, NULL, 'V'},
        VLOG_LONG_OPTIONS,
        DAEMON_LONG_OPTIONS,
        {NULL, 0, NULL, 0}
    };
    char *short_options = ovs_cmdl_long_options_to_short_options(long_options);
    int c;

    while ((c = getopt_long(argc, argv, short_options, long_options,
                            NULL)) != -1) {
        switch (c) {
        case OPT_UNIXCTL:
            free(*unixctl_path);
            *unixctl_path = xstrdup(optarg);
            break;

        case 'V':
            ovs_print_version(0, 0);
            exit(EXIT_SUCCESS);

        VLOG_OPTION_HANDLERS
        DAEMON_OPTION_HANDLERS

        case '?':
        default:
            exit(2);
        }
    }
    free(short_options);
}
