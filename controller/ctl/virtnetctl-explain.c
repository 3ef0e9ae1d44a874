/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl.h"

#include "lib/openflow/flow-dump.h"
#include "lib/tell/explain.h"
#include "lib/tell/translation.h"
#include "lib/xml/netdef.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-port.h"
#include "util.h"

/* "explain [--ports=PORTS] FILE...": whose each flow of a dump is. */

/* Adds the ports of 'bridge' to 'map', by all names that a dump may use. */
static void
put_names(struct ofputil_port_map *map,
          const struct translation_bridge *bridge)
{
    for (size_t i = 0; bridge->ports && i < bridge->ports->n_vifs; i++) {
        const struct vif *vif = &bridge->ports->vifs[i];

        if (vif->ofport != OFPP_NONE) {
            /* OpenFlow cuts names off after 15 characters. */
            char cut[OFP_MAX_PORT_NAME_LEN];

            ovs_strlcpy(cut, vif->name, sizeof cut);
            ofputil_port_map_put(map, vif->ofport, cut);
        }
    }
}

static void
read_dump(const struct translation_bridge *bridge, struct flow_dump *dump)
{
    struct ofputil_port_map map = OFPUTIL_PORT_MAP_INITIALIZER(&map);
    struct ds text = DS_EMPTY_INITIALIZER;
    char *error;

    put_names(&map, bridge);
    virtnetctl_read_file("-", &text);
    error = flow_dump_parse(ds_cstr(&text), text.length, &map, dump);
    if (error) {
        virtnetctl_fatal("standard input: %s", error);
    }
    ds_destroy(&text);
    ofputil_port_map_destroy(&map);
}

void
virtnetctl_explain(struct ovs_cmdl_context *ctx)
{
    const struct translation_bridge *bridge;
    struct ports ports = PORTS_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;
    struct filter_library filters;
    struct source_files files;
    struct explanation e;
    struct translation *t;
    struct flow_dump dump;

    source_files_read(&files, &ctx->argv[1], ctx->argc - 1);
    source_files_check(&files, true);
    filters = source_files_library(&files);
    if (options.n_ports > 1) {
        virtnetctl_fatal("explain takes one --ports=PORTS");
    } else if (options.n_ports) {
        virtnetctl_read_ports(options.ports[0], &ports);
    }
    t = translation_create(files.defs, files.n_defs, &ports, NULL,
                           &filters);
    bridge = virtnetctl_choose_bridge(t);
    read_dump(bridge, &dump);
    translation_recall(bridge, &dump);

    explanation_init(&e, bridge, &dump, options.n_ports > 0);
    if (options.json) {
        virtnetctl_print_json(explanation_to_json(&e));
    } else {
        explanation_format(&s, &e, false);
        virtnetctl_print(&s);
    }
    explanation_uninit(&e);
    flow_dump_uninit(&dump);
    translation_destroy(t);
    ports_uninit(&ports);
    source_files_uninit(&files);
}
