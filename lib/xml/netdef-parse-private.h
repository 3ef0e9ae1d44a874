/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETDEF_PARSE_PRIVATE_H
#define NETDEF_PARSE_PRIVATE_H 1

/* What the parts of the parser share: its state, and what it does for each
 * node of the grammar that is carried out. */

#include <stdbool.h>
#include <stddef.h>
#include "bitmap.h"
#include "lib/base/diag.h"
#include "lib/base/port-vlan.h"
#include "lib/base/vlan-set.h"
#include "lib/xml/netdef-elements.h"
#include "lib/xml/netdef-parse.h"
#include "lib/xml/netdef-policy.h"
#include "lib/xml/netdef.h"
#include "openvswitch/types.h"

/* A <vlan> that is being read. */
struct vlan_parser {
    size_t n_tags;
    bool trunk;                 /* trunk='yes'. */
    bool no_trunk;              /* trunk='no'. */
    enum port_vlan_mode mode;   /* Of the native VLAN, DEFAULT if none. */
    int native;                 /* The native VLAN. */
    struct vlan_set tags;

    /* The <tag> that is being read. */
    int tag;                    /* PORT_VLAN_NO_TAG if there is no good id. */
    bool has_id;
    enum port_vlan_mode tag_mode;
};

/* A <vn:portgroup>: what it says is added to the portgroup of its name when
 * the whole document has been read. */
struct vn_portgroup {
    char *name;                 /* Null if it has none. */
    unsigned int line;
    struct netdef_policy policy;
    char *filter;               /* Or null. */
    unsigned int filter_line;
};

/* A <vn:parameter> that is being read. */
struct filter_parser {
    char *name, *value;
};

/* A <vn:host> that is being read. */
struct host_parser {
    bool has_mac, has_ip;
    bool is_bad;                /* Is one of them wrong? */
    struct netdef_host host;
    size_t allocated;           /* Of those that have been read. */
};

struct netdef_parser {
    char *file;
    struct netdef *netdef;
    struct netport *netport;    /* Null unless the root is <networkport>. */
    struct diag_list diags;
    bool refused;               /* Not XML that can be read at all? */
    bool bad_kind;              /* Is @mode or @type itself wrong? */
    char *forward_dev;          /* forward@dev, or null. */
    size_t n_interfaces;        /* <forward><interface>. */
    bool has_needed;            /* See netdef_needy_begin(). */
    enum netdef_virtualport virtualport;    /* The one that is being read. */
    size_t allocated_portgroups;
    struct vlan_parser vlan;
    struct filter_parser filter;
    struct host_parser host;
    struct vn_portgroup *vn_portgroups;
    size_t n_vn_portgroups;
    size_t allocated_vn_portgroups;
    unsigned int lines[NETDEF_N_NODES];     /* Of the first, or 0. */
    unsigned long noted[BITMAP_N_LONGS(NETDEF_N_NODES)];
};

/* What to do when an element of the grammar starts, with an attribute's value,
 * and when an element ends.  'line' is the element's.  Each may be null.  The
 * value has the form that its kind in NETDEF_NODES asks for. */
struct netdef_action {
    void (*begin)(struct netdef_parser *, enum netdef_node,
                  unsigned int line);
    void (*value)(struct netdef_parser *, enum netdef_node,
                  const char *value, unsigned int line);
    void (*end)(struct netdef_parser *, enum netdef_node, const char *text,
                unsigned int line);
};

extern const struct netdef_action netdef_actions[NETDEF_N_NODES];

/* Reports an error about 'NODE'. */
#define netdef_parser_error(PARSER, NODE, LINE, ...)                    \
    netdef_parser_report(PARSER, DIAG_ERROR, LINE,                      \
                         netdef_node_get_class(NODE)->path, __VA_ARGS__)

struct portgroup *netdef_parser_portgroup(const struct netdef_parser *);
struct vn_portgroup *netdef_parser_vn_portgroup(const struct netdef_parser *);
void netdef_take_setting(struct netdef_parser *, struct netdef_setting *,
                         const struct netdef_setting *made, enum netdef_node);
bool netdef_parse_number(struct netdef_parser *, enum netdef_node,
                         const char *value, unsigned int line, uint64_t max,
                         uint64_t *);
bool netdef_canonical_uuid(const char *, char uuid[37]);
bool netdef_parse_mac(struct netdef_parser *, enum netdef_node,
                      const char *value, unsigned int line,
                      struct eth_addr *);

/* Actions of <forward>, <virtualport> and others, in netdef-kind.c. */
void netdef_forward_begin(struct netdef_parser *, enum netdef_node,
                          unsigned int line);
void netdef_forward_mode(struct netdef_parser *, enum netdef_node,
                         const char *value, unsigned int line);
void netdef_forward_dev(struct netdef_parser *, enum netdef_node,
                        const char *value, unsigned int line);
void netdef_needy_begin(struct netdef_parser *, enum netdef_node,
                        unsigned int line);
void netdef_needed_value(struct netdef_parser *, enum netdef_node,
                         const char *value, unsigned int line);
void netdef_needy_end(struct netdef_parser *, enum netdef_node,
                      const char *text, unsigned int line);
void netdef_forwarder_addr(struct netdef_parser *, enum netdef_node,
                           const char *value, unsigned int line);
void netdef_forward_driver(struct netdef_parser *, enum netdef_node,
                           const char *value, unsigned int line);
void netdef_virtualport_begin(struct netdef_parser *, enum netdef_node,
                              unsigned int line);
void netdef_virtualport_type(struct netdef_parser *, enum netdef_node,
                             const char *value, unsigned int line);
void netdef_virtualport_uuid(struct netdef_parser *, enum netdef_node,
                             const char *value, unsigned int line);
void netdef_virtualport_profileid(struct netdef_parser *, enum netdef_node,
                                  const char *value, unsigned int line);
void netdef_virtualport_extra(struct netdef_parser *, enum netdef_node,
                              const char *value, unsigned int line);

/* Reports what is valid and libvirt refuses, in netdef-refuse.c. */
void netdef_refuse(struct netdef_parser *);

/* Actions of settings, in netdef-settings.c. */
void netdef_setting_value(struct netdef_parser *, enum netdef_node,
                          const char *value, unsigned int line);
void netdef_overlay_value(struct netdef_parser *, enum netdef_node,
                          const char *value, unsigned int line);
void netdef_unknown_ports_value(struct netdef_parser *, enum netdef_node,
                                const char *value, unsigned int line);
void netdef_community_value(struct netdef_parser *, enum netdef_node,
                            const char *value, unsigned int line);
void netdef_storm_value(struct netdef_parser *, enum netdef_node,
                        const char *value, unsigned int line);
void netdef_guards_value(struct netdef_parser *, enum netdef_node,
                         const char *value, unsigned int line);
void netdef_mac_value(struct netdef_parser *, enum netdef_node,
                      const char *value, unsigned int line);

/* Actions of <bandwidth>, in netdef-bandwidth.c. */
void netdef_bandwidth_begin(struct netdef_parser *, enum netdef_node,
                            unsigned int line);
void netdef_bandwidth_value(struct netdef_parser *, enum netdef_node,
                            const char *value, unsigned int line);
void netdef_guests_bandwidth_value(struct netdef_parser *, enum netdef_node,
                                   const char *value, unsigned int line);
void netdef_rate_end(struct netdef_parser *, enum netdef_node,
                     const char *text, unsigned int line);

/* Actions of <vn:portgroup>, in netdef-vn-portgroup.c. */
void netdef_vn_portgroup_begin(struct netdef_parser *, enum netdef_node,
                               unsigned int line);
void netdef_vn_portgroup_name(struct netdef_parser *, enum netdef_node,
                              const char *value, unsigned int line);
void netdef_vn_portgroups_finish(struct netdef_parser *);
void netdef_vn_portgroups_clear(struct netdef_parser *);

/* Actions of <vn:host>, in netdef-host.c. */
void netdef_host_begin(struct netdef_parser *, enum netdef_node,
                       unsigned int line);
void netdef_host_value(struct netdef_parser *, enum netdef_node,
                       const char *value, unsigned int line);
void netdef_host_end(struct netdef_parser *, enum netdef_node,
                     const char *text, unsigned int line);

/* Actions of <vn:filterref>, in netdef-filter.c. */
void netdef_filter_begin(struct netdef_parser *, enum netdef_node,
                         unsigned int line);
void netdef_filter_value(struct netdef_parser *, enum netdef_node,
                         const char *value, unsigned int line);
void netdef_filter_end(struct netdef_parser *, enum netdef_node,
                       const char *text, unsigned int line);
void netdef_filter_clear(struct netdef_parser *);

/* Actions of <networkport>, in netport-parse.c. */
void netport_begin(struct netdef_parser *, enum netdef_node,
                   unsigned int line);
void netport_text(struct netdef_parser *, enum netdef_node, const char *text,
                  unsigned int line);
void netport_finish(struct netdef_parser *);
void netport_value(struct netdef_parser *, enum netdef_node,
                   const char *value, unsigned int line);

/* Actions of <vlan>, in netdef-vlan.c. */
void netdef_vlan_begin(struct netdef_parser *, enum netdef_node,
                       unsigned int line);
void netdef_vlan_trunk(struct netdef_parser *, enum netdef_node,
                       const char *value, unsigned int line);
void netdef_vlan_tag_begin(struct netdef_parser *, enum netdef_node,
                           unsigned int line);
void netdef_vlan_tag_id(struct netdef_parser *, enum netdef_node,
                        const char *value, unsigned int line);
void netdef_vlan_tag_native_mode(struct netdef_parser *, enum netdef_node,
                                 const char *value, unsigned int line);
void netdef_vlan_tag_end(struct netdef_parser *, enum netdef_node,
                         const char *text, unsigned int line);
void netdef_vlan_end(struct netdef_parser *, enum netdef_node,
                     const char *text, unsigned int line);

#endif /* lib/xml/netdef-parse-private.h */
