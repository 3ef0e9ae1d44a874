/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/mbridge-private.h"

#include <stdlib.h>

#include "controller/switch/fdb-watch.h"
#include "lib/base/fdb-statics.h"
#include "lib/host/vif.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/poll-loop.h"
#include "ovsdb/vif-reader.h"
#include "util.h"

/* Static entries of the bridge's table of addresses. */

/* Does it matter which there are? */
static bool
is_watched(const struct mbridge *mb)
{
    return mb->exact || mb->model.mode == MAC_TABLE_LIBVIRT;
}

/* Has port 'name' static entries by now that it had not before, or not any
 * longer, 'text' being those that it has, or null?  Takes over 'text'. */
static bool
set_statics(struct mbridge *mb, const char *name, char *text)
{
    char *old = shash_find_and_delete(&mb->statics, name);
    bool changed = !nullable_string_is_equal(old, text);

    if (text) {
        shash_add(&mb->statics, name, text);
    }
    free(old);
    return changed;
}

/* Has 'port' read again if static entries have come to it or gone from it.
 * Returns true if so. */
static bool
update_port(struct mbridge *mb, const struct mport *port)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    bool changed;

    if (!port->name) {
        return false;
    }
    fdb_statics_format(&s, fdb_watch_get(mb->fdb), port->ofport);
    changed = set_statics(mb, port->name,
                          s.length ? xstrdup(ds_cstr(&s)) : NULL);
    if (changed) {
        vif_reader_touch(mb->env->vifs, port->name);
    }
    ds_destroy(&s);
    return changed;
}

/* Asks which entries there are, and has the ports read again to which any have
 * come or from which any have gone. */
void
mbridge_fdb_run(struct mbridge *mb)
{
    struct mport *port;

    mb->place_statics = false;
    fdb_watch_enable(mb->fdb, is_watched(mb));
    if (fdb_watch_run(mb->fdb)) {
        HMAP_FOR_EACH (port, hmap_node, &mb->ports) {
            update_port(mb, port);
        }
    }
}

/* Has it found out at once which entries there are. */
void
mbridge_fdb_look(struct mbridge *mb)
{
    fdb_watch_look(mb->fdb);
}

/* Arranges for poll_block() to wake up when mbridge_fdb_run() has something to
 * do. */
void
mbridge_fdb_wait(const struct mbridge *mb)
{
    if (mb->place_statics) {
        poll_immediate_wake();
    }
    /* The mode may have changed since mbridge_fdb_run(). */
    fdb_watch_enable(mb->fdb, is_watched(mb));
    fdb_watch_wait(mb->fdb);
}

/* 'port' of the switch is known by name now. */
void
mbridge_fdb_on_port(struct mbridge *mb, const struct mport *port)
{
    if (fdb_watch_get(mb->fdb)->n && update_port(mb, port)) {
        mb->place_statics = true;
    }
}

/* 'port' is not known by its name any longer: another bridge may have one that
 * is. */
void
mbridge_fdb_forget_port(struct mbridge *mb, const struct mport *port)
{
    set_statics(mb, port->name, NULL);
}

/* Adds to 'vif' the static entries behind it, if it is a port of 'mb' and has
 * any. */
void
mbridge_fdb_overlay(const struct mbridge *mb, struct vif *vif)
{
    const char *text = shash_find_data(&mb->statics, vif->name);

    if (text) {
        free(vif->statics);
        vif->statics = xstrdup(text);
    }
}

/* Is it known which entries there are, as far as that matters? */
bool
mbridge_fdb_is_known(const struct mbridge *mb)
{
    return (!is_watched(mb)
            || (fdb_watch_is_known(mb->fdb) && !mb->place_statics));
}
