/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/base/diag.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/printable.h"
#include "util.h"

/* Returns the name of 'severity', for example "error". */
const char *
diag_severity_to_string(enum diag_severity severity)
{
    switch (severity) {
#define DIAG_SEVERITY(ENUM, NAME) case DIAG_##ENUM: return NAME;
    DIAG_SEVERITIES
#undef DIAG_SEVERITY
    }
    OVS_NOT_REACHED();
}

/* Initializes 'origin' with copies of 'file' and 'element', each of which may
 * be null, and with 'line', 0 if it is unknown. */
void
origin_init(struct origin *origin, const char *file, unsigned int line,
            const char *element)
{
    origin->file = nullable_xstrdup(file);
    origin->line = line;
    origin->element = nullable_xstrdup(element);
}

/* Initializes 'dst' as a copy of 'src'. */
void
origin_clone(struct origin *dst, const struct origin *src)
{
    origin_init(dst, src->file, src->line, src->element);
}

/* Frees what 'origin' holds, but not 'origin' itself, and makes it the unknown
 * origin. */
void
origin_uninit(struct origin *origin)
{
    free(origin->file);
    free(origin->element);
    origin_init(origin, NULL, 0, NULL);
}

/* Orders null before any string. */
static int
nullable_strcmp(const char *a, const char *b)
{
    return (a && b ? strcmp(a, b)
            : a ? 1
            : b ? -1
            : 0);
}

static int
origin_compare(const struct origin *a, const struct origin *b)
{
    int cmp = nullable_strcmp(a->file, b->file);
    if (!cmp) {
        cmp = a->line < b->line ? -1 : a->line > b->line;
    }
    return cmp ? cmp : nullable_strcmp(a->element, b->element);
}

bool
origin_equals(const struct origin *a, const struct origin *b)
{
    return !origin_compare(a, b);
}

/* Initializes 'list' as an empty list. */
void
diag_list_init(struct diag_list *list)
{
    *list = (struct diag_list) DIAG_LIST_INITIALIZER;
}

/* Frees what 'list' holds, but not 'list' itself, and makes it empty. */
void
diag_list_uninit(struct diag_list *list)
{
    diag_list_clear(list);
    free(list->diags);
    diag_list_init(list);
}

/* Removes all diagnostics from 'list'. */
void
diag_list_clear(struct diag_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        origin_uninit(&list->diags[i].origin);
        free(list->diags[i].text);
    }
    list->n = 0;
}

/* Appends an uninitialized diagnostic to 'list' and returns it. */
static struct diag *
diag_list_grow(struct diag_list *list)
{
    if (list->n >= list->allocated) {
        list->diags = x2nrealloc(list->diags, &list->allocated,
                                 sizeof *list->diags);
    }
    return &list->diags[list->n++];
}

/* Appends a diagnostic of 'severity' to 'list', with a copy of 'origin', which
 * may be null if nothing is known of it.  'format' makes the text; control
 * characters in the result, such as newlines in a value that the user wrote,
 * are replaced by question marks. */
void
diag_add(struct diag_list *list, enum diag_severity severity,
         const struct origin *origin, const char *format, ...)
{
    static const struct origin unknown = { NULL, 0, NULL };
    struct ds text = DS_EMPTY_INITIALIZER;
    struct diag *diag = diag_list_grow(list);
    va_list args;
    char *raw;

    va_start(args, format);
    raw = xvasprintf(format, args);
    va_end(args);
    printable_put(&text, raw);
    free(raw);

    diag->severity = severity;
    origin_clone(&diag->origin, origin ? origin : &unknown);
    diag->text = ds_steal_cstr(&text);
}

/* Appends copies of all diagnostics of 'other', in their order, to 'list'. */
void
diag_list_append(struct diag_list *list, const struct diag_list *other)
{
    size_t n = other->n;        /* 'other' may be 'list'. */

    for (size_t i = 0; i < n; i++) {
        struct diag *dst = diag_list_grow(list);
        const struct diag *src = &other->diags[i];

        dst->severity = src->severity;
        origin_clone(&dst->origin, &src->origin);
        dst->text = xstrdup(src->text);
    }
}

static int
diag_compare(const struct diag *a, const struct diag *b)
{
    int cmp = origin_compare(&a->origin, &b->origin);
    if (!cmp) {
        cmp = a->severity < b->severity ? -1 : a->severity > b->severity;
    }
    return cmp ? cmp : strcmp(a->text, b->text);
}

static int
diag_compare_cb(const void *a, const void *b)
{
    return diag_compare(a, b);
}

/* Puts the diagnostics in 'list' in their canonical order: by file, line,
 * element, severity and text, what is unknown first.  The order is total, so
 * that equal sets of diagnostics sort to equal lists. */
void
diag_list_sort(struct diag_list *list)
{
    if (list->n > 1) {
        qsort(list->diags, list->n, sizeof *list->diags, diag_compare_cb);
    }
}

bool
diag_list_has_errors(const struct diag_list *list)
{
    return diag_list_count(list, DIAG_ERROR) > 0;
}

/* Returns the first error in 'list', or null. */
const struct diag *
diag_list_first_error(const struct diag_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->diags[i].severity == DIAG_ERROR) {
            return &list->diags[i];
        }
    }
    return NULL;
}

/* Returns the number of diagnostics in 'list' that have 'severity'. */
size_t
diag_list_count(const struct diag_list *list, enum diag_severity severity)
{
    size_t count = 0;

    for (size_t i = 0; i < list->n; i++) {
        count += list->diags[i].severity == severity;
    }
    return count;
}

/* Returns true if 'a' and 'b' hold equal diagnostics in the same order. */
bool
diag_list_equals(const struct diag_list *a, const struct diag_list *b)
{
    if (a->n != b->n) {
        return false;
    }
    for (size_t i = 0; i < a->n; i++) {
        if (diag_compare(&a->diags[i], &b->diags[i])) {
            return false;
        }
    }
    return true;
}

/* Appends 'diag' to 's' as compilers print theirs, in one line without a
 * newline: "br.xml:3: error: bridge@macTableManager: Invalid ...".  What is
 * unknown of the origin is left out. */
void
diag_format(struct ds *s, const struct diag *diag)
{
    const struct origin *origin = &diag->origin;

    if (origin->file) {
        printable_put(s, origin->file);
        if (origin->line) {
            ds_put_format(s, ":%u", origin->line);
        }
        ds_put_cstr(s, ": ");
    }
    ds_put_format(s, "%s: ", diag_severity_to_string(diag->severity));
    if (origin->element) {
        printable_put(s, origin->element);
        ds_put_cstr(s, ": ");
    }
    ds_put_cstr(s, diag->text);
}

/* Appends each diagnostic of 'list' to 's', one per line. */
void
diag_list_format(struct ds *s, const struct diag_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        diag_format(s, &list->diags[i]);
        ds_put_char(s, '\n');
    }
}
