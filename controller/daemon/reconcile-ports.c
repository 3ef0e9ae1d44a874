/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/reconcile-private.h"

#include <stdlib.h>
#include <string.h>

#include "controller/daemon/mbridge.h"
#include "controller/db/dbsync.h"
#include "flow.h"
#include "lib/host/tunnel-row.h"
#include "lib/host/vif.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/shash.h"
#include "ovsdb/ovs-idl.h"
#include "svec.h"
#include "util.h"

/* How far bridges and ports have got. */

/* Returns bridge 'name', or null. */
const struct mbridge *
reconcile_find_bridge(const struct reconcile *r, const char *name)
{
    return shash_find_data(&r->bridges, name);
}

/* Returns the bridges by name, with a null pointer behind the last.  The
 * caller must free the array, but not what it points to. */
const struct mbridge **
reconcile_sort_bridges(const struct reconcile *r)
{
    size_t n = shash_count(&r->bridges);
    const struct shash_node **nodes = shash_sort(&r->bridges);
    const struct mbridge **bridges = xmalloc((n + 1) * sizeof *bridges);

    for (size_t i = 0; i < n; i++) {
        bridges[i] = nodes[i]->data;
    }
    bridges[n] = NULL;
    free(nodes);
    return bridges;
}

/* Returns why what is known of the database may be old, or null. */
static const char *
database_problem(const struct reconcile *r)
{
    return (!ovs_idl_has_ever_connected(r->ovs)
            ? "the database has not been read yet"
            : reconcile_is_database_silent(r)
            ? "the database does not answer: ovsdb-server hangs, or is very "
              "busy"
            : !ovs_idl_is_current(r->ovs)
            ? "the database cannot be reached" : NULL);
}

/* Returns the bridge that has the port of 'vif', which is for the switches to
 * say, or null. */
static const struct mbridge *
find_bridge(const struct reconcile *r, const struct vif *vif)
{
    const struct shash_node *node;

    SHASH_FOR_EACH (node, &r->bridges) {
        if (mbridge_has_port(node->data, vif)) {
            return node->data;
        }
    }
    return NULL;
}

struct meant {
    const struct reconcile *reconcile;
    const char *name;
    struct svec *ports;         /* Those that a switch has... */
    struct svec *others;        /* ...and others. */
};

/* Adds the port of 'vif' if its guest, or the host that it leads to, is called
 * as is asked. */
static void
add_meant(const struct vif *vif, void *meant_)
{
    const struct meant *meant = meant_;

    if ((vif->guest.name && !strcmp(vif->guest.name, meant->name))
        || (vif->vm_id && !strcmp(vif->vm_id, meant->name))
        || (vif_leads_to_host(vif)
            && tunnel_row_id_is_of(vif->fleet_host, meant->name))) {
        svec_add(find_bridge(meant->reconcile, vif)
                 ? meant->ports : meant->others, vif->name);
    }
}

/* Adds to 'ports' the names of those that 'name' means: the port of that name
 * or, if there is none, those of the guest, or to the host, of that name that
 * a switch has or else any of them, as one that failed; or 'name' itself if
 * there are none either, for it may be plugged any moment. */
void
reconcile_find_ports(const struct reconcile *r, const char *name,
                     struct svec *ports)
{
    const struct vif_reader *vifs = ovs_idl_vifs(r->ovs);
    struct svec found = SVEC_EMPTY_INITIALIZER;
    struct svec others = SVEC_EMPTY_INITIALIZER;

    if (!vif_reader_find_name(vifs, name)) {
        struct meant meant = { r, name, &found, &others };

        vif_reader_for_each(vifs, add_meant, &meant);
        svec_sort(&found);
        svec_sort(&others);
    }
    if (!found.n && !others.n) {
        svec_add(&found, name);
    }
    svec_append(ports, found.n ? &found : &others);
    svec_destroy(&found);
    svec_destroy(&others);
}

/* Returns how far port 'name' has got.  Appends the reason to 'why' unless it
 * is installed. */
enum port_state
reconcile_port_state(const struct reconcile *r, const char *name,
                     struct ds *why)
{
    const struct vif *vif = vif_reader_find_name(ovs_idl_vifs(r->ovs), name);
    const struct mbridge *mb;

    if (!vif || (!vif->error && vif->ofport == OFPP_NONE)) {
        const char *problem = database_problem(r);

        ds_put_cstr(why, (problem ? problem
                          : vif ? "has no OpenFlow port yet"
                          : "no such port"));
        return PORT_WAITING;
    } else if (vif->error) {
        ds_put_cstr(why, vif->error);
        return PORT_FAILED;
    }

    mb = find_bridge(r, vif);
    if (mb) {
        return mbridge_port_state(mb, vif, why);
    }
    ds_put_cstr(why, r->standing_by
                ? "another virtnet-controller looks after it"
                : "no switch has it yet");
    return PORT_WAITING;
}

/* Calls 'cb' with 'aux' for everything that is not in the switches and in the
 * database as it is asked for, as far as is known. */
void
reconcile_find_unready(const struct reconcile *r, mbridge_unready_cb *cb,
                       void *aux)
{
    const struct mbridge **bridges = reconcile_sort_bridges(r);
    const char *problem = database_problem(r);

    if (r->standing_by) {
        cb(NULL, "another virtnet-controller looks after the bridges", false,
           aux);
    } else if (problem) {
        cb(NULL, problem, false, aux);
    } else if (dbsync_count_pending(r->dbsync)) {
        cb(NULL, "changes of the database are pending", false, aux);
    }
    reconcile_find_errors(r, cb, aux);
    for (const struct mbridge **mb = bridges; *mb; mb++) {
        mbridge_find_unready(*mb, cb, aux);
    }
    free(bridges);
}

/* Has the database all that it needs, as far as is known? */
bool
reconcile_is_written(const struct reconcile *r)
{
    return !dbsync_count_pending(r->dbsync);
}

/* Returns a number that changes whenever something in the database has, as far
 * as this program reads it. */
unsigned int
reconcile_database_seqno(const struct reconcile *r)
{
    return ovs_idl_get_seqno(r->ovs);
}

const char *
reconcile_database(const struct reconcile *r)
{
    return r->database;
}
