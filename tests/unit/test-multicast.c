/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "flow.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/oflow.h"
#include "lib/openflow/pipeline.h"
#include "lib/openflow/slice.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/match.h"
#include "packets.h"
#include "random.h"
#include "sset.h"
#include "util.h"

/* What frames for groups cost the datapath: of a destination it looks at those
 * bits that the lookup in table MULTICAST had to look at, flow by flow in the
 * order of priorities, until it found one. */

static int
compare_priorities(const void *a_, const void *b_)
{
    const struct oflow *a = *(struct oflow *const *) a_;
    const struct oflow *b = *(struct oflow *const *) b_;

    return b->priority - a->priority;
}

/* Looks 'dst' up in the flows of table MULTICAST in 'slice', whose flows are
 * sorted.  Returns the flow, and in '*looked_at' the bits. */
static const struct oflow *
lookup(const struct slice *slice, uint64_t dst, uint64_t *looked_at)
{
    *looked_at = 0;
    for (size_t i = 0; i < slice->n_flows; i++) {
        const struct oflow *flow = slice->flows[i];
        struct match match;

        if (flow->table_id == TABLE_MULTICAST) {
            minimatch_expand(&flow->match, &match);
            uint64_t mask = eth_addr_to_uint64(match.wc.masks.dl_dst);

            *looked_at |= mask;
            if ((dst & mask) == eth_addr_to_uint64(match.flow.dl_dst)) {
                return flow;
            }
        }
    }
    fail();
    return NULL;
}

static void
init_slice(struct slice *slice)
{
    const struct bridge_ctx ctx = { .exact = true };

    slice_init(slice);
    compile_bridge(&ctx, "br0", slice);
    qsort(slice->flows, slice->n_flows, sizeof *slice->flows,
          compare_priorities);
}

static uint64_t
random_bits(void)
{
    return (uint64_t) random_uint32() << 32 | random_uint32();
}

/* Adds to 'datapath' what the datapath gets for a frame for 'dst'.  What
 * becomes of the frame must be what NORMAL does. */
static void
send_to(const struct slice *slice, uint64_t dst, struct sset *datapath)
{
    uint64_t looked_at;
    const struct oflow *flow = lookup(slice, dst, &looked_at);
    struct eth_addr mac;

    eth_addr_from_uint64(dst, &mac);
    assert_int_equal(!flow->ofpacts_len, eth_addr_is_reserved(mac));

    char *s = xasprintf("%"PRIx64"/%"PRIx64, dst & looked_at, looked_at);
    sset_add_and_free(datapath, s);
}

/* Random groups of each kind. */
static void
test_kinds(void **state OVS_UNUSED)
{
    static const struct {
        uint64_t addr, mask;
        size_t max;
    } kinds[] = {
        { 0xffffffffffff, 0xffffffffffff, 1 },
        { 0x333300000000, 0xffff00000000, 1 },      /* IPv6. */
        { 0x3333ff000000, 0xffffff000000, 1 },
        { 0x01005e000000, 0xffffff800000, 1 },      /* IPv4. */
        { 0x010000000000, 0x010000000000, 36 },     /* Any. */
        { 0x010000000000, 0x010000ffffff, 48 },
        { 0x030000000000, 0x030000000000, 36 },     /* Locally administered. */
        { 0x010000000000, 0xffff00000000, 48 },
        { 0x0180c2000000, 0xffffff000000, 48 },
        { 0x01000c000000, 0xffffff000000, 48 },
        { 0x0180c2000000, 0xffffffffff00, 48 },
    };
    struct slice slice;

    init_slice(&slice);
    random_set_seed(1);
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        struct sset datapath = SSET_INITIALIZER(&datapath);

        for (int j = 0; j < 20000; j++) {
            uint64_t random = random_bits() & 0xffffffffffff;

            send_to(&slice, kinds[i].addr | (random & ~kinds[i].mask),
                    &datapath);
        }
        if (sset_count(&datapath) > kinds[i].max) {
            fail_msg("kind %"PRIuSIZE": %"PRIuSIZE" flows in the datapath", i,
                     sset_count(&datapath));
        }
        sset_destroy(&datapath);
    }
    slice_uninit(&slice);
}

/* Addresses by somebody who knows how they are told apart: for each frame one
 * that is reserved, but for a few bits. */
static void
test_hostile(void **state OVS_UNUSED)
{
    static const uint64_t reserved[] = {
        0x0180c2000000, 0x01000c000000, 0x01000ccccccc, 0x01000ccdcdcd,
        0x01000cccccc0,
    };
    struct sset datapath = SSET_INITIALIZER(&datapath);
    struct slice slice;

    init_slice(&slice);
    random_set_seed(1);
    for (int i = 0; i < 300000; i++) {
        uint64_t dst = reserved[random_range(ARRAY_SIZE(reserved))];

        for (int j = random_range(4); j > 0; j--) {
            dst ^= UINT64_C(1) << random_range(48);
        }
        if (random_range(2)) {
            dst ^= reserved[random_range(ARRAY_SIZE(reserved))]
                   ^ reserved[random_range(ARRAY_SIZE(reserved))];
        }
        send_to(&slice, dst | 0x010000000000, &datapath);
    }
    if (sset_count(&datapath) > 300) {
        fail_msg("%"PRIuSIZE" flows in the datapath", sset_count(&datapath));
    }
    sset_destroy(&datapath);
    slice_uninit(&slice);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_hostile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
