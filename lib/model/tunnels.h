/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TUNNELS_H
#define TUNNELS_H 1

/* Keeping the tunnels of a bridge apart.
 *
 * Tunnels form a mesh: each host has one to each of the others.  What comes in
 * by one has been sent to everybody whom it is for, so that to send it out by
 * another would bring it there twice, or round in circles.
 *
 * Tunnels are of the network side, whose flows keep several of them apart
 * (lib/openflow/spread.h).  Where NORMAL serves it, that forwards nothing
 * between two ports of which both have column protected of table Port set.  So
 * in libvirt mode that is what the tunnels of a bridge get, if there are
 * several, with external_ids:virtnet-protected beside it to tell that it may
 * be taken back.
 *
 * Where somebody has protected a port that is no tunnel, that port would be
 * cut off from protected tunnels, so they are then left alone.
 *
 * Tunnels to the other hosts of a fleet are no part of the network side.  If
 * there is one as well, what is sent to everybody comes to each host by both
 * ways, and nobody can tell. */

#include <stdbool.h>
#include <stddef.h>

struct diag_list;
struct vif;

/* What an interface is in this respect. */
enum tunnel_kind {
    TUNNEL_NOT,                 /* Nothing. */
    TUNNEL,
    TUNNEL_TO_HOST,             /* To another host of the fleet. */
    TUNNEL_PROTECTED_OTHER      /* No tunnel, but protected by somebody. */
};

/* How many there are of each kind on a bridge. */
struct tunnels {
    size_t n[TUNNEL_PROTECTED_OTHER + 1];
};

enum tunnel_kind tunnel_get_kind(const struct vif *);

bool tunnels_are_apart(const struct tunnels *, bool exact);
void tunnels_get_diags(const struct tunnels *, bool exact, bool has_network,
                       const char *bridge, struct diag_list *);

#endif /* lib/model/tunnels.h */
