/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OFCTRL_PRIVATE_H
#define OFCTRL_PRIVATE_H 1

/* What the files of ofctrl share: ofctrl.c, which connects to the switch and
 * brings it to the plan, ofctrl-receive.c, which takes in what it says,
 * ofctrl-announce.c, ofctrl-buckets.c, ofctrl-config.c, ofctrl-echo.c and
 * ofctrl-meters.c, which ask it for something each, and ofctrl-state.c, which
 * tells how far all of it has got. */

#include "controller/switch/ofctrl-watch.h"
#include "controller/switch/ofctrl.h"
#include "lib/model/bond-buckets.h"
#include "lib/model/network-side.h"
#include "lib/openflow/switch-sync.h"

struct mgmt_conn;
struct ofp_header;
struct ofpbuf;
struct ovs_list;

#define OFCTRL_STATES \
    OFCTRL_STATE(DISCONNECTED, "disconnected") \
    OFCTRL_STATE(HELD, "on hold") \
    OFCTRL_STATE(READBACK, "reading") \
    OFCTRL_STATE(READY, "ready")

enum ofctrl_state {
#define OFCTRL_STATE(ENUM, NAME) S_##ENUM,
    OFCTRL_STATES
#undef OFCTRL_STATE
};

/* ofctrl-echo.c: what the switch was asked for. */
struct ofctrl_echo {
    bool asked;
    bool silent;                /* If 'asked': for too long. */
    ovs_be32 xid;               /* If 'asked'. */
    long long int deadline;     /* In time_msec() terms. */
};

struct ofctrl {
    char *bridge;
    struct mgmt_conn *conn;
    ofctrl_port_cb *port_cb;
    ofctrl_frame_cb *frame_cb;
    void *aux;
    enum ofctrl_state state;
    enum ofctrl_hold hold;
    unsigned int conn_seqno;
    unsigned int seqno;         /* Grows with each completed read-back. */
    struct switch_sync sync;    /* What the switch holds. */
    struct ometers last_meters; /* What it held of ours when it was lost. */
    unsigned int n_connects;
    unsigned int n_readbacks;   /* Begun. */
    ovs_be32 readback_xid;      /* READBACK: of the barrier that ends it. */
    struct ofctrl_watch watch;  /* Of what others change. */
    bool reread;                /* Has somebody asked for another reading? */
    long long int next_reread;  /* In time_msec() terms. */
    ovs_be32 config_xid;        /* Of the last look at its configuration... */
    long long int next_config;  /* ...and when the next is due. */
    ovs_be32 meters_xid;        /* Of the last look at its meters... */
    struct ometers meters;      /* ...what has come of it so far... */
    unsigned long long int meters_mods; /* ...and what had been sent. */
    struct ofctrl_echo echo;    /* Does it answer? */
    ovs_be32 places_xid;        /* Of the request for what was learned... */
    struct network_bonds bonds; /* ...that these are to announce; or 0. */
    ovs_be32 buckets_xid;       /* Of the request under way for what buckets
                                 * have sent, or 0... */
    bool buckets_known;         /* ...if that is answered... */
    struct bond_loads buckets;  /* ...and what has come of it so far. */
};

void ofctrl_become_held(struct ofctrl *);
void ofctrl_receive(struct ofctrl *, const struct ofpbuf *);
void ofctrl_send_messages(struct ofctrl *, struct ovs_list *msgs);
void ofctrl_buckets_reply(struct ofctrl *, const struct ofp_header *);
void ofctrl_announce_places(struct ofctrl *, const struct ofp_header *);
void ofctrl_keep_meters(struct ofctrl *);
void ofctrl_put_back_meters(struct ofctrl *);
void ofctrl_echo_reply(struct ofctrl *, const struct ofp_header *);
void ofctrl_echo_reset(struct ofctrl *);
void ofctrl_echo_run(struct ofctrl *);
void ofctrl_echo_wait(const struct ofctrl *);
void ofctrl_config_run(struct ofctrl *);
void ofctrl_config_meters(struct ofctrl *, const struct ofp_header *);
void ofctrl_config_wait(const struct ofctrl *);

#endif /* controller/switch/ofctrl-private.h */
