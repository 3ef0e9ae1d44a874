/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fatal-signal.h"
#include "lib/base/virtnet-version.h"
#include "lib/base/vlan-set.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/vlog.h"
#include "packets.h"
#include "util.h"

struct virtnetctl_options options = {
    .target = "virtnet-controller",
    .timeout = 60,
    .vlan = -1,
};
int virtnetctl_status;

OVS_NO_RETURN static void
usage(void)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    virtnetctl_put_usage(&s);
    options.color = false;
    virtnetctl_print(&s);
    exit(0);
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
        OPT_ALL,
        OPT_SRC,
        OPT_DST,
        OPT_VLAN,
        OPT_VIA,
        OPT_STATE,
        OPT_FLEET,
        OPT_DB,
        OPT_LISTEN,
        OPT_PRIVATE_KEY,
        OPT_CERTIFICATE,
        OPT_CA_CERT,
    };
    static const struct option long_options[] = {
        {"ports", required_argument, NULL, OPT_PORTS},
        {"output", required_argument, NULL, OPT_OUTPUT},
        {"bridge", required_argument, NULL, OPT_BRIDGE},
        {"strict", no_argument, NULL, OPT_STRICT},
        {"format", required_argument, NULL, OPT_FORMAT},
        {"no-color", no_argument, NULL, OPT_NO_COLOR},
        {"repair", no_argument, NULL, OPT_REPAIR},
        {"all", no_argument, NULL, OPT_ALL},
        {"src", required_argument, NULL, OPT_SRC},
        {"dst", required_argument, NULL, OPT_DST},
        {"vlan", required_argument, NULL, OPT_VLAN},
        {"via", required_argument, NULL, OPT_VIA},
        {"state", required_argument, NULL, OPT_STATE},
        {"fleet", required_argument, NULL, OPT_FLEET},
        {"db", required_argument, NULL, OPT_DB},
        {"listen", required_argument, NULL, OPT_LISTEN},
        {"private-key", required_argument, NULL, OPT_PRIVATE_KEY},
        {"certificate", required_argument, NULL, OPT_CERTIFICATE},
        {"ca-cert", required_argument, NULL, OPT_CA_CERT},
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
            virtnetctl_note_option(long_options[index].name);
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

        case OPT_ALL:
            options.all = true;
            break;

        case OPT_SRC:
            check_mac("src", optarg);
            options.src = optarg;
            break;

        case OPT_DST:
            options.dst = optarg;
            break;

        case OPT_VIA:
            options.via = optarg;
            break;

        case OPT_VLAN:
            if (!str_to_uint(optarg, 10, &vlan) || vlan > VLAN_ID_MAX) {
                virtnetctl_fatal("--vlan=%s: expected a number from 0 to %d",
                                 optarg, VLAN_ID_MAX);
            }
            options.vlan = vlan;
            break;

        case OPT_STATE:
            options.state = optarg;
            break;

        case OPT_FLEET:
            options.fleet = optarg;
            break;

        case OPT_DB:
            options.db = optarg;
            break;

        case OPT_LISTEN:
            options.listen = optarg;
            break;

        case OPT_PRIVATE_KEY:
            options.private_key = optarg;
            break;

        case OPT_CERTIFICATE:
            options.certificate = optarg;
            break;

        case OPT_CA_CERT:
            options.ca_cert = optarg;
            break;

        case 't':
            options.target = optarg;
            break;

        case 'T':
            if (!str_to_int(optarg, 10, &options.timeout)
                || options.timeout < 0
                || options.timeout > INT_MAX / 1000) {
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

int
main(int argc, char *argv[])
{
    ovs_set_program_name(argv[0], virtnet_version());
    vlog_set_levels(NULL, VLF_ANY_DESTINATION, VLL_OFF);
    fatal_ignore_sigpipe();
    parse_options(argc, argv);
    virtnetctl_run(argc - optind, argv + optind);
    return virtnetctl_status;
}
