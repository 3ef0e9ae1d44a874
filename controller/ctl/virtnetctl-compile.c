/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/printable.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/plan.h"
#include "lib/tell/translation-format.h"
#include "lib/tell/translation.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "util.h"

/* "compile FILE... --ports PORTS": the whole translation. */

/* Returns the bridge that --bridge names or, without it, the only one that is
 * in libvirt mode.  Ends the program if there is none or are several. */
const struct translation_bridge *
virtnetctl_choose_bridge(const struct translation *t)
{
    const char **names = xcalloc(MAX(1, t->n_bridges), sizeof *names);
    const struct translation_bridge *bridge = NULL;
    struct ds s = DS_EMPTY_INITIALIZER;
    size_t n_exact = 0;

    for (size_t i = 0; i < t->n_bridges; i++) {
        const struct translation_bridge *b = &t->bridges[i];

        names[i] = b->name;
        if (options.bridge ? !strcmp(b->name, options.bridge)
            : plan_get_ctx(b->plan)->exact) {
            bridge = b;
            ds_put_format(&s, "%s%s", n_exact++ ? ", " : "", b->name);
        }
    }
    if (!bridge && options.bridge) {
        virtnetctl_fatal("there is no bridge %s%s", options.bridge,
                         virtnetctl_nearest(options.bridge, names,
                                            t->n_bridges));
    } else if (n_exact > 1) {
        virtnetctl_fatal("there are several bridges (%s); choose one of them "
                         "with --bridge", ds_cstr(&s));
    } else if (!bridge && t->n_bridges == 1) {
        bridge = &t->bridges[0];
    } else if (!bridge) {
        virtnetctl_fatal("no bridge is in libvirt mode; choose one with "
                         "--bridge");
    }
    ds_destroy(&s);
    free(names);
    return bridge;
}

/* Prints what there is to say about bridges and ports to the standard error,
 * and sets the exit status if there are errors. */
static void
report(const struct translation *t)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct ds s = DS_EMPTY_INITIALIZER;

    translation_get_diags(t, &diags);
    diag_list_format(&s, &diags);
    fputs(ds_cstr(&s), stderr);
    if (diag_list_has_errors(&diags)) {
        virtnetctl_status = 1;
    }
    ds_destroy(&s);
    diag_list_uninit(&diags);
}

static void
print_flows(const struct translation *t, enum plan_parts parts)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    translation_format_flows(&s, virtnetctl_choose_bridge(t), parts);
    virtnetctl_print(&s);
}

static void
print_output(const struct translation *t, const char *output)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    if (!strcmp(output, "flows")) {
        print_flows(t, PLAN_FLOWS);
    } else if (!strcmp(output, "groups")) {
        print_flows(t, PLAN_GROUPS);
    } else if (!strcmp(output, "bundle")) {
        print_flows(t, PLAN_GROUPS | PLAN_FLOWS | PLAN_KEYWORDS);
    } else if (!strcmp(output, "ovsdb")) {
        struct json *params = row_changes_to_transact(&t->rows);

        printable_put_json(&s, params);
        json_destroy(params);
        options.color = false;
        virtnetctl_print(&s);
    } else if (!strcmp(output, "vsctl")) {
        row_changes_format_vsctl(&s, &t->rows);
        virtnetctl_print(&s);
    } else if (!strcmp(output, "json")) {
        virtnetctl_print_json(translation_to_json(t));
    } else {
        virtnetctl_fatal("--output=%s: expected flows, groups, bundle, ovsdb, "
                         "vsctl or json", output);
    }
}

void
virtnetctl_compile(struct ovs_cmdl_context *ctx)
{
    /* The program ends after this.  To free the plans of many ports would take
     * a third of its time; a leak checker finds them here. */
    static struct source_files files;
    static struct translation *t;
    static struct ports ports;
    struct filter_library filters;

    if (options.n_ports != 1) {
        virtnetctl_fatal("compile needs one --ports=PORTS");
    }
    source_files_read(&files, &ctx->argv[1], ctx->argc - 1);
    source_files_check(&files, true);
    virtnetctl_read_ports(options.ports[0], &ports);
    filters = source_files_library(&files);

    t = translation_create(files.defs, files.n_defs, &ports, NULL,
                           &filters);
    print_output(t, options.output ? options.output
                 : options.json ? "json" : "bundle");
    report(t);
}
