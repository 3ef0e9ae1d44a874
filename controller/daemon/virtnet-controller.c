/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "command-line.h"
#include "controller/daemon/appctl.h"
#include "controller/daemon/queries.h"
#include "controller/daemon/reconcile.h"
#include "controller/daemon/waiters.h"
#include "daemon.h"
#include "dirs.h"
#include "fatal-signal.h"
#include "lib/base/ovs-compat.h"
#include "lib/base/virtnet-version.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "ovsdb/ovs-idl.h"
#include "stream-ssl.h"
#include "stream.h"
#include "timeval.h"
#include "unixctl.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(virtnet_controller);

/* What the command line says. */
struct options {
    struct reconcile_config config;
    char *database;             /* As in 'config', to be freed... */
    char *libvirt_run;          /* ...these, too. */
    char *libvirt_etc;
    const char *unixctl_path;
};

static int release(struct reconcile *);
static void parse_options(int argc, char *argv[], struct options *);
OVS_NO_RETURN static void usage(void);

/* Lets this process have as many files open as it may.  Each bridge takes one
 * or two connections; without a free descriptor nobody could ask for the
 * status. */
static void
raise_file_limit(void)
{
    struct rlimit limit;

    if (!getrlimit(RLIMIT_NOFILE, &limit)) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int
main(int argc, char *argv[])
{
    struct unixctl_server *unixctl;
    struct reconcile *reconcile;
    struct waiters *waiters;
    struct queries *queries;
    struct options options;
    bool exiting = false;

    ovs_cmdl_proctitle_init(argc, argv);
    ovs_set_program_name(argv[0], virtnet_version());
    parse_options(argc, argv, &options);
    fatal_ignore_sigpipe();
    raise_file_limit();

    OVS_DAEMONIZE_START(false);
    if (unixctl_server_create(options.unixctl_path, &unixctl)) {
        exit(EXIT_FAILURE);
    }
    reconcile = reconcile_create(&options.config);
    free(options.database);
    free(options.libvirt_run);
    free(options.libvirt_etc);
    if (options.config.release) {
        int status = release(reconcile);

        unixctl_server_destroy(unixctl);
        return status;
    }
    waiters = waiters_create(reconcile);
    appctl_register(reconcile, waiters, &exiting);
    queries = queries_create(reconcile);
    daemonize_complete();
    VLOG_INFO("%s (ovs-virtnet) %s", program_name, virtnet_version());

    while (!exiting) {
        reconcile_run(reconcile);
        waiters_run(waiters);
        unixctl_server_run(unixctl);
        queries_run(queries);
        if (exiting) {
            break;
        }
        reconcile_wait(reconcile);
        waiters_wait(waiters);
        unixctl_server_wait(unixctl);
        queries_wait(queries);
        poll_block();
    }

    /* The flows stay in the switches. */
    waiters_destroy(waiters);
    queries_destroy(queries);
    unixctl_server_destroy(unixctl);
    reconcile_destroy(reconcile);
    return 0;
}

/* How long it may take to give bridges back: in milliseconds. */
#define RELEASE_TIMEOUT 60000

/* Gives bridges back, as 'reconcile' was told, destroys it, and returns the
 * exit status. */
static int
release(struct reconcile *reconcile)
{
    long long int deadline = time_msec() + RELEASE_TIMEOUT;
    bool done = false;

    while (!done && time_msec() < deadline) {
        reconcile_run(reconcile);
        done = reconcile_has_released(reconcile);
        if (!done) {
            reconcile_wait(reconcile);
            poll_timer_wait_until(deadline);
            poll_block();
        }
    }
    reconcile_destroy(reconcile);
    if (!done) {
        fprintf(stderr, "%s: not all could be given back within %d seconds\n",
                program_name, RELEASE_TIMEOUT / 1000);
    }
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Stores in 'options' where libvirt's files are, by the argument of --libvirt,
 * or null for the system's libvirt. */
static void
parse_libvirt(struct options *options, const char *libvirt)
{
    if (!libvirt) {
        options->libvirt_run = xstrdup("/run/libvirt");
        options->libvirt_etc = xstrdup("/etc/libvirt");
    } else if (strcmp(libvirt, "none")) {
        options->libvirt_run = xasprintf("%s/run", libvirt);
        options->libvirt_etc = xasprintf("%s/etc", libvirt);
    }
    options->config.libvirt_run = options->libvirt_run;
    options->config.libvirt_etc = options->libvirt_etc;
}

static void
parse_options(int argc, char *argv[], struct options *options)
{
    enum {
        OPT_NETWORKS = UCHAR_MAX + 1,
        OPT_LIBVIRT,
        OPT_GUESTS,
        OPT_FILTERS,
        OPT_FLEET,
        OPT_FLEET_DIRECTORY,
        OPT_PROXMOX,
        OPT_DATAPATH_TYPE,
        OPT_CREATE_BRIDGES,
        OPT_NO_WATCH,
        OPT_RELEASE,
        OPT_UNIXCTL,
        SSL_OPTION_ENUMS,
        VLOG_OPTION_ENUMS,
        DAEMON_OPTION_ENUMS
    };
    static const struct option long_options[] = {
        {"networks", required_argument, NULL, OPT_NETWORKS},
        {"libvirt", required_argument, NULL, OPT_LIBVIRT},
        {"guests", required_argument, NULL, OPT_GUESTS},
        {"filters", required_argument, NULL, OPT_FILTERS},
        {"fleet", required_argument, NULL, OPT_FLEET},
        {"fleet-directory", required_argument, NULL, OPT_FLEET_DIRECTORY},
        {"proxmox", required_argument, NULL, OPT_PROXMOX},
        {"datapath-type", required_argument, NULL, OPT_DATAPATH_TYPE},
        {"create-bridges", required_argument, NULL, OPT_CREATE_BRIDGES},
        {"no-watch", no_argument, NULL, OPT_NO_WATCH},
        {"release", optional_argument, NULL, OPT_RELEASE},
        {"unixctl", required_argument, NULL, OPT_UNIXCTL},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        VLOG_LONG_OPTIONS,
        DAEMON_LONG_OPTIONS,
        STREAM_SSL_LONG_OPTIONS,
        {NULL, 0, NULL, 0}
    };
    char *short_options = ovs_cmdl_long_options_to_short_options(long_options);
    int c;

    *options = (struct options) {
        .config = {
            .networks = SYSCONFDIR "/ovs-virtnet/networks",
            .guests = SYSCONFDIR "/ovs-virtnet/guests",
            .filters = SYSCONFDIR "/ovs-virtnet/filters",
            .proxmox = "/etc/pve",
            .fleet_directory = LOCALSTATEDIR "/lib/ovs-virtnet",
            .datapath_type = "",
            .watch = true,
        },
    };
    const char *libvirt = NULL;

    while ((c = getopt_long(argc, argv, short_options, long_options,
                            NULL)) != -1) {
        switch (c) {
        case OPT_NETWORKS:
            options->config.networks = optarg;
            break;

        case OPT_LIBVIRT:
            libvirt = optarg;
            break;

        case OPT_GUESTS:
            options->config.guests = optarg;
            break;

        case OPT_FILTERS:
            options->config.filters = optarg;
            break;

        case OPT_FLEET:
            options->config.fleet = optarg;
            break;

        case OPT_FLEET_DIRECTORY:
            options->config.fleet_directory = optarg;
            break;

        case OPT_PROXMOX:
            options->config.proxmox = optarg;
            break;

        case OPT_DATAPATH_TYPE:
            options->config.datapath_type = optarg;
            break;

        case OPT_CREATE_BRIDGES:
            if (!new_bridges_policy_from_string(
                    optarg, &options->config.create_bridges)) {
                fprintf(stderr, "%s: --create-bridges is libvirt, all or "
                        "none\n", program_name);
                exit(2);
            }
            break;

        case OPT_NO_WATCH:
            options->config.watch = false;
            break;

        case OPT_RELEASE:
            options->config.release = optarg ? optarg : "";
            options->config.create_bridges = NEW_BRIDGES_NONE;
            break;

        case OPT_UNIXCTL:
            options->unixctl_path = optarg;
            break;

        case 'h':
            usage();

        case 'V':
            ovs_print_version(0, 0);
            exit(EXIT_SUCCESS);

        VLOG_OPTION_HANDLERS
        DAEMON_OPTION_HANDLERS
        STREAM_SSL_OPTION_HANDLERS

        case '?':
        default:
            exit(2);
        }
    }
    free(short_options);

    parse_libvirt(options, options->config.release ? "none" : libvirt);
    if (argc - optind > 1) {
        fprintf(stderr, "%s: at most one argument is allowed, the database; "
                "use --help for usage\n", program_name);
        exit(2);
    }
    options->database = (optind < argc ? xstrdup(argv[optind])
                         : xasprintf("unix:%s/db.sock", ovs_rundir()));
    options->config.database = options->database;
}

static void
usage(void)
{
    printf("%s: exact MAC tables for libvirt networks on Open vSwitch\n"
           "usage: %s [OPTIONS] [DATABASE]\n"
           "where DATABASE is the Open_vSwitch database, by default\n"
           "  unix:%s/db.sock\n"
           "\nOptions:\n"
           "  --networks=DIR          directory of libvirt network XML files\n"
           "                          (default: "
           SYSCONFDIR "/ovs-virtnet/networks)\n"
           "  --libvirt=DIR           read libvirt's files in DIR/run and "
           "DIR/etc\n"
           "                          (default: /run/libvirt and "
           "/etc/libvirt)\n"
           "  --libvirt=none          do not read libvirt's files\n"
           "  --guests=DIR            directory of guests that nobody else "
           "tells of\n"
           "                          (default: "
           SYSCONFDIR "/ovs-virtnet/guests)\n"
           "  --filters=DIR           directory of filters, beside libvirt's\n"
           "                          (default: "
           SYSCONFDIR "/ovs-virtnet/filters)\n"
           "  --proxmox=DIR           Proxmox's configuration (default: "
           "/etc/pve)\n"
           "  --fleet=REMOTE          database of the fleet that this host is "
           "in\n"
           "                          (default: external_ids:virtnet-fleet)\n"
           "  --fleet-directory=DIR   where what is known of the fleet is "
           "kept\n"
           "                          (default: "
           LOCALSTATEDIR "/lib/ovs-virtnet)\n"
           "  --datapath-type=TYPE    of bridges that are created for "
           "networks\n"
           "                          (default: the system's default)\n"
           "  --create-bridges=WHICH  libvirt, all or none\n"
           "                          (default: libvirt, where libvirt would "
           "make one)\n"
           "  --no-watch              leave it at that when somebody else "
           "changes our\n"
           "                          flows\n"
           "  --release[=BRIDGE]      only give that bridge, or all, back\n",
           program_name, program_name, ovs_rundir());
    stream_usage("DATABASE", true, false, false);
    daemon_usage();
    vlog_usage();
    printf("\nOther options:\n"
           "  --unixctl=SOCKET        override default control socket name\n"
           "  -h, --help              display this help message\n"
           "  -V, --version           display version information\n");
    exit(EXIT_SUCCESS);
}
