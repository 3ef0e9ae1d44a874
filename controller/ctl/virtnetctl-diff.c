/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl.h"

#include <string.h>

#include "lib/tell/translation-diff.h"
#include "lib/tell/translation.h"
#include "lib/xml/netdef.h"
#include "openvswitch/dynamic-string.h"
#include "svec.h"
#include "util.h"

/* "diff A B" and "diff B": what would change. */

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
    source_files_check(&side->files, true);
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

/* What would change on this host if the definitions in file or directory
 * 'name' were in force: the daemon knows what is now. */
static void
diff_live(char *name)
{
    struct svec args = SVEC_EMPTY_INITIALIZER;
    struct source_files files;

    source_files_read(&files, &name, 1);
    source_files_check(&files, true);
    for (size_t i = 0; i < files.n; i++) {
        const struct source_file *f = &files.files[i];

        if (!f->netdef) {
            virtnetctl_fatal("%s: is no network", f->name);
        } else if (strlen(ds_cstr_ro(&f->text)) != f->text.length) {
            virtnetctl_fatal("%s: is not in UTF-8", f->name);
        }
        svec_add(&args, f->name);
        svec_add(&args, ds_cstr_ro(&f->text));
    }
    if (!files.n) {
        virtnetctl_fatal("%s: there is no network in it", name);
    }
    source_files_uninit(&files);
    virtnetctl_forward("diff", &args, 0);
    svec_destroy(&args);
}

static void
diff_files(char *name_a, char *name_b)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    struct side a, b;
    bool differ;

    side_init(&a, name_a, options.ports[0]);
    side_init(&b, name_b, options.ports[options.n_ports - 1]);
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

void
virtnetctl_diff(struct ovs_cmdl_context *ctx)
{
    if (ctx->argc == 2) {
        if (options.n_ports) {
            virtnetctl_fatal("diff with --ports needs A and B; without, one "
                             "is compared with what is in force");
        }
        diff_live(ctx->argv[1]);
    } else if (!options.n_ports) {
        virtnetctl_fatal("diff of A and B needs --ports=PORTS, once for both "
                         "or once for each");
    } else {
        diff_files(ctx->argv[1], ctx->argv[2]);
    }
}
