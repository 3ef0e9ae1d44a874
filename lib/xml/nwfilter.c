/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/nwfilter.h"

#include <stdlib.h>
#include <string.h>

#include "openvswitch/dynamic-string.h"
#include "util.h"

/* Returns the variable of 'params' that is called 'name', null if there is
 * none. */
const struct nwfilter_param *
nwfilter_params_find(const struct nwfilter_params *params, const char *name)
{
    for (size_t i = 0; i < params->n; i++) {
        if (!strcmp(params->elems[i].name, name)) {
            return &params->elems[i];
        }
    }
    return NULL;
}

/* Adds 'value' to those of variable 'name' in 'params' and returns true.
 * Returns false, with 'params' untouched, if that would be too many. */
bool
nwfilter_params_add(struct nwfilter_params *params, const char *name,
                    const char *value)
{
    struct nwfilter_param *param = CONST_CAST(
        struct nwfilter_param *, nwfilter_params_find(params, name));

    if (!param) {
        if (params->n >= NWFILTER_MAX_PARAMS) {
            return false;
        }
        params->elems = xrealloc(params->elems,
                                 (params->n + 1) * sizeof *params->elems);
        param = &params->elems[params->n++];
        *param = (struct nwfilter_param) { .name = xstrdup(name) };
    }
    if (param->n_values >= NWFILTER_MAX_VALUES) {
        return false;
    }
    param->values = xrealloc(param->values,
                             (param->n_values + 1) * sizeof *param->values);
    param->values[param->n_values++] = xstrdup(value);
    return true;
}

/* Initializes 'dst' to a copy of 'src'. */
void
nwfilter_params_clone(struct nwfilter_params *dst,
                      const struct nwfilter_params *src)
{
    *dst = (struct nwfilter_params) { .n = 0 };
    for (size_t i = 0; i < src->n; i++) {
        for (size_t j = 0; j < src->elems[i].n_values; j++) {
            nwfilter_params_add(dst, src->elems[i].name,
                                src->elems[i].values[j]);
        }
    }
}

void
nwfilter_params_uninit(struct nwfilter_params *params)
{
    for (size_t i = 0; i < params->n; i++) {
        for (size_t j = 0; j < params->elems[i].n_values; j++) {
            free(params->elems[i].values[j]);
        }
        free(params->elems[i].values);
        free(params->elems[i].name);
    }
    free(params->elems);
}

/* Is 's' the name of a filter or variable, or a value, as libvirt has them? */
static bool
is_word(const char *s)
{
    return *s && strlen(s) <= 255 && !strpbrk(s, " \t\r\n=");
}

/* Adds the NAME=VALUE in 's', which it changes, to 'params'.  Returns null, or
 * what is wrong with it, for the caller to free. */
static char *
add_param(struct nwfilter_params *params, char *s)
{
    char *value = strchr(s, '=');

    if (!value || value == s) {
        return xasprintf("'%.64s' is not NAME=VALUE", s);
    }
    *value++ = '\0';
    if (*value && !nwfilter_params_add(params, s, value)) {
        return xasprintf("more than %d parameters, or %d values of one",
                         NWFILTER_MAX_PARAMS, NWFILTER_MAX_VALUES);
    }
    return NULL;
}

/* Initializes 'ref' to what 's' says and returns null.  Returns what is wrong
 * with it, for the caller to free, if it cannot be understood; then there is
 * nothing in 'ref'.  A parameter without a value is left out. */
char *
nwfilter_ref_from_string(struct nwfilter_ref *ref, const char *s)
{
    char *list = xstrdup(s);
    char *save_ptr = NULL;
    char *word = strtok_r(list, " \t\r\n", &save_ptr);
    char *error = NULL;

    *ref = (struct nwfilter_ref) { .filter = nullable_xstrdup(word) };
    if (!word || !is_word(word)) {
        error = xstrdup("it does not begin with the name of a filter");
    }
    while (!error && (word = strtok_r(NULL, " \t\r\n", &save_ptr))) {
        error = add_param(&ref->params, word);
    }
    free(list);
    if (error) {
        nwfilter_ref_uninit(ref);
        *ref = (struct nwfilter_ref) { .filter = NULL };
    }
    return error;
}

/* Appends the text of 'ref' to 's'. */
void
nwfilter_ref_format(struct ds *s, const struct nwfilter_ref *ref)
{
    ds_put_cstr(s, ref->filter);
    for (size_t i = 0; i < ref->params.n; i++) {
        const struct nwfilter_param *param = &ref->params.elems[i];

        for (size_t j = 0; j < param->n_values; j++) {
            ds_put_format(s, " %s=%s", param->name, param->values[j]);
        }
    }
}

void
nwfilter_ref_uninit(struct nwfilter_ref *ref)
{
    free(ref->filter);
    nwfilter_params_uninit(&ref->params);
}

/* Returns the text of a reference to 'filter', which may be null.  Returns
 * null and stores what is wrong in '*error' if that is no name of one; the
 * caller must free either. */
char *
nwfilter_ref_begin_text(const char *filter, char **error)
{
    if (!filter || !is_word(filter)) {
        *error = xasprintf("'%.64s' is not the name of a filter",
                           filter ? filter : "");
        return NULL;
    }
    *error = NULL;
    return xstrdup(filter);
}

/* Adds to '*text', which is that of a reference, that variable 'name' is
 * 'value', either of which may be null.  Returns null, or what is wrong with
 * them, for the caller to free.  Nothing is known of a variable without
 * value. */
char *
nwfilter_ref_add_text(char **text, const char *name, const char *value)
{
    char *longer;

    if (!name || !is_word(name)) {
        return xasprintf("'%.64s' is not the name of a variable",
                         name ? name : "");
    } else if (!value || !*value) {
        return NULL;
    } else if (!is_word(value)) {
        return xasprintf("'%.64s' is not a value", value);
    } else if (strlen(*text) > 65536) {
        return xstrdup("there are too many parameters");
    }
    longer = xasprintf("%s %s=%s", *text, name, value);
    free(*text);
    *text = longer;
    return NULL;
}

void
nwfilter_destroy(struct nwfilter *filter)
{
    if (!filter) {
        return;
    }
    for (size_t i = 0; i < filter->n_entries; i++) {
        struct nwfilter_entry *entry = &filter->entries[i];

        for (size_t j = 0; j < entry->n_attributes; j++) {
            free(entry->attributes[j].name);
            free(entry->attributes[j].value);
        }
        free(entry->attributes);
        free(entry->protocol);
        nwfilter_ref_uninit(&entry->ref);
    }
    free(filter->entries);
    free(filter->name);
    free(filter->chain);
    free(filter->file);
    free(filter);
}

/* Returns the end of what begins with 's' and ends with 'end', or 'limit'. */
static const char *
skip_to(const char *s, const char *limit, const char *end)
{
    const char *found = memmem(s, limit - s, end, strlen(end));

    return found ? found + strlen(end) : limit;
}

/* Is the root of the 'size' bytes of XML in 'text' <filter>? */
bool
nwfilter_is_root(const char *text, size_t size)
{
    const char *limit = text + size;
    const char *s = text;

    while (s < limit) {
        size_t left = limit - s;

        if (left > 4 && !memcmp(s, "<!--", 4)) {
            s = skip_to(s + 4, limit, "-->");
        } else if (left > 2 && !memcmp(s, "<?", 2)) {
            s = skip_to(s, limit, "?>");
        } else if (*s == ' ' || *s == '\t' || *s == '\r' || *s == '\n') {
            s++;
        } else {
            return (left > 8 && !memcmp(s, "<filter", 7)
                    && strchr(" \t\r\n/>", s[7]));
        }
    }
    return false;
}
