/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl.h"

#include <stdlib.h>

#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "lib/base/source.h"
#include "lib/host/bridge-row.h"
#include "lib/host/columns.h"
#include "lib/model/model.h"
#include "lib/tell/translation-format.h"
#include "lib/xml/netdef-choice.h"
#include "lib/xml/netdef.h"
#include "lib/xml/netport.h"
#include "lib/xml/nwfilter.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "sset.h"
#include "util.h"

/* "check FILE...": what there is to say of definitions. */

static unsigned int
find_column(const struct source_file *f, const struct diag *diag)
{
    return source_find_column(ds_cstr_ro(&f->text), f->text.length,
                              &diag->origin);
}

static const char *
filter_verdict(const struct source_file *f)
{
    return (!f->filter ? "refused"
            : diag_list_has_errors(&f->diags) ? "cuts ports off"
            : f->filter_summary.n_out ? "carried out"
            : "refers to others");
}

static const char *
verdict(const struct source_file *f)
{
    return (f->is_filter ? filter_verdict(f)
            : f->netport ? "a port"
            : !f->netdef ? "refused"
            : f->is_libvirts && f->netdef->manager_line
            ? "not started by libvirt"
            : diag_list_has_errors(&f->diags) ? "in conflict"
            : netdef_is_ours(f->netdef) ? "carried out"
            : "left to libvirt");
}

/* Appends what will be carried out of 'netdef', one thing in each line. */
static void
put_summary(struct ds *s, const struct netdef *netdef)
{
    ds_put_cstr(s, "    network ");
    printable_put(s, netdef->name);
    if (netdef_is_ours(netdef)) {
        ds_put_cstr(s, ": bridge ");
        printable_put(s, netdef->bridge);
        ds_put_format(s, ", macTableManager %s\n",
                      mac_table_manager_to_string(netdef_mode(netdef)));
    } else {
        ds_put_char(s, '\n');
        return;
    }
    for (size_t i = 0; i < netdef->n_portgroups; i++) {
        const struct portgroup *pg = &netdef->portgroups[i];
        const struct port_vlan *vlan = (pg->has_vlan ? &pg->vlan
                                        : &netdef->vlan);

        ds_put_cstr(s, "    portgroup ");
        printable_put(s, pg->name);
        ds_put_format(s, "%s: ", pg->is_default ? " (default)" : "");
        if (port_vlan_is_default(vlan)) {
            ds_put_cstr(s, "no VLAN settings");
        } else {
            port_vlan_format(s, vlan);
        }
        ds_put_char(s, '\n');
    }
}

/* Appends what 'port' says, in a line. */
static void
put_port_summary(struct ds *s, const struct netport *port)
{
    ds_put_cstr(s, "    port of guest ");
    printable_put(s, port->owner_name);
    ds_put_format(s, ", MAC "ETH_ADDR_FMT, ETH_ADDR_ARGS(port->mac));
    if (port->bridge) {
        ds_put_cstr(s, ", bridge ");
        printable_put(s, port->bridge);
    }
    if (port->group) {
        ds_put_cstr(s, ", portgroup ");
        printable_put(s, port->group);
    }
    if (port->has_vlan) {
        ds_put_cstr(s, ", ");
        port_vlan_format(s, &port->vlan);
    }
    ds_put_char(s, '\n');
}

/* Appends what the filter of 'f' is, in a line. */
static void
put_filter_summary(struct ds *s, const struct source_file *f)
{
    const struct filter_summary *summary = &f->filter_summary;
    size_t start;

    ds_put_cstr(s, "    filter ");
    printable_put(s, f->filter->name);
    ds_put_format(s, ": chain %s, %"PRIuSIZE" rules, %"PRIuSIZE" references",
                  f->filter->chain, summary->n_rules, summary->n_references);
    ds_put_cstr(s, ", variables ");
    start = s->length;
    filter_format_variables(s, f->filter);
    ds_put_cstr(s, s->length > start ? "\n" : "none\n");
    if (summary->n_out || summary->n_in) {
        ds_put_format(s, "    flows with one value for each variable: "
                      "%"PRIuSIZE" for what guests send, %"PRIuSIZE" for what "
                      "they get\n", summary->n_out, summary->n_in);
    }
}

/* Returns how many warnings there are about 'f' that count as errors. */
static size_t
count_strict(const struct source_file *f)
{
    return (options.strict && !diag_list_has_errors(&f->diags)
            ? diag_list_count(&f->diags, DIAG_WARNING) : 0);
}

static void
put_text(struct ds *s, const struct source_files *files)
{
    for (size_t i = 0; i < files->n; i++) {
        const struct source_file *f = &files->files[i];

        for (size_t j = 0; j < f->diags.n; j++) {
            const struct diag *d = &f->diags.diags[j];

            source_format_diag(s, d, ds_cstr_ro(&f->text), f->text.length,
                               find_column(f, d));
        }
        printable_put(s, f->name);
        ds_put_format(s, ": %s", verdict(f));
        if (count_strict(f)) {
            ds_put_format(s, ", but by --strict %"PRIuSIZE" warning%s",
                          count_strict(f), (count_strict(f) == 1
                                            ? " is an error"
                                            : "s are errors"));
        }
        ds_put_char(s, '\n');
        if (f->netdef) {
            put_summary(s, f->netdef);
        } else if (f->netport) {
            put_port_summary(s, f->netport);
        } else if (f->filter) {
            put_filter_summary(s, f);
        }
    }
}

static struct json_t *
to_json(const struct source_files *files)
{
    struct json_t *array = jvalue_array();

    for (size_t i = 0; i < files->n; i++) {
        const struct source_file *f = &files->files[i];
        struct json_t *diags = jvalue_array();
        struct json_t *json = jvalue_object();

        for (size_t j = 0; j < f->diags.n; j++) {
            const struct diag *d = &f->diags.diags[j];

            jvalue_add(diags, diag_to_json(d, find_column(f, d)));
        }
        jvalue_put_string(json, "file", f->name);
        jvalue_put_string(json, "verdict", verdict(f));
        jvalue_put(json, "diagnostics", diags);
        if (f->netdef) {
            jvalue_put_string(json, "network", f->netdef->name);
        }
        if (f->filter) {
            jvalue_put_string(json, "filter", f->filter->name);
        }
        if (f->netport) {
            jvalue_put_string(json, "guest", f->netport->owner_name);
        }
        if (f->netdef && f->netdef->bridge) {
            jvalue_put_string(json, "bridge", f->netdef->bridge);
            jvalue_put_string(json, "macTableManager",
                              mac_table_manager_to_string(
                                  netdef_mode(f->netdef)));
        }
        jvalue_add(array, json);
    }
    return array;
}

/* Finds out what of the filters in 'files' can be carried out. */
static void
check_filters(struct source_files *files)
{
    struct filter_library library = source_files_library(files);

    for (size_t i = 0; i < files->n; i++) {
        struct source_file *f = &files->files[i];

        if (f->filter) {
            filter_check(f->filter, &library, &f->filter_summary, &f->diags);
            diag_list_sort(&f->diags);
        }
    }
}

/* Adds those of 'diags' that are errors to the files that they are about. */
static void
add_errors(struct source_files *files, const struct diag_list *diags)
{
    for (size_t i = 0; i < diags->n; i++) {
        const struct diag *d = &diags->diags[i];
        size_t j = 0;

        while (j < files->n
               && !nullable_string_is_equal(files->files[j].name,
                                            d->origin.file)) {
            j++;
        }
        if (j < files->n && d->severity == DIAG_ERROR) {
            diag_add(&files->files[j].diags, d->severity, &d->origin, "%s",
                     d->text);
            diag_list_sort(&files->files[j].diags);
        }
    }
}

/* Adds to 'diags' which of the networks in 'choice' ask for different modes of
 * the bridge that 'netdef', one of them, names first. */
static void
check_bridge(const struct netdef_choice *choice, const struct netdef *netdef,
             struct diag_list *diags)
{
    const struct bridge_columns columns = { .name = netdef->bridge };
    struct bridge_model model;
    struct bridge_row row;

    bridge_row_from_columns(&row, &columns);
    bridge_model_init(&model, &row, choice->netdefs, choice->n, diags);
    bridge_model_uninit(&model);
    bridge_row_uninit(&row);
}

/* Finds out which of the networks in 'files' cannot be carried out beside each
 * other.  What fake bridges there are, which have modes of their own, files do
 * not tell. */
static void
check_networks(struct source_files *files)
{
    struct netdef_candidate *candidates = xcalloc(MAX(1, files->n),
                                                  sizeof *candidates);
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct sset seen = SSET_INITIALIZER(&seen);
    struct netdef_choice choice;
    size_t n = 0;

    for (size_t i = 0; i < files->n; i++) {
        const struct source_file *f = &files->files[i];

        /* One that is named twice is one. */
        if (f->netdef && sset_add(&seen, f->name)) {
            candidates[n++] = (struct netdef_candidate) {
                .place = (f->is_libvirts ? NETDEF_PLACE_PERSISTENT
                          : NETDEF_PLACE_OWN),
                .netdef = f->netdef,
            };
        }
    }
    netdef_choice_init(&choice, candidates, n, &diags);
    sset_clear(&seen);
    for (size_t i = 0; i < choice.n; i++) {
        const struct netdef *netdef = choice.netdefs[i];

        if (netdef_is_ours(netdef) && sset_add(&seen, netdef->bridge)) {
            check_bridge(&choice, netdef, &diags);
        }
    }
    add_errors(files, &diags);
    netdef_choice_uninit(&choice);
    sset_destroy(&seen);
    diag_list_uninit(&diags);
    free(candidates);
}

void
virtnetctl_check(struct ovs_cmdl_context *ctx)
{
    struct source_files files;
    struct ds s = DS_EMPTY_INITIALIZER;

    source_files_read(&files, &ctx->argv[1], ctx->argc - 1);
    if (!files.n) {
        virtnetctl_fatal("%s: no files *.xml in there", ctx->argv[1]);
    }
    check_filters(&files);
    check_networks(&files);
    if (options.json) {
        virtnetctl_print_json(to_json(&files));
    } else {
        put_text(&s, &files);
        virtnetctl_print(&s);
    }
    for (size_t i = 0; i < files.n; i++) {
        const struct source_file *f = &files.files[i];

        if (diag_list_has_errors(&f->diags) || count_strict(f)) {
            virtnetctl_status = 1;
        }
    }
    source_files_uninit(&files);
}
