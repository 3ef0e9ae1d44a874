/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STATE_H
#define STATE_H 1

/* What the daemon says about itself, for people and for other programs.
 *
 * The input is the JSON object that the daemon's control command "export"
 * replies with; virtnetctl(8) documents its members.  What is missing or of
 * another type than it should be counts as empty. */

#include <stdint.h>

struct ds;
struct json_t;

void state_format_status(struct ds *, const struct json_t *state);
void state_format_show(struct ds *, const struct json_t *state);
void state_format_fdb(struct ds *, const struct json_t *state,
                      const char *bridge);
void state_format_graph(struct ds *, const struct json_t *state);
void state_format_metrics(struct ds *, const struct json_t *state);

/* What has happened between two states, as an array of objects that have
 * "event", "bridge", "port" and "text".  The caller must destroy it. */
struct json_t *state_find_events(const struct json_t *old,
                               const struct json_t *new);

/* Rates of guests between two states that are 'msec' milliseconds apart, by
 * 'sort': "rx", "tx" or "name". */
void state_format_top(struct ds *, const struct json_t *old,
                      const struct json_t *new, long long int msec,
                      const char *sort);

/* The same by bridge and port, as an array of objects.  The caller must
 * destroy it. */
struct json_t *state_top_to_json(const struct json_t *old,
                                 const struct json_t *new,
                                 long long int msec);

uint32_t state_digest(const char *text);

/* What the functions above have in common. */
const char *state_get_guest(const struct json_t *port);
const struct json_t *state_find_port(const struct json_t *state,
                                     const char *bridge, const char *port);

typedef void state_member_cb(struct ds *, const char *name,
                             const struct json_t *);
void state_for_each_member(struct ds *, const struct json_t *object,
                           state_member_cb *);
void state_put_diags(struct ds *, const struct json_t *diags,
                     const char *indent);

#endif /* lib/tell/state.h */
