/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl.h"

#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fatal-signal.h"
#include "lib/base/jvalue.h"
#include "lib/base/virtnet-version.h"
#include "lib/base/vlan-set.h"
#include "openvswitch/vlog.h"
#include "packets.h"
#include "util.h"

struct virtnetctl_options options = {
    .target = "virtnet-controller",
    .timeout = -1,
};
int virtnetctl_status;

static void
list_commands(struct ovs_cmdl_context *);

static const struct ovs_cmdl_command commands[] = {
    { "check", "FILE...", 1, INT_MAX, virtnetctl_check, OVS_RO },
    { "compile", "FILE... --ports=PORTS", 1, INT_MAX, virtnetctl_compile,
      OVS_RO },
    { "diff", "A B --ports=PORTS [--ports=PORTS]", 2, 2, virtnetctl_diff,
      OVS_RO },
    { "dump-flows", "BRIDGE [PORT]", 1, 2, virtnetctl_dump_flows, OVS_RO },
    { "explain", "FILE... [--ports=PORTS] < DUMP", 1, INT_MAX,
      virtnetctl_explain, OVS_RO },
    { "fdb", "[BRIDGE]", 0, 1, virtnetctl_fdb, OVS_RO },
    { "graph", "", 0, 0, virtnetctl_graph, OVS_RO },
    { "list-commands", "", 0, 0, list_commands, OVS_RO },
    { "metrics", "", 0, 0, virtnetctl_metrics, OVS_RO },
    { "monitor", "", 0, 0, virtnetctl_monitor, OVS_RO },
    { "show", "", 0, 0, virtnetctl_show, OVS_RO },
    { "status", "", 0, 0, virtnetctl_status_command, OVS_RO },
    { "top", "", 0, 0, virtnetctl_top, OVS_RO },
    { "trace", "BRIDGE PORT [FRAME]", 2, 3, virtnetctl_trace, OVS_RO },
    { "verify", "[BRIDGE] [--repair]", 0, 1, virtnetctl_verify, OVS_RW },
    { "wait", "[PORT...] [--timeout=SECONDS]", 0, INT_MAX, virtnetctl_wait,
      OVS_RO },
    { NULL, NULL, 0, 0, NULL, OVS_RO },
};

static void
list_commands(struct ovs_cmdl_context *ctx OVS_UNUSED)
{
    if (options.json) {
        struct json_t *array = jvalue_array();

        for (const struct ovs_cmdl_command *c = commands; c->name; c++) {
            struct json_t *json = jvalue_object();

            jvalue_put_string(json, "command", c->name);
            jvalue_put_string(json, "usage", c->usage);
            jvalue_add(array, json);
        }
        virtnetctl_print_json(array);
    } else {
        ovs_cmdl_print_commands(commands);
        virtnetctl_flush();
    }
}

OVS_NO_RETURN static void
usage(void)
{
    printf("%s: networks of libvirt on Open vSwitch\n"
           "usage: %s [OPTIONS] COMMAND [ARG...]\n"
           "\nWithout a daemon, Open vSwitch or privileges:\n"
           "  check FILE...               check network definitions\n"
           "  compile FILE...             print what they come to\n"
           "  diff A B                    print what would change from A to B"
           "\n"
           "  explain FILE... < DUMP      say whose the flows of a dump are\n"
           "\nOver the control socket of virtnet-controller:\n"
           "  status                      print its status\n"
           "  show                        print bridges, networks and ports\n"
           "  fdb [BRIDGE]                print the MAC table\n"
           "  dump-flows BRIDGE [PORT]    say whose the switch's flows are\n"
           "  verify [BRIDGE]             compare the switch with the plan\n"
           "  trace BRIDGE PORT [FRAME]   say what becomes of a frame\n"
           "  wait [PORT...]              until the ports' flows, or all, are "
           "installed\n"
           "  monitor                     print what happens\n"
           "  top                         print guests' rates (keys: r, t, n "
           "sort, q quits)\n"
           "  metrics                     print OpenMetrics text\n"
           "  graph                       print a graph for Graphviz\n"
           "\nOptions:\n"
           "  --ports=PORTS               ports of the host, from a JSON file "
           "or a database\n"
           "  --output=flows|groups|bundle|ovsdb|vsctl|json   of compile\n"
           "  --bridge=BRIDGE             which bridge, if there are several\n"
           "  --strict                    check: warnings are errors\n"
           "  --repair                    verify: put right what differs\n"
           "  --src=MAC --dst=MAC --vlan=VLAN   trace: the frame\n"
           "  -T, --timeout=SECONDS       wait: for how long (default: 60)\n"
           "  -t, --target=TARGET         pidfile or socket of the daemon\n"
           "                              (default: virtnet-controller)\n"
           "  --format=text|json          how to print (default: text)\n"
           "  --no-color                  no colour, also not on a terminal\n"
           "  -h, --help                  display this help message\n"
           "  -V, --version               display version information\n"
           "\nExit status: 0 fine, 1 what was asked does not hold, 2 could "
           "not be asked.\n",
           program_name, program_name);
    virtnetctl_flush();
    exit(0);
}

/* Options that are for some commands only. */
static const struct {
    const char *name;
    const char *commands;       /* Each with a space before and behind. */
} special_options[] = {
    { "ports", " compile diff explain " },
    { "output", " compile " },
    { "bridge", " compile explain " },
    { "strict", " check " },
    { "repair", " verify " },
    { "src", " trace " },
    { "dst", " trace " },
    { "vlan", " trace " },
};

/* Ends the program if an option was given that 'command' does not know: what
 * was asked is not what would be done. */
static void
check_options(const char *command)
{
    for (size_t i = 0; i < ARRAY_SIZE(special_options); i++) {
        char *word = xasprintf(" %s ", command);

        if (options.given & (1u << i)
            && !strstr(special_options[i].commands, word)) {
            virtnetctl_fatal("'%s' does not take --%s, which is for%.*s",
                             command, special_options[i].name,
                             (int) strlen(special_options[i].commands) - 1,
                             special_options[i].commands);
        }
        free(word);
    }
}

/* Takes note that the option called 'name' was given. */
static void
note_option(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(special_options); i++) {
        if (!strcmp(special_options[i].name, name)) {
            options.given |= 1u << i;
        }
    }
}

/* Ends the program unless 'value', of option 'name', is a MAC address. */
static void
check_mac(const char *name, const char *value)
{
    struct eth_addr mac;

    if (!eth_addr_from_string(value, &mac)) {
        virtnetctl_fatal("--%s=%s: expected a MAC address", name, value);
    }
}

static void
parse_options(int argc, char *argv[])
{
    enum {
        OPT_PORTS = UCHAR_MAX + 1,
        OPT_OUTPUT,
        OPT_BRIDGE,
        OPT_STRICT,
        OPT_FORMAT,
        OPT_NO_COLOR,
        OPT_REPAIR,
        OPT_SRC,
        OPT_DST,
        OPT_VLAN,
    };
    static const struct option long_options[] = {
        {"ports", required_argument, NULL, OPT_PORTS},
        {"output", required_argument, NULL, OPT_OUTPUT},
        {"bridge", required_argument, NULL, OPT_BRIDGE},
        {"strict", no_argument, NULL, OPT_STRICT},
        {"format", required_argument, NULL, OPT_FORMAT},
        {"no-color", no_argument, NULL, OPT_NO_COLOR},
        {"repair", no_argument, NULL, OPT_REPAIR},
        {"src", required_argument, NULL, OPT_SRC},
        {"dst", required_argument, NULL, OPT_DST},
        {"vlan", required_argument, NULL, OPT_VLAN},
        {"target", required_argument, NULL, 't'},
        {"timeout", required_argument, NULL, 'T'},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        {NULL, 0, NULL, 0}
    };
    const char *no_color = getenv("NO_COLOR");
    unsigned int vlan;
    int index = -1;
    int c;

    options.color = isatty(STDOUT_FILENO) && !(no_color && no_color[0]);
    while ((c = getopt_long(argc, argv, "hVt:T:", long_options, &index))
           != -1) {
        if (index >= 0 && c != '?') {
            note_option(long_options[index].name);
        }
        index = -1;
        switch (c) {
        case OPT_PORTS:
            if (options.n_ports >= ARRAY_SIZE(options.ports)) {
                virtnetctl_fatal("--ports is there too often");
            }
            options.ports[options.n_ports++] = optarg;
            break;

        case OPT_OUTPUT:
            options.output = optarg;
            break;

        case OPT_BRIDGE:
            options.bridge = optarg;
            break;

        case OPT_STRICT:
            options.strict = true;
            break;

        case OPT_FORMAT:
            if (strcmp(optarg, "text") && strcmp(optarg, "json")) {
                virtnetctl_fatal("--format=%s: expected text or json", optarg);
            }
            options.json = !strcmp(optarg, "json");
            break;

        case OPT_NO_COLOR:
            options.color = false;
            break;

        case OPT_REPAIR:
            options.repair = true;
            break;

        case OPT_SRC:
            check_mac("src", optarg);
            options.src = optarg;
            break;

        case OPT_DST:
            check_mac("dst", optarg);
            options.dst = optarg;
            break;

        case OPT_VLAN:
            if (!str_to_uint(optarg, 10, &vlan) || vlan > VLAN_ID_MAX) {
                virtnetctl_fatal("--vlan=%s: expected a number from 0 to %d",
                                 optarg, VLAN_ID_MAX);
            }
            options.vlan = optarg;
            break;

        case 't':
            options.target = optarg;
            break;

        case 'T':
            if (!str_to_int(optarg, 10, &options.timeout)
                || options.timeout < 0) {
                virtnetctl_fatal("--timeout=%s: expected a number of seconds",
                                 optarg);
            }
            break;

        case 'h':
            usage();

        case 'V':
            ovs_print_version(0, 0);
            virtnetctl_flush();
            exit(0);

        default:
            exit(2);
        }
    }
}

/* Runs the command in 'argv'. */
static void
run_command(int argc, char *argv[])
{
    const char *names[ARRAY_SIZE(commands)];
    size_t n = 0;

    if (!argc) {
        virtnetctl_fatal("no command; use --help for usage");
    }
    for (const struct ovs_cmdl_command *c = commands; c->name; c++) {
        names[n++] = c->name;
        if (!strcmp(argv[0], c->name)) {
            struct ovs_cmdl_context ctx = { .argc = argc, .argv = argv };

            if (argc - 1 < c->min_args || argc - 1 > c->max_args) {
                virtnetctl_fatal("'%s' has too %s arguments; usage: %s %s %s",
                                 c->name,
                                 argc - 1 < c->min_args ? "few" : "many",
                                 program_name, c->name, c->usage);
            }
            check_options(c->name);
            c->handler(&ctx);
            return;
        }
    }
    virtnetctl_fatal("unknown command '%s'%s", argv[0],
                     virtnetctl_nearest(argv[0], names, n));
}

int
main(int argc, char *argv[])
{
    ovs_set_program_name(argv[0], virtnet_version());
    vlog_set_levels(NULL, VLF_ANY_DESTINATION, VLL_OFF);
    fatal_ignore_sigpipe();
    parse_options(argc, argv);
    run_command(argc - optind, argv + optind);
    return virtnetctl_status;
}
