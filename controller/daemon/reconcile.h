/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECONCILE_H
#define RECONCILE_H 1

/* The whole of the program between its inputs (network definitions, the
 * database, the switches) and its outputs (the switches, the database).
 *
 * Brings events to the bridges that they concern.  What becomes of a bridge is
 * in mbridge.h. */

#include <stdbool.h>
#include "controller/daemon/mbridge.h"
#include "lib/rows/new-bridges.h"

struct ds;
struct json_t;
struct mbridge;
struct ports;
struct svec;
struct translation;

struct reconcile_config {
    const char *database;       /* Remote, as in ovsdb(7). */
    const char *networks;       /* Directory of network XML. */
    const char *libvirt_run;    /* /run/libvirt, or null for no libvirt. */
    const char *libvirt_etc;    /* /etc/libvirt, if 'libvirt_run'. */
    const char *guests;         /* Directory of guest files. */
    const char *filters;        /* Directory of filters. */
    const char *proxmox;        /* /etc/pve. */
    const char *fleet;          /* Remote of a fleet's database, or null. */
    const char *fleet_directory;    /* Where what is known of it is kept. */
    const char *datapath_type;  /* Of bridges that are made here. */
    enum new_bridges_policy create_bridges;
    bool watch;                 /* Put right what others change at once? */
    const char *release;        /* Only give this bridge back, or all if "";
                                 * null for the program's usual work. */
};

struct reconcile *reconcile_create(const struct reconcile_config *);
void reconcile_destroy(struct reconcile *);

void reconcile_run(struct reconcile *);
void reconcile_wait(struct reconcile *);
void reconcile_reload(struct reconcile *);
bool reconcile_release(struct reconcile *, const char *bridge);
bool reconcile_has_released(const struct reconcile *);

const struct mbridge *reconcile_find_bridge(const struct reconcile *,
                                            const char *name);
const struct mbridge **reconcile_sort_bridges(const struct reconcile *);
void reconcile_find_ports(const struct reconcile *, const char *name,
                          struct svec *);
enum port_state reconcile_port_state(const struct reconcile *,
                                     const char *name, struct ds *why);
void reconcile_ask(struct reconcile *);
bool reconcile_is_awaiting(const struct reconcile *);
bool reconcile_is_database_silent(const struct reconcile *);
bool reconcile_is_busy(const struct reconcile *);
void reconcile_find_unready(const struct reconcile *, mbridge_unready_cb *,
                            void *aux);
void reconcile_know_ports(const struct reconcile *, struct ports *);
const struct netdef *const *reconcile_definitions(const struct reconcile *,
                                                  size_t *n);
struct translation *reconcile_translate(const struct reconcile *,
                                        const struct netdef *const *defs,
                                        size_t n_defs, const struct ports *);
void reconcile_rewrite(struct reconcile *);
bool reconcile_is_written(const struct reconcile *);
unsigned int reconcile_database_seqno(const struct reconcile *);
const char *reconcile_database(const struct reconcile *);
bool reconcile_repair(struct reconcile *, const char *bridge);
void reconcile_set_verified(struct reconcile *, const char *bridge);
struct json_t *reconcile_export(const struct reconcile *);

#endif /* controller/daemon/reconcile.h */
