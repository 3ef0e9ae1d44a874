/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PORT_POLICY_H
#define PORT_POLICY_H 1

/* What a port is to be like beyond its address and its VLANs: what its own
 * keys in table Interface say of it, or else its portgroup, or else its
 * network.
 *
 * A port that names no portgroup is in the default one.  Where several
 * networks share a bridge nothing says which of them it is in; then it is what
 * all of them can live with. */

#include "lib/base/guards.h"
#include "lib/base/ip-prefix.h"
#include "lib/host/vif.h"

struct bridge_model;
struct diag_list;
struct vport;

/* The most pairs of a MAC and an IP address that a guest can have. */
#define PORT_POLICY_MAX_PAIRS 1024

enum vif_role port_policy_role(const struct bridge_model *,
                               const struct vif *);
enum unknown_ports port_policy_unknown(const struct bridge_model *,
                                       const struct vif *);
bool port_policy_is_meant(const struct bridge_model *, const struct vif *);
bool port_policy_protected(const struct vif *, bool isolated, bool exact,
                           bool apart);

/* What a guest is kept from. */
struct port_guards {
    unsigned int guards;        /* GUARD_BIT()s... */
    struct guard_types types;   /* ...what GUARD_OTHER lets pass... */
    struct ip_prefixes ips;     /* ...and the addresses for GUARD_IP. */
};

bool port_policy_guards(const struct bridge_model *, const struct vif *,
                        struct port_guards *, struct diag_list *);
void port_policy_apply(const struct bridge_model *, const struct vif *,
                       struct vport *, struct diag_list *);

#endif /* lib/model/port-policy.h */
