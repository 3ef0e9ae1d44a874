/* SPDX-License-Identifier: Apache-2.0 */

/* Command line of "frames"; frames.h tells what it is. */

#define _GNU_SOURCE 1

#include "frames.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char usage_text[] = "\
frames: send Ethernet frames, tell who received what\n\
usage: frames [OPTION]... [SCRIPT]...    (\"-\" or nothing: standard input)\n\
\n\
  --check           print only frames that are not received as expected,\n\
                    and exit with status 1 if there are any\n\
  --summary         print counts for each port instead of frames\n\
  --quiet=MS        wait until so long nothing was received (default 100)\n\
  --patience=MS     wait at most so long for what is expected (default 5000)\n\
  --rate=N          send each frame of the script N times a second, count\n\
                    what is lost; exit with status 1 if anything is\n\
  --count=N         stop after N copies (default: at SIGINT or SIGTERM)\n\
  --blind           go on sending when the switch's sockets are full\n\
  --at-wait=COMMAND run COMMAND at each \"wait\", when nothing more comes\n\
\n\
Scripts are lines of words; \"#\" begins a comment:\n\
\n\
  port NAME NETNS IFACE [MAC]   a port; NETNS \"-\" is the present namespace,\n\
                                and \"@tap\" too, for a tap device's other end\n\
  mac NAME MAC                  a name for an address\n\
  set NAME PORT...              a name for several ports\n\
  PORT -> DST [WORD]... [= RECEIVER...]    a frame\n\
  wait                          until nothing more is received\n\
  sleep MS\n\
\n\
DST is an address, a port (its address), or a name: bcast, mcast, mcast6,\n\
unknown, unknown2, unknown3, stp, pause, lacp, eapol, lldp.  WORDs:\n\
\n\
  src=MAC      default: the port's own address\n\
  vlan=VID[/PCP], svlan=VID[/PCP]   802.1Q and 802.1ad tags, outermost first\n\
  rarp, garp, na   a real announcement of src\n\
  ns, rs, mld, dhcp, dhcp6, vrrp   what else hosts send first\n\
  type=NUMBER, head=HEX, len=BYTES\n\
  once         with --rate: a single time, at SIGUSR1\n\
  bare         without the mark behind the head by which frames are told; not\n\
               with --rate, and no two that are the same\n\
\n\
RECEIVER is PORT, PORT[VID], PORT[VID/PCP], PORT[sVID,VID], each with xN if\n\
received N times and +mangled if changed, or @SET or @SET[...], which is all\n\
of a set but the sender, or \"-\" for nobody.  Results are written likewise.\n";

void
die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fputs("frames: ", stderr);
    vfprintf(stderr, format, args);
    fputs("\n", stderr);
    va_end(args);
    exit(2);
}

void *
xrealloc_array(void *p, size_t n, size_t size)
{
    p = reallocarray(p, n ? n : 1, size);
    if (!p) {
        die("out of memory");
    }
    return p;
}

void *
xzalloc_frame(size_t size)
{
    void *p = calloc(1, size ? size : 1);

    if (!p) {
        die("out of memory");
    }
    return p;
}

char *
xstrdup_frame(const char *s)
{
    size_t size = strlen(s) + 1;

    return memcpy(xrealloc_array(NULL, size, 1), s, size);
}

/* Returns the time since some point in the past, in microseconds. */
long long int
now_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

/* Compares two strings for qsort(), so that g2 comes before g10. */
int
compare_names(const void *a_, const void *b_)
{
    const char *const *a = a_;
    const char *const *b = b_;

    return strverscmp(*a, *b);
}

/* Copies of a frame without a mark cannot be told apart. */
static void
refuse_bare(const struct script *script)
{
    for (size_t i = 0; i < script->n_frames; i++) {
        if (script->frames[i]->bare) {
            die("line %d: a bare frame cannot be sent at a rate",
                script->frames[i]->line);
        }
    }
}

/* Prints all frames of 'script' with their receivers. */
static void
print_results(const struct script *script)
{
    for (size_t i = 0; i < script->n_frames; i++) {
        char *receivers = format_arrivals(script->frames[i]);

        printf("%s = %s\n", script->frames[i]->text, receivers);
        free(receivers);
    }
}

/* Prints the frames of 'script' that others received than should have.
 * Returns their number. */
static size_t
print_differences(const struct script *script)
{
    size_t n = 0;

    for (size_t i = 0; i < script->n_frames; i++) {
        const struct frame *frame = script->frames[i];

        if (!frame_as_expected(frame)) {
            char *receivers = format_arrivals(frame);

            printf("line %d: %s\n    expected:", frame->line, frame->text);
            for (size_t j = 0; j < frame->n_expected; j++) {
                printf(" %s", frame->expected[j]);
            }
            printf("%s\n    received: %s\n", frame->n_expected ? "" : " -",
                   receivers);
            free(receivers);
            n++;
        }
    }
    if (n) {
        printf("%zu of %zu frames not received as expected\n", n,
               script->n_frames);
    }
    return n;
}

/* Prints for each port of 'script': unicast frames that others sent to its
 * address, how many of them it received, foreign unicast frames that it
 * received, and group-addressed frames that it received. */
static void
print_summary(const struct script *script)
{
    for (size_t i = 0; i < script->n_ports; i++) {
        const struct port *port = script->ports[i];
        unsigned int sent = 0, own = 0, foreign = 0, group = 0;

        for (size_t j = 0; j < script->n_frames; j++) {
            const struct frame *frame = script->frames[j];
            bool mine = (port->has_mac
                         && !memcmp(frame->dst, port->mac, ETH_LEN));

            sent += mine && frame->from != port;
            for (size_t k = 0; k < frame->n_arrivals; k++) {
                const struct arrival *a = &frame->arrivals[k];

                if (a->port == port) {
                    *(frame->dst[0] & 1 ? &group : mine ? &own : &foreign)
                        += a->n;
                }
            }
        }
        printf("port=%s sent_to=%u own=%u foreign=%u group=%u\n",
               port->name, sent, own, foreign, group);
    }
}

static unsigned int
parse_option_number(const char *s)
{
    char *end;
    unsigned long value = strtoul(s, &end, 10);

    if (!*s || *end || value > 1000000000) {
        die("\"%s\" is no number (use --help for help)", s);
    }
    return value;
}

static void
parse_options(int argc, char *argv[], struct options *options)
{
    enum { OPT_CHECK = 256, OPT_SUMMARY, OPT_QUIET, OPT_PATIENCE, OPT_RATE,
           OPT_COUNT, OPT_BLIND, OPT_AT_WAIT };
    static const struct option long_options[] = {
        {"check", no_argument, NULL, OPT_CHECK},
        {"summary", no_argument, NULL, OPT_SUMMARY},
        {"quiet", required_argument, NULL, OPT_QUIET},
        {"patience", required_argument, NULL, OPT_PATIENCE},
        {"rate", required_argument, NULL, OPT_RATE},
        {"count", required_argument, NULL, OPT_COUNT},
        {"blind", no_argument, NULL, OPT_BLIND},
        {"at-wait", required_argument, NULL, OPT_AT_WAIT},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int c;

    while ((c = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
        switch (c) {
        case OPT_CHECK:
            options->check = true;
            break;
        case OPT_SUMMARY:
            options->summary = true;
            break;
        case OPT_QUIET:
            options->quiet_ms = parse_option_number(optarg);
            break;
        case OPT_PATIENCE:
            options->patience_ms = parse_option_number(optarg);
            break;
        case OPT_RATE:
            options->rate = parse_option_number(optarg);
            break;
        case OPT_COUNT:
            options->count = parse_option_number(optarg);
            break;
        case OPT_BLIND:
            options->blind = true;
            break;
        case OPT_AT_WAIT:
            options->at_wait = optarg;
            break;
        case 'h':
            fputs(usage_text, stdout);
            exit(0);
        default:
            exit(2);
        }
    }
}

int
main(int argc, char *argv[])
{
    struct options options = { .quiet_ms = 100, .patience_ms = 5000 };
    struct script script = { .n_ports = 0 };

    parse_options(argc, argv, &options);
    if (optind == argc) {
        script_read(&script, "-");
    }
    for (int i = optind; i < argc; i++) {
        script_read(&script, argv[i]);
    }

    packet_init();
    ports_open(&script);
    if (options.rate) {
        refuse_bare(&script);
        return rate_run(&script, &options) ? 0 : 1;
    }
    script_run(&script, &options);
    if (options.summary) {
        print_summary(&script);
    } else if (!options.check) {
        print_results(&script);
    }
    return options.check && print_differences(&script) ? 1 : 0;
}
