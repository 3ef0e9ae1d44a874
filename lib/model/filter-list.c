/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/filter-list.h"

#include <stdlib.h>
#include <string.h>

#include "lib/model/filter-hidden.h"
#include "lib/model/filter-rules.h"
#include "util.h"

/* How long a list may be before what has no effect is taken out of it, and how
 * many sets may be looked at. */
#define MAX_RAW (4 * FILTER_MAX_SETS)
#define MAX_WORK (256 * FILTER_MAX_SETS)
#define MAX_DEPTH 256

/* A step on the way of a frame: a rule, or the call of a chain. */
struct step {
    const struct filter_rule *rule;     /* Null for a call. */
    const struct program *called;
    struct filter_cube condition;       /* Of the call. */
    int priority;
};

/* Steps that follow each other: a chain's, or those of the IP layer. */
struct program {
    const char *chain;
    int priority;               /* Of the chain. */
    struct step *steps;
    size_t n, allocated;
};

/* Where a frame is, and where it goes on at the end. */
struct position {
    const struct program *program;
    size_t i;
    const struct position *next;        /* At the end of 'program'... */
    const struct position *layer;       /* ...and once it is accepted. */
};

struct flattening {
    unsigned int direction;
    struct filter_list *list;
    size_t work, depth;
    bool failed;

    struct program root, ip;
    struct program *chains;
    size_t n_chains, allocated_chains;
};

static struct step *
add_step(struct program *program, int priority)
{
    if (program->n >= program->allocated) {
        program->steps = x2nrealloc(program->steps, &program->allocated,
                                    sizeof *program->steps);
    }
    program->steps[program->n] = (struct step) { .priority = priority };
    return &program->steps[program->n++];
}

/* Returns the program of chain 'name', which has 'priority' from now on. */
static struct program *
get_chain(struct flattening *f, const char *name, int priority)
{
    for (size_t i = 0; i < f->n_chains; i++) {
        if (!strcmp(f->chains[i].chain, name)) {
            f->chains[i].priority = priority;
            return &f->chains[i];
        }
    }
    if (f->n_chains >= f->allocated_chains) {
        f->chains = x2nrealloc(f->chains, &f->allocated_chains,
                               sizeof *f->chains);
    }
    f->chains[f->n_chains] = (struct program) {
        .chain = name,
        .priority = priority,
    };
    return &f->chains[f->n_chains++];
}

static int
compare_chains(const void *a_, const void *b_)
{
    const struct program *a = a_, *b = b_;

    if (a->priority != b->priority) {
        return a->priority < b->priority ? -1 : 1;
    }
    return strcmp(a->chain, b->chain);
}

/* Chains are called before rules of root with the same priority.  One that
 * several filters are in has the priority that its last rule's has
 * (ebiptablesApplyNewRules() in libvirt's
 * src/nwfilter/nwfilter_ebiptables_driver.c). */
static void
call_chains(struct flattening *f, size_t *next, int priority)
{
    while (*next < f->n_chains && f->chains[*next].priority <= priority) {
        const struct program *chain = &f->chains[(*next)++];
        struct step *step = add_step(&f->root, chain->priority);

        step->called = chain;
        filter_chain_condition(chain->chain, &step->condition);
    }
}

/* Makes the programs for 'rules', which are sorted by priority. */
static void
build(struct flattening *f, const struct filter_rules *rules)
{
    size_t next = 0;

    for (size_t i = 0; i < rules->n; i++) {
        const struct filter_rule *rule = &rules->rules[i];
        struct program *program = NULL;

        if (!rule->has[f->direction]) {
            continue;
        } else if (rule->layer == FILTER_IP) {
            program = &f->ip;
        } else if (strcmp(rule->chain, "root")) {
            program = get_chain(f, rule->chain, rule->chain_priority);
        }
        if (program) {
            add_step(program, rule->priority)->rule = rule;
        }
    }
    if (f->n_chains) {
        qsort(f->chains, f->n_chains, sizeof *f->chains, compare_chains);
    }
    for (size_t i = 0; i < rules->n; i++) {
        const struct filter_rule *rule = &rules->rules[i];

        if (rule->has[f->direction] && rule->layer == FILTER_ETHERNET
            && !strcmp(rule->chain, "root")) {
            call_chains(f, &next, rule->priority);
            add_step(&f->root, rule->priority)->rule = rule;
        }
    }
    call_chains(f, &next, NWFILTER_MAX_PRIORITY);
}

/* Adds that the frames of 'cube' are dropped by 'rule', or accepted if that is
 * null. */
static void
add_verdict(struct flattening *f, const struct filter_cube *cube,
            const struct filter_rule *rule)
{
    struct filter_list *list = f->list;

    f->work += list->n / 16;
    for (size_t i = 0; i < list->n; i++) {
        if (filter_cube_covers(&list->verdicts[i].cube, cube)) {
            return;
        }
    }
    if (list->n >= MAX_RAW) {
        f->failed = true;
        return;
    }
    filter_list_add(list, cube, (rule ? xasprintf("%s:%u", rule->file,
                                                  rule->line) : NULL));
}

static void flatten(struct flattening *, struct position,
                    const struct filter_cube *);

/* Adds what becomes of the frames of 'cube' that are accepted at 'at'. */
static void
do_accept(struct flattening *f, const struct position *at,
       const struct filter_cube *cube)
{
    if (at->layer) {
        flatten(f, *at->layer, cube);
    } else {
        add_verdict(f, cube, NULL);
    }
}

/* Adds what becomes of the frames of 'cube' that leave the chain of 'at'. */
static void
leave(struct flattening *f, const struct position *at,
      const struct filter_cube *cube)
{
    if (at->next) {
        flatten(f, *at->next, cube);
    } else {
        do_accept(f, at, cube);
    }
}

/* Adds what becomes of the frames of 'cube', all of which 'rule', at 'at',
 * matches but for those in negated sets of 'match': these go on to 'rest'. */
static void
apply_rule(struct flattening *f, const struct position *at,
           const struct position *rest, const struct filter_match *match,
           const struct filter_rule *rule, const struct filter_cube *cube)
{
    for (size_t i = 0; i < match->n; i++) {
        const struct filter_item *item = &match->items[i];

        for (size_t j = 0; item->negated && j < item->n; j++) {
            struct filter_cube other;

            if (filter_cube_intersect(&other, cube, &item->sets[j])) {
                flatten(f, *rest, &other);
                if (filter_cube_covers(&other, cube)) {
                    return;
                }
            }
        }
    }
    switch (rule->action) {
    case NWFILTER_ACCEPT:
        do_accept(f, at, cube);
        break;
    case NWFILTER_DROP:
    case NWFILTER_REJECT:
        add_verdict(f, cube, rule);
        break;
    case NWFILTER_RETURN:
        leave(f, at, cube);
        break;
    case NWFILTER_CONTINUE:
        break;
    }
}

/* Does apply_rule() for each combination of one set of each item of 'match'
 * that is not negated, from item 'i' on, with 'cube'.  Returns true if nothing
 * of 'cube' is left to go on. */
static bool
match_rule(struct flattening *f, const struct position *at,
           const struct position *rest, const struct filter_rule *rule,
           size_t i, const struct filter_cube *cube)
{
    const struct filter_match *match = &rule->match[f->direction];
    bool all = false;

    while (i < match->n && match->items[i].negated) {
        i++;
    }
    if (f->failed || ++f->work > MAX_WORK) {
        f->failed = true;
        return true;
    } else if (i >= match->n) {
        apply_rule(f, at, rest, match, rule, cube);
        return true;
    }
    for (size_t j = 0; j < match->items[i].n; j++) {
        struct filter_cube both;

        if (filter_cube_intersect(&both, cube, &match->items[i].sets[j])) {
            all |= (match_rule(f, at, rest, rule, i + 1, &both)
                    && filter_cube_covers(&both, cube));
        }
    }
    return all;
}

/* Does what is at 'at' to the frames of 'cube'.  Returns true if none of them
 * is left to go on. */
static bool
do_step(struct flattening *f, const struct position *at,
        const struct position *rest, const struct filter_cube *cube)
{
    const struct step *step = &at->program->steps[at->i];
    struct filter_cube both;

    if (step->rule) {
        return (step->rule->action != NWFILTER_CONTINUE
                && !step->rule->match[f->direction].never
                && match_rule(f, at, rest, step->rule, 0, cube));
    } else if (!filter_cube_intersect(&both, cube, &step->condition)) {
        return false;
    }

    struct position inside = {
        .program = step->called,
        .next = rest,
        .layer = at->layer,
    };
    flatten(f, inside, &both);
    return filter_cube_covers(&both, cube);
}

/* Adds verdicts for all frames of 'cube' from 'at' on.  Those that come to the
 * end of a chain are accepted: that is a chain's policy if none is said, and
 * libvirt says none. */
static void
flatten(struct flattening *f, struct position at,
        const struct filter_cube *cube)
{
    bool done = false;

    f->failed |= f->depth >= MAX_DEPTH;
    f->depth++;
    for (; at.i < at.program->n && !done; at.i++) {
        struct position rest = at;

        rest.i++;
        f->failed |= ++f->work > MAX_WORK;
        done = f->failed || do_step(f, &at, &rest, cube);
    }
    if (!done && !f->failed) {
        do_accept(f, &at, cube);
    }
    f->depth--;
}

/* Has 'v' no effect, for what it is about gets the same verdict by one of the
 * 'n' that come 'later'? */
static bool
is_idle(const struct filter_verdict *v, const struct filter_verdict *later,
        size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (later[i].accept == v->accept) {
            if (filter_cube_covers(&later[i].cube, &v->cube)) {
                return true;
            }
        } else if (filter_cube_overlaps(&later[i].cube, &v->cube)) {
            return false;
        }
    }
    return false;
}

/* Takes out of 'list' what has no effect. */
static void
prune(struct filter_list *list)
{
    size_t first = list->n;

    for (size_t i = list->n; i-- > 0;) {
        if (!is_idle(&list->verdicts[i], &list->verdicts[first],
                     list->n - first)) {
            list->verdicts[--first] = list->verdicts[i];
        } else {
            free(list->verdicts[i].rule);
        }
    }
    list->n -= first;
    memmove(list->verdicts, &list->verdicts[first],
            list->n * sizeof *list->verdicts);
}

/* Initializes 'list' to what 'rules' make of the frames of 'direction', an
 * enum nwfilter_direction but NWFILTER_INOUT, and returns true.  Returns
 * false, with nothing in 'list', if that is too much.
 *
 * What a guest sends passes the rules on Ethernet before those on IP, and what
 * it gets the other way around.  Only frames without a tag get to those on
 * IP, as they are about it. */
bool
filter_list_init(struct filter_list *list, const struct filter_rules *rules,
                 unsigned int direction)
{
    struct flattening f = { .direction = direction, .list = list };
    struct position ethernet = { .program = &f.root };
    struct position ip = { .program = &f.ip };
    struct filter_cube all;

    *list = (struct filter_list) { .n = 0 };
    build(&f, rules);
    filter_cube_init(&all);
    if (direction == NWFILTER_OUT) {
        ethernet.layer = &ip;
        flatten(&f, ethernet, &all);
    } else {
        ip.layer = &ethernet;
        flatten(&f, ip, &all);
    }
    for (size_t i = 0; i < f.n_chains; i++) {
        free(f.chains[i].steps);
    }
    free(f.chains);
    free(f.root.steps);
    free(f.ip.steps);
    if (!f.failed) {
        prune(list);
        filter_hidden_add(list);
        prune(list);
    }
    if (f.failed || list->n > FILTER_MAX_SETS) {
        filter_list_uninit(list);
        *list = (struct filter_list) { .n = 0 };
        return false;
    }
    return true;
}

/* Adds to 'list' what becomes of 'cube' where nothing before says otherwise:
 * it is dropped by 'rule', which is taken, or passes if that is null. */
void
filter_list_add(struct filter_list *list, const struct filter_cube *cube,
                char *rule)
{
    if (list->n >= list->allocated) {
        list->verdicts = x2nrealloc(list->verdicts, &list->allocated,
                                    sizeof *list->verdicts);
    }
    list->verdicts[list->n++] = (struct filter_verdict) {
        .cube = *cube, .accept = !rule, .rule = rule,
    };
}

void
filter_list_uninit(struct filter_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        free(list->verdicts[i].rule);
    }
    free(list->verdicts);
}

/* Does 'list' let everything pass? */
bool
filter_list_accepts_all(const struct filter_list *list)
{
    return list->n == 1 && list->verdicts[0].accept;
}

/* Does 'list' let a frame with 'fields' pass? */
bool
filter_list_verdict(const struct filter_list *list,
                    const struct filter_fields *fields)
{
    for (size_t i = 0; i < list->n; i++) {
        if (filter_cube_has(&list->verdicts[i].cube, fields)) {
            return list->verdicts[i].accept;
        }
    }
    return true;
}
