/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_ROWFILE_H
#define FLEET_ROWFILE_H 1

/* A file with the rows of a table of the fleet's database.
 *
 * Each line is a row in JSON, as RFC 7047 has it, or, with a member "gone",
 * the key of one that is not there any more.  The last line about a row
 * counts.  So a row that changes is one line more, however many rows there
 * are, and is written at once; now and then the whole file is written anew.
 * What cannot be understood, as the end of a line that was being written when
 * the machine stopped, is passed over. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/fleet/fleet-row.h"

struct fleet_rowfile;

struct fleet_rowfile *fleet_rowfile_create(const char *directory,
                                           enum fleet_table);
void fleet_rowfile_destroy(struct fleet_rowfile *);

char *fleet_rowfile_key(const struct fleet_rowfile *, const void *row);
const char *fleet_rowfile_path(const struct fleet_rowfile *);
void **fleet_rowfile_read(struct fleet_rowfile *, size_t *n);
int fleet_rowfile_write(struct fleet_rowfile *, const void *const *rows,
                        size_t n);

void fleet_rowfile_change(struct fleet_rowfile *, const void *old,
                          const void *new);
int fleet_rowfile_flush(struct fleet_rowfile *);
bool fleet_rowfile_is_long(const struct fleet_rowfile *);

int fleet_rowfile_replace(const char *path, const char *text, bool sync);

#endif /* controller/fleet/fleet-rowfile.h */
