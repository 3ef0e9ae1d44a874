/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JVALUE_H
#define JVALUE_H 1

/* JSON for users and their programs: values of jansson's.
 *
 * All JSON but the wire formats of OVSDB and of Open vSwitch's control sockets
 * is made of these.  A 'struct json_t' is jansson's json_t.  Neither its
 * header nor six of its functions can be used beside Open vSwitch's, which has
 * others of the same names, so the rest of the project knows jansson by this
 * interface, and a file may use it beside "openvswitch/json.h".
 *
 * Values are counted references.  A function that puts a value into another
 * takes it over.  Nothing here fails: there is always memory, or the program
 * ends, and what is not valid UTF-8 in a text becomes U+FFFD.  What is asked
 * of a null pointer, or of a value of another type, counts as empty. */

#include <stdbool.h>
#include <stddef.h>
#include "openvswitch/compiler.h"

struct ds;
struct json_t;
struct svec;

enum jvalue_type {
    JVALUE_OBJECT,
    JVALUE_ARRAY,
    JVALUE_STRING,
    JVALUE_INTEGER,
    JVALUE_REAL,
    JVALUE_BOOL,
    JVALUE_NULL                 /* Of a null pointer, too. */
};

/* Building. */
struct json_t *jvalue_object(void);
struct json_t *jvalue_array(void);
struct json_t *jvalue_string(const char *);
struct json_t *jvalue_integer(long long int);
struct json_t *jvalue_bool(bool);
struct json_t *jvalue_null(void);
struct json_t *jvalue_ref(const struct json_t *);
void jvalue_unref(struct json_t *);

void jvalue_put(struct json_t *object, const char *name,
                struct json_t *value);
void jvalue_put_string(struct json_t *object, const char *name, const char *);
void jvalue_put_nocopy(struct json_t *object, const char *name, char *);
void jvalue_put_format(struct json_t *object, const char *name,
                       const char *format, ...) OVS_PRINTF_FORMAT(3, 4);
void jvalue_put_integer(struct json_t *object, const char *name,
                        long long int);
void jvalue_put_bool(struct json_t *object, const char *name, bool);
void jvalue_add(struct json_t *array, struct json_t *value);
struct json_t *jvalue_strings(const struct svec *);

/* Reading. */
struct json_t *jvalue_get(const struct json_t *object, const char *name);
const char *jvalue_get_string(const struct json_t *object, const char *name);
long long int jvalue_get_integer(const struct json_t *object,
                                 const char *name);
bool jvalue_get_bool(const struct json_t *object, const char *name);
const char *jvalue_text(const struct json_t *);
long long int jvalue_number(const struct json_t *);
bool jvalue_is_true(const struct json_t *);
enum jvalue_type jvalue_type(const struct json_t *);
bool jvalue_equals(const struct json_t *, const struct json_t *);

size_t jvalue_count(const struct json_t *);
struct json_t *jvalue_at(const struct json_t *array, size_t index);
const char **jvalue_names(const struct json_t *object);

/* Text. */
void jvalue_format(struct ds *, const struct json_t *);
void jvalue_format_line(struct ds *, const struct json_t *);
struct json_t *jvalue_parse(const char *text);
struct json_t *jvalue_parse_at(const char *text, size_t size, char **error);

#endif /* lib/base/jvalue.h */
