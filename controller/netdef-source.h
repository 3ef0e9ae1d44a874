/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETDEF_SOURCE_H
#define NETDEF_SOURCE_H 1

/* Network definitions from a directory of XML files, as they come and go.
 *
 * Each file *.xml holds one definition.  A file that has become wrong or
 * unreadable leaves its last good definition in force; one that was removed
 * takes its definition along.  A directory that cannot be read takes nothing
 * along. */

#include <stdbool.h>
#include <stddef.h>

struct diag_list;
struct netdef;

struct netdef_source *netdef_source_create(const char *directory);
void netdef_source_destroy(struct netdef_source *);

bool netdef_source_run(struct netdef_source *);
void netdef_source_wait(struct netdef_source *);
void netdef_source_reload(struct netdef_source *);

const char *netdef_source_directory(const struct netdef_source *);
const struct netdef *const *netdef_source_get(const struct netdef_source *,
                                              size_t *n);
bool netdef_source_is_complete(const struct netdef_source *);
void netdef_source_get_diags(const struct netdef_source *,
                             struct diag_list *);

#endif /* controller/netdef-source.h */
