/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STATE_H
#define STATE_H 1

/* What the daemon says about itself, for people and for other programs.
 *
 * The input is the JSON object that the daemon's control command "export"
 * replies with; virtnetctl(8) documents its members.  What is missing or of
 * another type than it should be counts as empty. */

#include <stddef.h>
#include <stdint.h>

struct ds;
struct json_t;
struct svec;

/* What a part of a state is chosen by. */
struct state_filter {
    const char *bridge;         /* Null for all, as in the others. */
    const char *port;           /* Of a port or of its guest. */
    const char *state;          /* "installed", "conflict"... */
    int vlan;                   /* -1 for all. */
};

struct json_t *state_select(const struct json_t *state,
                            const struct state_filter *);
void state_find_ports(const struct json_t *ports, const char *name,
                      struct svec *found);

void state_format_status(struct ds *, const struct json_t *state);
void state_format_show(struct ds *, const struct json_t *state);
void state_format_fdb(struct ds *, const struct json_t *state,
                      const char *bridge);
struct json_t *state_fdb_to_json(const struct json_t *state);
void state_put_dot(struct ds *, const char *);
void state_format_graph(struct ds *, const struct json_t *state);
void state_format_metrics(struct ds *, const struct json_t *state);
char *state_check_port_state(const char *state);

struct json_t *state_find_events(const struct json_t *old,
                                 struct json_t *new);

/* Why a port is not wired that is on its way. */
#define STATE_NOT_YET "is not in the database yet"

/* Is it as it should be?  In one line, and why not. */
struct json_t *state_find_reasons(const struct json_t *state);
void state_format_health(struct ds *, const struct json_t *state,
                         const struct json_t *reasons);

struct json_t *state_networks_to_json(const struct json_t *state);
void state_format_networks(struct ds *, const struct json_t *state);

/* How to print rates of guests, between two states. */
struct state_top {
    long long int msec;         /* How far apart the states are. */
    const char *sort;           /* "rx", "tx" or "name". */
    size_t rows, columns;       /* Of the terminal; 0 for no limit. */
};

void state_format_top(struct ds *, const struct json_t *old,
                      const struct json_t *new, const struct state_top *);

/* The same by bridge and port, as an array of objects.  The caller must
 * destroy it. */
struct json_t *state_top_to_json(const struct json_t *old,
                                 const struct json_t *new,
                                 long long int msec);

uint32_t state_digest(const char *text);

/* What the functions above have in common. */
void state_put_since(struct ds *, const struct json_t *fdb_entry);
void state_put_bfd(struct ds *, const struct json_t *port);
void state_put_apart(struct ds *, const struct json_t *port);
const char *state_get_guest(const struct json_t *port);
const struct json_t *state_find_port(const struct json_t *state,
                                     const char *bridge, const char *port);

typedef void state_member_cb(struct ds *, const char *name,
                             const struct json_t *);
void state_for_each_member(struct ds *, const struct json_t *object,
                           state_member_cb *);
size_t state_count_ports(const struct json_t *ports, const char *port_state);
void state_put_diags(struct ds *, const struct json_t *diags,
                     const char *indent);
void state_put_fake_bridge(struct ds *, const struct json_t *network);
void state_put_shortfalls(struct ds *, const struct json_t *bridge);

#endif /* lib/tell/state.h */
