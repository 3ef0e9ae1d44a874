/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NORMAL_GUARD_H
#define NORMAL_GUARD_H 1

/* Keeping NORMAL away from guests.
 *
 * Two things are needed where it serves the network side: NORMAL must not
 * flood to them (noflood.h), and it must not know any address behind them
 * (fdb-flush.h).  The order matters: lib/openflow/normal-order.h has it. */

#include <stdbool.h>
#include "lib/openflow/normal-order.h"
#include "openvswitch/types.h"

struct diag_list;

struct normal_guard *normal_guard_create(const char *bridge);
void normal_guard_destroy(struct normal_guard *);

void normal_guard_set_first_ports(struct normal_guard *, bool first_ports);
void normal_guard_set_allowed(struct normal_guard *, bool openflow10);
/* What a port is to NORMAL. */
enum normal_port {
    NORMAL_PORT_OTHER,          /* Never to be flooded to... */
    NORMAL_PORT_HOST,           /* ...or in libvirt mode only... */
    NORMAL_PORT_NETWORK         /* ...or always, since it is NORMAL's. */
};

void normal_guard_set_port(struct normal_guard *, ofp_port_t,
                           enum normal_port);
void normal_guard_found_port(struct normal_guard *, ofp_port_t, bool barred);
void normal_guard_remove_port(struct normal_guard *, ofp_port_t);
void normal_guard_switch_is_read(struct normal_guard *, bool new_switch);
void normal_guard_socket_appeared(struct normal_guard *);

bool normal_guard_must_be_told(struct normal_guard *, bool found);
bool normal_guard_is_others(const struct normal_guard *, ofp_port_t);
void normal_guard_run(struct normal_guard *, enum normal_use, bool found,
                      bool installed);
void normal_guard_wait(struct normal_guard *, bool installed);

bool normal_guard_is_set(const struct normal_guard *);
bool normal_guard_is_done(const struct normal_guard *);
void normal_guard_get_diags(const struct normal_guard *, const char *bridge,
                            struct diag_list *);

#endif /* controller/switch/normal-guard.h */
