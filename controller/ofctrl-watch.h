/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OFCTRL_WATCH_H
#define OFCTRL_WATCH_H 1

/* How a switch tells that somebody else has changed what is ours.
 *
 * A flow monitor (OpenFlow 1.4, in Open vSwitch since 3.0) tells of flows.  Of
 * what comes from our own connection it says only that something was changed,
 * in one short message for each bundle.  It does not know groups; for these,
 * OFPT_REQUESTFORWARD passes on what others order, which
 * ofctrl_switch_hello() asks for.
 *
 * Nothing has to be asked again and again for that, so an idle switch costs
 * nothing. */

#include <stdbool.h>

struct ds;
struct ofp_header;
struct oflow_table;

struct ofpbuf *ofctrl_watch_encode_request(void);
bool ofctrl_watch_decode_flows(const struct ofp_header *,
                               const struct oflow_table *installed,
                               struct ds *what);
bool ofctrl_watch_decode_group(const struct ofp_header *, struct ds *what);

#endif /* controller/ofctrl-watch.h */
