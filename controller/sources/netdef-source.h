/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETDEF_SOURCE_H
#define NETDEF_SOURCE_H 1

/* The network definitions that count, from all the places that have some.
 *
 * These are, by precedence: the administrator's own directory; the fleet's, if
 * this host is in one; libvirt's networks as they are in force; libvirt's
 * networks as they are configured.
 * Of several definitions of one network, netdef-choice.h says which counts. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diag_list;
struct ds;
struct json;
struct netdef;

struct netdef_source *netdef_source_create(const char *networks,
                                           const char *libvirt_run,
                                           const char *libvirt_etc);
void netdef_source_destroy(struct netdef_source *);

bool netdef_source_run(struct netdef_source *);
void netdef_source_wait(struct netdef_source *);
void netdef_source_reload(struct netdef_source *);

const struct netdef *const *netdef_source_get(const struct netdef_source *,
                                              size_t *n);
bool netdef_source_is_complete(const struct netdef_source *);
const char *netdef_source_directory(const struct netdef_source *);
size_t netdef_source_count(const struct netdef_source *, bool libvirt);
void netdef_source_set_fleet(struct netdef_source *, const char *directory,
                             bool known);
size_t netdef_source_count_fleet(const struct netdef_source *);
const struct netdef *netdef_source_find_file(const struct netdef_source *,
                                             const char *path,
                                             const uint8_t **digest,
                                             const struct netdef **counts);
void netdef_source_get_diags(const struct netdef_source *,
                             struct diag_list *);

#endif /* controller/sources/netdef-source.h */
