/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/base/jvalue.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/printable.h"
#include "openvswitch/dynamic-string.h"
#include "svec.h"
#include "util.h"

/* json_object(), json_array(), json_string(), json_integer(), json_real() and
 * json_equal() are Open vSwitch's in our programs: json_pack() makes values
 * here, and jvalue_equals() compares them. */

/* Returns 'value', which jansson has made of arguments that are valid, so that
 * nothing but memory can have been missing. */
static struct json_t *
made(struct json_t *value)
{
    if (!value) {
        out_of_memory();
    }
    return value;
}

/* Ends the program if 'error', of a function that puts a value into another,
 * is nonzero. */
static void
must(int error)
{
    if (error) {
        out_of_memory();
    }
}

/* Returns an object without members, which the caller must put into another
 * value or unref, as what the functions below return. */
struct json_t *
jvalue_object(void)
{
    return made(json_pack("{}"));
}

struct json_t *
jvalue_array(void)
{
    return made(json_pack("[]"));
}

struct json_t *
jvalue_string(const char *text)
{
    struct ds valid = DS_EMPTY_INITIALIZER;
    struct json_t *value;

    printable_put_utf8(&valid, text);
    value = made(json_pack("s", ds_cstr(&valid)));
    ds_destroy(&valid);
    return value;
}

struct json_t *
jvalue_integer(long long int number)
{
    return made(json_pack("I", (json_int_t) number));
}

struct json_t *
jvalue_bool(bool value)
{
    return made(json_pack("b", value));
}

struct json_t *
jvalue_null(void)
{
    return made(json_pack("n"));
}

/* Returns a second reference to 'value'. */
struct json_t *
jvalue_ref(const struct json_t *value)
{
    return json_incref(CONST_CAST(struct json_t *, value));
}

/* Gives back a reference to 'value', which may be null. */
void
jvalue_unref(struct json_t *value)
{
    json_decref(value);
}

/* Makes 'value', which is taken over, member 'name' of 'object', in place of
 * what may be there. */
void
jvalue_put(struct json_t *object, const char *name, struct json_t *value)
{
    struct ds valid = DS_EMPTY_INITIALIZER;

    printable_put_utf8(&valid, name);
    must(json_object_set_new(object, ds_cstr(&valid), value));
    ds_destroy(&valid);
}

/* Likewise with 'text'.  If that is null, does nothing. */
void
jvalue_put_string(struct json_t *object, const char *name, const char *text)
{
    if (text) {
        jvalue_put(object, name, jvalue_string(text));
    }
}

/* Likewise, and frees 'text'. */
void
jvalue_put_nocopy(struct json_t *object, const char *name, char *text)
{
    jvalue_put_string(object, name, text);
    free(text);
}

void
jvalue_put_format(struct json_t *object, const char *name,
                  const char *format, ...)
{
    va_list args;

    va_start(args, format);
    jvalue_put_nocopy(object, name, xvasprintf(format, args));
    va_end(args);
}

void
jvalue_put_integer(struct json_t *object, const char *name,
                   long long int number)
{
    jvalue_put(object, name, jvalue_integer(number));
}

void
jvalue_put_bool(struct json_t *object, const char *name, bool value)
{
    jvalue_put(object, name, jvalue_bool(value));
}

/* Appends 'value', which is taken over, to 'array'. */
void
jvalue_add(struct json_t *array, struct json_t *value)
{
    must(json_array_append_new(array, value));
}

/* Returns a new array of 'strings', in their order. */
struct json_t *
jvalue_strings(const struct svec *strings)
{
    struct json_t *array = jvalue_array();

    for (size_t i = 0; i < strings->n; i++) {
        jvalue_add(array, jvalue_string(strings->names[i]));
    }
    return array;
}

/* Returns member 'name' of 'object', or null if there is none.  It remains the
 * object's. */
struct json_t *
jvalue_get(const struct json_t *object, const char *name)
{
    return json_object_get(object, name);
}

/* Returns member 'name' of 'object', "" if it is not a string. */
const char *
jvalue_get_string(const struct json_t *object, const char *name)
{
    return jvalue_text(jvalue_get(object, name));
}

/* Returns member 'name' of 'object', 0 if it is not an integer. */
long long int
jvalue_get_integer(const struct json_t *object, const char *name)
{
    return jvalue_number(jvalue_get(object, name));
}

/* Is member 'name' of 'object' true? */
bool
jvalue_get_bool(const struct json_t *object, const char *name)
{
    return json_is_true(jvalue_get(object, name));
}

/* Returns what 'value' says, "" if it is not a string. */
const char *
jvalue_text(const struct json_t *value)
{
    return json_is_string(value) ? json_string_value(value) : "";
}

/* Returns what 'value' is, 0 if it is not an integer. */
long long int
jvalue_number(const struct json_t *value)
{
    return json_integer_value(value);
}

bool
jvalue_is_true(const struct json_t *value)
{
    return json_is_true(value);
}

/* Returns what 'value', which may be null, is. */
enum jvalue_type
jvalue_type(const struct json_t *value)
{
    if (!value) {
        return JVALUE_NULL;
    }
    switch (json_typeof(value)) {
    case JSON_OBJECT: return JVALUE_OBJECT;
    case JSON_ARRAY: return JVALUE_ARRAY;
    case JSON_STRING: return JVALUE_STRING;
    case JSON_INTEGER: return JVALUE_INTEGER;
    case JSON_REAL: return JVALUE_REAL;
    case JSON_TRUE: case JSON_FALSE: return JVALUE_BOOL;
    case JSON_NULL: break;
    }
    return JVALUE_NULL;
}

/* Are 'a' and 'b' the same, whatever the order of members? */
bool
jvalue_equals(const struct json_t *a, const struct json_t *b)
{
    struct ds as = DS_EMPTY_INITIALIZER;
    struct ds bs = DS_EMPTY_INITIALIZER;
    bool equal;

    jvalue_format_line(&as, a);
    jvalue_format_line(&bs, b);
    equal = !strcmp(ds_cstr(&as), ds_cstr(&bs));
    ds_destroy(&as);
    ds_destroy(&bs);
    return equal;
}

/* Returns the number of elements of 'array'.  jansson would say so itself, but
 * the name of its function is one of libopenvswitch's too, since 3.6. */
static size_t
count_elements(const struct json_t *array)
{
    size_t low = 0, high = 1;

    while (json_array_get(array, high - 1)) {
        low = high;
        high *= 2;
    }
    /* There are at least 'low', and fewer than 'high'. */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (json_array_get(array, middle - 1)) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Returns the number of elements of 'value', an array, or of members, if it is
 * an object. */
size_t
jvalue_count(const struct json_t *value)
{
    return json_is_array(value) ? count_elements(value)
                                : json_object_size(value);
}

/* Returns element 'index' of 'array', or null if there is none.  It remains
 * the array's. */
struct json_t *
jvalue_at(const struct json_t *array, size_t index)
{
    return json_array_get(array, index);
}

static int
compare_names(const void *a_, const void *b_)
{
    const char *const *a = a_;
    const char *const *b = b_;

    return strcmp(*a, *b);
}

/* Returns the sorted names of the members of 'object', which remain its own,
 * and a null pointer behind them, in an array that the caller must free. */
const char **
jvalue_names(const struct json_t *object)
{
    /* jansson's iterators do not change what they go through. */
    struct json_t *o = CONST_CAST(struct json_t *, object);
    const char **names = xmalloc((json_object_size(o) + 1) * sizeof *names);
    size_t n = 0;

    for (void *i = json_object_iter(o); i; i = json_object_iter_next(o, i)) {
        names[n++] = json_object_iter_key(i);
    }
    names[n] = NULL;
    qsort(names, n, sizeof *names, compare_names);
    return names;
}

static int
append(const char *buffer, size_t size, void *s)
{
    ds_put_buffer(s, buffer, size);
    return 0;
}

/* Appends 'value', if it is nonnull, to 's', with sorted members.  What JSON
 * would let through of control characters is escaped. */
static void
put(struct ds *s, const struct json_t *value, size_t flags)
{
    struct ds text = DS_EMPTY_INITIALIZER;

    if (value) {
        must(json_dump_callback(value, append, &text,
                                JSON_SORT_KEYS | JSON_ENCODE_ANY | flags));
        printable_put_json_text(s, ds_cstr(&text));
    }
    ds_destroy(&text);
}

/* Appends 'value' to 's', indented, with sorted members and a newline
 * behind. */
void
jvalue_format(struct ds *s, const struct json_t *value)
{
    put(s, value, JSON_INDENT(2));
    ds_put_char(s, '\n');
}

/* Appends 'value' to 's' on one line, with sorted members and without a
 * newline. */
void
jvalue_format_line(struct ds *s, const struct json_t *value)
{
    put(s, value, JSON_COMPACT);
}

/* Returns the value that 'text' is in JSON, which the caller must unref, or
 * null if it is none. */
struct json_t *
jvalue_parse(const char *text)
{
    return json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
}

/* Likewise of the 'size' bytes at 'text'.  If they are no JSON as a whole, or
 * an object has two members of one name, returns null and stores in '*error'
 * what is wrong and where, from line 1 and column 1 on; the caller must free
 * it. */
struct json_t *
jvalue_parse_at(const char *text, size_t size, char **error)
{
    json_error_t e;
    struct json_t *value = json_loadb(text, size, JSON_REJECT_DUPLICATES, &e);

    *error = value ? NULL : xasprintf("line %d, column %d: %s", e.line,
                                      MAX(e.column, 1), e.text);
    return value;
}
