/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

/* Output.
 *
 * What is printed is made by lib/ without terminal escapes.  Colour is put on
 * last, here: a line has that of the first of these words that it has. */
static const struct {
    const char *word;
    const char *color;
} colors[] = {
    { " error: ", "31" },
    { " warning: ", "33" },
    { " note: ", "36" },
    { "missing", "31" },
    { "stranger", "31" },
    { "changed", "33" },
    { "conflict", "31" },
    { "quarantined", "31" },
    { "not ok", "31" },
    { "not in force", "31" },
    { "in the way", "31" },
    { "foreign", "36" },
    { "pending", "33" },
};

static const char *
find_color(const char *line)
{
    if (line[0] == '+' || line[0] == '-') {
        return line[0] == '+' ? "32" : "31";
    } else if (line[0] == '#') {
        return "2";
    }
    for (size_t i = 0; i < ARRAY_SIZE(colors); i++) {
        if (strstr(line, colors[i].word)) {
            return colors[i].color;
        }
    }
    return NULL;
}

static void
put_colored(struct ds *s, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        char *line = xmemdup0(text, len);
        const char *color = find_color(line);

        if (color) {
            ds_put_format(s, "\033[%sm%s\033[0m", color, line);
        } else {
            ds_put_cstr(s, line);
        }
        free(line);
        text += len;
        if (*text) {
            ds_put_char(s, *text++);
        }
    }
}

/* Makes sure that all that was printed got out.  Ends the program if it did
 * not: without a fuss if nobody reads any longer. */
void
virtnetctl_flush(void)
{
    if (fflush(stdout) || ferror(stdout)) {
        if (errno == EPIPE) {
            _exit(0);
        }
        virtnetctl_fatal("standard output: %s", ovs_strerror(errno));
    }
}

/* Prints 's' and destroys it, as virtnetctl_flush() does. */
void
virtnetctl_print(struct ds *s)
{
    if (options.color) {
        struct ds colored = DS_EMPTY_INITIALIZER;

        put_colored(&colored, ds_cstr(s));
        ds_swap(s, &colored);
        ds_destroy(&colored);
    }
    fwrite(ds_cstr(s), 1, s->length, stdout);
    virtnetctl_flush();
    ds_destroy(s);
}

/* Prints 'json' and destroys it. */
void
virtnetctl_print_json(struct json_t *json)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    jvalue_format(&s, json);
    jvalue_unref(json);
    options.color = false;
    virtnetctl_print(&s);
}

/* Prints a message and ends the program with the exit code for what could not
 * be asked. */
void
virtnetctl_fatal(const char *format, ...)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    va_list args;
    char *text;

    va_start(args, format);
    text = xvasprintf(format, args);
    va_end(args);
    ds_put_format(&s, "%s: ", program_name);
    printable_put(&s, text);
    fprintf(stderr, "%s\n", ds_cstr(&s));
    free(text);
    ds_destroy(&s);
    exit(2);
}

/* Returns the number of characters to insert, delete or replace to make 'b' of
 * 'a' (V. I. Levenshtein, 1965). */
static size_t
distance(const char *a, const char *b)
{
    size_t n = strlen(b);
    size_t *row = xcalloc(n + 1, sizeof *row);

    for (size_t j = 0; j <= n; j++) {
        row[j] = j;
    }
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];

        row[0] = i + 1;
        for (size_t j = 0; j < n; j++) {
            size_t replaced = diagonal + (a[i] != b[j]);

            diagonal = row[j + 1];
            row[j + 1] = MIN(replaced, 1 + MIN(row[j], diagonal));
        }
    }

    size_t result = row[n];
    free(row);
    return result;
}

/* Returns "; did you mean NAME?" with that of the 'n' 'names' that is nearest
 * to 'wanted', or "" if none is near.  The caller must free it. */
char *
virtnetctl_nearest(const char *wanted, const char *const names[], size_t n)
{
    size_t best = MAX(2, strlen(wanted) / 2);
    const char *name = NULL;

    for (size_t i = 0; i < n; i++) {
        size_t d = distance(wanted, names[i]);

        if (d < best || (d == best && (!name || strcmp(names[i], name) < 0))) {
            best = d;
            name = names[i];
        }
    }
    return name ? xasprintf("; did you mean %s?", name) : xstrdup("");
}
