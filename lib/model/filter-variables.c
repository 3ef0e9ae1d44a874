/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/filter-variables.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xml/nwfilter.h"
#include "util.h"

/* What an attribute is made of. */
struct filter_variable {
    const struct nwfilter_param *param;     /* Null for a plain value. */
    const struct filter_iterator *iterator; /* Null for one value of it. */
    size_t index;                           /* That one. */
};

/* Returns the iterator with 'id' of 'vars', for variables with 'n' values, or
 * null, having stored in '*error' why there is none. */
static const struct filter_iterator *
get_iterator(struct filter_variables *vars, unsigned int id, size_t n,
             char **error)
{
    for (size_t i = 0; i < vars->n_iterators; i++) {
        if (vars->iterators[i].id == id) {
            if (vars->iterators[i].n == n) {
                return &vars->iterators[i];
            }
            *error = xasprintf("variables of iterator @%u have %"PRIuSIZE
                               " and %"PRIuSIZE" values", id,
                               vars->iterators[i].n, n);
            return NULL;
        }
    }
    if (vars->n_iterators >= FILTER_MAX_ITERATORS) {
        *error = xasprintf("more than %d iterators", FILTER_MAX_ITERATORS);
        return NULL;
    }

    struct filter_iterator *iterator = &vars->iterators[vars->n_iterators++];
    *iterator = (struct filter_iterator) { .id = id, .n = n };
    return iterator;
}

/* Makes 'var' what 's' stands for, which begins with "$". */
static char *
parse_variable(struct filter_variables *vars, struct filter_variable *var,
               const char *s, const struct nwfilter_params *params)
{
    const char *bracket = strchr(s, '[');
    char *name = (bracket ? xmemdup0(s + 1, bracket - s - 1)
                  : xstrdup(s + 1));
    unsigned int number = 0;
    bool is_iterator = true;
    char *error = NULL;

    if (bracket) {
        const char *end = strchr(bracket, ']');
        char *inside = xmemdup0(bracket + 1, end ? end - bracket - 1 : 0);

        is_iterator = *inside == '@';
        if (!end || end[1] || !str_to_uint(inside + is_iterator, 10, &number)
            || number > UINT16_MAX) {
            error = xasprintf("'%.64s' is not a variable", s);
        }
        free(inside);
    }
    var->param = nwfilter_params_find(params, name);
    var->index = number;
    if (error) {
        /* So it is. */
    } else if (!var->param) {
        error = xasprintf("nobody says what variable %.64s is", name);
    } else if (is_iterator) {
        var->iterator = get_iterator(vars, number, var->param->n_values,
                                     &error);
    } else if (var->index >= var->param->n_values) {
        error = xasprintf("variable %.64s has %"PRIuSIZE" values, so there "
                          "is no %.64s", name, var->param->n_values, s);
    }
    free(name);
    return error;
}

static void
fill(struct filter_variables *vars)
{
    for (size_t i = 0; i < vars->n_attributes; i++) {
        const struct filter_variable *var = &vars->vars[i];

        if (var->param) {
            size_t at = var->iterator ? var->iterator->at : var->index;

            vars->attributes[i].value = var->param->values[at];
        }
    }
}

/* Initializes 'vars' to the first combination of values for the attributes of
 * 'entry', where 'params' are known; both must outlive it.  Returns null, or
 * why there is none, for the caller to free.  The caller must uninitialize
 * 'vars' in any case. */
char *
filter_variables_init(struct filter_variables *vars,
                      const struct nwfilter_entry *entry,
                      const struct nwfilter_params *params)
{
    *vars = (struct filter_variables) {
        .attributes = xcalloc(entry->n_attributes + 1,
                              sizeof *vars->attributes),
        .n_attributes = entry->n_attributes,
        .vars = xcalloc(entry->n_attributes + 1, sizeof *vars->vars),
    };
    for (size_t i = 0; i < entry->n_attributes; i++) {
        char *error = NULL;

        vars->attributes[i] = entry->attributes[i];
        if (entry->attributes[i].value[0] == '$') {
            error = parse_variable(vars, &vars->vars[i],
                                   entry->attributes[i].value, params);
        }
        if (error) {
            return error;
        }
    }
    fill(vars);
    return NULL;
}

/* Goes on to the next combination and returns true; false if there is none. */
bool
filter_variables_next(struct filter_variables *vars)
{
    for (size_t i = 0; i < vars->n_iterators; i++) {
        struct filter_iterator *iterator = &vars->iterators[i];

        if (++iterator->at < iterator->n) {
            fill(vars);
            return true;
        }
        iterator->at = 0;
    }
    return false;
}

void
filter_variables_uninit(struct filter_variables *vars)
{
    free(vars->attributes);
    free(vars->vars);
}
