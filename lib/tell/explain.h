/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_H
#define EXPLAIN_H 1

/* A dump of a switch beside the plan that it should hold: whose each flow and
 * group is, which are there and should not be, and which are not. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ds;
struct dump_flow;
struct dump_group;
struct flow_dump;
struct json_t;
struct oflow;
struct ogroup;
struct ometer;
struct ofputil_port_map;
struct translation_bridge;

#define EXPLAIN_VERDICTS                                                  \
    /* As the plan has it. */                                             \
    EXPLAIN_VERDICT(PLANNED, "planned")                                   \
    /* What the switch has learned of the network side, by the plan. */    \
    EXPLAIN_VERDICT(LEARNED, "learned")                                   \
    /* Ours, but it is not known whether it should be there. */           \
    EXPLAIN_VERDICT(OURS, "ours")                                         \
    /* In its place in the plan is something that does another thing. */  \
    EXPLAIN_VERDICT(CHANGED, "changed")                                   \
    /* It has our mark, and the plan does not have it. */                 \
    EXPLAIN_VERDICT(STRANGER, "stranger")                                 \
    /* Somebody else's. */                                                \
    EXPLAIN_VERDICT(FOREIGN, "foreign")                                   \
    /* Somebody else's, and it can win over one of the plan's. */         \
    EXPLAIN_VERDICT(IN_THE_WAY, "in the way")                             \
    /* The plan has it, and the switch does not. */                       \
    EXPLAIN_VERDICT(MISSING, "missing")

enum explain_verdict {
#define EXPLAIN_VERDICT(ENUM, NAME) EXPLAIN_##ENUM,
    EXPLAIN_VERDICTS
#undef EXPLAIN_VERDICT
    EXPLAIN_N_VERDICTS
};

const char *explain_verdict_to_string(enum explain_verdict);

struct explained_flow {
    enum explain_verdict verdict;
    const struct oflow *flow;   /* What is there, or what is missing. */
    const struct dump_flow *dump;   /* Null if it is missing. */
};

struct explained_group {
    enum explain_verdict verdict;
    uint32_t group_id;
    bool alien;                 /* Is it none that could be ours? */
    size_t n_buckets;           /* That are there. */
    size_t n_planned;           /* That should be. */
};

struct explained_meter {
    enum explain_verdict verdict;
    const struct ometer *seen;      /* Null if it is missing. */
    const struct ometer *planned;   /* Null if it is a stranger. */
};

/* Borrows from the bridge and the dump. */
struct explanation {
    const struct translation_bridge *bridge;
    struct explained_flow *flows;   /* In pipeline order. */
    size_t n_flows;
    struct explained_group *groups; /* By number. */
    size_t n_groups;
    struct explained_meter *meters; /* In no particular order. */
    size_t n_meters;
    size_t n[EXPLAIN_N_VERDICTS];   /* Of all of these, by verdict. */
};

void explanation_init(struct explanation *, const struct translation_bridge *,
                      const struct flow_dump *, bool complete);
void explanation_uninit(struct explanation *);
void explanation_format(struct ds *, const struct explanation *,
                        bool only_differences);
void explanation_format_shared(struct ds *, const struct explanation *,
                               const struct oflow *);
struct json_t *explanation_to_json(const struct explanation *);

#endif /* lib/tell/explain.h */
