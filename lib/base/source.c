/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/base/source.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/diag.h"
#include "lib/base/printable.h"
#include "util.h"

/* Stores in '*start' and '*end' where line 'line' of 'text' begins and ends.
 * Returns false if there is no such line. */
static bool
find_line(const char *text, size_t size, unsigned int line,
          const char **start, const char **end)
{
    const char *limit = text + size;

    for (; line > 1; line--) {
        text = memchr(text, '\n', limit - text);
        if (!text) {
            return false;
        }
        text++;
    }
    *start = text;
    *end = memchr(text, '\n', limit - text);
    if (!*end) {
        *end = limit;
    }
    return line && text < limit;
}

static bool
is_name_char(char c)
{
    return (c && !strchr(" \t\r\n=/><'\"", c));
}

/* Is the name at 'p', up to 'end' and perhaps with a prefix of the document's
 * own, 'name', which is 'len' bytes long? */
static bool
is_name(const char *p, const char *end, const char *name, size_t len)
{
    const char *q = p;

    while (q < end && is_name_char(*q)) {
        q++;
    }

    const char *colon = memchr(p, ':', q - p);
    return ((q - p == len && !memcmp(p, name, len))
            || (colon && q - colon - 1 == len
                && !memcmp(colon + 1, name, len)));
}

/* Returns where attribute 'name' is in the start tag at 'tag', or null. */
static const char *
find_attribute(const char *tag, const char *end, const char *name)
{
    char quote = '\0';

    for (const char *p = tag + 1; p < end; p++) {
        if (quote) {
            quote = *p == quote ? '\0' : quote;
        } else if (*p == '\'' || *p == '"') {
            quote = *p;
        } else if (*p == '>') {
            return NULL;
        } else if (strchr(" \t", p[-1])
                   && is_name(p, end, name, strlen(name))) {
            return p;
        }
    }
    return NULL;
}

/* Returns the column, from 1, at which 'origin' stands in the 'size' bytes at
 * 'text'.  For an attribute that is in its element's line that is where the
 * attribute begins, otherwise where the element does.
 *
 * Returns 0 if that cannot be told, which is also so if the line has several
 * elements of that name. */
unsigned int
source_find_column(const char *text, size_t size, const struct origin *origin)
{
    const char *start, *end;

    if (!origin->element
        || !find_line(text, size, origin->line, &start, &end)) {
        return 0;
    }

    const char *element = origin->element;
    const char *at = strchr(element, '@');
    size_t len = at ? at - element : strlen(element);
    const char *name = element;
    for (const char *p = element; p < element + len; p++) {
        if (*p == '/' || *p == ':') {
            name = p + 1;
        }
    }
    len -= name - element;

    const char *tag = NULL;
    for (const char *p = start; p < end; p++) {
        if (*p == '<' && is_name(p + 1, end, name, len)) {
            if (tag) {
                return 0;
            }
            tag = p;
        }
    }

    const char *attribute = (tag && at ? find_attribute(tag, end, at + 1)
                             : NULL);
    return attribute ? attribute - start + 1 : tag ? tag - start + 1 : 0;
}

/* Longer lines are not shown: in bytes.  Nobody would see the caret. */
#define MAX_LINE 1000

/* Appends line 'line' of 'text' and, unless 'column' is 0, a caret under that
 * column. */
static void
put_source_line(struct ds *s, const char *text, size_t size,
                unsigned int line, unsigned int column)
{
    const char *start, *end;

    if (!find_line(text, size, line, &start, &end)
        || end - start > MAX_LINE) {
        return;
    }

    /* A tab becomes one blank, so that the caret is where it should be. */
    char *copy = xmemdup0(start, end - start);
    for (char *p = copy; *p; p++) {
        *p = strchr("\t\r", *p) ? ' ' : *p;
    }
    ds_put_format(s, "%5u | ", line);
    printable_put(s, copy);
    ds_chomp(s, ' ');
    ds_put_char(s, '\n');
    if (column) {
        /* A byte of a multi-byte character is not a column of its own. */
        ds_put_cstr(s, "      | ");
        for (const char *p = copy; *p && p < copy + column - 1; p++) {
            if ((*p & 0xc0) != 0x80) {
                ds_put_char(s, ' ');
            }
        }
        ds_put_cstr(s, "^\n");
    }
    free(copy);
}

/* Appends 'diag' to 's', with the line that it is about from the 'size' bytes
 * at 'text', which may be null.  'column' is 0 if it is unknown. */
void
source_format_diag(struct ds *s, const struct diag *diag, const char *text,
                   size_t size, unsigned int column)
{
    const struct origin *origin = &diag->origin;

    if (origin->file) {
        printable_put(s, origin->file);
        ds_put_char(s, ':');
        if (origin->line) {
            ds_put_format(s, "%u:", origin->line);
        }
        if (column) {
            ds_put_format(s, "%u:", column);
        }
        ds_put_char(s, ' ');
    }
    ds_put_format(s, "%s: ", diag_severity_to_string(diag->severity));
    if (origin->element) {
        printable_put(s, origin->element);
        ds_put_cstr(s, ": ");
    }
    ds_put_format(s, "%s\n", diag->text);
    if (text && origin->line) {
        put_source_line(s, text, size, origin->line, column);
    }
}
