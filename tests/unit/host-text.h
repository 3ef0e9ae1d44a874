/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HOST_TEXT_H
#define HOST_TEXT_H 1

/* A host as text: a definition and ports, and what they come to. */

#include "lib/host/ports-json.h"

struct netdef;
struct translation;

struct host {
    struct netdef *netdef;
    const struct netdef *defs[1];
    struct ports ports;
    struct translation *t;
};

void host_init(struct host *, const char *xml, const char *ports);
void host_uninit(struct host *);

#endif /* tests/unit/host-text.h */
