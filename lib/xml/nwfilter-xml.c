/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/nwfilter.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/diag.h"
#include "lib/xml/sax-xml.h"
#include "util.h"

/* Reading <filter>.  A mistake in it refuses all of it: what a filter does not
 * say, it lets pass. */

struct reader {
    struct nwfilter *filter;
    size_t allocated_entries;
    size_t depth;               /* Of the innermost open element. */
};

/* Returns what is wrong with whichever of the 'n' 'attributes' of <'element'>
 * is not among 'known', which ends by null; null if none is. */
static char *
check_known(const struct sax_attribute *attributes, size_t n,
            const char *element, const char *const known[])
{
    for (size_t i = 0; i < n; i++) {
        size_t j;

        for (j = 0; known[j] && strcmp(attributes[i].name, known[j]); j++) {
            continue;
        }
        if (!known[j]) {
            return xasprintf("<%s> has unknown attribute '%.64s'", element,
                             attributes[i].name);
        }
    }
    return NULL;
}

/* Stores in '*priority' what attribute "priority" says, if there is one.
 * Returns null or what is wrong with it. */
static char *
take_priority(const struct sax_attribute *attributes, size_t n, int *priority)
{
    const char *s = sax_find_attribute(attributes, n, "priority");

    if (s && (!str_to_int(s, 10, priority)
              || *priority < -NWFILTER_MAX_PRIORITY
              || *priority > NWFILTER_MAX_PRIORITY)) {
        return xasprintf("priority '%.64s' is not between %d and %d", s,
                         -NWFILTER_MAX_PRIORITY, NWFILTER_MAX_PRIORITY);
    }
    return NULL;
}

/* Stores in '*priority' the priority of chain 'name' if nothing is said of it,
 * and returns true; false if there can be no such chain. */
static bool
default_priority(const char *name, int *priority)
{
    static const struct {
        const char *prefix;
        int priority;
    } chains[] = {
        { "stp", -810 }, { "mac", -800 }, { "vlan", -750 },
        { "ipv4", -700 }, { "ipv6", -600 }, { "arp", -500 },
        { "rarp", -400 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(chains); i++) {
        if (!strncmp(name, chains[i].prefix, strlen(chains[i].prefix))) {
            *priority = chains[i].priority;
            return true;
        }
    }
    *priority = 0;
    return !strcmp(name, "root");
}

static char *
start_filter(struct reader *reader, const struct sax_attribute *attributes,
             size_t n)
{
    static const char *const known[] = { "name", "chain", "priority", NULL };
    struct nwfilter *filter = reader->filter;
    const char *name = sax_find_attribute(attributes, n, "name");
    const char *chain = sax_find_attribute(attributes, n, "chain");
    char *error = check_known(attributes, n, "filter", known);

    if (error) {
        return error;
    } else if (!name || !*name || strpbrk(name, " \t\r\n=")) {
        return xstrdup("<filter> has no name");
    }
    filter->name = xstrdup(name);
    filter->chain = xstrdup(chain ? chain : "root");
    if (!default_priority(filter->chain, &filter->priority)) {
        return xasprintf("there can be no chain '%.64s'", filter->chain);
    }
    return take_priority(attributes, n, &filter->priority);
}

static struct nwfilter_entry *
add_entry(struct reader *reader, unsigned int line)
{
    struct nwfilter *filter = reader->filter;

    if (filter->n_entries >= NWFILTER_MAX_ENTRIES) {
        return NULL;
    }
    if (filter->n_entries >= reader->allocated_entries) {
        filter->entries = x2nrealloc(filter->entries,
                                     &reader->allocated_entries,
                                     sizeof *filter->entries);
    }
    filter->entries[filter->n_entries] = (struct nwfilter_entry) {
        .line = line,
        .priority = 500,
    };
    return &filter->entries[filter->n_entries++];
}

/* Stores in '*value' which of the 'n' 'names' attribute 'name' has.  Returns
 * null or what is wrong with it. */
static char *
take_choice(const struct sax_attribute *attributes, size_t n,
            const char *name, const char *const names[], size_t n_names,
            unsigned int *value)
{
    const char *s = sax_find_attribute(attributes, n, name);

    for (size_t i = 0; s && i < n_names; i++) {
        if (!strcmp(s, names[i])) {
            *value = i;
            return NULL;
        }
    }
    return (s ? xasprintf("unknown %s '%.64s'", name, s)
            : xasprintf("<rule> has no %s", name));
}

static char *
start_rule(struct nwfilter_entry *entry,
           const struct sax_attribute *attributes, size_t n)
{
    static const char *const known[] = {
        "action", "direction", "priority", "statematch", NULL,
    };
    static const char *const actions[] = {
#define NWFILTER_ACTION(ENUM, NAME) NAME,
        NWFILTER_ACTIONS
#undef NWFILTER_ACTION
    };
    static const char *const directions[] = {
#define NWFILTER_DIRECTION(ENUM, NAME) NAME,
        NWFILTER_DIRECTIONS
#undef NWFILTER_DIRECTION
    };
    const char *statematch = sax_find_attribute(attributes, n, "statematch");
    unsigned int action = 0, direction = 0;
    char *error = check_known(attributes, n, "rule", known);

    if (!error) {
        error = take_choice(attributes, n, "action", actions,
                            ARRAY_SIZE(actions), &action);
    }
    if (!error) {
        error = take_choice(attributes, n, "direction", directions,
                            ARRAY_SIZE(directions), &direction);
    }
    if (!error) {
        error = take_priority(attributes, n, &entry->priority);
    }
    entry->action = action;
    entry->direction = direction;
    entry->stateless = (statematch && (!strcmp(statematch, "0")
                                       || !strcasecmp(statematch, "false")));
    return error;
}

static char *
start_protocol(struct nwfilter_entry *entry, const char *name,
               const struct sax_attribute *attributes, size_t n)
{
    const char *match = sax_find_attribute(attributes, n, "match");

    if (entry->ref.filter || entry->protocol) {
        return xasprintf("<%.64s> is more than there can be here", name);
    } else if (match && strcmp(match, "yes") && strcmp(match, "no")) {
        return xasprintf("match is '%.64s', expected 'yes' or 'no'", match);
    }
    entry->protocol = xstrdup(name);
    entry->negated = match && !strcmp(match, "no");
    entry->attributes = xcalloc(n + 1, sizeof *entry->attributes);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(attributes[i].name, "match")
            && strcmp(attributes[i].name, "comment")) {
            entry->attributes[entry->n_attributes++]
                = (struct nwfilter_attribute) {
                    .name = xstrdup(attributes[i].name),
                    .value = xstrdup(attributes[i].value),
                };
        }
    }
    return NULL;
}

static char *
start_parameter(struct nwfilter_entry *entry, const char *element,
                const struct sax_attribute *attributes, size_t n)
{
    const char *name = sax_find_attribute(attributes, n, "name");
    const char *value = sax_find_attribute(attributes, n, "value");

    if (strcmp(element, "parameter") || !name || !value || !*name
        || !*value) {
        return xasprintf("<%.64s> is not a <parameter> with name and value",
                         element);
    } else if (!nwfilter_params_add(&entry->ref.params, name, value)) {
        return xasprintf("more than %d parameters, or %d values of one",
                         NWFILTER_MAX_PARAMS, NWFILTER_MAX_VALUES);
    }
    return NULL;
}

/* A child of <filter>. */
static char *
start_entry(struct reader *reader, const char *name,
            const struct sax_attribute *attributes, size_t n,
            unsigned int line)
{
    bool is_ref = !strcmp(name, "filterref");
    struct nwfilter_entry *entry;

    if (!strcmp(name, "uuid")) {
        return NULL;
    } else if (!is_ref && strcmp(name, "rule")) {
        return xasprintf("unknown element <%.64s>, expected <rule> or "
                         "<filterref>", name);
    }
    entry = add_entry(reader, line);
    if (!entry) {
        return xasprintf("more than %d rules and references",
                         NWFILTER_MAX_ENTRIES);
    } else if (is_ref) {
        char *error;

        entry->ref.filter
            = nwfilter_ref_begin_text(sax_find_attribute(attributes, n,
                                                         "filter"), &error);
        return error;
    }
    return start_rule(entry, attributes, n);
}

static char *
on_start(void *reader_, const char *name,
         const struct sax_attribute *attributes, size_t n, unsigned int line)
{
    struct reader *reader = reader_;
    struct nwfilter *filter = reader->filter;
    struct nwfilter_entry *last = (filter->n_entries
                                   ? &filter->entries[filter->n_entries - 1]
                                   : NULL);

    switch (reader->depth++) {
    case 0:
        return (!strcmp(name, "filter")
                ? start_filter(reader, attributes, n)
                : xasprintf("root element is <%.64s>, expected <filter>",
                            name));
    case 1:
        return start_entry(reader, name, attributes, n, line);
    case 2:
        if (last && last->ref.filter) {
            return start_parameter(last, name, attributes, n);
        } else if (last) {
            return start_protocol(last, name, attributes, n);
        }
        return NULL;
    default:
        return xasprintf("unknown element <%.64s>", name);
    }
}

static void
on_end(void *reader_)
{
    struct reader *reader = reader_;

    reader->depth--;
}

static void
on_text(void *reader OVS_UNUSED, const char *text OVS_UNUSED,
        size_t size OVS_UNUSED)
{
    /* Of <uuid>. */
}

/* Reads a filter from the 'size' bytes at 'text', which the user knows as
 * 'file'.  Returns it, for the caller to nwfilter_destroy(), or null, having
 * added an error to 'diags'. */
struct nwfilter *
nwfilter_from_xml(const char *text, size_t size, const char *file,
                  struct diag_list *diags)
{
    static const struct sax_handler handler = {
        .start = on_start,
        .end = on_end,
        .text = on_text,
    };
    struct reader reader = { .filter = xzalloc(sizeof *reader.filter) };
    struct sax_error error;

    reader.filter->file = nullable_xstrdup(file);
    if (!sax_read(text, size, &handler, &reader, &error)) {
        sax_error_report(&error, file, "filter", diags);
        nwfilter_destroy(reader.filter);
        return NULL;
    }
    return reader.filter;
}
