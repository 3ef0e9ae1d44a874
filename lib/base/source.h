/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SOURCE_H
#define SOURCE_H 1

/* A diagnostic beside the text that it is about, as compilers show theirs:
 *
 *     net.xml:4:21: error: bridge@macTableManager: invalid ...
 *         4 |   <bridge name='br0' macTableManager='libvrt'/>
 *           |                      ^
 *
 * A struct origin has a line and the name of an element or attribute; the
 * column is found from these in the text. */

#include <stddef.h>

struct diag;
struct ds;
struct origin;

unsigned int source_find_column(const char *text, size_t size,
                                const struct origin *);
void source_format_diag(struct ds *, const struct diag *, const char *text,
                        size_t size, unsigned int column);

#endif /* lib/base/source.h */
