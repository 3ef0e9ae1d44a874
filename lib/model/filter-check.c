/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/filter-check.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/diag.h"
#include "lib/model/filter-match.h"
#include "lib/model/port-filter.h"
#include "openvswitch/dynamic-string.h"
#include "sset.h"
#include "util.h"

/* Which value a variable has nobody knows before a port has the filter, and
 * for what it is used only the rule: one of these will do in most. */
static const char *const values[] = {
    "10.0.0.1", "52:54:00:00:00:01", "2001:db8::1", "1", "255.255.255.0",
    "0x800",
};

/* Adds the variables that 'entry' has to 'names'. */
static void
add_variables(const struct nwfilter_entry *entry, struct sset *names)
{
    for (size_t i = 0; i < entry->n_attributes; i++) {
        const char *s = entry->attributes[i].value;

        if (*s == '$') {
            char *name = xmemdup0(s + 1, strcspn(s + 1, "["));

            sset_add(names, name);
            free(name);
        }
    }
}

/* Adds 'filter' and all that it refers to in 'library', to 'seen', and their
 * variables to 'names'. */
static void
visit(const struct nwfilter *filter, const struct filter_library *library,
      struct sset *seen, struct sset *names)
{
    if (!sset_add(seen, filter->name)) {
        return;
    }
    for (size_t i = 0; i < filter->n_entries; i++) {
        const struct nwfilter_entry *entry = &filter->entries[i];
        const struct nwfilter *other
            = (entry->ref.filter
               ? library->find(entry->ref.filter, library->aux) : NULL);

        add_variables(entry, names);
        if (other && sset_count(seen) < FILTER_MAX_RULES) {
            visit(other, library, seen, names);
        }
    }
}

/* Does filter 'name' lead back to 'filter'? */
static bool
leads_back(const char *name, const struct nwfilter *filter,
           const struct filter_library *library)
{
    const struct nwfilter *other = library->find(name, library->aux);
    struct sset names = SSET_INITIALIZER(&names);
    struct sset seen = SSET_INITIALIZER(&seen);
    bool leads;

    if (other) {
        visit(other, library, &seen, &names);
    }
    leads = sset_contains(&seen, filter->name);
    sset_destroy(&seen);
    sset_destroy(&names);
    return leads;
}

/* Appends the names of the variables that 'filter' itself has. */
void
filter_format_variables(struct ds *s, const struct nwfilter *filter)
{
    struct sset names = SSET_INITIALIZER(&names);

    for (size_t i = 0; i < filter->n_entries; i++) {
        add_variables(&filter->entries[i], &names);
    }

    const char **sorted = sset_sort(&names);
    for (size_t i = 0; i < sset_count(&names); i++) {
        ds_put_format(s, "%s%s", i ? ", " : "", sorted[i]);
    }
    free(sorted);
    sset_destroy(&names);
}

static const struct nwfilter *
find_only(const char *name OVS_UNUSED, const void *filter)
{
    return filter;
}

/* Has 'filter' with 'params' be made by 'library'.  Returns null, or why it
 * cannot be carried out, for the caller to free, without where it stands if
 * that is 'line' of the filter's own file. */
static char *
try_filter(const struct nwfilter *filter, struct filter_library library,
           const struct nwfilter_params *params, unsigned int line,
           struct filter_summary *summary)
{
    struct nwfilter_ref ref = { .filter = filter->name };
    struct filter_request request = {
        .library = library, .ref = &ref, .known = params,
    };
    char *place = xasprintf("%s:%u: ", filter->file ? filter->file
                                       : filter->name, line);
    struct port_filter *made;
    char *error = port_filter_create(&request, &made);

    if (error && !strncmp(error, place, strlen(place))) {
        memmove(error, error + strlen(place),
                strlen(error) - strlen(place) + 1);
    }
    if (made && summary) {
        summary->n_in = made->in.n;
        summary->n_out = made->out.n;
    }
    port_filter_unref(made);
    free(place);
    return error;
}

/* Gives all 'names' the value 'other', but for those that everybody knows. */
static void
set_values(struct nwfilter_params *params, const struct sset *names,
           const char *other)
{
    static const struct {
        const char *name, *value;
    } known[] = {
        { "MAC", "52:54:00:00:00:01" }, { "IP", "10.0.0.1" },
        { "IPV6", "2001:db8::1" }, { "DHCPSERVER", "10.0.0.254" },
    };
    const char *name;

    *params = (struct nwfilter_params) { .n = 0 };
    SSET_FOR_EACH (name, names) {
        const char *value = other;

        for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
            value = strcmp(name, known[i].name) ? value : known[i].value;
        }
        nwfilter_params_add(params, name, value);
    }
}

/* Returns why 'filter', with the variables 'names', cannot be carried out
 * whatever they are, for the caller to free, or null. */
static char *
try_values(const struct nwfilter *filter, struct filter_library library,
           const struct sset *names, unsigned int line,
           struct filter_summary *summary)
{
    char *first = NULL;

    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        struct nwfilter_params params;
        char *error;

        set_values(&params, names, values[i]);
        error = try_filter(filter, library, &params, line, summary);
        nwfilter_params_uninit(&params);
        if (!error) {
            free(first);
            return NULL;
        } else if (first) {
            free(error);
        } else {
            first = error;
        }
    }
    return first;
}

/* Returns why rule 'i' of 'filter' cannot be carried out, or null. */
static char *
check_rule(const struct nwfilter *filter, size_t i)
{
    struct sset names = SSET_INITIALIZER(&names);
    struct nwfilter one = *filter;
    struct filter_library library = { .find = find_only, .aux = &one };
    char *error;

    one.entries = &filter->entries[i];
    one.n_entries = 1;
    add_variables(one.entries, &names);
    error = try_values(&one, library, &names, one.entries->line, NULL);
    sset_destroy(&names);
    return error;
}

/* Finds out what 'filter' takes with one value for each variable, which is
 * not known if a filter that it refers to is missing. */
static void
summarize(const struct nwfilter *filter, const struct filter_library *library,
          struct filter_summary *summary)
{
    struct sset names = SSET_INITIALIZER(&names);
    struct sset seen = SSET_INITIALIZER(&seen);

    visit(filter, library, &seen, &names);
    free(try_values(filter, *library, &names, 0, summary));
    sset_destroy(&seen);
    sset_destroy(&names);
}

/* Adds to 'diags' what of 'filter' cannot be carried out, an error for each
 * rule, which rules match nothing, and to which filters it refers that are not
 * in 'library', a warning; and sums it up in '*summary'. */
void
filter_check(const struct nwfilter *filter,
             const struct filter_library *library,
             struct filter_summary *summary, struct diag_list *diags)
{
    *summary = (struct filter_summary) { .n_rules = 0 };
    for (size_t i = 0; i < filter->n_entries; i++) {
        const struct nwfilter_entry *entry = &filter->entries[i];
        struct origin origin = {
            .file = filter->file, .line = entry->line,
            .element = CONST_CAST(char *, (entry->ref.filter
                                           ? "filter/filterref"
                                           : "filter/rule")),
        };

        if (entry->ref.filter) {
            summary->n_references++;
            if (!library->find(entry->ref.filter, library->aux)) {
                diag_add(diags, DIAG_WARNING, &origin,
                         "there is no filter '%s' among these files",
                         entry->ref.filter);
            } else if (leads_back(entry->ref.filter, filter, library)) {
                diag_add(diags, DIAG_ERROR, &origin,
                         "filter '%s' leads back to this one",
                         entry->ref.filter);
            }
        } else {
            char *error = check_rule(filter, i);

            summary->n_rules++;
            if (error) {
                diag_add(diags, DIAG_ERROR, &origin,
                         "cannot be carried out: %s", error);
                free(error);
            } else if (filter_match_is_nothing(entry)) {
                diag_add(diags, DIAG_WARNING, &origin,
                         "matches nothing, for it is about a type of ICMP in "
                         "both directions: say direction='in' or 'out'");
            }
        }
    }
    summarize(filter, library, summary);
}
