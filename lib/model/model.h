/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_H
#define MODEL_H 1

/* Where definitions and ports meet: which networks a bridge belongs to, what
 * they ask of it together, and what becomes of each interface on it.
 *
 * All of it is pure: values in, values and diagnostics out. */

#include <stdbool.h>
#include <stddef.h>
#include "lib/model/filter-rules.h"
#include "lib/model/network-side.h"
#include "lib/xml/netdef.h"

struct bridge_row;
struct network_meters;
struct vif;
struct vport;

/* Kinds of datapath, which differ in what they can. */
enum datapath_kind {
    DATAPATH_SYSTEM,            /* The kernel's. */
    DATAPATH_NETDEV,            /* In userspace. */
    DATAPATH_OTHER              /* For tests only. */
};

/* What the networks on a bridge ask of it together. */
struct bridge_model {
    const struct netdef **networks;     /* By name.  Borrowed. */
    size_t n_networks;
    int *vlans;                 /* Of each, the VLAN of the fake bridge that it
                                 * names, or PORT_VLAN_NO_TAG. */
    bool has_fakes;             /* Does any name one? */
    bool incomplete;            /* May there be more, in files that cannot be
                                 * read?  Set by the client. */
    bool wanted;                /* Does anybody ask anything? */
    bool conflict;              /* Leave the mode as it was. */
    enum mac_table_manager mode;        /* Of anything on it. */
    enum mac_table_manager base_mode;   /* Of what is in no fake bridge that a
                                         * network names. */
    enum datapath_kind datapath;
    bool blurs_tags;            /* Does it take a frame with two tags for one
                                 * with the first alone? */
    bool is_ours;               /* Has it external_ids:virtnet-owner? */
    bool stp, rstp;             /* Is it a part of a spanning tree by that? */
    struct network_meters *meters;      /* For each network; see
                                         * network-meters.h. */
    struct filter_library filters;  /* That ports can have.  Set by the
                                     * client. */
};

void bridge_model_init(struct bridge_model *, const struct bridge_row *,
                       const struct netdef *const *defs, size_t n_defs,
                       struct diag_list *);
void bridge_model_uninit(struct bridge_model *);

enum model_verdict {
    MODEL_WIRED,                /* A port of the bridge's plan. */
    MODEL_SKIPPED,              /* Reported, and left out. */
    MODEL_UNSUPPORTED           /* No exact table on a bridge that has it. */
};

enum model_verdict model_port(const struct bridge_model *, const struct vif *,
                              struct vport *, struct diag_list *);
bool model_can_be_exact(const struct bridge_row *, enum network_kind,
                        size_t n_unsupported, struct diag_list *);

/* Networks that name a fake bridge: model-scope.c. */
void model_scope_init(struct bridge_model *, const struct bridge_row *);
const struct netdef *model_scope_first(const struct bridge_model *, int vid);
void model_scope_report(const struct bridge_model *, const char *bridge,
                        struct diag_list *);
bool model_can_be_in(const struct bridge_model *, size_t network,
                     const struct vif *);
size_t model_count_networks(const struct bridge_model *, const struct vif *);
enum mac_table_manager model_port_mode(const struct bridge_model *,
                                       const struct vif *);
bool model_is_left_to_kernel(const struct bridge_model *, const struct vif *);

/* Portgroups and VLANs: model-portgroup.c. */
const struct portgroup *model_find_portgroup(const struct bridge_model *,
                                             const struct vif *,
                                             const struct netdef **);
const struct netdef *model_find_network(const struct bridge_model *,
                                        const struct vif *);
bool model_port_vlan(const struct bridge_model *, const struct vif *,
                     struct port_vlan *);
bool model_port_vlan_effect(const struct bridge_model *, const struct vif *,
                            struct port_vlan_effect *);
bool model_is_nowhere(const struct bridge_model *, const struct vif *);
void model_report_port(const struct bridge_model *, const struct vif *,
                       const struct origin *, struct diag_list *);

#endif /* lib/model/model.h */
