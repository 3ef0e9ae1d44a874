/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/switch/normal-guard.h"

#include <stdlib.h>

#include "controller/switch/fdb-flush.h"
#include "controller/switch/noflood.h"
#include "lib/base/diag.h"
#include "openvswitch/poll-loop.h"
#include "util.h"

struct normal_guard {
    struct noflood *noflood;
    struct fdb_flush *flush;
    bool wanted;                /* Do the desired flows use NORMAL? */
    bool must_flush;            /* As soon as the flows are installed. */
};

/* Creates and returns the guard of bridge 'bridge', for now not needed. */
struct normal_guard *
normal_guard_create(const char *bridge)
{
    struct normal_guard *guard = xzalloc(sizeof *guard);

    guard->noflood = noflood_create(bridge);
    guard->flush = fdb_flush_create(bridge);
    return guard;
}

/* Frees 'guard', which may be null.  The switch stays as it is. */
void
normal_guard_destroy(struct normal_guard *guard)
{
    if (guard) {
        noflood_destroy(guard->noflood);
        fdb_flush_destroy(guard->flush);
        free(guard);
    }
}

/* Says that the switch has a port 'ofport', and whether it is one of the
 * network side, which are for NORMAL to serve. */
void
normal_guard_set_port(struct normal_guard *guard, ofp_port_t ofport,
                      bool network)
{
    if (noflood_set_port(guard->noflood, ofport, network) && guard->wanted) {
        /* It was of the network side until now, so NORMAL may have learned
         * something behind it. */
        guard->must_flush = true;
    }
}

/* Says that the switch has no port 'ofport' any longer. */
void
normal_guard_remove_port(struct normal_guard *guard, ofp_port_t ofport)
{
    noflood_remove_port(guard->noflood, ofport);
}

/* Says that the switch has perhaps been started anew. */
void
normal_guard_switch_is_new(struct normal_guard *guard)
{
    guard->must_flush = guard->wanted;
}

/* Says that the switch has made the bridge's socket anew. */
void
normal_guard_socket_appeared(struct normal_guard *guard)
{
    noflood_socket_appeared(guard->noflood);
}

/* Is it time to have what was learned forgotten? */
static bool
can_flush(const struct normal_guard *guard, bool installed)
{
    return (guard->must_flush && installed
            && (!guard->wanted || noflood_is_done(guard->noflood)));
}

/* Does what is to be done.  'wanted' says whether the desired flows use
 * NORMAL, 'installed' whether the desired flows are those installed, and
 * 'found' whether the switch was found with flows of an earlier run of this
 * program that used it. */
void
normal_guard_run(struct normal_guard *guard, bool wanted, bool found,
                 bool installed)
{
    if (wanted != guard->wanted) {
        guard->wanted = wanted;
        guard->must_flush = !(wanted && found);
    }
    if (wanted) {
        noflood_enable(guard->noflood, true, found);
    } else if (installed) {
        noflood_enable(guard->noflood, false, false);
    }
    noflood_run(guard->noflood);

    if (can_flush(guard, installed)) {
        guard->must_flush = false;
        fdb_flush_start(guard->flush);
    }
    fdb_flush_run(guard->flush);
}

/* Arranges for poll_block() to wake up when normal_guard_run() has something
 * to do.  'installed' is as for that function. */
void
normal_guard_wait(struct normal_guard *guard, bool installed)
{
    noflood_wait(guard->noflood);
    fdb_flush_wait(guard->flush);
    if (can_flush(guard, installed)) {
        poll_immediate_wake();
    }
}

/* May flows that use NORMAL be installed? */
bool
normal_guard_is_set(const struct normal_guard *guard)
{
    return !guard->wanted || noflood_is_done(guard->noflood);
}

/* Is there nothing more to do? */
bool
normal_guard_is_done(const struct normal_guard *guard)
{
    return (noflood_is_done(guard->noflood) && !guard->must_flush
            && fdb_flush_is_done(guard->flush));
}

/* Appends to 'diags' what is wrong on bridge 'bridge'. */
void
normal_guard_get_diags(const struct normal_guard *guard, const char *bridge,
                       struct diag_list *diags)
{
    struct origin origin = { .element = CONST_CAST(char *, bridge) };
    const char *error = noflood_get_error(guard->noflood);

    if (guard->wanted && error) {
        diag_add(diags, DIAG_ERROR, &origin,
                 "no connection by OpenFlow 1.0, which alone can keep NORMAL "
                 "from flooding to guests: %s", error);
    }
    error = fdb_flush_get_error(guard->flush);
    if (guard->wanted && error) {
        diag_add(diags, DIAG_WARNING, &origin,
                 "what was learned in kernel mode could not be flushed, so "
                 "that frames may reach guests by it until it has aged: %s",
                 error);
    }
}
