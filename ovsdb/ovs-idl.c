/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "ovsdb/ovs-idl.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "lib/host/columns.h"
#include "ovsdb-idl.h"
#include "smap.h"
#include "util.h"
#include "vswitch-idl.h"

struct ovs_idl {
    char *remote;
    struct ovsdb_idl *idl;
    unsigned int seqno;         /* When it was last looked at. */
    bool current;               /* Has nothing been missed since? */
    struct vif_reader *vif_reader;
    struct qos_leftovers qos_leftovers;
    uint32_t keys;              /* Hash of what is said of this host. */
};

/* Creates and returns a replica of what is monitored in the Open_vSwitch
 * database at 'remote', as in ovsdb(7).  The caller must destroy it. */
struct ovsdb_idl *
ovs_idl_connect(const char *remote)
{
    static const struct ovsdb_idl_column *const columns[] = {
#define MONITORED(TABLE, MEMBER, NAME, TYPE) &ovsrec_##TABLE##_col_##MEMBER,
        OPEN_VSWITCH_COLUMNS(MONITORED)
        BRIDGE_COLUMNS(MONITORED)
        CONTROLLER_COLUMNS(MONITORED)
        MANAGER_COLUMNS(MONITORED)
        MIRROR_COLUMNS(MONITORED)
        PORT_COLUMNS(MONITORED)
        INTERFACE_COLUMNS(MONITORED)
        QOS_COLUMNS(MONITORED)
        QUEUE_COLUMNS(MONITORED)
#undef MONITORED
    };
    struct ovsdb_idl *idl = ovsdb_idl_create(remote, &ovsrec_idl_class, false,
                                             true);

    for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
        ovsdb_idl_track_add_column(idl, columns[i]);
    }
    return idl;
}

/* Creates and returns a connection to the Open_vSwitch database at 'remote',
 * which asks for the lock that one program of ours can have.  ovs_idl_run()
 * will call 'vif_overlay' and 'vif_changed' with 'aux'. */
struct ovs_idl *
ovs_idl_create(const char *remote, vif_overlay_cb *vif_overlay,
               vif_changed_cb *vif_changed, void *aux)
{
    struct ovs_idl *ovs = xzalloc(sizeof *ovs);

    ovs->remote = xstrdup(remote);
    ovs->idl = ovs_idl_connect(remote);
    ovsdb_idl_set_lock(ovs->idl, "virtnet_controller");
    ovs->seqno = ovsdb_idl_get_seqno(ovs->idl);
    ovs->vif_reader = vif_reader_create(ovs->idl, vif_overlay, vif_changed,
                                        aux);
    return ovs;
}

/* Closes the connection and frees 'ovs', which may be null. */
void
ovs_idl_destroy(struct ovs_idl *ovs)
{
    if (ovs) {
        vif_reader_destroy(ovs->vif_reader);
        qos_leftovers_uninit(&ovs->qos_leftovers);
        ovsdb_idl_destroy(ovs->idl);
        free(ovs->remote);
        free(ovs);
    }
}

/* Has the IDL forgotten all that it held and received the whole database again
 * since ovsdb_idl_track_clear()?  That is what it does when the server has
 * been restarted.  It then tracks all rows as new, but, since
 * ovsdb_idl_clear() drops what was tracked, says nothing of rows that it had
 * and that are gone.
 *
 * All rows were received with that of table Open_vSwitch, which nobody
 * deletes.  A row with nothing but defaults is not tracked; it is so in a
 * database that no vswitchd has seen yet, of which one cannot tell. */
static bool
has_begun_anew(const struct ovs_idl *ovs)
{
    const struct ovsrec_open_vswitch *row
        = ovsrec_open_vswitch_first(ovs->idl);

    return (!row
            || ovsrec_open_vswitch_row_get_seqno(row, OVSDB_IDL_CHANGE_INSERT)
            || (!row->cur_cfg && !row->next_cfg
                && smap_is_empty(&row->other_config)));
}

/* Returns a hash of what the database's only row says of OVN, which has a
 * bridge of its own, of the fleet that this host is in, and of tags. */
static uint32_t
hash_keys(const struct ovs_idl *ovs)
{
    const struct ovsrec_open_vswitch *row
        = ovsrec_open_vswitch_first(ovs->idl);
    const struct smap *ids = ovs_idl_external_ids(ovs);
    const struct smap_node *node;
    uint32_t hash = 0;

    if (row) {
        hash = hash_string(smap_get_def(&row->other_config, "vlan-limit", ""),
                           0);
    }
    if (ids) {
        SMAP_FOR_EACH (node, ids) {
            if (!strncmp(node->key, "ovn-", 4)
                || !strncmp(node->key, "virtnet-fleet", 13)
                || !strncmp(node->key, "virtnet-tunnel-", 15)
                || !strcmp(node->key, "virtnet-physical-networks")
                || !strcmp(node->key, "system-id")) {
                hash ^= hash_string(node->value, hash_string(node->key, 0));
            }
        }
    }
    return hash;
}

/* Takes in what has changed in the database, and tells the client of changed
 * vifs.  Returns true if a bridge may have changed, come or gone. */
bool
ovs_idl_run(struct ovs_idl *ovs)
{
    bool bridge_changed = false;

    ovsdb_idl_run(ovs->idl);
    if (!ovsdb_idl_is_connected(ovs->idl)) {
        ovs->current = false;
    }
    if (ovsdb_idl_get_seqno(ovs->idl) != ovs->seqno) {
        ovs->seqno = ovsdb_idl_get_seqno(ovs->idl);
        ovs->current = ovsdb_idl_is_connected(ovs->idl);
        bool anew = has_begun_anew(ovs);

        vif_reader_track(ovs->vif_reader, anew);
        uint32_t keys = hash_keys(ovs);

        bridge_changed = (anew || bridge_reader_changed(ovs->idl)
                          || keys != ovs->keys);
        ovs->keys = keys;
        if (anew || qos_reader_changed(ovs->idl)) {
            qos_leftovers_uninit(&ovs->qos_leftovers);
            qos_reader_find_leftovers(ovs->idl, &ovs->qos_leftovers);
        }
        ovsdb_idl_track_clear(ovs->idl);
    }
    vif_reader_run(ovs->vif_reader);
    return bridge_changed;
}

/* Arranges for poll_block() to wake up when ovs_idl_run() has something to
 * do. */
void
ovs_idl_wait(struct ovs_idl *ovs)
{
    ovsdb_idl_wait(ovs->idl);
}

/* Unless there is a connection, tries at once: the client has seen that
 * somebody else has one. */
void
ovs_idl_hurry(struct ovs_idl *ovs)
{
    if (!ovsdb_idl_is_connected(ovs->idl)) {
        /* A new session has not waited before. */
        ovsdb_idl_set_remote(ovs->idl, NULL, true);
        ovsdb_idl_set_remote(ovs->idl, ovs->remote, true);
    }
}

/* Returns a number that changes whenever ovs_idl_run() has taken in that
 * something is another. */
unsigned int
ovs_idl_get_seqno(const struct ovs_idl *ovs)
{
    return ovs->seqno;
}

bool
ovs_idl_is_connected(const struct ovs_idl *ovs)
{
    return ovsdb_idl_is_connected(ovs->idl);
}

/* Is what has been received all that there is, as far as can be told?  It is
 * not from when the connection is lost until what was missed has come. */
bool
ovs_idl_is_current(const struct ovs_idl *ovs)
{
    return ovs->current;
}

/* Does somebody want vswitchd to wait until he has put back the flows of all
 * bridges?  ovs-ctl does, when it restarts vswitchd. */
bool
ovs_idl_restores_flows(const struct ovs_idl *ovs)
{
    const struct ovsrec_open_vswitch *row
        = ovsrec_open_vswitch_first(ovs->idl);

    return row && smap_get_bool(&row->other_config, "flow-restore-wait",
                                false);
}

/* Returns what external_ids of the database's only row are, or null if there
 * is no such row yet.  Good until the next ovs_idl_run(). */
const struct smap *
ovs_idl_external_ids(const struct ovs_idl *ovs)
{
    const struct ovsrec_open_vswitch *row
        = ovsrec_open_vswitch_first(ovs->idl);

    return row ? &row->external_ids : NULL;
}

/* Has the whole database been received at least once? */
bool
ovs_idl_has_ever_connected(const struct ovs_idl *ovs)
{
    return ovsdb_idl_has_ever_connected(ovs->idl);
}

/* Has another program of ours the lock?  The database's server says so before
 * it sends the database.  False if it knows no locks. */
bool
ovs_idl_is_taken(const struct ovs_idl *ovs)
{
    return ovsdb_idl_is_lock_contended(ovs->idl);
}

/* Returns which change of the configuration, as counted in column next_cfg,
 * vswitchd had carried out when it wrote what has been received so far. */
int64_t
ovs_idl_cur_cfg(const struct ovs_idl *ovs)
{
    const struct ovsrec_open_vswitch *row
        = ovsrec_open_vswitch_first(ovs->idl);

    return row ? row->cur_cfg : 0;
}

struct vif_reader *
ovs_idl_vifs(struct ovs_idl *ovs)
{
    return ovs->vif_reader;
}

const struct qos_leftovers *
ovs_idl_qos_leftovers(const struct ovs_idl *ovs)
{
    return &ovs->qos_leftovers;
}

/* Calls 'cb' with 'aux' for each bridge, in no particular order. */
void
ovs_idl_for_each_bridge(const struct ovs_idl *ovs, bridge_reader_cb *cb,
                        void *aux)
{
    bridge_reader_for_each(ovs->idl, cb, aux);
}

/* Has vswitchd carried out all changes of the configuration that have been
 * received so far, of those that are counted in column next_cfg? */
bool
ovs_idl_is_carried_out(const struct ovs_idl *ovs)
{
    const struct ovsrec_open_vswitch *row
        = ovsrec_open_vswitch_first(ovs->idl);

    return row && row->cur_cfg >= row->next_cfg;
}
