/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETDEF_PARSE_H
#define NETDEF_PARSE_H 1

/* From the elements of a document to a netdef or a netport.
 *
 * The reader, netdef-xml.c, knows XML; what is here knows what libvirt's
 * elements mean.  The reader calls netdef_parser_begin() when an element of
 * the grammar starts, netdef_parser_value() for each of its attributes, and
 * netdef_parser_end() with its text when it ends.  What is carried out lands
 * in these values, the rest on the diagnostics list. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/diag.h"
#include "lib/xml/netdef-elements.h"
#include "openvswitch/compiler.h"

struct netdef;
struct netport;

/* At most this many warnings and notes per definition.  It is a limit on
 * memory: no definition that people write has so many. */
#define NETDEF_MAX_DIAGS 100

struct netdef_parser;

struct netdef_parser *netdef_parser_create(const char *file);
void netdef_parser_finish(struct netdef_parser *, struct netdef **,
                          struct netport **, struct diag_list *);
const struct netdef *netdef_parser_get(const struct netdef_parser *);
void netdef_parser_destroy(struct netdef_parser *);

void netdef_parser_begin(struct netdef_parser *, enum netdef_node,
                         unsigned int line);
void netdef_parser_value(struct netdef_parser *, enum netdef_node,
                         const char *value, unsigned int line);
void netdef_parser_end(struct netdef_parser *, enum netdef_node,
                       const char *text, unsigned int line);

void netdef_parser_report(struct netdef_parser *, enum diag_severity,
                          unsigned int line, const char *element,
                          const char *format, ...) OVS_PRINTF_FORMAT(5, 6);
void netdef_parser_refuse(struct netdef_parser *, unsigned int line,
                          const char *element, const char *reason);

#endif /* lib/xml/netdef-parse.h */
