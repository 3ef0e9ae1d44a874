/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MGMT_CONN_H
#define MGMT_CONN_H 1

/* The OpenFlow connection to a bridge's management socket, made anew whenever
 * it is lost.
 *
 * A switch that is back after a restart has no flows, so what counts is to be
 * there as soon as its socket is.  An rconn(3) by itself would wait for a
 * second at least, and would log each attempt for as long as the switch is
 * away.  Here, attempts start a millisecond after the socket has been seen to
 * appear (it cannot be connected to yet while the switch is between bind(2)
 * and listen(2)), become rarer, and are mentioned once.
 *
 * A switch tells a service connection of changes of ports only if it has set a
 * miss send length other than zero.  The message that sets it also sets how
 * the whole switch handles IP fragments, so mgmt_conn_request_config() asks
 * for the configuration first, and mgmt_conn_listen() sets it as it is, unless
 * the client has chosen a way: mgmt_conn_set_first_ports().  A client that
 * asks for all ports after that cannot miss any in between. */

#include <stdbool.h>
#include "openflow/openflow-common.h"

struct mgmt_conn;
struct ofp_header;
struct ofpbuf;

struct mgmt_conn *mgmt_conn_create(const char *bridge, enum ofp_version);
void mgmt_conn_destroy(struct mgmt_conn *);

void mgmt_conn_run(struct mgmt_conn *);
void mgmt_conn_wait(struct mgmt_conn *);
void mgmt_conn_hurry(struct mgmt_conn *);
void mgmt_conn_set_allowed(struct mgmt_conn *, bool allowed);

void mgmt_conn_send(struct mgmt_conn *, struct ofpbuf *);
struct ofpbuf *mgmt_conn_recv(struct mgmt_conn *);
ovs_be32 mgmt_conn_request_config(struct mgmt_conn *);
void mgmt_conn_listen(struct mgmt_conn *,
                      const struct ofp_header *config_reply);
void mgmt_conn_set_first_ports(struct mgmt_conn *, bool first_ports);
bool mgmt_conn_wants_first_ports(const struct mgmt_conn *);
void mgmt_conn_check_config(struct mgmt_conn *,
                            const struct ofp_header *config_reply);

bool mgmt_conn_is_connected(const struct mgmt_conn *);
unsigned int mgmt_conn_get_seqno(const struct mgmt_conn *);
int mgmt_conn_get_error(const struct mgmt_conn *);

#endif /* controller/switch/mgmt-conn.h */
