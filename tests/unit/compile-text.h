/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMPILE_TEXT_H
#define COMPILE_TEXT_H 1

/* What ports and bridges are compiled to, word by word, for tests. */

#include "lib/base/port-vlan.h"
#include "lib/host/vif.h"
#include "openvswitch/types.h"

struct bridge_ctx;
struct ds;
struct slice;
struct vlan_set;
struct vport;

/* Drop what is left of what the port sends. */
#define CUT_OFF_PORT "table=0,priority=101,reg15=0/0x1,in_port=7 actions=drop\n"
#define PENDING_PORT "table=210,priority=100,in_port=7 actions=drop\n"

struct port_case {
    enum vif_role role;
    enum port_vlan_mode mode;
    int tag;
    int trunks[2];              /* First and last, none if zero. */
    const char *slice;
};

void slice_format_text(struct ds *, const struct slice *, ovs_be64 cookie);
void port_case_to_vport(const struct port_case *, struct vport *);
void check_port(const struct bridge_ctx *, const struct vport *,
                const struct vlan_set *won, const char *expected);

#endif /* tests/unit/compile-text.h */
