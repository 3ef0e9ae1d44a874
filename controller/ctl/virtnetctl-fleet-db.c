/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/ctl/virtnetctl-fleet.h"

#include <stdlib.h>
#include <string.h>

#include "controller/ctl/virtnetctl.h"
#include "dirs.h"
#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "lib/fleet/fleet-claims.h"
#include "lib/fleet/fleet-ops.h"
#include "lib/rows/overlay.h"
#include "lib/xml/netdef-overlay.h"
#include "lib/xml/netdef.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "openvswitch/poll-loop.h"
#include "ovsdb/fleet-db.h"
#include "sha1.h"
#include "stream-ssl.h"
#include "timeval.h"
#include "util.h"

/* "fleet define", "undefine" and "forget", and how all the "fleet" commands
 * come to the database. */

/* Returns where the database is: by default, with the server on this host. */
static char *
get_remote(void)
{
    return (options.fleet ? xstrdup(options.fleet)
            : xasprintf("unix:%s/virtnet-fleet.sock", ovs_rundir()));
}

static void
set_keys(void)
{
    if (options.private_key) {
        stream_ssl_set_private_key_file(options.private_key);
    }
    if (options.certificate) {
        stream_ssl_set_certificate_file(options.certificate);
    }
    if (options.ca_cert) {
        stream_ssl_set_ca_cert_file(options.ca_cert, false);
    }
}

/* Waits until 'db' has something to do, or ends the program at 'deadline'. */
static void
wait_for_db(struct fleet_db *db, long long int deadline, const char *remote)
{
    if (time_msec() >= deadline) {
        virtnetctl_fatal("%s does not answer within %d seconds", remote,
                         options.timeout);
    }
    fleet_db_wait(db);
    poll_timer_wait_until(deadline);
    poll_block();
}

static struct fleet_db *
connect_db(const char *remote)
{
    long long int deadline = time_msec() + MAX(1, options.timeout) * 1000LL;
    struct fleet_db *db;

    set_keys();
    db = fleet_db_create(remote, true, NULL, NULL);
    for (;;) {
        fleet_db_run(db);
        if (fleet_db_is_connected(db)) {
            return db;
        } else if (!fleet_db_is_alive(db)) {
            int error = fleet_db_last_error(db);

            virtnetctl_fatal("%s: %s", remote,
                             error > 0 ? ovs_strerror(error)
                             : "no server is there that has the database");
        }
        wait_for_db(db, deadline, remote);
    }
}

static int
compare_definitions(const void *a_, const void *b_)
{
    const struct fleet_definition *a
        = *(const struct fleet_definition *const *) a_;
    const struct fleet_definition *b
        = *(const struct fleet_definition *const *) b_;

    return strcmp(a->name, b->name);
}

static int
compare_hosts(const void *a_, const void *b_)
{
    const struct fleet_host *a = *(const struct fleet_host *const *) a_;
    const struct fleet_host *b = *(const struct fleet_host *const *) b_;

    return strcmp(a->name, b->name);
}

static int
compare_ports(const void *a_, const void *b_)
{
    const struct fleet_port *a = *(const struct fleet_port *const *) a_;
    const struct fleet_port *b = *(const struct fleet_port *const *) b_;
    int cmp = strcmp(a->host, b->host);

    return cmp ? cmp : strcmp(a->interface, b->interface);
}

/* Returns the rows of 'table', sorted by 'compare', and stores their number in
 * '*n'. */
static const void **
get_rows(struct fleet_db *db, enum fleet_table table,
         int (*compare)(const void *, const void *), size_t *n)
{
    const void **rows = fleet_db_rows(db, table, n);

    qsort(rows, *n, sizeof *rows, compare);
    return rows;
}

/* Has 'view' be what the fleet's database has.  Ends the program if it cannot
 * be reached. */
void
fleet_view_init(struct fleet_view *view)
{
    char *remote = get_remote();
    const void **fleets;
    size_t n;

    *view = (struct fleet_view) {
        .db = connect_db(remote),
        .now = time_wall(),
    };
    free(remote);
    fleets = fleet_db_rows(view->db, FLEET_TABLE_FLEET, &n);
    view->fleet = n ? fleets[0] : NULL;
    free(fleets);
    view->definitions = (const struct fleet_definition **)
        get_rows(view->db, FLEET_TABLE_DEFINITION, compare_definitions,
                 &view->n_definitions);
    view->hosts = (const struct fleet_host **)
        get_rows(view->db, FLEET_TABLE_HOST, compare_hosts, &view->n_hosts);
    view->ports = (const struct fleet_port **)
        get_rows(view->db, FLEET_TABLE_PORT, compare_ports, &view->n_ports);
    view->claims = fleet_claims_create(view->ports, view->n_ports,
                                       fleet_view_is_seen, view);
}

void
fleet_view_uninit(struct fleet_view *view)
{
    fleet_claims_destroy(view->claims);
    free(view->definitions);
    free(view->hosts);
    free(view->ports);
    fleet_db_destroy(view->db);
}

/* Returns the host called 'name', or null. */
const struct fleet_host *
fleet_view_find_host(const struct fleet_view *view, const char *name)
{
    for (size_t i = 0; i < view->n_hosts; i++) {
        if (!strcmp(view->hosts[i]->name, name)) {
            return view->hosts[i];
        }
    }
    return NULL;
}

/* Returns how many seconds ago 'host' was seen, by its own clock: negative if
 * that is ahead. */
long long int
fleet_view_age(const struct fleet_view *view, const struct fleet_host *host)
{
    /* Whoever writes the column may write any number. */
    return view->now - MAX(host->last_seen, 0);
}

/* Has the host called 'name' said something lately?  A fleet_is_seen_cb. */
bool
fleet_view_is_seen(const char *name, void *view_)
{
    const struct fleet_view *view = view_;
    const struct fleet_host *host = fleet_view_find_host(view, name);

    return host && fleet_view_age(view, host) < FLEET_VIEW_SEEN_SECONDS;
}

/* Returns the definition of network 'name', or null. */
const struct fleet_definition *
fleet_view_find_definition(const struct fleet_view *view, const char *name)
{
    for (size_t i = 0; i < view->n_definitions; i++) {
        if (!strcmp(view->definitions[i]->name, name)) {
            return view->definitions[i];
        }
    }
    return NULL;
}

/* Has the database carry out 'params', which is taken over.  Ends the program
 * if it does not. */
static void
transact(struct fleet_view *view, struct json *params)
{
    long long int deadline = time_msec() + MAX(1, options.timeout) * 1000LL;
    enum fleet_db_outcome outcome;
    char *error;

    if (fleet_ops_is_empty(params)) {
        json_destroy(params);
        return;
    }
    if (!fleet_db_may_transact(view->db)) {
        virtnetctl_fatal("the database was lost");
    }
    fleet_db_transact(view->db, params);
    for (;;) {
        fleet_db_run(view->db);
        outcome = fleet_db_outcome(view->db, &error);
        if (outcome != FLEET_DB_BUSY) {
            break;
        }
        wait_for_db(view->db, deadline, "the database");
    }
    if (outcome == FLEET_DB_REFUSED) {
        virtnetctl_fatal("the database refuses it: %s", error);
    } else if (outcome != FLEET_DB_DONE) {
        virtnetctl_fatal("the connection was lost before the answer; whether "
                         "it was done, \"%s fleet show\" says", program_name);
    }
}

/* Stores in 'digest' the SHA-1 of the 'size' bytes at 'text'. */
void
virtnetctl_fleet_digest(const char *text, size_t size, char digest[41])
{
    uint8_t sha1[SHA1_DIGEST_SIZE];

    sha1_bytes(text, size, sha1);
    sha1_to_hex(sha1, digest);
}

/* A command that changes rows: what is there, the transaction, and what to
 * say of it, as text and as JSON. */
struct fleet_edit {
    struct fleet_view view;
    struct json *params;
    struct ds text;
    struct json_t *array;
};

static void
fleet_edit_begin(struct fleet_edit *edit)
{
    fleet_view_init(&edit->view);
    edit->params = fleet_ops_create();
    ds_init(&edit->text);
    edit->array = jvalue_array();
}

/* Takes note of what becomes of a row: "NAME: WHAT". */
static void
fleet_edit_note(struct fleet_edit *edit, const char *name, const char *what)
{
    struct json_t *object = jvalue_object();

    printable_put(&edit->text, name);
    ds_put_format(&edit->text, ": %s\n", what);
    jvalue_put_string(object, "name", name);
    jvalue_put_string(object, "result", what);
    jvalue_add(edit->array, object);
}

/* Has the database carry out the transaction of 'edit', says what was done,
 * and frees 'edit'. */
static void
fleet_edit_finish(struct fleet_edit *edit)
{
    transact(&edit->view, edit->params);
    if (options.json) {
        virtnetctl_print_json(edit->array);
        ds_destroy(&edit->text);
    } else {
        virtnetctl_print(&edit->text);
        jvalue_unref(edit->array);
    }
    fleet_view_uninit(&edit->view);
}

/* Returns what the definition in 'file' makes of 'old', which may be null.
 * The caller must destroy it. */
static struct fleet_definition *
make_definition(const struct fleet_view *view, const struct source_file *file,
                const struct fleet_definition *old)
{
    struct fleet_definition *new = fleet_row_create(FLEET_TABLE_DEFINITION);
    char digest[41];

    virtnetctl_fleet_digest(ds_cstr_ro(&file->text), file->text.length,
                            digest);
    fleet_row_set_string(&new->name, file->netdef->name);
    fleet_row_set_string(&new->uuid, file->netdef->uuid);
    fleet_row_set_string(&new->xml, ds_cstr_ro(&file->text));
    fleet_row_set_string(&new->digest, digest);
    if (old && !strcmp(old->xml, new->xml) && !strcmp(old->digest, digest)
        && !strcmp(old->uuid, new->uuid)) {
        new->revision = old->revision;
        new->changed = old->changed;
    } else {
        new->revision = old ? old->revision + 1 : 1;
        new->changed = view->now;
    }
    return new;
}

/* Ends the program if 'file' cannot be a definition of the fleet beside those
 * before it in 'files'. */
static void
check_file(const struct source_files *files, const struct source_file *file)
{
    if (strlen(ds_cstr_ro(&file->text)) != file->text.length) {
        virtnetctl_fatal("%s: a null byte is in it", file->name);
    }
    for (const struct source_file *f = files->files; f < file; f++) {
        if (!strcmp(f->netdef->name, file->netdef->name)) {
            virtnetctl_fatal("%s: network %s is in %s, too", file->name,
                             file->netdef->name, f->name);
        }
    }
}

/* Ends the program if 'file' and 'other', another network, have overlays that
 * cannot be beside each other on any host. */
static void
check_rival(const struct source_file *file, const struct netdef *other)
{
    const struct netdef *netdef = file->netdef;

    if (!netdef_is_overlay(netdef) || !netdef_is_overlay(other)
        || !strcmp(netdef->name, other->name)
        || !overlay_are_rivals(netdef, other)) {
        return;
    } else if (!strcmp(netdef->bridge, other->bridge)) {
        virtnetctl_fatal("%s: bridge %s has the tunnels of network %s",
                         file->name, netdef->bridge, other->name);
    }
    virtnetctl_fatal("%s: tunnels of network %s would have the key %"PRIu32
                     " as those of network %s; give one of them an "
                     "overlayKey", file->name, netdef->name,
                     netdef_overlay_key(netdef), other->name);
}

/* Ends the program if there will be overlays in the fleet that cannot be
 * beside each other, once it has 'files'. */
static void
check_overlays(const struct fleet_view *view, const struct source_files *files)
{
    for (size_t i = 0; i < files->n; i++) {
        for (size_t j = 0; j < i; j++) {
            check_rival(&files->files[i], files->files[j].netdef);
        }
    }
    for (size_t i = 0; i < view->n_definitions; i++) {
        const struct fleet_definition *d = view->definitions[i];
        struct diag_list diags = DIAG_LIST_INITIALIZER;
        struct netdef *netdef = netdef_from_xml(d->xml, strlen(d->xml),
                                                d->name, &diags);
        bool stays = netdef != NULL;

        for (size_t j = 0; j < files->n && stays; j++) {
            stays = strcmp(files->files[j].netdef->name, d->name) != 0;
        }
        for (size_t j = 0; j < files->n && stays; j++) {
            check_rival(&files->files[j], netdef);
        }
        netdef_destroy(netdef);
        diag_list_uninit(&diags);
    }
}

/* "fleet define FILE...". */
void
virtnetctl_fleet_define(struct ovs_cmdl_context *ctx)
{
    struct source_files files;
    struct fleet_edit edit;

    source_files_read(&files, ctx->argv + 1, ctx->argc - 1);
    source_files_check(&files, false);
    for (size_t i = 0; i < files.n; i++) {
        check_file(&files, &files.files[i]);
    }
    fleet_edit_begin(&edit);
    check_overlays(&edit.view, &files);
    for (size_t i = 0; i < files.n; i++) {
        const struct source_file *f = &files.files[i];
        const struct fleet_definition *old
            = fleet_view_find_definition(&edit.view, f->netdef->name);
        struct fleet_definition *new = make_definition(&edit.view, f, old);
        char *what = (old && old->revision == new->revision
                      ? xasprintf("revision %"PRId64", as before",
                                  new->revision)
                      : xasprintf("revision %"PRId64, new->revision));

        fleet_ops_replace(edit.params, FLEET_TABLE_DEFINITION, old, new);
        fleet_edit_note(&edit, new->name, what);
        fleet_row_destroy(FLEET_TABLE_DEFINITION, new);
        free(what);
    }
    fleet_edit_finish(&edit);
    source_files_uninit(&files);
}

/* "fleet undefine NETWORK...". */
void
virtnetctl_fleet_undefine(struct ovs_cmdl_context *ctx)
{
    struct fleet_edit edit;

    fleet_edit_begin(&edit);
    for (int i = 1; i < ctx->argc; i++) {
        const struct fleet_definition *old
            = fleet_view_find_definition(&edit.view, ctx->argv[i]);

        if (!old) {
            virtnetctl_fatal("the fleet has no definition of network %s",
                             ctx->argv[i]);
        }
        fleet_ops_replace(edit.params, FLEET_TABLE_DEFINITION, old, NULL);
        fleet_edit_note(&edit, old->name, "no longer defined");
    }
    fleet_edit_finish(&edit);
}

/* "fleet forget HOST...". */
void
virtnetctl_fleet_forget(struct ovs_cmdl_context *ctx)
{
    struct fleet_edit edit;

    fleet_edit_begin(&edit);
    for (int i = 1; i < ctx->argc; i++) {
        const char *name = ctx->argv[i];
        size_t n_ports = 0;
        char *what;

        for (size_t j = 0; j < edit.view.n_ports; j++) {
            n_ports += !strcmp(edit.view.ports[j]->host, name);
        }
        if (!n_ports && !fleet_view_find_host(&edit.view, name)) {
            virtnetctl_fatal("the fleet has no host %s", name);
        }
        fleet_ops_forget_host(edit.params, name);
        what = xasprintf("forgotten, with %"PRIuSIZE" ports", n_ports);
        fleet_edit_note(&edit, name, what);
        free(what);
    }
    fleet_edit_finish(&edit);
}
