/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/filter-rules.h"

#include <stdlib.h>
#include <string.h>

#include "lib/model/filter-variables.h"
#include "packets.h"
#include "util.h"

struct resolving {
    const struct filter_request *request;
    struct filter_rules *rules;
    const struct nwfilter *path[FILTER_MAX_DEPTH];  /* From the outermost. */
    size_t depth;
    size_t n_entries;           /* That have been looked at. */
    bool placed;                /* Does the error say where it is? */
};

static const char *
file_of(const struct nwfilter *filter)
{
    return filter->file ? filter->file : filter->name;
}

/* Returns 'error', which it takes over, with where it was found. */
static char *
place(struct resolving *r, const struct nwfilter *filter, unsigned int line,
      char *error)
{
    char *longer;

    if (r->placed) {
        return error;
    }
    r->placed = true;
    longer = xasprintf("%s:%u: %s", file_of(filter), line, error);
    free(error);
    return longer;
}

/* Adds to 'direction' of 'rule' what is matched by 'entry', whose attributes
 * are 'attributes' with values.  A rule of both directions is written as of
 * what the guest gets. */
static char *
add_direction(struct filter_rule *rule, const struct nwfilter_entry *entry,
              const struct nwfilter_attribute *attributes,
              enum nwfilter_direction direction)
{
    enum nwfilter_direction natural
        = entry->direction == NWFILTER_OUT ? NWFILTER_OUT : NWFILTER_IN;
    struct filter_match *match = &rule->match[direction];
    char *error;

    rule->has[direction] = true;
    error = filter_match_make(entry->protocol, entry->negated, attributes,
                              entry->n_attributes, direction != natural,
                              match);
    match->never |= filter_match_is_nothing(entry);
    return error;
}

/* Returns why flows cannot do what 'entry' asks, null if they can.  An
 * "accept" of one direction alone is, on the IP layer, about connections
 * (iptablesCreateRuleInstance() in libvirt's
 * src/nwfilter/nwfilter_ebiptables_driver.c). */
static char *
check_entry(const struct nwfilter_entry *entry)
{
    enum filter_layer layer = filter_match_layer(entry->protocol);

    if (layer == FILTER_UNKNOWN) {
        return xasprintf("unknown protocol <%.64s>", entry->protocol);
    } else if (layer == FILTER_IP && entry->action == NWFILTER_CONTINUE) {
        return xasprintf("action 'continue' is not for <%s>",
                         entry->protocol);
    } else if (layer == FILTER_IP && entry->action == NWFILTER_ACCEPT
               && entry->direction != NWFILTER_INOUT && !entry->stateless) {
        return xasprintf("<%s> is to accept connections, and what flows can "
                         "tell are frames: say statematch='false' or "
                         "direction='inout'", entry->protocol);
    }
    return NULL;
}

/* Adds a rule for 'entry' of 'filter', whose attributes are 'attributes' with
 * the values of their variables. */
static char *
add_rule(struct resolving *r, const struct nwfilter *filter,
         const struct nwfilter_entry *entry,
         const struct nwfilter_attribute *attributes)
{
    struct filter_rules *rules = r->rules;
    enum filter_layer layer = filter_match_layer(entry->protocol);
    bool both = layer == FILTER_IP || entry->direction == NWFILTER_INOUT;
    char *error = NULL;

    if (rules->n >= FILTER_MAX_RULES) {
        return xasprintf("more than %d rules", FILTER_MAX_RULES);
    }
    if (rules->n >= rules->allocated) {
        rules->rules = x2nrealloc(rules->rules, &rules->allocated,
                                  sizeof *rules->rules);
    }

    struct filter_rule *rule = &rules->rules[rules->n];
    *rule = (struct filter_rule) {
        .action = entry->action,
        .layer = layer,
        .chain = filter->chain,
        .file = file_of(filter),
        .line = entry->line,
        .chain_priority = filter->priority,
        .priority = entry->priority,
        .seq = rules->n++,
    };
    for (int d = NWFILTER_IN; d <= NWFILTER_OUT && !error; d++) {
        if (both || (int) entry->direction == d) {
            error = add_direction(rule, entry, attributes, d);
        }
    }
    return error;
}

/* Adds a rule for 'entry' of 'filter' for each combination of the values of
 * its variables. */
static char *
add_rules(struct resolving *r, const struct nwfilter *filter,
          const struct nwfilter_entry *entry,
          const struct nwfilter_params *params)
{
    struct filter_variables vars;
    char *error = check_entry(entry);

    if (error) {
        return error;
    }
    error = filter_variables_init(&vars, entry, params);
    while (!error) {
        error = add_rule(r, filter, entry, vars.attributes);
        if (!filter_variables_next(&vars)) {
            break;
        }
    }
    filter_variables_uninit(&vars);
    return error;
}

/* Makes 'all' the variables of a filter that is referred to with 'params' from
 * where 'outer' are known, which go before. */
static void
merge(struct nwfilter_params *all, const struct nwfilter_params *params,
      const struct nwfilter_params *outer)
{
    nwfilter_params_clone(all, outer);
    for (size_t i = 0; i < params->n; i++) {
        const struct nwfilter_param *param = &params->elems[i];

        for (size_t j = 0; (j < param->n_values
                            && !nwfilter_params_find(outer, param->name));
             j++) {
            nwfilter_params_add(all, param->name, param->values[j]);
        }
    }
}

static char *add_filter(struct resolving *, const char *name,
                        const struct nwfilter_params *);

static char *
add_entries(struct resolving *r, const struct nwfilter *filter,
            const struct nwfilter_params *params)
{
    for (size_t i = 0; i < filter->n_entries; i++) {
        const struct nwfilter_entry *entry = &filter->entries[i];
        char *error;

        if (r->n_entries++ >= FILTER_MAX_RULES) {
            error = xasprintf("more than %d rules and references",
                              FILTER_MAX_RULES);
        } else if (entry->ref.filter) {
            struct nwfilter_params all;

            merge(&all, &entry->ref.params, params);
            error = add_filter(r, entry->ref.filter, &all);
            nwfilter_params_uninit(&all);
        } else {
            error = add_rules(r, filter, entry, params);
        }
        if (error) {
            return place(r, filter, entry->line, error);
        }
    }
    return NULL;
}

/* Adds the rules of the filter called 'name', of which 'params' are the
 * variables. */
static char *
add_filter(struct resolving *r, const char *name,
           const struct nwfilter_params *params)
{
    const struct filter_library *library = &r->request->library;
    const struct nwfilter *filter = (library->find
                                     ? library->find(name, library->aux)
                                     : NULL);
    char *error;

    if (!filter) {
        return xasprintf("there is no filter '%.64s'", name);
    }
    for (size_t i = 0; i < r->depth; i++) {
        if (r->path[i] == filter) {
            return xasprintf("filter '%.64s' refers to itself", name);
        }
    }
    if (r->depth >= FILTER_MAX_DEPTH) {
        return xasprintf("references are more than %d deep",
                         FILTER_MAX_DEPTH);
    }
    r->path[r->depth++] = filter;
    error = add_entries(r, filter, params);
    r->depth--;
    return error;
}

static int
compare(const void *a_, const void *b_)
{
    const struct filter_rule *a = a_, *b = b_;

    if (a->priority != b->priority) {
        return a->priority < b->priority ? -1 : 1;
    }
    return a->seq < b->seq ? -1 : a->seq > b->seq;
}

/* Initializes 'rules' to those that 'request' asks for and returns null.
 * Returns why they cannot be carried out, for the caller to free, and leaves
 * nothing in 'rules', if that is so.  'rules' borrows from the filters. */
char *
filter_rules_init(struct filter_rules *rules,
                  const struct filter_request *request)
{
    struct resolving r = { .request = request, .rules = rules };
    struct nwfilter_params params;
    char *error;

    *rules = (struct filter_rules) { .n = 0 };
    merge(&params, request->known, &request->ref->params);
    error = add_filter(&r, request->ref->filter, &params);
    nwfilter_params_uninit(&params);
    if (error) {
        filter_rules_uninit(rules);
        *rules = (struct filter_rules) { .n = 0 };
    } else if (rules->n) {
        qsort(rules->rules, rules->n, sizeof *rules->rules, compare);
    }
    return error;
}

void
filter_rules_uninit(struct filter_rules *rules)
{
    for (size_t i = 0; i < rules->n; i++) {
        filter_match_uninit(&rules->rules[i].match[NWFILTER_IN]);
        filter_match_uninit(&rules->rules[i].match[NWFILTER_OUT]);
    }
    free(rules->rules);
}

/* Initializes 'cube' to the frames that 'chain' is called for and returns
 * true.  Returns false if it is "root", which is not called. */
bool
filter_chain_condition(const char *chain, struct filter_cube *cube)
{
    static const struct {
        const char *prefix;
        uint16_t dl_type;
    } chains[] = {
        { "ipv4", ETH_TYPE_IP }, { "ipv6", ETH_TYPE_IPV6 },
        { "arp", ETH_TYPE_ARP }, { "rarp", ETH_TYPE_RARP },
        { "vlan", 0 }, { "stp", 0 }, { "mac", 0 },
    };
    size_t i = 0;

    filter_cube_init(cube);
    if (!strcmp(chain, "root")) {
        return false;
    }
    while (i < ARRAY_SIZE(chains)
           && strncmp(chain, chains[i].prefix, strlen(chains[i].prefix))) {
        i++;
    }
    ovs_assert(i < ARRAY_SIZE(chains));
    if (chains[i].dl_type) {
        cube->value.dl_type = htons(chains[i].dl_type);
        cube->mask.dl_type = OVS_BE16_MAX;
        cube->mask.tagged = 1;
    } else if (!strcmp(chains[i].prefix, "vlan")) {
        cube->value.tagged = cube->mask.tagged = 1;
    } else if (!strcmp(chains[i].prefix, "stp")) {
        cube->value.dl_dst = eth_addr_stp;
        cube->mask.dl_dst = eth_addr_exact;
    }
    return true;
}
