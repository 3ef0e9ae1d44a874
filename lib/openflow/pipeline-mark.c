/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/pipeline.h"

#include "flow.h"
#include "openvswitch/match.h"
#include "openvswitch/meta-flow.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofpbuf.h"
#include "util.h"

/* Marks of a frame on its way through the pipeline: bits of register 0. */

/* Appends to 'ofpacts' what sets those bits of register 0 that are set in
 * 'marks', if any. */
void
pipeline_put_marks(struct ofpbuf *ofpacts, uint32_t marks)
{
    union mf_value value = { .be32 = htonl(marks) };
    union mf_value mask = value;

    if (marks) {
        ofpact_put_set_field(ofpacts, mf_from_id(MFF_REG0), &value, &mask);
    }
}

static void
put_reg0_bit(struct ofpbuf *ofpacts, int bit)
{
    pipeline_put_marks(ofpacts, 1u << bit);
}

static void
match_reg0_bit(struct match *match, int bit)
{
    match_set_reg_masked(match, 0, 1u << bit, 1u << bit);
}

/* Returns the bit of register 0 that marks frames of ports with 'guard'. */
uint32_t
pipeline_guard_mark(unsigned int guard)
{
    return 1u << (REG0_GUARDS_BIT + guard);
}

/* Appends to 'ofpacts' what says that a guard stops the frame, as an offence
 * of kind 'stop'. */
void
pipeline_put_stop(struct ofpbuf *ofpacts, unsigned int stop)
{
    union mf_value value = { .be32 = htonl(stop << REG0_STOP_BIT) };
    union mf_value mask = { .be32 = htonl(REG0_STOP_MASK << REG0_STOP_BIT) };

    ofpact_put_set_field(ofpacts, mf_from_id(MFF_REG0), &value, &mask);
}

/* Makes 'match' match on frames that are stopped for 'stop'. */
void
pipeline_match_stop(struct match *match, unsigned int stop)
{
    match_set_reg_masked(match, 0, stop << REG0_STOP_BIT,
                         REG0_STOP_MASK << REG0_STOP_BIT);
}

/* Returns the 'stop' of pipeline_match_stop() that is in 'match', 0 if there
 * is none. */
unsigned int
pipeline_match_get_stop(const struct match *match)
{
    return match->flow.regs[0] >> REG0_STOP_BIT & REG0_STOP_MASK;
}

/* Appends to 'ofpacts' what marks a frame as one of the network side. */
void
pipeline_put_from_network(struct ofpbuf *ofpacts)
{
    put_reg0_bit(ofpacts, REG0_FROM_NETWORK_BIT);
}

/* Appends to 'ofpacts' what marks a frame as one from a guest that does not
 * have its address, or not yet. */
void
pipeline_put_pending(struct ofpbuf *ofpacts)
{
    put_reg0_bit(ofpacts, REG0_PENDING_BIT);
}

/* Makes 'match' match on frames that are so marked. */
void
pipeline_match_pending(struct match *match)
{
    match_reg0_bit(match, REG0_PENDING_BIT);
}

/* Appends to 'ofpacts' what marks a frame as one that came without a VLAN. */
void
pipeline_put_no_vlan(struct ofpbuf *ofpacts)
{
    put_reg0_bit(ofpacts, REG0_NO_VLAN_BIT);
}

/* Makes 'match' match on frames that are so marked. */
void
pipeline_match_no_vlan(struct match *match)
{
    match_reg0_bit(match, REG0_NO_VLAN_BIT);
}

/* Makes 'match' match on frames in which pipeline_put_retag() has seen another
 * tag. */
void
pipeline_match_second_tag(struct match *match)
{
    match_reg0_bit(match, REG0_SECOND_TAG_BIT);
}

/* Appends to 'ofpacts' what marks a frame as one that has lost a tag which
 * said nothing. */
void
pipeline_put_had_null_tag(struct ofpbuf *ofpacts)
{
    put_reg0_bit(ofpacts, REG0_NULL_TAG_BIT);
}

/* Appends to 'ofpacts' what marks a frame as one that has come without the tag
 * that it has. */
void
pipeline_put_untagged(struct ofpbuf *ofpacts)
{
    put_reg0_bit(ofpacts, REG0_UNTAGGED_BIT);
}

/* Makes 'match' match on frames that are so marked, or on those that are
 * not. */
void
pipeline_match_untagged(struct match *match, bool untagged)
{
    match_set_reg_masked(match, 0, untagged ? 1 << REG0_UNTAGGED_BIT : 0,
                         1 << REG0_UNTAGGED_BIT);
}

/* Makes 'match' match on frames that are so marked. */
void
pipeline_match_had_null_tag(struct match *match)
{
    match_reg0_bit(match, REG0_NULL_TAG_BIT);
}

/* Makes 'match' match on frames from the network side. */
void
pipeline_match_from_network(struct match *match)
{
    match_reg0_bit(match, REG0_FROM_NETWORK_BIT);
}

/* Returns the bits that the 'ofpacts_len' bytes of 'ofpacts' set in register
 * 0. */
uint32_t
pipeline_get_marks(const struct ofpact *ofpacts, size_t ofpacts_len)
{
    uint32_t marks = 0;
    const struct ofpact *a;

    OFPACT_FOR_EACH (a, ofpacts, ofpacts_len) {
        if (a->type == OFPACT_SET_FIELD
            && ofpact_get_SET_FIELD(a)->field->id == MFF_REG0) {
            marks |= ntohl(ofpact_get_SET_FIELD(a)->value->be32);
        }
    }
    return marks;
}
