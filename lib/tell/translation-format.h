/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSLATION_FORMAT_H
#define TRANSLATION_FORMAT_H 1

/* A translation for programs to carry out and for people to read: what
 * "virtnetctl compile" prints. */

#include "lib/tell/plan-format.h"

struct diag;
struct json;
struct translation;
struct translation_bridge;

void translation_format_flows(struct ds *, const struct translation_bridge *,
                              enum plan_parts);
struct json *translation_to_json(const struct translation *);
struct json *diag_to_json(const struct diag *, unsigned int column);

#endif /* lib/tell/translation-format.h */
