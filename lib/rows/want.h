/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WANT_H
#define WANT_H 1

/* What is to be written into the database: the rows of the plan.
 *
 * Which bridges are to be made is in new-bridges.h; all else is here.
 *
 * It is a set of changes, at most one of each type for a port or a bridge
 * (row_object()).  Whatever is not in it is as it should be, or not ours to
 * write.  The set of a host is the union of those of its objects, each of
 * which is a function of few values: of one port, of one bridge, or of the
 * definitions.  So the daemon can ask for one object when that changes, and
 * "compile", "verify" and "diff" ask for all of them, at rest.
 *
 * What the switch holds, and what is known, gets there one step at a time when
 * the mode of a bridge changes or the daemon is started.  "struct rows_phase"
 * says how far that is. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/rows/row-change.h"

struct bridge_model;
struct bridge_row;
struct vport;

/* Where a bridge is in a transition. */
struct rows_phase {
    bool complete;              /* Are all definitions known? */
    bool undecided;             /* Is it unknown which mode it will have... */
    bool exact;                 /* ...or shall it have an exact MAC table... */
    bool isolating;             /* ...and do its flows keep isolated guests
                                 * apart already? */
    bool apart;                 /* Are its tunnels to be kept apart? */
};

/* A bridge in the database, and what is meant by it. */
struct rows_bridge {
    const struct bridge_row *row;
    const struct bridge_model *model;
    struct rows_phase phase;
};

struct rows_phase rows_phase_at_rest(bool exact, bool apart);

void rows_want_port(struct row_changes *, const struct rows_bridge *,
                    const struct vif *, const struct vport *);

/* What is known of a bridge as a whole. */
struct rows_bridge_ports {
    const struct vif *local;    /* Its own port, or null: not known yet. */
    bool is_used;               /* Has it any other port? */
    struct uuid bridge;         /* Of the rows; zero if not known. */
    struct uuid local_port;
};

void rows_want_bridge(struct row_changes *, const struct rows_bridge *,
                      const struct rows_bridge_ports *);

#endif /* lib/rows/want.h */
