/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SHARED_STRING_H
#define SHARED_STRING_H 1

/* Strings of which many are equal, as the names of networks in thousands of
 * rows: equal ones are one, and counted.  For one thread only.
 *
 * One that nobody else has costs more than a copy of its own would. */

const char *shared_string_get(const char *);
void shared_string_put(const char *);

#endif /* lib/base/shared-string.h */
