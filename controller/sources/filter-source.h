/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILTER_SOURCE_H
#define FILTER_SOURCE_H 1

/* Filters (lib/xml/nwfilter.h): the administrator's own, and libvirt's. */

#include <stdbool.h>

struct diag_list;
struct filter_library;

struct filter_source *filter_source_create(const char *own,
                                           const char *libvirt_etc);
void filter_source_destroy(struct filter_source *);

bool filter_source_run(struct filter_source *);
void filter_source_wait(struct filter_source *);
void filter_source_reload(struct filter_source *);

struct filter_library filter_source_library(const struct filter_source *);
void filter_source_get_diags(const struct filter_source *,
                             struct diag_list *);

#endif /* controller/sources/filter-source.h */
