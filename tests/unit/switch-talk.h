/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SWITCH_TALK_H
#define SWITCH_TALK_H 1

/* A conversation with a switch, for tests, in which the test is the switch. */

#include <stddef.h>
#include <stdint.h>
#include "lib/openflow/switch-sync.h"
#include "openvswitch/list.h"
#include "openvswitch/ofp-errors.h"

/* A switch's side of the conversation, and what it should hold. */
struct talk {
    struct switch_sync sync;
    struct oflow_table desired, dirty;
    struct ometers meters;
    struct ovs_list msgs;       /* Of the last step that had any. */
    long long int now;
};

void talk_init(struct talk *);
void talk_uninit(struct talk *);

/* What the switch should hold. */
void want_flow(struct talk *, const char *);
void want_bucket(struct talk *, uint32_t group_id, uint32_t bucket_id,
                 uint64_t cookie);
void want_no_bucket(struct talk *, uint32_t group_id, uint32_t bucket_id);
void want_meter(struct talk *, uint32_t meter_id);

/* What is said to it, and what it answers. */
void assert_step(struct talk *, const char *expected);
enum switch_commit_blame refuse(struct talk *, size_t index, enum ofperr);
void finish(struct talk *);

#endif /* tests/unit/switch-talk.h */
