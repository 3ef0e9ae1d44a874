/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/jvalue.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

/* The commands and their options, each told once: what is refused, --help,
 * "help COMMAND" and "list-commands" come from here. */

enum needs {
    FILES,                      /* Nothing but files. */
    DAEMON,                     /* virtnet-controller. */
    FLEET,                      /* The fleet's database. */
};

struct command {
    const char *name;           /* One word, or "fleet" and another. */
    const char *usage;          /* Arguments. */
    int min_args, max_args;
    void (*handler)(struct ovs_cmdl_context *);
    enum needs needs;
    const char *summary;
    const char *options;        /* Of special_options[], a space around each,
                                 * or null. */
};

static void help(struct ovs_cmdl_context *);
static void list_commands(struct ovs_cmdl_context *);

#define KEY_OPTIONS " private-key certificate ca-cert "
#define FLEET_OPTIONS " fleet" KEY_OPTIONS

/* In the order in which --help has them. */
static const struct command commands[] = {
    { "check", "FILE...", 1, INT_MAX, virtnetctl_check, FILES,
      "check network definitions", " strict " },
    { "compile", "FILE... --ports=PORTS", 1, INT_MAX, virtnetctl_compile,
      FILES, "print what they come to", " ports output bridge " },
    { "diff", "[A] B [--ports=PORTS]", 1, 2, virtnetctl_diff, FILES,
      "print what would change from A, or from what is in force, to B",
      " ports " },
    { "explain", "FILE... < DUMP", 1, INT_MAX, virtnetctl_explain, FILES,
      "say whose the flows of a dump are", " ports bridge " },
    { "help", "[COMMAND]", 0, 2, help, FILES,
      "say how a command is used", NULL },
    { "list-commands", "", 0, 0, list_commands, FILES,
      "list all commands", NULL },

    { "status", "", 0, 0, virtnetctl_status_command, DAEMON,
      "print its status", NULL },
    { "health", "[BRIDGE]", 0, 1, virtnetctl_health, DAEMON,
      "say in one line whether all is well", NULL },
    { "networks", "[BRIDGE]", 0, 1, virtnetctl_networks, DAEMON,
      "list networks", NULL },
    { "show", "[BRIDGE [PORT]]", 0, 2, virtnetctl_show, DAEMON,
      "print bridges, networks and ports", " vlan state " },
    { "fdb", "[BRIDGE [PORT]]", 0, 2, virtnetctl_fdb, DAEMON,
      "print the MAC table", " vlan state " },
    { "dump-flows", "BRIDGE [PORT]", 1, 2, virtnetctl_dump_flows, DAEMON,
      "say whose the switch's flows are", NULL },
    { "verify", "[BRIDGE]", 0, 1, virtnetctl_verify, DAEMON,
      "compare the switch with the plan", " repair all " },
    { "release", "[BRIDGE]", 0, 1, virtnetctl_release, DAEMON,
      "give bridges back, as if there were no networks", NULL },
    { "trace", "BRIDGE PORT [FRAME]", 2, 3, virtnetctl_trace, DAEMON,
      "say what becomes of a frame", " src dst vlan via " },
    { "wait", "[PORT...]", 0, INT_MAX, virtnetctl_wait, DAEMON,
      "until the ports' flows, or all, are installed", NULL },
    { "monitor", "", 0, 0, virtnetctl_monitor, DAEMON,
      "print what happens", NULL },
    { "top", "", 0, 0, virtnetctl_top, DAEMON,
      "print guests' rates (keys: r, t, n sort, q quits)", NULL },
    { "metrics", "", 0, 0, virtnetctl_metrics, DAEMON,
      "print OpenMetrics text", NULL },
    { "graph", "", 0, 0, virtnetctl_graph, DAEMON,
      "print a graph for Graphviz", NULL },

    { "fleet init", "[ADDRESS]", 0, 1, virtnetctl_fleet_init, FLEET,
      "make its database, here", " db listen" KEY_OPTIONS },
    { "fleet join", "ADDRESS SERVER...", 2, INT_MAX, virtnetctl_fleet_join,
      FLEET, "make another server for it, here", " db listen" KEY_OPTIONS },
    { "fleet leave", "", 0, 0, virtnetctl_fleet_leave, FLEET,
      "have the server here leave its cluster", NULL },
    { "fleet define", "FILE...", 1, INT_MAX, virtnetctl_fleet_define, FLEET,
      "define networks on all hosts", FLEET_OPTIONS },
    { "fleet undefine", "NETWORK...", 1, INT_MAX, virtnetctl_fleet_undefine,
      FLEET, "take them away", FLEET_OPTIONS },
    { "fleet show", "[NETWORK]", 0, 1, virtnetctl_fleet_show, FLEET,
      "print definitions, and where they hold", FLEET_OPTIONS },
    { "fleet hosts", "", 0, 0, virtnetctl_fleet_hosts, FLEET,
      "print hosts", FLEET_OPTIONS },
    { "fleet ports", "[WHAT...]", 0, INT_MAX, virtnetctl_fleet_ports, FLEET,
      "print where addresses are, and who claims them", FLEET_OPTIONS },
    { "fleet verify", "", 0, 0, virtnetctl_fleet_verify, FLEET,
      "look for what is wrong in it", FLEET_OPTIONS },
    { "fleet graph", "", 0, 0, virtnetctl_fleet_graph, FLEET,
      "print a graph for Graphviz", FLEET_OPTIONS },
    { "fleet report", "", 0, 0, virtnetctl_fleet_report, FLEET,
      "print a page of HTML", FLEET_OPTIONS },
    { "fleet forget", "HOST...", 1, INT_MAX, virtnetctl_fleet_forget, FLEET,
      "delete hosts that are no more", FLEET_OPTIONS },
};

/* Options that are for some commands only. */
static const struct {
    const char *name;
    const char *value;          /* What it is set to, or null. */
    const char *summary;
} special_options[] = {
    { "ports", "PORTS", "ports of the host, from a JSON file or a database" },
    { "output", "flows|groups|bundle|ovsdb|vsctl|json", "what to print" },
    { "bridge", "BRIDGE", "which bridge, if there are several" },
    { "strict", NULL, "warnings are errors" },
    { "repair", NULL, "put right what differs" },
    { "all", NULL, "ask about all guests, not only a sample" },
    { "src", "MAC", "the frame's source" },
    { "dst", "MAC|PORT|GUEST", "the frame's destination" },
    { "vlan", "VLAN", "the frame's VLAN, or that of the ports to print" },
    { "via", "COMMAND", "how to reach other hosts, e.g. ssh" },
    { "state", "STATE", "that of the ports to print" },
    { "fleet", "REMOTE", "the fleet's database, as in ovsdb(7)" },
    { "db", "FILE", "where its file is" },
    { "listen", "TARGET", "where its server listens for hosts" },
    { "private-key", "FILE", "key for connections by ssl" },
    { "certificate", "FILE", "certificate of that key" },
    { "ca-cert", "FILE", "certificate of who signs the servers'" },
};

/* Returns the index in special_options[] of 'name', or -1. */
static int
find_option(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(special_options); i++) {
        if (!strcmp(special_options[i].name, name)) {
            return i;
        }
    }
    return -1;
}

/* Takes note that the option called 'name' was given. */
void
virtnetctl_note_option(const char *name)
{
    int i = find_option(name);

    if (i >= 0) {
        options.given |= 1u << i;
    }
}

static bool
command_takes(const struct command *command, const char *option)
{
    char *word = xasprintf(" %s ", option);
    bool takes = command->options && strstr(command->options, word);

    free(word);
    return takes;
}

/* Ends the program if an option was given that 'command' does not know: what
 * was asked is not what would be done. */
static void
check_options(const struct command *command)
{
    for (size_t i = 0; i < ARRAY_SIZE(special_options); i++) {
        const char *option = special_options[i].name;
        struct ds s = DS_EMPTY_INITIALIZER;

        if (!(options.given & (1u << i)) || command_takes(command, option)) {
            continue;
        }
        for (const struct command *c = commands;
             c < &commands[ARRAY_SIZE(commands)]; c++) {
            if (command_takes(c, option)) {
                ds_put_format(&s, " %s", c->name);
            }
        }
        virtnetctl_fatal("'%s' does not take --%s, which is for%s",
                         command->name, option, ds_cstr(&s));
    }
}

/* Appends option 'i' and how it is used, with 'indent' before. */
static void
put_option(struct ds *s, size_t i)
{
    size_t start = s->length;

    ds_put_format(s, "  --%s%s%s", special_options[i].name,
                  special_options[i].value ? "=" : "",
                  special_options[i].value ? special_options[i].value : "");
    int pad = 30 - (int) (s->length - start);
    ds_put_char_multiple(s, ' ', MAX(pad, 2));
    ds_put_format(s, "%s\n", special_options[i].summary);
}

static void
put_commands(struct ds *s, enum needs needs)
{
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        const struct command *c = &commands[i];

        if (c->needs == needs) {
            char *synopsis = xasprintf("%s %s", c->name, c->usage);

            ds_put_format(s, "  %-29s %s\n", synopsis, c->summary);
            free(synopsis);
        }
    }
}

/* Options that are for all commands. */
static const char general_options[] =
    "  -T, --timeout=SECONDS       give up after so long (default: 60)\n"
    "  -t, --target=TARGET         pidfile or socket of the daemon\n"
    "                              (default: virtnet-controller)\n"
    "  --format=text|json          how to print (default: text)\n"
    "  --no-color                  no colour, also not on a terminal\n"
    "  -h, --help                  display this help message\n"
    "  -V, --version               display version information\n";

/* Appends what --help prints. */
void
virtnetctl_put_usage(struct ds *s)
{
    ds_put_format(s, "%s: networks of libvirt on Open vSwitch\n"
                  "usage: %s [OPTIONS] COMMAND [ARG...]\n"
                  "\nWithout a daemon, Open vSwitch or privileges:\n",
                  program_name, program_name);
    put_commands(s, FILES);
    ds_put_cstr(s, "\nOver the control socket of virtnet-controller:\n");
    put_commands(s, DAEMON);
    ds_put_cstr(s, "\nOver the database of a fleet, many hosts:\n");
    put_commands(s, FLEET);
    ds_put_format(s, "\nOptions of some commands (%s help COMMAND):\n",
                  program_name);
    for (size_t i = 0; i < ARRAY_SIZE(special_options); i++) {
        put_option(s, i);
    }
    ds_put_format(s, "\nOptions:\n%s"
                  "\nExit status: 0 fine, 1 what was asked does not hold, "
                  "2 could not be asked.\n", general_options);
}

/* Returns the command called 'name'.  Ends the program if there is none. */
static const struct command *
find_command(const char *name)
{
    const char *names[ARRAY_SIZE(commands)];

    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        names[i] = commands[i].name;
        if (!strcmp(name, names[i])) {
            return &commands[i];
        }
    }
    virtnetctl_fatal("unknown command '%s'%s", name,
                     virtnetctl_nearest(name, names, ARRAY_SIZE(names)));
}

/* Returns the command that the first of the 'argc' words of 'argv', or the
 * first two, name, and stores in '*n' how many.  Ends the program if there is
 * none. */
static const struct command *
find_words(int argc, char *argv[], int *n)
{
    const struct command *c;
    char *name;

    *n = 1;
    if (strcmp(argv[0], "fleet")) {
        return find_command(argv[0]);
    } else if (argc < 2) {
        virtnetctl_fatal("which one? %s help fleet", program_name);
    }
    name = xasprintf("%s %s", argv[0], argv[1]);
    c = find_command(name);
    free(name);
    *n = 2;
    return c;
}

/* Appends what "help COMMAND" says. */
static void
put_help(struct ds *s, const struct command *c)
{
    ds_put_format(s, "%s %s: %s\nusage: %s [OPTIONS] %s%s%s\n", program_name,
                  c->name, c->summary, program_name, c->name,
                  c->usage[0] ? " " : "", c->usage);
    if (c->options) {
        ds_put_format(s, "\nOptions of %s:\n", c->name);
    }
    for (size_t i = 0; i < ARRAY_SIZE(special_options); i++) {
        if (command_takes(c, special_options[i].name)) {
            put_option(s, i);
        }
    }
    ds_put_format(s, "\nOptions:\n%s", general_options);
}

/* "help [COMMAND]". */
static void
help(struct ovs_cmdl_context *ctx)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    int n = 0;

    if (ctx->argc < 2) {
        virtnetctl_put_usage(&s);
    } else if (ctx->argc == 2 && !strcmp(ctx->argv[1], "fleet")) {
        ds_put_format(&s, "%s fleet: many hosts, one definition\n"
                      "usage: %s [OPTIONS] fleet COMMAND [ARG...]\n\n",
                      program_name, program_name);
        put_commands(&s, FLEET);
    } else {
        const struct command *c = find_words(ctx->argc - 1, ctx->argv + 1, &n);

        if (ctx->argc - 1 > n) {
            virtnetctl_fatal("help is for one command");
        }
        put_help(&s, c);
    }
    virtnetctl_print(&s);
}

/* "list-commands". */
static void
list_commands(struct ovs_cmdl_context *ctx OVS_UNUSED)
{
    struct json_t *array = jvalue_array();
    struct ds s = DS_EMPTY_INITIALIZER;

    ds_put_cstr(&s, "The available commands are:\n");
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        const struct command *c = &commands[i];
        struct json_t *json = jvalue_object();

        ds_put_format(&s, "  %-23s %s\n", c->name, c->usage);
        jvalue_put_string(json, "command", c->name);
        jvalue_put_string(json, "usage", c->usage);
        jvalue_put_string(json, "summary", c->summary);
        jvalue_add(array, json);
    }
    if (options.json) {
        virtnetctl_print_json(jvalue_ref(array));
        ds_destroy(&s);
    } else {
        virtnetctl_print(&s);
    }
    jvalue_unref(array);
}

/* Runs the command in 'argv', of which there are 'argc'. */
void
virtnetctl_run(int argc, char *argv[])
{
    int n;

    if (!argc) {
        virtnetctl_fatal("no command; use --help for usage");
    }

    const struct command *c = find_words(argc, argv, &n);
    struct ovs_cmdl_context ctx = {
        .argc = argc - (n - 1),
        .argv = argv + (n - 1),
    };
    argc = ctx.argc;
    if (argc - 1 < c->min_args || argc - 1 > c->max_args) {
        virtnetctl_fatal("'%s' has too %s arguments; usage: %s %s %s",
                         c->name, argc - 1 < c->min_args ? "few" : "many",
                         program_name, c->name, c->usage);
    }
    check_options(c);
    c->handler(&ctx);
}
