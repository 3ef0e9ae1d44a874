/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_TEXT_H
#define MODEL_TEXT_H 1

/* Definitions as text, the bridge that they make, and what is said of it, for
 * tests. */

#include <stdbool.h>
#include "lib/model/model.h"

struct diag_list;

#define PORTGROUP(NAME, REST, VLAN) \
    "<portgroup name='"NAME"'"REST"><vlan><tag id='"VLAN"'/></vlan></portgroup>"
#define NET(NAME, REST) \
    "<network><name>"NAME"</name><bridge name='br0'/>"REST"</network>"
struct netdef *network_from_text(const char *file, const char *xml);
void check_diags(struct diag_list *, const char *expected);

/* A bridge with one network or two. */
struct model_text {
    struct netdef *netdefs[2];
    struct bridge_model bridge;
};

void model_text_init(struct model_text *, const char *a, const char *b,
                     bool libvirts);
void model_text_uninit(struct model_text *);

#endif /* tests/unit/model-text.h */
