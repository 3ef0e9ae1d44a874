/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OFCTRL_SWITCH_H
#define OFCTRL_SWITCH_H 1

/* The messages by which ofctrl learns what a switch holds. */

#include "controller/switch/ofctrl.h"

struct foreign;
struct ofp_header;
struct ovs_list;

void ofctrl_switch_hello(struct ovs_list *msgs);
void ofctrl_switch_readback(struct ovs_list *msgs);

void ofctrl_switch_decode_ports(const struct ofp_header *, ofctrl_port_cb *,
                                void *aux);
void ofctrl_switch_decode_frame(const struct ofp_header *, ofctrl_frame_cb *,
                                void *aux);
void ofctrl_switch_decode_flows(const struct ofp_header *,
                                struct oflow_table *ours, struct foreign *);
void ofctrl_switch_decode_groups(const struct ofp_header *,
                                 struct oflow_table *);

#endif /* controller/switch/ofctrl-switch.h */
