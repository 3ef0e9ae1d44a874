/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl.h"

#include "lib/tell/translation-diff.h"
#include "lib/tell/translation.h"
#include "lib/xml/netdef.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

/* "diff A B": what would change. */

/* One side: definitions, ports, and what they come to. */
struct side {
    struct source_files files;
    struct ports ports;
    struct translation *t;
};

static void
side_init(struct side *side, char *name, const char *ports)
{
    struct filter_library filters;

    source_files_read(&side->files, &name, 1);
    source_files_check(&side->files);
    virtnetctl_read_ports(ports, &side->ports);
    filters = source_files_library(&side->files);
    side->t = translation_create(side->files.defs, side->files.n_defs,
                                 &side->ports, NULL, &filters);
}

static void
side_uninit(struct side *side)
{
    translation_destroy(side->t);
    ports_uninit(&side->ports);
    source_files_uninit(&side->files);
}

void
virtnetctl_diff(struct ovs_cmdl_context *ctx)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    struct side a, b;
    bool differ;

    if (!options.n_ports) {
        virtnetctl_fatal("diff needs --ports=PORTS, once for both or once for "
                         "each");
    }
    side_init(&a, ctx->argv[1], options.ports[0]);
    side_init(&b, ctx->argv[2], options.ports[options.n_ports - 1]);
    if (options.json) {
        virtnetctl_print_json(translation_diff_to_json(a.t, b.t, &differ));
    } else {
        differ = translation_diff_format(&s, a.t, b.t);
        virtnetctl_print(&s);
    }
    virtnetctl_status = differ;
    side_uninit(&a);
    side_uninit(&b);
}
