/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUARD_H
#define GUARD_H 1

/* What the guards of a port (lib/base/guards.h) make of what it sends.
 *
 * They stand between ADMIT and SOURCE, so that whatever a guest sends passes
 * them, also what it announces while it is held back or in conflict, and
 * nothing that it is shown or offered for leads past them.  Frames of ports
 * without guards never get here.
 *
 *      ADMIT --> GUARD ----(guard mac alone)------------> SOURCE
 *        |         | others                                 ^
 *        |         v                                        |
 *        '---> PROTOCOL --> ADDRESS --> NEIGHBOR --> LINK --+
 *                  |           |           |           |
 *                  '-----------+---> STOPPED: drops ---'
 *
 * Guard "storm" is another matter: storm-limit.h.
 *
 * Without guard "mac", GUARD is for ports that are listened to, by
 * guard_listens().
 *
 * ADMIT marks in reg0 which guards but "mac" the port has.  What is the same
 * for all ports is in flows that they share (guard_compile_shared()); the
 * port's own are its addresses, and a drop for each kind of offence. */

#include <stdbool.h>
#include <stdint.h>
#include "lib/openflow/pipeline.h"

struct ds;
struct match;
struct oflow;
struct slice;
struct vport;
struct ip_prefixes;

/* Kinds of offences.  STOP(ENUM, NAME, GUARD): 'GUARD' is the one that stops
 * it. */
#define STOPS                                   \
    STOP(IP, "ip", IP)                          \
    STOP(ARP, "arp", IP)                        \
    STOP(ND, "nd", IP)                          \
    STOP(DHCP, "dhcp", DHCP)                    \
    STOP(RA, "ra", RA)                          \
    STOP(OTHER, "other", OTHER)

enum guard_stop {
    STOP_NONE,
#define STOP(ENUM, NAME, GUARD) STOP_##ENUM,
    STOPS
#undef STOP
    STOP_FILTER,                /* By no guard, but by a filter. */
    N_STOPS
};

bool guard_listens(const struct vport *);
enum pipeline_table guard_entry(const struct vport *);
void guard_own_addresses(const struct vport *, struct ip_prefixes *);
uint32_t guard_marks(const struct vport *);
bool guard_needs_shared(const struct vport *);
void guard_compile(const struct vport *, bool pending, ovs_be64 cookie,
                   struct slice *);
void guard_compile_shared(ovs_be64 cookie, struct slice *);
bool guard_flow_drops(const struct oflow *);
const char *guard_stop_name(unsigned int stop);
void guard_format_stop(struct ds *, unsigned int stop, unsigned int guards);
const char *guard_stop_to_string(uint8_t table_id, const struct match *);

#endif /* lib/openflow/guard.h */
