/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/reconcile-private.h"

#include <stdlib.h>

#include "controller/db/dbsync.h"
#include "controller/sources/guest-source.h"
#include "controller/sources/netdef-source.h"
#include "lib/base/diag.h"
#include "lib/base/printable.h"
#include "lib/base/virtnet-version.h"
#include "lib/host/vif.h"
#include "lib/tell/translation-format.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "ovsdb/ovs-idl.h"
#include "util.h"

/* Adds the line of an interface that is on no bridge to 'lines'. */
static void
add_vif_error(const struct vif *vif, void *lines)
{
    if (vif->error) {
        sset_add_and_free(lines, xasprintf(
            "port %s: not wired: %s%s%s%s", vif->name, vif->error,
            vif->guest.name ? " (left behind by guest '" : "",
            vif->guest.name ? vif->guest.name : "",
            vif->guest.name ? "'?)" : ""));
    }
}

/* Appends the interfaces that are on no bridge to 's'. */
static void
format_vif_errors(struct ds *s, const struct reconcile *r)
{
    struct sset lines = SSET_INITIALIZER(&lines);

    vif_reader_for_each(ovs_idl_vifs(r->ovs), add_vif_error, &lines);
    const char **sorted = sset_sort(&lines);
    for (size_t i = 0; i < sset_count(&lines); i++) {
        printable_put(s, sorted[i]);
        ds_put_char(s, '\n');
    }
    free(sorted);
    sset_destroy(&lines);
}

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

/* Appends to 's' the ports that share an iface-id: who finds ports by that, as
 * other controllers do, finds the wrong one. */
static void
format_shared_iface_ids(struct ds *s, const struct reconcile *r)
{
    struct shash ids = SHASH_INITIALIZER(&ids);

    vif_reader_for_each(ovs_idl_vifs(r->ovs), add_iface_id, &ids);
    const struct shash_node **nodes = shash_sort(&ids);
    for (size_t i = 0; i < shash_count(&ids); i++) {
        struct sset *names = nodes[i]->data;

        if (sset_count(names) > 1) {
            char *joined = sset_join(names, ", ", "");

            ds_put_cstr(s, "iface-id ");
            printable_put(s, nodes[i]->name);
            ds_put_cstr(s, ": shared by ports ");
            printable_put(s, joined);
            ds_put_char(s, '\n');
            free(joined);
        }
        sset_destroy(names);
        free(names);
    }
    free(nodes);
    shash_destroy(&ids);
}

/* Appends what there is to say of files to 'diags'. */
static void
get_source_diags(const struct reconcile *r, struct diag_list *diags)
{
    netdef_source_get_diags(r->source, diags);
    if (r->guests) {
        guest_source_get_diags(r->guests, diags);
    }
}

/* Appends the status of everything to 's'. */
void
reconcile_format_status(struct ds *s, const struct reconcile *r)
{
    const struct mbridge **bridges = reconcile_sort_bridges(r);
    struct diag_list diags = DIAG_LIST_INITIALIZER;

    ds_put_format(s, "virtnet-controller %s\n", virtnet_version());
    ds_put_format(s, "database: %s: %s, %"PRIuSIZE" changes pending, "
                  "cur_cfg %"PRId64"\n",
                  r->database,
                  ovs_idl_is_connected(r->ovs) ? "connected" : "disconnected",
                  dbsync_count_pending(r->dbsync), ovs_idl_cur_cfg(r->ovs));
    if (r->standing_by) {
        ds_put_cstr(s, "standing by: another virtnet-controller looks after "
                    "the bridges\n");
    }
    ds_put_format(s, "networks: %s: %"PRIuSIZE"%s\n",
                  netdef_source_directory(r->source),
                  netdef_source_count(r->source, false),
                  netdef_source_is_complete(r->source)
                  ? "" : " (not all could be read)");
    if (r->libvirt) {
        ds_put_format(s, "libvirt: %s: %"PRIuSIZE" networks, %"PRIuSIZE" "
                      "guests\n", r->libvirt,
                      netdef_source_count(r->source, true),
                      guest_source_count(r->guests));
    }
    get_source_diags(r, &diags);
    diag_list_format(s, &diags);
    diag_list_uninit(&diags);

    for (const struct mbridge **mb = bridges; *mb; mb++) {
        mbridge_format_status(s, *mb);
    }
    free(bridges);
    format_vif_errors(s, r);
    format_shared_iface_ids(s, r);
}

static void
export_vif_error(const struct vif *vif, void *unwired)
{
    if (vif->error) {
        json_object_put_string(unwired, vif->name, vif->error);
    }
}

/* Returns what there is to say apart from the bridges, as an object that the
 * caller must destroy. */
struct json *
reconcile_export(const struct reconcile *r)
{
    struct json *database = json_object_create();
    struct json *definitions = json_object_create();
    struct json *unwired = json_object_create();
    struct json *texts = json_array_create_empty();
    struct json *json = json_object_create();
    struct diag_list diags = DIAG_LIST_INITIALIZER;

    get_source_diags(r, &diags);
    for (size_t i = 0; i < diags.n; i++) {
        json_array_add(texts, diag_to_json(&diags.diags[i], 0));
    }
    diag_list_uninit(&diags);
    json_object_put_string(database, "remote", r->database);
    json_object_put(database, "connected",
                    json_boolean_create(ovs_idl_is_connected(r->ovs)));
    json_object_put(database, "pending",
                    json_integer_create(dbsync_count_pending(r->dbsync)));
    json_object_put(database, "cur_cfg",
                    json_integer_create(ovs_idl_cur_cfg(r->ovs)));
    json_object_put(database, "standing_by",
                    json_boolean_create(r->standing_by));
    json_object_put_string(definitions, "directory",
                           netdef_source_directory(r->source));
    json_object_put(definitions, "networks", 
                    json_integer_create(netdef_source_count(r->source,
                                                            false)));
    json_object_put(definitions, "complete",
                    json_boolean_create(
                        netdef_source_is_complete(r->source)));
    json_object_put(definitions, "diagnostics", texts);
    vif_reader_for_each(ovs_idl_vifs(r->ovs), export_vif_error, unwired);
    json_object_put_string(json, "version", virtnet_version());
    json_object_put(json, "database", database);
    json_object_put(json, "definitions", definitions);
    json_object_put(json, "unwired", unwired);
    return json;
}
