/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PRINTABLE_H
#define PRINTABLE_H 1

/* Text from elsewhere, made fit for a terminal.
 *
 * Names, IDs and values come from XML and from a database that guests' owners
 * may write to.  A terminal must not take any of it for a command, and a line
 * must stay one line. */

#include "openvswitch/types.h"

struct ds;
struct json;

void printable_put(struct ds *, const char *);
void printable_put_mac(struct ds *, struct eth_addr);
void printable_put_shell(struct ds *, const char *);
void printable_put_utf8(struct ds *, const char *);
void printable_put_json_text(struct ds *, const char *);
void printable_put_json(struct ds *, const struct json *);

#endif /* lib/base/printable.h */
