/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NOFLOOD_PORTS_H
#define NOFLOOD_PORTS_H 1

/* Which ports of a switch have "no-flood", which should, and whose it is.
 *
 * A port that had no-flood before it was asked for here is somebody else's and
 * keeps it, unless it is told that what is found is from an earlier run of
 * this program: then it is adopted, and taken back when it is not needed any
 * more. */

#include <stdbool.h>
#include <stddef.h>
#include "openvswitch/hmap.h"
#include "openvswitch/list.h"
#include "openvswitch/types.h"

struct ofputil_phy_port;

struct noflood_ports {
    struct hmap ports;          /* Contains "struct nf_port"s. */
    struct ovs_list wrong;      /* Those to be put right... */
    struct ovs_list asked;      /* ...and those being put right. */
    bool forgotten;             /* Must all be told of anew? */
    size_t n_ours;              /* Have it from us. */
    size_t n_wrong;             /* Not as they should be. */
    bool enabled;
    bool adopt;
};

void noflood_ports_init(struct noflood_ports *);
void noflood_ports_uninit(struct noflood_ports *);

bool noflood_ports_set(struct noflood_ports *, ofp_port_t, bool floodable);
void noflood_ports_found(struct noflood_ports *, ofp_port_t, bool barred);
bool noflood_ports_must_clear(const struct noflood_ports *, ofp_port_t);
bool noflood_ports_is_others(const struct noflood_ports *, ofp_port_t);
void noflood_ports_remove(struct noflood_ports *, ofp_port_t);
void noflood_ports_enable(struct noflood_ports *, bool enable, bool adopt);

void noflood_ports_adopt(struct noflood_ports *);
void noflood_ports_forget(struct noflood_ports *);
void noflood_ports_told(struct noflood_ports *,
                        const struct ofputil_phy_port *, bool gone);
bool noflood_ports_ask(struct noflood_ports *, struct ovs_list *msgs);
void noflood_ports_done(struct noflood_ports *);

#endif /* lib/openflow/noflood-ports.h */
