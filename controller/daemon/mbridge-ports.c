/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/mbridge-private.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "controller/db/dbsync.h"
#include "controller/switch/normal-guard.h"
#include "controller/switch/ofctrl.h"
#include "flow.h"
#include "hash.h"
#include "lib/host/vif.h"
#include "lib/model/mac-table.h"
#include "lib/model/model.h"
#include "lib/model/port-life.h"
#include "lib/model/vport.h"
#include "lib/openflow/plan.h"
#include "lib/rows/want.h"
#include "openvswitch/ofp-port.h"
#include "openvswitch/vlog.h"
#include "ovsdb/ovs-idl.h"
#include "ovsdb/vif-reader.h"
#include "packets.h"
#include "sset.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(mbridge_ports);

/* Has what is asked of 'vif', which 'port' is, written into the database,
 * where that is for us to do. */
static void
update_rows(struct mbridge *mb, const struct mport *port,
            const struct vif *vif)
{
    struct row_changes changes = ROW_CHANGES_INITIALIZER;
    struct rows_bridge rb = mbridge_rows(mb);

    rows_want_port(&changes, &rb, vif, mbridge_get_vport(mb, port));
    dbsync_set_rows(mb->env->dbsync, mb->row.name, vif->name, &changes, NULL);
    row_changes_uninit(&changes);
}

static void
unwant_rows(struct mbridge *mb, const char *name)
{
    static const struct row_changes none = ROW_CHANGES_INITIALIZER;

    dbsync_set_rows(mb->env->dbsync, mb->row.name, name, &none, NULL);
}

static void
mport_set_tunnel(struct mbridge *mb, struct mport *port, enum tunnel_kind kind)
{
    mb->tunnels.n[port->tunnel]--;
    mb->tunnels.n[kind]++;
    port->tunnel = kind;
}

static void
mport_set_mirrored_to(struct mbridge *mb, struct mport *port,
                      bool is_mirrored_to)
{
    mb->n_mirrored_to -= port->is_mirrored_to;
    mb->n_mirrored_to += is_mirrored_to;
    port->is_mirrored_to = is_mirrored_to;
}

/* Forgets what the database said of 'port'. */
static void
mport_detach(struct mbridge *mb, struct mport *port)
{
    if (port->in_plan) {
        plan_remove_port(mb->plan, port->name);
        port->in_plan = false;
    }
    if (port->unsupported) {
        mb->n_unsupported--;
        port->unsupported = false;
    }
    mport_set_mirrored_to(mb, port, false);
    mb->check_fakes |= port->is_fake;
    port->is_fake = false;
    if (port->name) {
        mbridge_note_port(mb, port->name);
        mbridge_fdb_forget_port(mb, port);
        unwant_rows(mb, port->name);
        mport_set_tunnel(mb, port, TUNNEL_NOT);
        free(port->name);
        port->name = NULL;
    }
    diag_list_clear(&port->diags);
}

static void
mport_set_fresh(struct mbridge *mb, struct mport *port, bool fresh)
{
    if (fresh && !port->fresh) {
        shash_add(&mb->fresh_ports, port->of_name, port);
    } else if (!fresh && port->fresh) {
        shash_find_and_delete(&mb->fresh_ports, port->of_name);
    }
    port->fresh = fresh;
}

/* Has 'port' looked at again at 'when', in time_msec() terms, LLONG_MAX for
 * never. */
static void
mport_set_wake(struct mbridge *mb, struct mport *port, long long int when)
{
    bool wakes = when != LLONG_MAX;
    uint64_t priority = LLONG_MAX - when;

    if (port->wakes && wakes) {
        heap_change(&mb->wakes, &port->wake_node, priority);
    } else if (wakes) {
        heap_insert(&mb->wakes, &port->wake_node, priority);
    } else if (port->wakes) {
        heap_remove(&mb->wakes, &port->wake_node);
    }
    port->wakes = wakes;
}

void
mbridge_destroy_mport(struct mbridge *mb, struct mport *port)
{
    mport_detach(mb, port);
    mport_set_fresh(mb, port, false);
    mb->tunnels.n[port->tunnel]--;
    normal_guard_remove_port(mb->guard, port->ofport);
    diag_list_uninit(&port->diags);
    mport_set_wake(mb, port, LLONG_MAX);
    port_life_uninit(&port->life);
    hmap_remove(&mb->ports, &port->hmap_node);
    free(port);
}

static uint32_t
hash_ofport(ofp_port_t ofport)
{
    return hash_int(ofp_to_u16(ofport), 0);
}

struct mport *
mbridge_find_mport(const struct mbridge *mb, ofp_port_t ofport)
{
    struct mport *port;

    HMAP_FOR_EACH_WITH_HASH (port, hmap_node, hash_ofport(ofport),
                             &mb->ports) {
        if (port->ofport == ofport) {
            return port;
        }
    }
    return NULL;
}

/* Returns the vif of 'port', or null if there is none, or none yet.
 *
 * The switch tells of a new port at once, but writes the port's number into
 * the database only when it is through with all its ports, and does nothing
 * else before.  If the flows are there by then, they go in before anybody has
 * seen the number.  So until the database has it, a port that has come since
 * the switch was read is known by its name alone, which is unique in the
 * database unless OpenFlow has cut it off.  In this case, the result is
 * 'early', which is a shallow copy with the number.  (A port that the switch
 * has had for longer might be about to go, and the interface be on its way to
 * another bridge.) */
const struct vif *
mbridge_find_vif(const struct mbridge *mb, const struct mport *port,
                 struct vif *early)
{
    const struct vif *vif = vif_reader_find(mb->env->vifs, port->ofport,
                                            port->of_name, port->hw_addr,
                                            port->name);

    if (!vif && port->fresh) {
        vif = vif_reader_find_name(mb->env->vifs, port->of_name);
        if (!vif || vif->ofport != OFPP_NONE || vif->error) {
            return NULL;
        }
        *early = *vif;
        early->ofport = port->ofport;
        vif = early;
    }
    return vif;
}

/* Takes 'mac' from guests that have changed to it, other than that of 'vport'.
 * Returns true if there were any. */
bool
mbridge_unfollow(struct mbridge *mb, const struct vport *vport,
                 struct eth_addr mac)
{
    static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(10, 20);
    struct sset names = SSET_INITIALIZER(&names);
    bool any = false;
    const char *name;

    port_life_find_followers(plan_mac_table(mb->plan), vport, mac, &names);
    SSET_FOR_EACH (name, &names) {
        const struct vport *other = plan_find_port(mb->plan, name);
        struct mport *port = (other ? mbridge_find_mport(mb, other->ofport)
                              : NULL);

        if (port && port_life_lost(&port->life, mac)) {
            VLOG_INFO_RL(&rl, "%s: "ETH_ADDR_FMT" is no longer the guest's of "
                         "%s, but that of %s", mb->row.name,
                         ETH_ADDR_ARGS(mac), name, vport->name);
            mbridge_update_mport(mb, port);
            any = true;
        }
    }
    sset_destroy(&names);
    return any;
}

/* Takes from guests that have changed to it what 'vport' is configured
 * with. */
static void
unfollow_others(struct mbridge *mb, const struct vport *vport)
{
    for (size_t i = 0; vport->role != VIF_NETWORK && i < vport_n_macs(vport);
         i++) {
        struct vport_mac m = vport_get_mac(vport, i);

        if (m.kind != CLAIM_ANNOUNCED && m.kind != CLAIM_FIRST
            && m.kind != CLAIM_BEHIND && m.kind != CLAIM_PEER) {
            mbridge_unfollow(mb, vport, m.mac);
        }
    }
}

/* Returns what 'port', which is 'vport' or, if that is null, nothing, is to
 * NORMAL. */
static enum normal_port
get_normal_port(const struct mport *port, const struct vport *vport)
{
    if (vport && vport->role == VIF_NETWORK
        && !vlan_set_is_empty(&vport->vlan.members)) {
        return NORMAL_PORT_NETWORK;
    }
    return (port->ofport == OFPP_LOCAL || (vport && vport->role == VIF_HOST)
            ? NORMAL_PORT_HOST : NORMAL_PORT_OTHER);
}

/* Has the plan follow what 'port', whose interface is 'vif', is now.  Returns
 * what the model says of it, and adds to 'diags'. */
static enum model_verdict
mport_update_plan(struct mbridge *mb, struct mport *port,
                  const struct vif *vif, struct diag_list *diags)
{
    const struct port_facts facts = {
        .model = &mb->model,
        .networks_known = mbridge_knows_networks(mb),
        .macs = plan_mac_table(mb->plan),
        .vif = vif,
        .hw_addr = port->hw_addr,
        .is_dead = port->is_dead,
    };
    const struct vport *old = mbridge_get_vport(mb, port);
    struct vport vport;
    enum model_verdict verdict = port_life_update(&port->life, &facts,
                                                  time_msec(), &vport, diags);
    bool in_plan = verdict != MODEL_SKIPPED;

    mport_set_wake(mb, port, port_life_wake_time(&port->life));
    normal_guard_set_port(mb->guard, port->ofport,
                          get_normal_port(port, in_plan ? &vport : NULL));
    port->in_bond = in_plan && vport.in_bond;
    port->isolated = in_plan && (vport.isolated || vport.is_remote);
    if (in_plan) {
        mb->check_rows |= vport.role == VIF_HOST;
        if (port_life_moves_guests(&port->life, vif, old, &vport)) {
            mbridge_announce(mb);
        }
        plan_set_port(mb->plan, &vport);
        port->in_plan = true;
        unfollow_others(mb, &vport);
        vport_uninit(&vport);
    } else if (port->in_plan) {
        plan_remove_port(mb->plan, port->name);
        port->in_plan = false;
    }
    return verdict;
}

/* Finds out from the database what 'port' is for, and has the plan follow. */
void
mbridge_update_mport(struct mbridge *mb, struct mport *port)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    enum model_verdict verdict;
    struct vif early;
    const struct vif *vif = mbridge_find_vif(mb, port, &early);

    port->put = ofctrl_next_put(mb->ofctrl);
    mport_set_wake(mb, port, port_life_wake_time(&port->life));
    if (vif && vif != &early) {
        mport_set_fresh(mb, port, false);
    }
    if (!vif) {
        mport_detach(mb, port);
        normal_guard_set_port(mb->guard, port->ofport,
                              get_normal_port(port, NULL));
        return;
    }
    if (port->name && strcmp(port->name, vif->name)) {
        mport_detach(mb, port);
    }
    if (!port->name) {
        port->name = xstrdup(vif->name);
        mbridge_fdb_on_port(mb, port);
    }

    verdict = mport_update_plan(mb, port, vif, &diags);
    mbridge_report_config(mb, port, vif->name, &diags);
    mb->n_unsupported -= port->unsupported;
    port->unsupported = verdict == MODEL_UNSUPPORTED;
    mb->n_unsupported += port->unsupported;
    mport_set_mirrored_to(mb, port, (vif->is_mirrored_to
                                     && vif_get_role(vif) == VIF_GUEST));
    mport_set_tunnel(mb, port, tunnel_get_kind(vif));
    mb->check_fakes |= port->is_fake || vif_is_fake_bridge(vif);
    port->is_fake = vif_is_fake_bridge(vif);
    mbridge_note_port(mb, port->name);

    if (!mb->model.wanted) {
        diag_list_clear(&diags);
    }
    mbridge_log_new_diags(mb, &port->diags, &diags);
    diag_list_uninit(&port->diags);
    port->diags = diags;
    if (vif != &early) {
        /* vswitchd publishes the numbers of all new ports at once, so that
         * this becomes one transaction for all. */
        update_rows(mb, port, vif);
    }
}

/* Initializes 'fakes' to the fake bridges among the ports of 'mb'. */
void
mbridge_find_fakes(const struct mbridge *mb, struct fake_bridges *fakes)
{
    const struct mport *port;

    *fakes = (struct fake_bridges) { .n = 0 };
    HMAP_FOR_EACH (port, hmap_node, &mb->ports) {
        struct vif early;
        const struct vif *vif = mbridge_find_vif(mb, port, &early);

        if (vif) {
            fake_bridges_add(fakes, vif);
        }
    }
}

/* Has tunnels and isolated guests kept apart, or left alone again, if that is
 * not as it was. */
void
mbridge_protect_ports(struct mbridge *mb)
{
    bool apart = tunnels_are_apart(&mb->tunnels, mb->exact);
    struct mport *port;

    if (apart == mb->apart && mb->decided_exact == mb->apart_decided
        && mb->isolating == mb->apart_isolating) {
        return;
    }
    mb->apart = apart;
    mb->apart_decided = mb->decided_exact;
    mb->apart_isolating = mb->isolating;
    HMAP_FOR_EACH (port, hmap_node, &mb->ports) {
        const struct vif *vif
            = port->name ? vif_reader_find_name(mb->env->vifs, port->name)
                         : NULL;

        if (vif) {
            update_rows(mb, port, vif);
        }
    }
}

/* The switch tells of a port. */
void
mbridge_on_of_port(const struct ofputil_phy_port *phy, bool gone, void *mb_)
{
    struct mbridge *mb = mb_;
    struct mport *port = mbridge_find_mport(mb, phy->port_no);
    bool fresh = (port ? port->fresh
                  : (ofctrl_is_ready(mb->ofctrl)
                     && strlen(phy->name) < OFP_MAX_PORT_NAME_LEN - 1));

    if (gone) {
        if (port) {
            mbridge_destroy_mport(mb, port);
        }
        return;
    }

    bool is_dead = !(phy->state & OFPUTIL_PS_LIVE);
    bool was_dead = port && port->is_dead;
    if (port) {
        port->is_dead = is_dead;
    }
    if (port && port->readback == ofctrl_count_readbacks(mb->ofctrl)
        && (!port->in_bond || was_dead == is_dead)
        && !strcmp(port->of_name, phy->name)
        && port->config == mbridge_port_config(phy->config)
        && eth_addr_equals(port->hw_addr, phy->hw_addr)) {
        return;                 /* Of its link or speed, say. */
    }
    if (!port) {
        port = xzalloc(sizeof *port);
        port->ofport = phy->port_no;
        port->is_dead = is_dead;
        mb->tunnels.n[port->tunnel]++;
        diag_list_init(&port->diags);
        port_life_init(&port->life, ofctrl_is_ready(mb->ofctrl));
        hmap_insert(&mb->ports, &port->hmap_node, hash_ofport(port->ofport));
    }
    mport_set_fresh(mb, port, false);
    ovs_strlcpy(port->of_name, phy->name, sizeof port->of_name);
    port->hw_addr = phy->hw_addr;
    port->config = mbridge_port_config(phy->config);
    port->readback = ofctrl_count_readbacks(mb->ofctrl);
    mport_set_fresh(mb, port, fresh);
    mbridge_update_mport(mb, port);
}

static void
update_mport_of_vif(struct mbridge *mb, const struct vif *vif)
{
    struct mport *port = (!vif ? NULL
                          : vif->ofport != OFPP_NONE
                          ? mbridge_find_mport(mb, vif->ofport)
                          : shash_find_data(&mb->fresh_ports, vif->name));

    if (port && !strncmp(port->of_name, vif->name,
                         OFP_MAX_PORT_NAME_LEN - 1)) {
        mbridge_update_mport(mb, port);
    }
}

/* A vif has come, changed or gone, on this bridge or another. */
void
mbridge_vif_changed(struct mbridge *mb, const struct vif *old,
                    const struct vif *new)
{
    if (old && (!new || (old->ofport != new->ofport
                         && old->ofport != OFPP_NONE))) {
        update_mport_of_vif(mb, old);
    }
    update_mport_of_vif(mb, new);
}
