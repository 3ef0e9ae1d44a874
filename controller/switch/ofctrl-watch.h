/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OFCTRL_WATCH_H
#define OFCTRL_WATCH_H 1

/* How a switch tells that somebody else has changed what is ours.
 *
 * A flow monitor (OpenFlow 1.4, in Open vSwitch since 3.0), one for each of
 * our tables, tells of flows.  Of what comes from our own connection it says
 * only that something was changed, in one short message for each bundle.  It
 * does not know groups; for these, OFPT_REQUESTFORWARD passes on what others
 * order, which ofctrl_switch_hello() asks for.
 *
 * Nothing has to be asked again and again for that, so an idle switch costs
 * nothing.
 *
 * What the switch puts in by itself because we have offered it
 * (lib/openflow/offer.h) is told likewise, and is no interference.
 *
 * A flow of others' that has come into the place of one of ours while that was
 * on its way was replaced by it, which the order of what the switch tells
 * shows: it goes back.
 *
 * One of ours that somebody has changed remains ours.  With OpenFlow 1.0,
 * which ovs-ofctl speaks unless told otherwise, a change takes its cookie
 * away, so that it would be taken for another's when it is read: it is
 * deleted. */

#include <stdbool.h>
#include "controller/switch/ofctrl.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/list.h"

struct foreign;
struct ochanges;
struct oflow;
struct ofp_header;
struct oflow_table;

struct ofctrl_watch {
    bool enabled;
    bool interfered;            /* Has anything been changed... */
    struct ds changed;          /* ...and what, to be logged. */
    bool foreign_changed;       /* Has a flow of others gone? */
    bool learned;               /* Has an offer been taken? */
    bool sent_is_in;            /* Has been told that it was carried out. */
    struct ovs_list replaced;   /* Contains "struct ofctrl_replaced"s. */
    ofctrl_taken_cb *taken_cb;  /* Called if so... */
    void *aux;                  /* ...with this. */
};

/* A flow of others' in whose place one of ours was on its way. */
struct ofctrl_replaced {
    struct ovs_list node;       /* In ofctrl_watch's 'replaced'. */
    struct oflow *flow;
    uint16_t idle_timeout, hard_timeout;
};

/* What the switch holds of ours, and of others in our tables. */
struct ofctrl_watch_ours {
    struct oflow_table *installed;
    struct foreign *foreign;
    const struct ochanges *sent;    /* Not acknowledged yet; or null. */
    bool reading;               /* Is 'installed' still being read? */
};

void ofctrl_watch_init(struct ofctrl_watch *, ofctrl_taken_cb *, void *aux);
void ofctrl_watch_uninit(struct ofctrl_watch *);
void ofctrl_watch_encode_requests(struct ovs_list *msgs);
void ofctrl_watch_decode(struct ofctrl_watch *, const struct ofp_header *,
                         bool group, const struct ofctrl_watch_ours *,
                         struct ovs_list *msgs);
void ofctrl_watch_put_back(struct ofctrl_watch *, const char *bridge,
                           bool done, struct ovs_list *msgs);
void ofctrl_watch_log(struct ofctrl_watch *, const char *bridge);

#endif /* controller/switch/ofctrl-watch.h */
