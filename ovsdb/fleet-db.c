/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "ovsdb/fleet-db.h"

#include <stdlib.h>

#include "jsonrpc.h"
#include "lib/base/ovs-compat.h"
#include "openvswitch/hmap.h"
#include "openvswitch/json.h"
#include "openvswitch/shash.h"
#include "openvswitch/vlog.h"
#include "ovsdb-cs.h"
#include "ovsdb-error.h"
#include "ovsdb/fleet-schema.h"
#include "util.h"
#include "uuid.h"

VLOG_DEFINE_THIS_MODULE(fleet_db);

struct fleet_db {
    struct ovsdb_cs *cs;
    bool for_administrator;
    fleet_db_changed_cb *changed;
    void *aux;
    struct hmap rows[FLEET_N_TABLES];   /* Contain "struct fleet_row"s. */
    struct fleet_schema schema; /* The server's. */
    bool is_current;            /* Has all been received, and none missed? */

    struct json *request_id;    /* Of the transaction on its way, or null. */
    enum fleet_db_outcome outcome;
    char *error;                /* Why, if FLEET_DB_REFUSED. */
};

static struct json *
compose_monitor_requests(const struct json *schema, void *db_)
{
    struct fleet_db *db = db_;

    return fleet_schema_read(&db->schema, schema, db->for_administrator);
}

/* Creates and returns a replica of the database at 'remote', as in ovsdb(7),
 * with the tables that hosts need.  If 'for_administrator', then also with
 * those that say who may write, and each server is tried once only.
 * 'changed', unless it is null, will be called with 'aux' by
 * fleet_db_run(). */
struct fleet_db *
fleet_db_create(const char *remote, bool for_administrator,
                fleet_db_changed_cb *changed, void *aux)
{
    static const struct ovsdb_cs_ops ops = {
        .compose_monitor_requests = compose_monitor_requests,
    };
    struct fleet_db *db = xzalloc(sizeof *db);

    db->for_administrator = for_administrator;
    db->changed = changed;
    db->aux = aux;
    for (int i = 0; i < FLEET_N_TABLES; i++) {
        hmap_init(&db->rows[i]);
    }
    /* Updates of version 1 have all columns of a row. */
    db->cs = ovsdb_cs_create(FLEET_DATABASE, 1, &ops, db);
    ovsdb_cs_set_leader_only(db->cs, false);
    ovsdb_cs_set_remote(db->cs, remote, !for_administrator);
    return db;
}

static struct fleet_row *
find_row(const struct fleet_db *db, enum fleet_table table,
         const struct uuid *uuid)
{
    struct fleet_row *row;

    HMAP_FOR_EACH_WITH_HASH (row, node, uuid_hash(uuid), &db->rows[table]) {
        if (uuid_equals(&row->uuid, uuid)) {
            return row;
        }
    }
    return NULL;
}

/* Has the row of 'table' with 'uuid' be 'value', which is taken over; null if
 * there is no such row any longer. */
static void
set_row(struct fleet_db *db, enum fleet_table table, const struct uuid *uuid,
        void *value)
{
    struct fleet_row *old = find_row(db, table, uuid);
    struct fleet_row *new = value;

    if (!old && !new) {
        return;
    }
    if (old && new && fleet_row_equals(table, old, new)) {
        fleet_row_destroy(table, new);
        return;
    }
    if (old) {
        hmap_remove(&db->rows[table], &old->node);
    }
    if (new) {
        new->uuid = *uuid;
        hmap_insert(&db->rows[table], &new->node, uuid_hash(uuid));
    }
    if (db->changed) {
        db->changed(table, old, new, db->aux);
    }
    fleet_row_destroy(table, old);
}

/* Deletes the rows of 'table' that are not in 'update', which has all that are
 * there; null if there are none. */
static void
delete_others(struct fleet_db *db, enum fleet_table table,
              const struct ovsdb_cs_table_update *update)
{
    struct hmap present = HMAP_INITIALIZER(&present);
    struct fleet_row *row;

    HMAP_FOR_EACH_SAFE (row, node, &db->rows[table]) {
        hmap_remove(&db->rows[table], &row->node);
        hmap_insert(&present, &row->node, uuid_hash(&row->uuid));
    }
    for (size_t i = 0; update && i < update->n; i++) {
        const struct uuid *uuid = &update->row_updates[i].row_uuid;

        HMAP_FOR_EACH_WITH_HASH (row, node, uuid_hash(uuid), &present) {
            if (uuid_equals(&row->uuid, uuid)) {
                hmap_remove(&present, &row->node);
                hmap_insert(&db->rows[table], &row->node, uuid_hash(uuid));
                break;
            }
        }
    }
    HMAP_FOR_EACH_SAFE (row, node, &present) {
        hmap_remove(&present, &row->node);
        if (db->changed) {
            db->changed(table, row, NULL, db->aux);
        }
        fleet_row_destroy(table, row);
    }
    hmap_destroy(&present);
}

static void
take_row(struct fleet_db *db, enum fleet_table table,
         const struct ovsdb_cs_row_update *update)
{
    void *value = NULL;

    if (update->type != OVSDB_CS_ROW_DELETE) {
        struct json row = {
            .type = JSON_OBJECT,
            .object = CONST_CAST(struct shash *, update->columns),
        };

        value = fleet_row_from_json(table, &row);
    }
    set_row(db, table, &update->row_uuid, value);
}

static void
take_update(struct fleet_db *db, const struct ovsdb_cs_update_event *event)
{
    static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 20);
    struct ovsdb_cs_db_update *update;
    struct ovsdb_error *error
        = ovsdb_cs_parse_db_update(event->table_updates, event->version,
                                   &update);

    if (error) {
        char *s = ovsdb_error_to_string_free(error);

        VLOG_WARN_RL(&rl, "fleet: %s", s);
        free(s);
        ovsdb_cs_flag_inconsistency(db->cs);
        return;
    }
    for (int i = 0; i < FLEET_N_TABLES; i++) {
        const struct ovsdb_cs_table_update *t
            = ovsdb_cs_db_update_find_table(update, fleet_table_name(i));

        if (event->clear) {
            delete_others(db, i, t);
        }
        for (size_t j = 0; t && j < t->n; j++) {
            take_row(db, i, &t->row_updates[j]);
        }
    }
    ovsdb_cs_db_update_destroy(update);
    db->is_current = true;
}

/* Returns why the operations with 'results' were not carried out, or null if
 * they were.  The caller must free it. */
static char *
find_error(const struct json *results)
{
    size_t n = (results && results->type == JSON_ARRAY
                ? json_array_size(results) : 0);

    for (size_t i = 0; i < n; i++) {
        const struct json *result = json_array_at(results, i);
        const struct json *error, *details;

        if (result->type != JSON_OBJECT) {
            continue;
        }
        error = shash_find_data(json_object(result), "error");
        details = shash_find_data(json_object(result), "details");
        if (error && error->type == JSON_STRING) {
            return (details && details->type == JSON_STRING
                    ? xasprintf("%s: %s", json_string(error),
                                json_string(details))
                    : xstrdup(json_string(error)));
        }
    }
    return n ? NULL : xstrdup("an answer without results");
}

static void
finish(struct fleet_db *db, enum fleet_db_outcome outcome, char *error)
{
    json_destroy(db->request_id);
    db->request_id = NULL;
    db->outcome = outcome;
    free(db->error);
    db->error = error;
}

static void
take_reply(struct fleet_db *db, const struct jsonrpc_msg *reply)
{
    if (!db->request_id || !reply->id
        || !json_equal(db->request_id, reply->id)) {
        return;
    }
    if (reply->type == JSONRPC_ERROR) {
        finish(db, FLEET_DB_REFUSED, json_to_string(reply->error, 0));
    } else {
        char *error = find_error(reply->result);

        finish(db, error ? FLEET_DB_REFUSED : FLEET_DB_DONE, error);
    }
}

/* Sends and receives what can be without waiting. */
void
fleet_db_run(struct fleet_db *db)
{
    struct ovs_list events;
    struct ovsdb_cs_event *event;

    ovsdb_cs_run(db->cs, &events);
    LIST_FOR_EACH_POP (event, list_node, &events) {
        switch (event->type) {
        case OVSDB_CS_EVENT_TYPE_RECONNECT:
            db->is_current = false;
            if (db->request_id) {
                finish(db, FLEET_DB_LOST, NULL);
            }
            break;

        case OVSDB_CS_EVENT_TYPE_UPDATE:
            take_update(db, &event->update);
            break;

        case OVSDB_CS_EVENT_TYPE_TXN_REPLY:
            take_reply(db, event->txn_reply);
            break;

        case OVSDB_CS_EVENT_TYPE_LOCKED:
        default:
            break;
        }
        ovsdb_cs_event_destroy(event);
    }
}

/* Arranges for poll_block() to wake up when fleet_db_run() has something to
 * do. */
void
fleet_db_wait(struct fleet_db *db)
{
    ovsdb_cs_wait(db->cs);
}

/* Frees 'db', which may be null.  Nobody is told of its rows' going. */
void
fleet_db_destroy(struct fleet_db *db)
{
    if (!db) {
        return;
    }
    for (int i = 0; i < FLEET_N_TABLES; i++) {
        struct fleet_row *row;

        HMAP_FOR_EACH_POP (row, node, &db->rows[i]) {
            fleet_row_destroy(i, row);
        }
        hmap_destroy(&db->rows[i]);
    }
    ovsdb_cs_destroy(db->cs);
    json_destroy(db->request_id);
    free(db->error);
    fleet_schema_uninit(&db->schema);
    free(db);
}

/* Is the replica what the server has, as far as can be told? */
bool
fleet_db_is_connected(const struct fleet_db *db)
{
    return db->is_current && ovsdb_cs_is_connected(db->cs);
}

/* Is there a connection, or will another one be tried? */
bool
fleet_db_is_alive(const struct fleet_db *db)
{
    return ovsdb_cs_is_alive(db->cs);
}

/* Returns an errno value for why the last connection ended, or 0. */
int
fleet_db_last_error(const struct fleet_db *db)
{
    return ovsdb_cs_get_last_error(db->cs);
}

/* Returns the version of the server's schema, or null if it is not known. */
const char *
fleet_db_schema_version(const struct fleet_db *db)
{
    return db->schema.version;
}

/* Returns in what the server's schema is not the one that this program knows,
 * in words, or null. */
const char *
fleet_db_problem(const struct fleet_db *db)
{
    return db->schema.problem;
}

/* Returns the rows of 'table', in no particular order, and stores their number
 * in '*n'.  They are good until the next fleet_db_run(); the caller must free
 * the array. */
const void **
fleet_db_rows(const struct fleet_db *db, enum fleet_table table, size_t *n)
{
    const void **values = xcalloc(hmap_count(&db->rows[table]) + 1,
                                  sizeof *values);
    const struct fleet_row *row;

    *n = 0;
    HMAP_FOR_EACH (row, node, &db->rows[table]) {
        values[(*n)++] = row;
    }
    return values;
}

/* Can fleet_db_transact() be called? */
bool
fleet_db_may_transact(const struct fleet_db *db)
{
    return (!db->request_id && db->is_current
            && ovsdb_cs_may_send_transaction(db->cs));
}

/* Sends the transaction 'params', which is taken over.  Allowed only if
 * fleet_db_may_transact(). */
void
fleet_db_transact(struct fleet_db *db, struct json *params)
{
    struct json *id = ovsdb_cs_send_transaction(db->cs, params);

    finish(db, id ? FLEET_DB_BUSY : FLEET_DB_LOST, NULL);
    db->request_id = id;
}

/* Returns what has become of the transaction that was sent last.  Once it is
 * over, that is told once: from then on there is none.  Stores in '*error' why
 * it was refused, which the caller must free, or null. */
enum fleet_db_outcome
fleet_db_outcome(struct fleet_db *db, char **error)
{
    enum fleet_db_outcome outcome = db->outcome;

    *error = NULL;
    if (outcome != FLEET_DB_BUSY) {
        *error = db->error;
        db->error = NULL;
        db->outcome = FLEET_DB_IDLE;
    }
    return outcome;
}
