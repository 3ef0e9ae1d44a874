/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MBRIDGE_PRIVATE_H
#define MBRIDGE_PRIVATE_H 1

/* What the files of mbridge share: mbridge.c, which brings the parts of a
 * bridge together, mbridge-mode.c, which decides on its mode, mbridge-ports.c,
 * which joins what the switch and the database tell of its ports,
 * mbridge-life.c, which follows their guests, mbridge-offences.c, which says
 * what of these is stopped, mbridge-balance.c, which spreads what is sent over
 * the members of a bond, mbridge-announce.c, which says where guests are,
 * mbridge-fdb.c, which learns of static entries,
 * mbridge-port-config.c, which tells what somebody has set of ports,
 * mbridge-state.c, which tells how it is, mbridge-shortfalls.c, which tells
 * why it is not as it should be, and
 * mbridge-fleet.c, which tells what its guests are to other hosts. */

#include "controller/daemon/mbridge.h"
#include "controller/switch/ofctrl.h"
#include "heap.h"
#include "lib/base/diag.h"
#include "lib/host/bridge-row.h"
#include "lib/model/bond-buckets.h"
#include "lib/model/model.h"
#include "lib/model/port-life.h"
#include "lib/model/tunnels.h"
#include "lib/rows/want.h"
#include "openvswitch/hmap.h"
#include "openvswitch/ofp-port.h"
#include "openvswitch/shash.h"
#include "uuid.h"

/* Why nobody knows whether the bridge is as it should be. */
#define MBRIDGE_SILENT \
    "the switch does not answer: ovs-vswitchd hangs, or is very busy"

/* A port of the switch. */
struct mport {
    struct hmap_node hmap_node; /* In mbridge's 'ports', by 'ofport'. */
    ofp_port_t ofport;
    char of_name[OFP_MAX_PORT_NAME_LEN];    /* Perhaps cut off. */
    struct eth_addr hw_addr;
    enum ofputil_port_config config;    /* Of what can cut a port off. */
    bool is_dead;               /* Does the switch make no use of it?  Only
                                 * looked at if it is 'in_bond'. */
    unsigned int readback;      /* In which, or after which, it was told. */
    unsigned long long int put; /* Number of the put that takes it in. */
    bool fresh;                 /* In mbridge's 'fresh_ports'? */

    /* From the database, once known. */
    char *name;                 /* Of the interface, or null. */
    struct port_life life;
    unsigned long long int n_refused;   /* Of its announcements. */
    struct heap_node wake_node; /* In mbridge's 'wakes', if 'wakes'. */
    bool wakes;
    bool in_plan;
    bool in_bond;
    bool isolated;
    bool is_fake;               /* Is it, or was it, a fake bridge? */
    bool unsupported;           /* Keeps the bridge in kernel mode. */
    bool is_mirrored_to;        /* A guest's, but the output of a mirror? */
    enum tunnel_kind tunnel;    /* As counted in mbridge's 'tunnels'. */
    struct diag_list diags;
};

struct mbridge {
    const struct mbridge_env *env;
    struct bridge_row row;
    struct uuid uuid;
    struct ofctrl *ofctrl;
    unsigned int ofctrl_seqno;
    unsigned int n_connects;    /* Of ofctrl, when it was last read. */
    struct normal_guard *guard;
    struct fdb_watch *fdb;
    struct shash statics;       /* What that has found behind ports, by name:
                                 * as in "struct vif". */
    bool place_statics;         /* Are ports to be read again that have any? */
    struct plan *plan;
    int balance_msec;           /* mbridge-balance.c: how often it looks, 0 if
                                 * it does not... */
    long long int next_balance; /* ...when again, in time_msec() terms... */
    bool knows_bytes;           /* ...what buckets had sent when it did... */
    struct bond_loads bytes;
    struct bond_loads loads;    /* ...and lately. */
    struct hmap ports;          /* Contains "struct mport"s. */
    struct shash fresh_ports;   /* By name: see mbridge_find_vif(). */
    size_t n_announcements;     /* How often guests are yet to be announced,
                                 * who are reached by another way... */
    long long int next_announcement;    /* ...and when, in time_msec()
                                         * terms. */
    struct eth_addr *unheard;   /* What guests have changed to whose guards
                                 * have kept that from the outside. */
    size_t n_unheard;
    struct heap wakes;          /* Ports to be looked at again, the first on
                                 * top. */
    unsigned long long int n_frames;    /* That flows have shown. */
    unsigned long long int n_moves;     /* Of addresses, because of these... */
    unsigned long long int n_refused;   /* ...or not. */
    size_t n_unsupported;       /* Of them. */
    size_t n_mirrored_to;       /* Likewise. */
    struct tunnels tunnels;     /* Likewise. */
    bool apart;                 /* Are tunnels to be kept apart... */
    bool apart_decided;         /* ...with these as they were then? */
    bool apart_isolating;

    const struct netdef *const *defs;   /* By mbridge_set_networks(). */
    size_t n_defs;
    bool released;              /* Is nothing to be asked... */
    bool given_back;            /* ...though libvirt mode would be? */
    bool check_fakes;           /* Look again which fake bridges there are? */

    struct bridge_model model;
    struct diag_list model_diags;
    struct diag_list settings_diags;    /* Of the bridge itself. */
    bool check_rows;            /* Look again at what is to be written of it?
                                 */
    bool is_used;               /* As of then: has it other ports? */
    struct diag_list mode_diags;    /* Why the mode is not what it should. */

    bool has_mode;              /* Is 'exact' known yet? */
    bool exact;                 /* Mode in force... */
    bool decided_exact;         /* ...and the one that is to be. */
    bool isolating;             /* Are flows in that keep isolated guests
                                 * apart? */
    bool asked_exact;           /* Mode last asked for, undisputed. */
    bool decide;                /* Decide on the mode again... */
    enum network_kind network;  /* ...also if one of these changes. */
    size_t n_unsupported_ports;
    size_t meter_bands;
    bool is_ruled;              /* By somebody else's flow? */
    bool found_exact;           /* Was this the mode that was found? */
    bool may_put;               /* Was all known that the plan depends on? */
    bool has_row;               /* Has the row been seen before? */
    long long int lost_at;      /* When no controller was connected any longer,
                                 * in time_msec() terms; LLONG_MIN if before
                                 * all that. */
    bool said_short;            /* Has the log that it is not in force? */
    long long int verified_at;  /* When "verify" last found nothing wrong, in
                                 * seconds since the epoch; 0 if never. */
};

/* mbridge.c. */
void mbridge_log_new_diags(const struct mbridge *, const struct diag_list *old,
                           const struct diag_list *new);

struct rows_bridge mbridge_rows(const struct mbridge *);

/* mbridge-mode.c. */
void mbridge_update_mode(struct mbridge *);

/* mbridge-announce.c. */
void mbridge_announce(struct mbridge *);
void mbridge_announce_run(struct mbridge *);
void mbridge_announce_wait(const struct mbridge *);

/* mbridge-balance.c. */
void mbridge_balance_run(struct mbridge *);
void mbridge_balance_wait(const struct mbridge *);

/* mbridge-fdb.c. */
void mbridge_fdb_on_port(struct mbridge *, const struct mport *);
void mbridge_fdb_forget_port(struct mbridge *, const struct mport *);
bool mbridge_fdb_is_known(const struct mbridge *);

/* mbridge-fleet.c. */
void mbridge_note_port(const struct mbridge *, const char *name);

/* mbridge-shortfalls.c. */
void mbridge_log_shortfalls(struct mbridge *);
void mbridge_get_void_flows(const struct mbridge *, struct diag_list *);
void mbridge_shortfalls_wait(const struct mbridge *);

/* mbridge-ports.c. */
struct mport *mbridge_find_mport(const struct mbridge *, ofp_port_t);
const struct vif *mbridge_find_vif(const struct mbridge *,
                                   const struct mport *, struct vif *early);
void mbridge_update_mport(struct mbridge *, struct mport *);
bool mbridge_unfollow(struct mbridge *, const struct vport *,
                      struct eth_addr);
void mbridge_destroy_mport(struct mbridge *, struct mport *);
void mbridge_find_fakes(const struct mbridge *, struct fake_bridges *);
void mbridge_protect_ports(struct mbridge *);
ofctrl_port_cb mbridge_on_of_port;

/* mbridge-life.c. */
bool mbridge_knows_networks(const struct mbridge *);
const struct vport *mbridge_get_vport(const struct mbridge *,
                                      const struct mport *);
ofctrl_frame_cb mbridge_on_frame;
ofctrl_taken_cb mbridge_on_taken;
void mbridge_find(struct mbridge *, const struct oflow_table *);
void mbridge_lives_run(struct mbridge *);
void mbridge_lives_wait(const struct mbridge *);

/* mbridge-offences.c. */
void mbridge_on_offence(struct mbridge *, struct mport *,
                        const struct ofctrl_frame *);
void mbridge_on_refused(struct mbridge *, struct mport *, struct eth_addr);

/* mbridge-port-config.c. */
void mbridge_report_config(const struct mbridge *, const struct mport *,
                           const char *name, struct diag_list *);
enum ofputil_port_config mbridge_port_config(enum ofputil_port_config);

#endif /* controller/daemon/mbridge-private.h */
