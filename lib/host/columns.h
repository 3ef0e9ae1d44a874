/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLUMNS_H
#define COLUMNS_H 1

/* What is read of the Open_vSwitch database.
 *
 * One line here has a column monitored by the daemon (ovsdb/ovs-idl.c), and
 * makes it a member of "struct TABLE_columns".  That is filled in from the
 * replica's rows (ovsdb/row-columns.h) or from JSON (lib/host/json-columns.h).
 * What it means is said once, in vif-columns.c and bridge-row.c, which do not
 * know where it came from.
 *
 * Each is COLUMN(TABLE, MEMBER, NAME, TYPE), where MEMBER is what
 * vswitch-idl.h calls column NAME, and TYPE one of
 *
 *     STRING       null or "" if empty
 *     INTEGER      0 if empty
 *     BOOLEAN      false if empty
 *     OPT_INTEGER  at most one integer
 *     OPT_BOOLEAN  at most one boolean
 *     INTEGERS     any number of integers
 *     STRINGS      any number of strings
 *     MAP          from strings to strings, null if empty or not
 *     LINK         to other rows; each reader follows it in its own way, and
 *                  it is no member
 *
 * Column ports of table Bridge is not among them, see ovs-idl.h. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct smap;

#define OPEN_VSWITCH_COLUMNS(COLUMN)                                          \
    COLUMN(open_vswitch, cur_cfg, "cur_cfg", INTEGER)                         \
    COLUMN(open_vswitch, external_ids, "external_ids", MAP)                   \
    COLUMN(open_vswitch, manager_options, "manager_options", LINK)            \
    COLUMN(open_vswitch, next_cfg, "next_cfg", INTEGER)                       \
    COLUMN(open_vswitch, other_config, "other_config", MAP)

#define BRIDGE_COLUMNS(COLUMN)                                                \
    COLUMN(bridge, controller, "controller", LINK)                            \
    COLUMN(bridge, datapath_type, "datapath_type", STRING)                    \
    COLUMN(bridge, external_ids, "external_ids", MAP)                         \
    COLUMN(bridge, fail_mode, "fail_mode", STRING)                            \
    COLUMN(bridge, flood_vlans, "flood_vlans", INTEGERS)                      \
    COLUMN(bridge, mcast_snooping_enable, "mcast_snooping_enable", BOOLEAN)   \
    COLUMN(bridge, mirrors, "mirrors", LINK)                                  \
    COLUMN(bridge, name, "name", STRING)                                      \
    COLUMN(bridge, other_config, "other_config", MAP)                         \
    COLUMN(bridge, protocols, "protocols", STRINGS)                           \
    COLUMN(bridge, rstp_enable, "rstp_enable", BOOLEAN)                       \
    COLUMN(bridge, stp_enable, "stp_enable", BOOLEAN)

#define CONTROLLER_COLUMNS(COLUMN)                                            \
    COLUMN(controller, connection_mode, "connection_mode", STRING)            \
    COLUMN(controller, inactivity_probe, "inactivity_probe", OPT_INTEGER)     \
    COLUMN(controller, is_connected, "is_connected", BOOLEAN)                 \
    COLUMN(controller, target, "target", STRING)                              \
    COLUMN(controller, type, "type", STRING)

#define MANAGER_COLUMNS(COLUMN)                                               \
    COLUMN(manager, connection_mode, "connection_mode", STRING)               \
    COLUMN(manager, target, "target", STRING)

#define MIRROR_COLUMNS(COLUMN)                                                \
    COLUMN(mirror, output_port, "output_port", LINK)                          \
    COLUMN(mirror, output_vlan, "output_vlan", OPT_INTEGER)                   \
    COLUMN(mirror, select_all, "select_all", BOOLEAN)                         \
    COLUMN(mirror, select_dst_port, "select_dst_port", LINK)                  \
    COLUMN(mirror, select_src_port, "select_src_port", LINK)

#define PORT_COLUMNS(COLUMN)                                                  \
    COLUMN(port, bond_active_slave, "bond_active_slave", STRING)              \
    COLUMN(port, bond_downdelay, "bond_downdelay", INTEGER)                   \
    COLUMN(port, bond_mode, "bond_mode", STRING)                              \
    COLUMN(port, bond_updelay, "bond_updelay", INTEGER)                       \
    COLUMN(port, cvlans, "cvlans", INTEGERS)                                  \
    COLUMN(port, external_ids, "external_ids", MAP)                           \
    COLUMN(port, fake_bridge, "fake_bridge", BOOLEAN)                         \
    COLUMN(port, interfaces, "interfaces", LINK)                              \
    COLUMN(port, lacp, "lacp", STRING)                                        \
    COLUMN(port, name, "name", STRING)                                        \
    COLUMN(port, other_config, "other_config", MAP)                           \
    COLUMN(port, protected_, "protected", BOOLEAN)                            \
    COLUMN(port, qos, "qos", LINK)                                            \
    COLUMN(port, tag, "tag", OPT_INTEGER)                                     \
    COLUMN(port, trunks, "trunks", INTEGERS)                                  \
    COLUMN(port, vlan_mode, "vlan_mode", STRING)

#define INTERFACE_COLUMNS(COLUMN)                                             \
    COLUMN(interface, bfd, "bfd", MAP)                                        \
    COLUMN(interface, bfd_status, "bfd_status", MAP)                          \
    COLUMN(interface, error, "error", STRING)                                 \
    COLUMN(interface, external_ids, "external_ids", MAP)                      \
    COLUMN(interface, ingress_policing_burst, "ingress_policing_burst",       \
           INTEGER)                                                           \
    COLUMN(interface, ingress_policing_rate, "ingress_policing_rate",         \
           INTEGER)                                                           \
    COLUMN(interface, lacp_current, "lacp_current", OPT_BOOLEAN)              \
    COLUMN(interface, link_state, "link_state", STRING)                       \
    COLUMN(interface, mac_in_use, "mac_in_use", STRING)                       \
    COLUMN(interface, mtu, "mtu", OPT_INTEGER)                                \
    COLUMN(interface, mtu_request, "mtu_request", OPT_INTEGER)                \
    COLUMN(interface, name, "name", STRING)                                   \
    COLUMN(interface, ofport, "ofport", OPT_INTEGER)                          \
    COLUMN(interface, options, "options", MAP)                                \
    COLUMN(interface, status, "status", MAP)                                  \
    COLUMN(interface, type, "type", STRING)

#define QOS_COLUMNS(COLUMN)                                                   \
    COLUMN(qos, external_ids, "external_ids", MAP)                            \
    COLUMN(qos, other_config, "other_config", MAP)                            \
    COLUMN(qos, queues, "queues", LINK)                                       \
    COLUMN(qos, type, "type", STRING)

#define QUEUE_COLUMNS(COLUMN)                                                 \
    COLUMN(queue, external_ids, "external_ids", MAP)                          \
    COLUMN(queue, other_config, "other_config", MAP)

struct opt_integer { bool set; int64_t value; };
struct opt_boolean { bool set; bool value; };
struct integers { const int64_t *elems; size_t n; };
struct strings { char *const *elems; size_t n; };

#define COLUMN_MEMBER_STRING(MEMBER) const char *MEMBER;
#define COLUMN_MEMBER_INTEGER(MEMBER) int64_t MEMBER;
#define COLUMN_MEMBER_BOOLEAN(MEMBER) bool MEMBER;
#define COLUMN_MEMBER_OPT_INTEGER(MEMBER) struct opt_integer MEMBER;
#define COLUMN_MEMBER_OPT_BOOLEAN(MEMBER) struct opt_boolean MEMBER;
#define COLUMN_MEMBER_INTEGERS(MEMBER) struct integers MEMBER;
#define COLUMN_MEMBER_STRINGS(MEMBER) struct strings MEMBER;
#define COLUMN_MEMBER_MAP(MEMBER) const struct smap *MEMBER;
#define COLUMN_MEMBER_LINK(MEMBER)
#define COLUMN_MEMBER(TABLE, MEMBER, NAME, TYPE) COLUMN_MEMBER_##TYPE(MEMBER)

/* They own nothing: what they point to is good as long as the row that they
 * were read from. */
struct open_vswitch_columns { OPEN_VSWITCH_COLUMNS(COLUMN_MEMBER) };
struct bridge_columns { BRIDGE_COLUMNS(COLUMN_MEMBER) };
struct controller_columns { CONTROLLER_COLUMNS(COLUMN_MEMBER) };
struct manager_columns { MANAGER_COLUMNS(COLUMN_MEMBER) };
struct mirror_columns { MIRROR_COLUMNS(COLUMN_MEMBER) };
struct port_columns { PORT_COLUMNS(COLUMN_MEMBER) };
struct interface_columns { INTERFACE_COLUMNS(COLUMN_MEMBER) };
struct qos_columns { QOS_COLUMNS(COLUMN_MEMBER) };
struct queue_columns { QUEUE_COLUMNS(COLUMN_MEMBER) };

#endif /* lib/host/columns.h */
