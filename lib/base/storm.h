/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORM_H
#define STORM_H 1

/* Storm limits: how much broadcast and multicast a guest may send.
 *
 * A limit is an int, so that a setting can hold it: packets per second if it
 * is positive, kilobits per second if it is negative, and 0 for none.
 *
 * It is written as a number of packets per second ("500" or "500pps"), as one
 * of kilobits ("2000kbps"), or as "none".  That is what attribute storm has in
 * the metadata of networks, portgroups and domains, and
 * external_ids:virtnet-storm in the database. */

struct ds;

/* What guard "storm" means where nobody says how much: many times what a guest
 * sends that is well, and a small part of what a loop would. */
#define STORM_DEFAULT 1000

/* The largest number in a limit. */
#define STORM_MAX 100000000

char *storm_from_string(const char *, int *storm);
void storm_format(struct ds *, int storm);
int storm_strictest(int a, int b);

#endif /* lib/base/storm.h */
