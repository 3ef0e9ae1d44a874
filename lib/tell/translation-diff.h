/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSLATION_DIFF_H
#define TRANSLATION_DIFF_H 1

/* What would change between two translations: flows, buckets and rows. */

#include <stdbool.h>

struct ds;
struct json_t;
struct translation;

bool translation_diff_format(struct ds *, const struct translation *a,
                             const struct translation *b);
struct json_t *translation_diff_to_json(const struct translation *a,
                                      const struct translation *b,
                                      bool *differ);

#endif /* lib/tell/translation-diff.h */
