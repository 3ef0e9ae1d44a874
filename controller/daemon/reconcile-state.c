/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/reconcile-private.h"

#include <stdlib.h>

#include "controller/daemon/export.h"
#include "controller/db/db-echo.h"
#include "controller/db/dbsync.h"
#include "controller/sources/filter-source.h"
#include "controller/sources/guest-source.h"
#include "controller/sources/netdef-source.h"
#include "controller/switch/ofctrl.h"
#include "lib/base/diag.h"
#include "lib/base/jvalue.h"
#include "lib/base/virtnet-version.h"
#include "lib/host/vif.h"
#include "lib/tell/translation-format.h"
#include "lib/xml/netdef.h"
#include "openflow/openflow.h"
#include "ovsdb/ovs-idl.h"
#include "util.h"

/* Adds the name of 'vif' to those that share its iface-id. */
static void
add_iface_id(const struct vif *vif, void *ids_)
{
    struct shash *ids = ids_;
    struct sset *names;

    if (vif->iface_id) {
        names = shash_find_data(ids, vif->iface_id);
        if (!names) {
            names = xmalloc(sizeof *names);
            sset_init(names);
            shash_add(ids, vif->iface_id, names);
        }
        sset_add(names, vif->name);
    }
}

/* Returns the ports that share an iface-id, by that: who finds ports by it, as
 * other controllers do, finds the wrong one. */
static struct json_t *
export_shared_iface_ids(const struct reconcile *r)
{
    struct shash ids = SHASH_INITIALIZER(&ids);
    struct json_t *shared = jvalue_object();
    struct shash_node *node;

    vif_reader_for_each(ovs_idl_vifs(r->ovs), add_iface_id, &ids);
    SHASH_FOR_EACH (node, &ids) {
        struct sset *names = node->data;

        if (sset_count(names) > 1) {
            struct json_t *ports = jvalue_array();
            const char **sorted = sset_sort(names);

            for (size_t i = 0; i < sset_count(names); i++) {
                jvalue_add(ports, jvalue_string(sorted[i]));
            }
            jvalue_put(shared, node->name, ports);
            free(sorted);
        }
        sset_destroy(names);
        free(names);
    }
    shash_destroy(&ids);
    return shared;
}

/* Says of what has been given back that it has, but for bridges that are not
 * in force because of that. */
static void
get_released_diags(const struct reconcile *r, struct diag_list *diags)
{
    struct shash_node *node;

    SHASH_FOR_EACH (node, &r->bridges) {
        struct origin origin = { .element = node->name };

        if (reconcile_is_released(r, node->name)
            && !mbridge_is_given_back(node->data)) {
            diag_add(diags, DIAG_WARNING, &origin,
                     "was given back by \"virtnetctl release\"; taken again "
                     "with a restart, or by ovs-appctl -t virtnet-controller "
                     "reload");
        }
    }
}

/* Appends what there is to say of files to 'diags', apart from bridges that
 * are missing. */
static void
get_source_diags(const struct reconcile *r, struct diag_list *diags)
{
    netdef_source_get_diags(r->source, diags);
    guest_source_get_diags(r->guests, diags);
    filter_source_get_diags(r->filters, diags);
}

struct unready {
    mbridge_unready_cb *cb;
    void *aux;
};

/* Returns why the switch has no port for 'vif', or null if it has one. */
static const char *
why_unwired(const struct vif *vif)
{
    return (vif->error ? vif->error
            : vif->ofport == OFPP_NONE ? "the switch has not added it yet"
            : NULL);
}

static void
find_unwired(const struct vif *vif, void *unready_)
{
    const struct unready *unready = unready_;

    const char *why = why_unwired(vif);

    if (why && (vif->attached_mac || vif->guest.name)) {
        unready->cb(vif->name, why, false, unready->aux);
    }
}

/* Is any bridge asked to be in libvirt mode?  Nobody waits for guests of
 * others. */
static bool
has_libvirt_mode(const struct reconcile *r)
{
    struct shash_node *node;

    SHASH_FOR_EACH (node, &r->bridges) {
        if (mbridge_asked_mode(node->data) == PORTS_MODE_LIBVIRT) {
            return true;
        }
    }
    return false;
}

/* Asks each switch and the database for a sign of life: to be called before
 * anything is said of them, which is to wait as long as
 * reconcile_is_awaiting(). */
void
reconcile_ask(struct reconcile *r)
{
    const struct shash_node *node;

    if (!r->db_echo && ovs_idl_is_connected(r->ovs)) {
        r->db_echo = db_echo_create(r->database);
    }
    SHASH_FOR_EACH (node, &r->bridges) {
        mbridge_ask(node->data);
    }
}

/* Has the database left the last such question without an answer? */
bool
reconcile_is_database_silent(const struct reconcile *r)
{
    return r->db_echo && db_echo_is_late(r->db_echo);
}

/* May any of them still give it in time?  Each has a time limit. */
bool
reconcile_is_awaiting(const struct reconcile *r)
{
    const struct shash_node *node;

    if (r->db_echo && !db_echo_is_late(r->db_echo)) {
        return true;
    }
    SHASH_FOR_EACH (node, &r->bridges) {
        if (ofctrl_is_awaited(mbridge_ofctrl(node->data))) {
            return true;
        }
    }
    return false;
}

/* Is any switch about to answer? */
bool
reconcile_is_busy(const struct reconcile *r)
{
    const struct shash_node *node;

    SHASH_FOR_EACH (node, &r->bridges) {
        if (mbridge_is_busy(node->data)) {
            return true;
        }
    }
    return false;
}

/* Calls 'cb' with 'aux' for each error in the files, and for each guest whose
 * port the switch could not add.  A bridge that is missing may yet be made by
 * whoever makes it. */
void
reconcile_find_errors(const struct reconcile *r, mbridge_unready_cb *cb,
                      void *aux)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct unready unready = { cb, aux };

    if (has_libvirt_mode(r)) {
        vif_reader_for_each(ovs_idl_vifs(r->ovs), find_unwired, &unready);
    }
    get_source_diags(r, &diags);
    mbridge_find_errors(&diags, true, cb, aux);
    mbridge_find_errors(&r->missing_bridges, false, cb, aux);
    mbridge_find_errors(&r->overlay_diags, true, cb, aux);
    diag_list_uninit(&diags);
}

static void
export_vif_error(const struct vif *vif, void *unwired)
{
    const char *why = why_unwired(vif);

    if (vif->error && vif->guest.name) {
        jvalue_put_format(unwired, vif->name, "%s (left behind by guest "
                          "'%s'?)", vif->error, vif->guest.name);
    } else if (why) {
        jvalue_put_string(unwired, vif->name, why);
    }
}

static struct json_t *
export_database(const struct reconcile *r)
{
    struct json_t *json = jvalue_object();

    jvalue_put_string(json, "remote", r->database);
    jvalue_put_bool(json, "connected", (ovs_idl_is_connected(r->ovs)
                                        && !reconcile_is_database_silent(r)));
    jvalue_put_integer(json, "pending", dbsync_count_pending(r->dbsync));
    jvalue_put_integer(json, "cur_cfg", ovs_idl_cur_cfg(r->ovs));
    jvalue_put_bool(json, "standing_by", r->standing_by);
    return json;
}

/* Returns the definitions that ask for a mode of a bridge that there is not,
 * as an array that the caller must destroy. */
static struct json_t *
export_nowhere(const struct reconcile *r)
{
    struct json_t *array = jvalue_array();
    size_t n;
    const struct netdef *const *defs = netdef_source_get(r->source, &n);

    for (size_t i = 0; i < n; i++) {
        if (netdef_is_ours(defs[i]) && netdef_asks(defs[i])
            && !reconcile_find_carrier(r, defs[i]->bridge)) {
            struct json_t *json = export_network(defs[i]);

            jvalue_put_string(json, "bridge", defs[i]->bridge);
            jvalue_add(array, json);
        }
    }
    return array;
}

static struct json_t *
export_definitions(const struct reconcile *r)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct json_t *json = jvalue_object();

    get_source_diags(r, &diags);
    diag_list_append(&diags, &r->missing_bridges);
    diag_list_append(&diags, &r->overlay_diags);
    get_released_diags(r, &diags);
    diag_list_sort(&diags);
    jvalue_put_string(json, "directory", netdef_source_directory(r->source));
    jvalue_put_integer(json, "networks",
                       netdef_source_count(r->source, false));
    jvalue_put_bool(json, "complete", netdef_source_is_complete(r->source));
    jvalue_put(json, "diagnostics", diags_to_json(&diags));
    jvalue_put(json, "nowhere", export_nowhere(r));
    diag_list_uninit(&diags);
    return json;
}

static struct json_t *
export_libvirt(const struct reconcile *r)
{
    struct json_t *json = jvalue_object();

    jvalue_put_string(json, "directory", r->libvirt);
    jvalue_put_integer(json, "networks", netdef_source_count(r->source, true));
    jvalue_put_integer(json, "guests", guest_source_count(r->guests));
    return json;
}

/* Returns what there is to say apart from the bridges, as an object that the
 * caller must destroy. */
struct json_t *
reconcile_export(const struct reconcile *r)
{
    struct json_t *unwired = jvalue_object();
    struct json_t *json = jvalue_object();
    struct json_t *fleet;

    vif_reader_for_each(ovs_idl_vifs(r->ovs), export_vif_error, unwired);
    jvalue_put_string(json, "version", virtnet_version());
    jvalue_put(json, "database", export_database(r));
    jvalue_put(json, "definitions", export_definitions(r));
    if (r->libvirt) {
        jvalue_put(json, "libvirt", export_libvirt(r));
    }
    jvalue_put(json, "unwired", unwired);
    if ((fleet = reconcile_fleet_export(r)) != NULL) {
        jvalue_put(json, "fleet", fleet);
    }
    jvalue_put(json, "shared-iface-ids", export_shared_iface_ids(r));
    return json;
}
