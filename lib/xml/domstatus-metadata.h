/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DOMSTATUS_METADATA_H
#define DOMSTATUS_METADATA_H 1

/* Reading the <vn:domain> in a guest's <metadata>, as domstatus.h has it.
 *
 * It comes before the interfaces that it is about, so it is kept until the
 * whole document has been read.  What is meant for us and is not understood
 * is told with its line. */

#include <stddef.h>
#include "lib/base/diag.h"

struct domstatus;
struct sax_attribute;
struct vn_interface;

struct domstatus_metadata {
    const char *file;           /* May be null.  Borrowed. */
    struct diag_list diags;
    struct vn_interface *interfaces;
    size_t n;
    size_t allocated;
};

void domstatus_metadata_init(struct domstatus_metadata *, const char *file);
void domstatus_metadata_uninit(struct domstatus_metadata *);

void domstatus_metadata_start(struct domstatus_metadata *, const char *path,
                              const char *name,
                              const struct sax_attribute *, size_t n,
                              unsigned int line);
void domstatus_metadata_finish(struct domstatus_metadata *,
                               struct domstatus *, struct diag_list *);

#endif /* lib/xml/domstatus-metadata.h */
