/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/proposal.h"

#include <stdlib.h>
#include <string.h>

#include "controller/daemon/reconcile.h"
#include "lib/base/diag.h"
#include "lib/base/jvalue.h"
#include "lib/tell/translation-diff.h"
#include "lib/tell/translation.h"
#include "lib/xml/netdef.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

/* The definitions that there would be. */
struct proposal {
    struct netdef **own;        /* Those that are proposed. */
    size_t n_own;
    const struct netdef **defs; /* All: these, and those that would stay. */
    size_t n_defs;
};

static void
proposal_uninit(struct proposal *p)
{
    for (size_t i = 0; i < p->n_own; i++) {
        netdef_destroy(p->own[i]);
    }
    free(p->own);
    free(p->defs);
}

/* Returns the first error in 'diags', or one about 'file' if there is none,
 * for the caller to free. */
static char *
format_first_error(const struct diag_list *diags, const char *file)
{
    const struct diag *error = diag_list_first_error(diags);
    struct ds s = DS_EMPTY_INITIALIZER;

    if (!error) {
        return xasprintf("%s: is no network", file);
    }
    diag_format(&s, error);
    ds_chomp(&s, '\n');
    return ds_steal_cstr(&s);
}

/* Has 'netdef', which is taken over, be in force in 'p', in the place of one
 * of the same name if there is one. */
static void
propose(struct proposal *p, struct netdef *netdef)
{
    p->own[p->n_own++] = netdef;
    for (size_t i = 0; i < p->n_defs; i++) {
        if (!strcmp(p->defs[i]->name, netdef->name)) {
            p->defs[i] = netdef;
            return;
        }
    }
    p->defs[p->n_defs++] = netdef;
}

/* Initializes 'p' to what 'files_and_texts' say, each file's name before what
 * it holds, 'n' of them in all, beside the definitions in 'defs'.  Returns
 * null, or what is wrong, for the caller to free. */
static char *
proposal_init(struct proposal *p, const struct netdef *const *defs,
              size_t n_defs, char *const files_and_texts[], size_t n)
{
    *p = (struct proposal) {
        .own = xcalloc(n / 2 + 1, sizeof *p->own),
        .defs = xcalloc(n_defs + n / 2 + 1, sizeof *p->defs),
        .n_defs = n_defs,
    };
    for (size_t i = 0; i < n_defs; i++) {
        p->defs[i] = defs[i];
    }
    for (size_t i = 0; i + 1 < n; i += 2) {
        const char *file = files_and_texts[i], *text = files_and_texts[i + 1];
        struct diag_list diags = DIAG_LIST_INITIALIZER;
        struct netdef *netdef = netdef_from_xml(text, strlen(text), file,
                                                &diags);
        if (!netdef) {
            char *error = format_first_error(&diags, file);

            diag_list_uninit(&diags);
            return error;
        }
        diag_list_uninit(&diags);
        if (netdef_path_is_libvirts(file)) {
            netdef_set_libvirts(netdef, true);
        }
        propose(p, netdef);
    }
    return NULL;
}

/* Returns what would change on this host, which has 'ports' as they were read
 * from its database, if the definitions in 'files_and_texts' were in force,
 * each in the place of one of the same name: as text or as 'json'.  Stores in
 * '*differ' whether anything would.  'files_and_texts' has 'n' elements: the
 * names of files, and what each holds behind it.
 *
 * Returns null, and stores the reason in '*error', if that cannot be told.
 * The caller must free either. */
char *
proposal_compare(const struct reconcile *reconcile, struct ports *ports,
                 char *const files_and_texts[], size_t n, bool json,
                 bool *differ, char **error)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    size_t n_defs;
    const struct netdef *const *defs = reconcile_definitions(reconcile,
                                                             &n_defs);
    struct proposal p;

    if (!defs) {
        *error = xstrdup("there are definitions in force that cannot be read; "
                         "see status");
        return NULL;
    }
    *error = proposal_init(&p, defs, n_defs, files_and_texts, n);
    if (!*error) {
        reconcile_know_ports(reconcile, ports);

        struct translation *a = reconcile_translate(reconcile, defs, n_defs,
                                                    ports);
        struct translation *b = reconcile_translate(reconcile, p.defs,
                                                    p.n_defs, ports);

        if (json) {
            struct json_t *value = translation_diff_to_json(a, b, differ);

            jvalue_format(&s, value);
            jvalue_unref(value);
        } else {
            *differ = translation_diff_format(&s, a, b);
        }
        translation_destroy(a);
        translation_destroy(b);
    }
    proposal_uninit(&p);
    return *error ? NULL : ds_steal_cstr(&s);
}
