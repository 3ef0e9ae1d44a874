/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIF_H
#define VIF_H 1

/* A virtual interface, as the Open_vSwitch database describes it.
 *
 * A "struct vif" holds, as plain values, what this program needs of one row of
 * table Interface and of the row of table Port that it belongs to.  It says
 * what is there; what follows from it is decided in model.c. */

#include <stdbool.h>
#include "lib/base/bandwidth.h"
#include "lib/base/port-vlan.h"
#include "lib/host/link.h"
#include "lib/host/port-qos.h"
#include "lib/host/port-stp.h"
#include "lib/xml/domstatus.h"
#include "openvswitch/types.h"
#include "openvswitch/uuid.h"

/* A guest has a valid external_ids:attached-mac, the host is a bridge's LOCAL
 * port and others of type internal, and everything else is the network side.
 */
#define VIF_ROLES                               \
    VIF_ROLE(GUEST, "guest")                    \
    VIF_ROLE(HOST, "host")                      \
    VIF_ROLE(NETWORK, "network")

enum vif_role {
#define VIF_ROLE(ENUM, NAME) VIF_##ENUM,
    VIF_ROLES
#undef VIF_ROLE
};

const char *vif_role_to_string(enum vif_role);

/* Bonding modes, as column bond_mode names them; empty means the first. */
#define VIF_BOND_MODES                                  \
    VIF_BOND_MODE(ACTIVE_BACKUP, "active-backup")       \
    VIF_BOND_MODE(BALANCE_SLB, "balance-slb")           \
    VIF_BOND_MODE(BALANCE_TCP, "balance-tcp")

enum vif_bond_mode {
#define VIF_BOND_MODE(ENUM, NAME) VIF_##ENUM,
    VIF_BOND_MODES
#undef VIF_BOND_MODE
};

bool vif_bond_mode_from_string(const char *, enum vif_bond_mode *);

/* The bond that an interface is a member of. */
struct vif_bond {
    bool is_member;             /* Has the port several interfaces at all? */
    enum vif_bond_mode mode;
    bool lacp;                  /* Is LACP configured... */
    bool lacp_negotiated;       /* ...and has some member a partner? */
    bool lacp_fallback_ab;      /* other_config:lacp-fallback-ab. */
    bool all_members_active;    /* other_config:all-members-active. */
    bool is_active;             /* Is this interface the active member? */
    bool delays;                /* Has it a bond_updelay or bond_downdelay? */
    int rebalance_msec;         /* How often balance-slb looks at the load of
                                 * its members; 0 for never. */
};

/* Is a guest trusted that says which addresses it has? */
enum vif_trust {
    VIF_TRUST_OPEN,             /* As portgroup or network say. */
    VIF_TRUST_NO,
    VIF_TRUST_YES
};

/* What libvirt knows of the guest behind an interface and the database does
 * not.  Without a 'name', nothing. */
struct vif_guest {
    bool unknown;               /* Has libvirt no state of the guest yet? */
    char *name;
    bool is_libvirts;           /* Does libvirt itself say all that? */
    char *network;              /* That the interface is in, or null. */
    char *portgroup;            /* By its definition or its port, or null. */
    enum domain_state state;
    bool link_down;
    enum vif_trust trust;       /* By the interface's own definition. */
    struct eth_addr current_mac;    /* The guest's; zero if not said. */
    bool has_vlan;
    struct port_vlan vlan;      /* What libvirt has set in table Port. */
};

struct netport;
struct nwfilter_binding;

struct vif {
    /* Table Interface. */
    struct uuid row;            /* Of the row; zero if that is not known. */
    char *name;
    char *type;                 /* Column type; null is "". */
    ofp_port_t ofport;          /* OFPP_NONE if it has none. */
    char *error;                /* Why it has none, or null. */
    int mtu;                    /* 0 if not known. */
    int mtu_request;            /* Column of that name, 0 if empty. */
    struct eth_addr mac_in_use; /* All zero if not known. */
    char *attached_mac;         /* external_ids of that name, or null... */
    const char *mac_from;       /* Who says it, in words, if it is not the
                                 * Interface row: a constant, or null. */
    char *iface_id;
    char *vm_id;                /* Or vm-uuid, or what Xen has for it... */
    bool is_xens;               /* ...so that libvirt does not know it. */
    char *iface_status;
    char *portgroup;            /* external_ids:virtnet-portgroup. */
    char *profile;              /* external_ids:port-profile. */
    char *role;                 /* external_ids:virtnet-role. */
    char *isolated;             /* external_ids:virtnet-isolated. */
    char *community;            /* external_ids:virtnet-community. */
    char *fleet_host;           /* external_ids:virtnet-fleet-host: to which
                                 * host of the fleet it leads. */
    char *tunnel_mark;          /* external_ids:virtnet-tunnel: ours... */
    char *tunnel;               /* ...and, then, tunnel_row_settings(). */
    char *bfd;                  /* Of a tunnel to a host: bfd_status:state. */
    char *macs;                 /* external_ids:virtnet-macs. */
    char *guards;               /* external_ids:virtnet-guards... */
    const char *guards_from;    /* ...and who says it, as in 'mac_from'. */
    char *shared;               /* external_ids:virtnet-shared. */
    char *storm;                /* external_ids:virtnet-storm. */
    char *filter;               /* external_ids:virtnet-filter... */
    const char *filter_from;    /* ...likewise. */
    char *ips;                  /* external_ids:virtnet-ips. */
    char *unknown_key;          /* Of external_ids: see our-keys.h. */
    char *socket;               /* Of vhost-user, or null. */
    char *peer;                 /* Of a patch port: options:peer, or null. */
    char *driver;               /* status:driver_name, or null. */
    bool no_carrier;            /* Is column link_state "down"? */
    bool lacp_current;          /* Has LACP a current partner on it? */
    bool is_tunnel;             /* By its type: see vif_type_is_tunnel(). */

    /* Table Port. */
    char *port;
    bool fake_bridge;           /* Column of that name: see
                                 * fake-bridges.h. */
    struct port_vlan vlan;
    struct port_qinq qinq;
    bool vlan_is_ours;          /* external_ids:virtnet-vlan is there... */
    bool vlan_is_kept;          /* ...because libvirt had lost it. */
    bool is_protected;          /* Column protected. */
    bool protected_is_ours;     /* external_ids:virtnet-protected is there. */
    struct vif_bond bond;
    struct port_stp stp;
    struct port_qos qos;        /* Also of table Interface. */
    bool is_mirror_output;      /* Is it reserved for a mirror's copies... */
    bool is_mirrored_to;        /* ...and does one select any?  That only the
                                 * daemon knows. */

    /* From libvirt. */
    struct bandwidth bandwidth; /* Of the interface itself. */

    struct vif_guest guest;     /* By vif_set_guest(). */
    char *remote_macs;          /* Of guests of 'fleet_host', and what else
                                 * remote-policy.h says, or null... */
    struct vlan_set remote_vlans;   /* ...and where these are. */

    struct link_view link;      /* From the kernel. */
    char *statics;              /* From vswitchd: static entries behind it, as
                                 * fdb_static_next() reads them, or null. */
};

void vif_init(struct vif *);
void vif_clone(struct vif *, const struct vif *);
void vif_uninit(struct vif *);
bool vif_equals(const struct vif *, const struct vif *);

bool vif_leads_to_host(const struct vif *);
bool vif_type_is_tunnel(const char *type);
bool vif_is_neutrons(const struct vif *);
enum vif_role vif_get_role(const struct vif *);

/* What an interface is by its nature, as far as that says what it is for. */
#define VIF_KINDS                                                           \
    VIF_KIND(ANY, NULL)         /* Nothing is known, or nothing follows. */ \
    VIF_KIND(TAP, "a tap")                                                  \
    VIF_KIND(XEN_VIF, "a Xen vif")                                          \
    VIF_KIND(VHOST_USER, "a vhost-user port")                               \
    VIF_KIND(CONTAINER_VETH, "a veth into another network namespace")       \
    VIF_KIND(IDLE_VETH, "a veth whose other end is down")                   \
    VIF_KIND(FIREWALL, "the port of a Proxmox guest's firewall")

enum vif_kind {
#define VIF_KIND(ENUM, TEXT) VIF_KIND_##ENUM,
    VIF_KINDS
#undef VIF_KIND
};

enum vif_kind vif_get_kind(const struct vif *);
const char *vif_kind_to_string(enum vif_kind);
const char *vif_describe(const struct vif *);
const char *vif_role_reason(const struct vif *, enum vif_role);
const char *vif_guest_sign(const struct vif *);
const char *vif_guest_id(const struct vif *);
bool vif_is_internal(const struct vif *);
bool vif_is_system(const struct vif *);
bool vif_is_fake_bridge(const struct vif *);
bool vif_must_change_protected(const struct vif *, bool wanted);
bool vif_parse_mac(const char *, struct eth_addr *, const char **why);
bool vif_parse_attached_mac(const struct vif *, struct eth_addr *,
                            const char **why);

bool vif_is_of_guest(const struct vif *, const struct domstatus *,
                     const struct domif *);
void vif_set_guest(struct vif *, const struct domstatus *,
                   const struct domif *);
bool vif_is_of_netport(const struct vif *, const struct netport *);
void vif_set_binding(struct vif *, const struct nwfilter_binding *);
void vif_set_netport(struct vif *, const struct netport *,
                     const char *network);
bool vif_has_lost_vlan(const struct vif *);

#endif /* lib/host/vif.h */
