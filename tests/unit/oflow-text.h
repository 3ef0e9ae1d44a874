/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OFLOW_TEXT_H
#define OFLOW_TEXT_H 1

/* Flows and buckets from and as text, for tests, and random ones. */

#include <stddef.h>
#include <stdint.h>
#include "openvswitch/types.h"

struct ds;
struct obucket;
struct oflow;
struct oflow_table;
struct slice;

struct oflow *oflow_from_string(const char *);
struct obucket *obucket_from_string(uint32_t group_id, uint32_t bucket_id,
                                    const char *actions);
void oflow_table_put_slice(struct oflow_table *, const struct slice *);
void oflow_table_random(struct oflow_table *);
void oflow_table_copy(struct oflow_table *, const struct oflow_table *);
size_t oflow_table_count_keys(const struct oflow_table *);
void oflow_table_format(struct ds *, const struct oflow_table *);

void assert_same_text(const char *actual, const char *expected);
void assert_same_table(const struct oflow_table *actual,
                       const struct oflow_table *expected);

#endif /* tests/unit/oflow-text.h */
