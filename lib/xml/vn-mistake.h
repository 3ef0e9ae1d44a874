/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VN_MISTAKE_H
#define VN_MISTAKE_H 1

/* Elements that somebody wrote for us and that nothing would come of.
 *
 * Documents of libvirt's are full of other programs' elements, of which we say
 * nothing.  One that is in a namespace much like ours, or that is in ours and
 * stands where nobody looks for it, is a mistake, of which its author would
 * not hear otherwise: libvirt keeps whatever is in <metadata>. */

#include <stddef.h>

struct sax_attribute;

char *vn_mistake_element(const char *name, const struct sax_attribute *,
                         size_t n);

#endif /* lib/xml/vn-mistake.h */
