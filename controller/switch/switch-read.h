/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SWITCH_READ_H
#define SWITCH_READ_H 1

/* Reads all flows, with their counters, and all groups of a bridge afresh,
 * also those that are not ours, over a connection of its own: ofctrl's view of
 * the switch has no part in it. */

#include <stdbool.h>

struct flow_dump;

struct switch_read *switch_read_create(const char *bridge);
void switch_read_destroy(struct switch_read *);

void switch_read_run(struct switch_read *);
void switch_read_wait(struct switch_read *);

/* Is it over?  Then either switch_read_error() is nonnull or
 * switch_read_dump() is complete. */
bool switch_read_is_done(const struct switch_read *);
const char *switch_read_error(const struct switch_read *);
const struct flow_dump *switch_read_dump(const struct switch_read *);
bool switch_read_first_ports(const struct switch_read *);

#endif /* controller/switch/switch-read.h */
