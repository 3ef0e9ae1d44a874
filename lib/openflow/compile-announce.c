/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/compile-port-private.h"

#include <stdlib.h>

#include "lib/openflow/guard.h"
#include "lib/openflow/pipeline.h"
#include "openvswitch/match.h"
#include "util.h"

/* What a guest says of itself by addresses that it may have, and has not. */

/* Is what the guest announces looked at here, and not in GUARD, be it by
 * addresses that it does not have yet? */
static bool
listens_to_others(const struct compilation *c)
{
    return c->vport->listens && !guard_listens(c->vport);
}

/* Returns by which of its frames the port wins address 'i', other than its
 * first, if another port has it. */
static enum claim_take
takes_by(const struct compilation *c, size_t i)
{
    return (i && c->take && c->vport->takes_shared
            ? c->take[i].by : TAKE_NEVER);
}

/* Does the port win an address by what 'take' says? */
static bool
takes_any_by(const struct compilation *c, enum claim_take take)
{
    for (size_t i = 1; i < vport_n_macs(c->vport); i++) {
        if (takes_by(c, i) == take) {
            return true;
        }
    }
    return false;
}

/* SOURCE: all that is from an address which another port of the guest has, and
 * would be sent by that if it were in use, is shown to us:
 *
 *     SOURCE: priority=60,in_port=7,dl_src=52:54:00:00:00:01
 *         actions=controller(max_len=14,id=22247),goto_table:FORWARD  */
void
compile_use(struct compilation *c)
{
    for (size_t i = 1; i < vport_n_macs(c->vport); i++) {
        if (takes_by(c, i) == TAKE_ANY) {
            struct match match = MATCH_CATCHALL_INITIALIZER;

            match_set_in_port(&match, c->vport->ofport);
            match_set_dl_src(&match, vport_get_mac(c->vport, i).mac);
            pipeline_put_show(c->ofpacts);
            pipeline_put_goto(c->ofpacts, TABLE_FORWARD);
            compilation_add(c, TABLE_SOURCE, PRIORITY_SOURCE_USE, &match);
        }
    }
}

/* Adds flows that show what matches 'match' in 'vlans'. */
static void
add_takes(struct compilation *c, const struct match *match,
          const struct vlan_set *vlans)
{
    struct vlan_block *blocks;
    size_t n = vlan_set_blocks(vlans, &blocks);

    for (size_t i = 0; i < n; i++) {
        struct match one = *match;

        pipeline_match_block(&one, &blocks[i]);
        pipeline_put_show_tagged(c->ofpacts);
        pipeline_put_goto(c->ofpacts, TABLE_FORWARD);
        compilation_add(c, TABLE_ANNOUNCE, PRIORITY_ANNOUNCE_TAKE, &one);
    }
    free(blocks);
}

/* SOURCE and ANNOUNCE: of what a guest that may change its address says of
 * itself, what it says by another address than those that it has is shown to
 * us:
 *
 *     SOURCE: rarp,in_port=7 actions=goto_table:ANNOUNCE
 *     ANNOUNCE: priority=100,in_port=7,dl_src=52:54:00:00:00:01
 *         actions=goto_table:FORWARD
 *     ANNOUNCE: priority=50,in_port=7
 *         actions=controller(max_len=14,id=22247),goto_table:FORWARD
 *
 * So is what it says by an address that it shares and another port has: that
 * is with priority 100, in the place of the flow that lets it pass, or with
 * 105, where another port has it in some VLANs only.  Who shares an address is
 * listened to when it answers, too: what it has announced may not have been
 * heard.  Where it is listened to for that alone, all else passes:
 *
 *     ANNOUNCE: priority=40,in_port=7 actions=goto_table:FORWARD
 *
 * The source is looked at in a table of its own so that the datapath's flows
 * for all else that the guest sends need not tell sources apart. */
void
compile_announce(struct compilation *c)
{
    bool takes = takes_any_by(c, TAKE_ANNOUNCED);
    struct match match;

    if (!takes && !listens_to_others(c)) {
        return;
    }

    for (size_t i = 0; i < PIPELINE_N_ANNOUNCEMENTS; i++) {
        match_init_catchall(&match);
        match_set_in_port(&match, c->vport->ofport);
        pipeline_match_announcement(&match, i);
        pipeline_put_goto(c->ofpacts, TABLE_ANNOUNCE);
        compilation_add(c, TABLE_SOURCE, PRIORITY_SOURCE_FOLLOW, &match);
    }

    for (size_t i = 0; takes && i < PIPELINE_N_ANSWERS; i++) {
        match_init_catchall(&match);
        match_set_in_port(&match, c->vport->ofport);
        pipeline_match_answer(&match, i);
        pipeline_put_goto(c->ofpacts, TABLE_ANNOUNCE);
        compilation_add(c, TABLE_SOURCE, PRIORITY_SOURCE_FOLLOW, &match);
    }

    match_init_catchall(&match);
    match_set_in_port(&match, c->vport->ofport);
    if (listens_to_others(c)) {
        pipeline_put_show(c->ofpacts);
    }
    pipeline_put_goto(c->ofpacts, TABLE_FORWARD);
    compilation_add(c, TABLE_ANNOUNCE,
                    (listens_to_others(c) ? PRIORITY_ANNOUNCE_SHOW
                     : PRIORITY_ANNOUNCE_PASS), &match);

    for (size_t i = 0; i < vport_n_macs(c->vport); i++) {
        enum claim_take take = takes_by(c, i);

        if (!listens_to_others(c) && take != TAKE_ANNOUNCED) {
            continue;
        }
        match_set_dl_src(&match, vport_get_mac(c->vport, i).mac);
        if (take == TAKE_ANNOUNCED && c->take[i].vlans) {
            add_takes(c, &match, c->take[i].vlans);
        } else if (take == TAKE_ANNOUNCED) {
            pipeline_put_show_tagged(c->ofpacts);
        }
        pipeline_put_goto(c->ofpacts, TABLE_FORWARD);
        compilation_add(c, TABLE_ANNOUNCE, PRIORITY_ANNOUNCE_KNOWN, &match);
    }
}
