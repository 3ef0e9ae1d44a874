/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/guard.h"

#include "lib/base/guards.h"
#include "lib/model/vport.h"
#include "lib/openflow/slice.h"
#include "openvswitch/match.h"
#include "openvswitch/ofpbuf.h"
#include "packets.h"

struct compilation {
    const struct vport *vport;
    struct slice *slice;
    ovs_be64 cookie;
    struct ofpbuf *ofpacts;     /* Of the next flow. */
};

/* Returns the table that ADMIT passes frames of 'vport', a guest, on to. */
enum pipeline_table
guard_entry(const struct vport *vport)
{
    return (vport->guards & GUARD_BIT(GUARD_MAC) ? TABLE_GUARD
            : TABLE_SOURCE);
}

static void
start_match(const struct compilation *c, struct match *match)
{
    match_init_catchall(match);
    match_set_in_port(match, c->vport->ofport);
}

static void
add(struct compilation *c, enum pipeline_table table, uint16_t priority,
    const struct match *match)
{
    slice_add_flow(c->slice, table, priority, match, c->cookie, c->ofpacts);
}

/* GUARD: what a guest that may change its address announces by another one is
 * shown to us, and goes no further until it is the guest's:
 *
 *     priority=50,rarp,in_port=7 actions=controller(max_len=14,id=22247)  */
static void
add_shows(struct compilation *c)
{
    for (size_t i = 0; i < PIPELINE_N_ANNOUNCEMENTS; i++) {
        struct match match;

        start_match(c, &match);
        pipeline_match_announcement(&match, i);
        pipeline_put_show(c->ofpacts);
        add(c, TABLE_GUARD, PRIORITY_GUARD_SHOW, &match);
    }
}

/* GUARD, for guard "mac": the guest's addresses, be they won or not, and the
 * drop that counts all others:
 *
 *     priority=100,in_port=7,dl_src=52:54:00:00:00:01
 *         actions=goto_table:SOURCE
 *     priority=2,in_port=7 actions=drop  */
static void
compile_mac_guard(struct compilation *c, bool pending)
{
    struct match match;

    for (size_t i = 0; i < vport_n_macs(c->vport); i++) {
        struct eth_addr mac = vport_get_mac(c->vport, i).mac;

        if (!eth_addr_is_zero(mac)) {
            start_match(c, &match);
            match_set_dl_src(&match, mac);
            pipeline_put_goto(c->ofpacts, TABLE_SOURCE);
            add(c, TABLE_GUARD, PRIORITY_GUARD_OWN, &match);
        }
    }
    if (c->vport->listens && !pending) {
        add_shows(c);
    }
    start_match(c, &match);
    add(c, TABLE_GUARD, PRIORITY_GUARD_DROP, &match);
}

/* Adds to 'slice' the flows, with 'cookie', of the guards of 'vport', a guest.
 * If it is 'pending', for it is held back or its address is another's, it
 * cannot change to another address. */
void
guard_compile(const struct vport *vport, bool pending, ovs_be64 cookie,
              struct slice *slice)
{
    uint64_t stub[64 / 8];
    struct ofpbuf ofpacts = OFPBUF_STUB_INITIALIZER(stub);
    struct compilation c = {
        .vport = vport,
        .slice = slice,
        .cookie = cookie,
        .ofpacts = &ofpacts,
    };

    if (vport->guards & GUARD_BIT(GUARD_MAC)) {
        compile_mac_guard(&c, pending);
    }
    ofpbuf_uninit(&ofpacts);
}
