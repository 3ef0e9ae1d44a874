/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_H
#define PROBE_H 1

/* Frames by which a switch is asked whether it does what it is to do.
 *
 * They are made of a state of the daemon's (state.h): for each guest, or for a
 * sample of them, what it is sent by another guest, by the host and by the
 * network side, and what it sends to nobody known, to everybody, and with
 * another's address; and what is for another VLAN, or from one guest to
 * another that it is kept apart from.  What is to become of them is in
 * lib/model/receivers.h, and what does become of them in trace.h. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/model/receivers.h"
#include "sset.h"

struct ds;
struct json_t;
struct trace;

/* How many guests of a bridge are a sample. */
#define PROBE_SAMPLE 16

struct probe {
    const char *what;           /* As "broadcast from". */
    struct receivers_frame frame;
    char *flow;                 /* For "ofproto/trace". */
};

struct probes {
    struct receivers_bridge bridge;
    const char **names;         /* Of its ports, in order. */
    const struct json_t *ports;     /* By name; those of the state. */
    struct vlan_set mirrored;       /* VLANs of mirrors' copies... */
    struct vlan_set mirrored_to_guests;     /* ...that guests may see. */
    struct sset blocked;            /* Ports that a spanning tree blocks. */
    struct probe *probes;
    size_t n, allocated;
};

void probes_init(struct probes *, const struct json_t *bridge, bool all);
void probes_set_blocked(struct probes *, const char *bridge,
                        const char *spanning_trees);
void probes_uninit(struct probes *);

size_t probe_compare(const struct probes *, const struct probe *,
                     const struct trace *, const char *bridge,
                     struct ds *, struct json_t *array);

#endif /* lib/tell/probe.h */
