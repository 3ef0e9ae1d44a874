/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OFCTRL_SWITCH_H
#define OFCTRL_SWITCH_H 1

/* The messages by which ofctrl learns what a switch holds.
 *
 * A service connection is told of changes of ports only if it has set a miss
 * send length other than zero.  The message that sets it also sets how the
 * whole switch handles IP fragments, so ofctrl_switch_hello() asks for the
 * configuration first, and ofctrl_switch_readback() sets it as it is.  After
 * that, ports are asked for, so that none can be missed in between. */

#include "controller/ofctrl.h"

struct ofp_header;
struct ovs_list;

void ofctrl_switch_hello(struct ovs_list *msgs);
void ofctrl_switch_readback(const struct ofp_header *config_reply,
                            struct ovs_list *msgs);

void ofctrl_switch_decode_ports(const struct ofp_header *, ofctrl_port_cb *,
                                void *aux);
void ofctrl_switch_decode_frame(const struct ofp_header *, ofctrl_frame_cb *,
                                void *aux);
void ofctrl_switch_decode_flows(const struct ofp_header *,
                                struct oflow_table *);
void ofctrl_switch_decode_groups(const struct ofp_header *,
                                 struct oflow_table *);

#endif /* controller/ofctrl-switch.h */
