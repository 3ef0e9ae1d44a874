/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "openvswitch/vlog.h"

struct command {
    const char *name;
    int min_args;
    const char *usage;
    void (*run)(int argc, char *argv[]);
};

static const struct command commands[] = {
    { "plug", 3, "RUNDIR FIRST N [PORTGROUP]", cmd_plug },
    { "unplug", 3, "RUNDIR FIRST N [CTL]", cmd_unplug },
    { "latency", 5, "RUNDIR REFERENCE-RUNDIR CTL N RUNS", cmd_latency },
    { "cold", 4, "RUNDIR CTL N RUNS", cmd_cold },
    { "start", 2, "CTL COMMAND...", cmd_start },
    { "apply", 3, "CTL NEW-FILE FILE [PORT]", cmd_apply },
    { "return", 2, "SOCKET CTL | SOCKET -- COMMAND...", cmd_return },
    { "offline", 1, "N", cmd_offline },
    { "ports", 1, "N", cmd_ports },
    { "idl", 1, "DATABASE [once]", cmd_idl },
    { "inject", 3, "CTL|- broadcast N | guests N | uplink SOURCES GUESTS",
      cmd_inject },
    { "replay", 4, "SOCKET FIRST HOSTS GUESTS", cmd_replay },
    { "across", 5, "RUNDIR OTHER-RUNDIR N RUNS MSEC [KEY]", cmd_across },
    { "blast", 5, "IFACE MSEC DST SRC FLOWS", cmd_blast },
};

long long int
now_usec(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

void
print_usec(const char *name, long long int usec)
{
    printf("SAMPLE %s %lld\n", name, usec);
    fflush(stdout);
}

unsigned int
parse_number(const char *s)
{
    unsigned int value;

    if (!str_to_uint(s, 10, &value)) {
        ovs_fatal(0, "\"%s\" is no number", s);
    }
    return value;
}

static void
usage(void)
{
    printf("%s: measures for tests/bench/run\n", program_name);
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        printf("  %s %s\n", commands[i].name, commands[i].usage);
    }
}

int
main(int argc, char *argv[])
{
    set_program_name(argv[0]);
    vlog_set_levels(NULL, VLF_ANY_DESTINATION, VLL_OFF);
    for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(commands); i++) {
        if (!strcmp(argv[1], commands[i].name)
            && argc - 2 >= commands[i].min_args) {
            commands[i].run(argc - 2, argv + 2);
            return 0;
        }
    }
    usage();
    return 2;
}
