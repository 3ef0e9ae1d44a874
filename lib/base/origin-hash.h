/* SPDX-License-Identifier: Apache-2.0 */

#ifndef ORIGIN_HASH_H
#define ORIGIN_HASH_H 1

/* The hash of a name by which what is ours is known again in a switch: it is
 * a part of cookies and of the numbers of meters, so it must be the same on
 * each machine and in each version. */

#include <stdint.h>

uint32_t origin_hash(const char *origin);

#endif /* lib/base/origin-hash.h */
