/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NOFLOOD_H
#define NOFLOOD_H 1

/* Keeping NORMAL from flooding to guests.
 *
 * Where the network side is left to NORMAL, its flood must skip guests and the
 * host; and where others' flows use it, at least guests.  A port's "no-flood"
 * does that.  It exists in OpenFlow 1.0 only (the OFPPC_NO_FLOOD bit of a
 * port_mod; later versions have no such bit), and the switch forgets it when
 * it is restarted or the port is made anew, so it takes an OpenFlow 1.0
 * connection of its own and an eye on what the ports say.
 *
 * The connection is open only while some port must not be flooded to, or until
 * what was set has been taken back.  A port that had no-flood before somebody
 * asked for it here keeps it. */

#include <stdbool.h>
#include "openvswitch/types.h"

struct noflood;

struct noflood *noflood_create(const char *bridge);
void noflood_destroy(struct noflood *);

void noflood_set_first_ports(struct noflood *, bool first_ports);
void noflood_set_allowed(struct noflood *, bool allowed);
bool noflood_set_port(struct noflood *, ofp_port_t, bool floodable);
void noflood_found_port(struct noflood *, ofp_port_t, bool barred);
bool noflood_is_others(const struct noflood *, ofp_port_t);
void noflood_remove_port(struct noflood *, ofp_port_t);
void noflood_enable(struct noflood *, bool enable, bool adopt);
void noflood_adopt(struct noflood *);
void noflood_socket_appeared(struct noflood *);

void noflood_run(struct noflood *, int delay);
void noflood_wait(struct noflood *);

bool noflood_is_done(const struct noflood *);
bool noflood_must_be_told(struct noflood *, bool adopt);
const char *noflood_get_error(const struct noflood *);

#endif /* controller/switch/noflood.h */
