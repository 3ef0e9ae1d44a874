/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSLATION_FORMAT_H
#define TRANSLATION_FORMAT_H 1

/* A translation for programs to carry out and for people to read: what
 * "virtnetctl compile" prints. */

#include "lib/tell/plan-format.h"

struct diag;
struct diag_list;
struct json_t;
struct translation;
struct translation_bridge;

void translation_format_flows(struct ds *, const struct translation_bridge *,
                              enum plan_parts);
struct json_t *translation_to_json(const struct translation *);
struct json_t *diag_to_json(const struct diag *, unsigned int column);
struct json_t *diags_to_json(const struct diag_list *);

#endif /* lib/tell/translation-format.h */
