/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BLOCKED_H
#define BLOCKED_H 1

/* Ports that a spanning tree blocks, by what "stp/show" and "rstp/show" of
 * ovs-vswitchd(8) print.  Nothing is let in or sent by these, whatever flows
 * say; a trace of a frame that comes in does not tell. */

struct sset;

void blocked_find(const char *show, const char *bridge, struct sset *ports);

#endif /* lib/tell/blocked.h */
