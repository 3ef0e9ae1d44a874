/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OFCTRL_H
#define OFCTRL_H 1

/* The OpenFlow connection to one bridge.
 *
 * Brings the flows and groups of a bridge, as far as they are ours, to what a
 * plan desires, with the least that must be sent: what the switch holds is
 * read back first, and a restart with nothing changed sends nothing.
 *
 *                   connected          not on hold
 *      DISCONNECTED -----------> HELD --------------> READBACK
 *           ^                      ^                     | barrier
 *           | connection lost,     | on hold             v
 *           | from any state       '------------------ READY <----------.
 *           |                   a plan with              |              |
 *           '-------------      changes                  v      barrier |
 *                                                    (in flight) -------'
 *
 * By which steps a switch gets to what it should hold, and what becomes of
 * what it refuses, is the matter of lib/openflow/switch-sync.h.  What the plan
 * says while a step is in flight goes into the next.
 *
 * A switch on hold is neither read nor written, but for our meters: somebody
 * else is about to put back what it held before it was restarted, or may be.
 * Then it is read as if it had just been connected to.
 *
 * The connection is to the bridge's management socket, a "service connection"
 * (connmgr.h in Open vSwitch): no Controller row, no influence on the fail
 * mode, and the flows stay when it is closed. */

#include <stdbool.h>
#include <stddef.h>
#include "openvswitch/types.h"

struct bond_loads;
struct ds;
struct foreign;
struct meter_sync;
struct oflow_table;
struct ofputil_phy_port;
struct plan;
struct switch_commit_stats;

/* Called for a port of the switch that is new, has changed or, if 'gone', is
 * no longer there. */
typedef void ofctrl_port_cb(const struct ofputil_phy_port *, bool gone,
                            void *aux);

/* A frame that has come in by 'port' and that a flow shows to us (see
 * pipeline_put_show()). */
struct ofctrl_frame {
    ofp_port_t port;
    struct eth_addr src;
    uint16_t vid;               /* In which VLAN it is, 0 if in none, or if
                                 * so much is not shown. */
    bool is_offence;            /* Do guards, or a filter, stop it... */
    unsigned int stop;          /* ...and for what, as lib/openflow/guard.h
                                 * has it? */
    const void *data;           /* As much of it as is shown. */
    size_t size;
};

/* Called for each of these. */
typedef void ofctrl_frame_cb(const struct ofctrl_frame *, void *aux);

/* Called when the switch has put in flows that a flow of 'port' offered: see
 * lib/openflow/offer.h. */
typedef void ofctrl_taken_cb(ofp_port_t port, void *aux);

/* Whether a switch is to be left alone for now. */
enum ofctrl_hold {
    OFCTRL_GO,
    OFCTRL_HOLD_NEW,            /* Once it has been connected to anew. */
    OFCTRL_HOLD                 /* In any case. */
};

struct ofctrl *ofctrl_create(const char *bridge, ofctrl_port_cb *,
                             ofctrl_frame_cb *, ofctrl_taken_cb *, void *aux);
void ofctrl_destroy(struct ofctrl *);

void ofctrl_run(struct ofctrl *);
void ofctrl_put(struct ofctrl *, struct plan *);
void ofctrl_put_wait(struct ofctrl *);
void ofctrl_wait(struct ofctrl *);
void ofctrl_socket_appeared(struct ofctrl *);
void ofctrl_reread(struct ofctrl *);
void ofctrl_announce(struct ofctrl *, const struct plan *);
void ofctrl_announce_macs(struct ofctrl *, const struct plan *,
                          const struct eth_addr macs[], size_t n);
void ofctrl_ask_buckets(struct ofctrl *);
bool ofctrl_take_buckets(struct ofctrl *, struct bond_loads *);
void ofctrl_set_hold(struct ofctrl *, enum ofctrl_hold);
void ofctrl_set_watch(struct ofctrl *, bool watch);
void ofctrl_set_allowed(struct ofctrl *, bool allowed);
void ofctrl_ask(struct ofctrl *);

bool ofctrl_is_held(const struct ofctrl *);
bool ofctrl_is_connected(const struct ofctrl *);
bool ofctrl_is_awaited(const struct ofctrl *);
bool ofctrl_is_silent(const struct ofctrl *);
bool ofctrl_is_ready(const struct ofctrl *);
bool ofctrl_is_busy(const struct ofctrl *);
bool ofctrl_is_installed(const struct ofctrl *, const struct plan *);
unsigned long long int ofctrl_next_put(const struct ofctrl *);
bool ofctrl_put_is_done(const struct ofctrl *, unsigned long long int put);
unsigned int ofctrl_get_seqno(const struct ofctrl *);
const struct oflow_table *ofctrl_get_installed(const struct ofctrl *);
const struct foreign *ofctrl_get_foreign(const struct ofctrl *);
bool ofctrl_is_left_out(const struct ofctrl *, ovs_be64 cookie);
char *ofctrl_why_left_out(const struct ofctrl *, ovs_be64 cookie);
size_t ofctrl_count_left_out(const struct ofctrl *);
const struct meter_sync *ofctrl_get_meters(const struct ofctrl *);
void ofctrl_format_state(struct ds *, const struct ofctrl *,
                         const struct plan *);

unsigned int ofctrl_count_connects(const struct ofctrl *);
unsigned int ofctrl_count_readbacks(const struct ofctrl *);
const struct switch_commit_stats *ofctrl_get_stats(const struct ofctrl *);

#endif /* controller/switch/ofctrl.h */
