/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/openflow/noflood-ports.h"

#include <stdlib.h>

#include "flow.h"
#include "hash.h"
#include "openvswitch/ofp-port.h"
#include "openvswitch/ofp-util.h"
#include "openvswitch/ofpbuf.h"
#include "util.h"

struct nf_port {
    struct hmap_node hmap_node; /* In 'ports', by 'ofport'. */
    struct ovs_list list_node;  /* In 'wrong' or 'asked', or in neither. */
    ofp_port_t ofport;
    bool known;                 /* Has the client told of it? */
    bool floodable;             /* May it be flooded to in any case? */
    bool was_barred;            /* Might it not, in an earlier run? */
    bool ours;                  /* Was it we who said so to the switch? */
    bool present;               /* Has the switch told of it? */
    bool set;                   /* Has it no-flood, as far as told? */
    bool others;                /* Had it no-flood from somebody else, when
                                 * last told? */
    bool asked;                 /* Has 'asked_set' been asked for since? */
    bool asked_set;
    struct eth_addr hw_addr;    /* Which a port_mod must repeat. */
};

/* Initializes 'nf' as without ports, and not enabled. */
void
noflood_ports_init(struct noflood_ports *nf)
{
    *nf = (struct noflood_ports) { .enabled = false };
    hmap_init(&nf->ports);
    ovs_list_init(&nf->wrong);
    ovs_list_init(&nf->asked);
}

/* Frees what 'nf' holds, but not 'nf' itself. */
void
noflood_ports_uninit(struct noflood_ports *nf)
{
    struct nf_port *port;

    HMAP_FOR_EACH_POP (port, hmap_node, &nf->ports) {
        free(port);
    }
    hmap_destroy(&nf->ports);
}

static uint32_t
hash_ofport(ofp_port_t ofport)
{
    return hash_int(ofp_to_u16(ofport), 0);
}

static struct nf_port *
find_port(const struct noflood_ports *nf, ofp_port_t ofport)
{
    struct nf_port *port;

    HMAP_FOR_EACH_WITH_HASH (port, hmap_node, hash_ofport(ofport),
                             &nf->ports) {
        if (port->ofport == ofport) {
            return port;
        }
    }
    return NULL;
}

static struct nf_port *
find_or_create_port(struct noflood_ports *nf, ofp_port_t ofport)
{
    struct nf_port *port = find_port(nf, ofport);

    if (!port) {
        port = xzalloc(sizeof *port);
        port->ofport = ofport;
        ovs_list_init(&port->list_node);
        hmap_insert(&nf->ports, &port->hmap_node, hash_ofport(ofport));
    }
    return port;
}

/* Must 'port' not be flooded to? */
static bool
is_wanted(const struct noflood_ports *nf, const struct nf_port *port)
{
    return nf->enabled && port->known && !port->floodable;
}

/* Is 'port' not as it should be?  What somebody else has set stays. */
static bool
is_wrong(const struct noflood_ports *nf, const struct nf_port *port)
{
    return is_wanted(nf, port) ? !port->set : port->ours && port->set;
}

/* Takes 'port' out of the counts and lists, before it is changed. */
static void
take_out(struct noflood_ports *nf, struct nf_port *port)
{
    nf->n_wrong -= is_wrong(nf, port);
    nf->n_ours -= port->ours;
    ovs_list_remove(&port->list_node);
    ovs_list_init(&port->list_node);
}

/* Puts 'port' in again, after that. */
static void
put_in(struct noflood_ports *nf, struct nf_port *port)
{
    nf->n_wrong += is_wrong(nf, port);
    nf->n_ours += port->ours;
    if (port->asked) {
        ovs_list_push_back(&nf->asked, &port->list_node);
    } else if (port->present && is_wrong(nf, port)) {
        ovs_list_push_back(&nf->wrong, &port->list_node);
    }
}

/* Frees 'port' if there is nothing to remember of it. */
static void
maybe_free_port(struct noflood_ports *nf, struct nf_port *port)
{
    if (!port->present && !port->known) {
        take_out(nf, port);
        hmap_remove(&nf->ports, &port->hmap_node);
        free(port);
    }
}

/* Says that there is a port 'ofport', and whether NORMAL may flood to it in
 * any case.  Returns true if it might so far, and may not now. */
bool
noflood_ports_set(struct noflood_ports *nf, ofp_port_t ofport,
                  bool floodable)
{
    struct nf_port *port = find_or_create_port(nf, ofport);
    bool less = port->known && port->floodable && !floodable;

    take_out(nf, port);
    port->known = true;
    port->floodable = floodable;
    put_in(nf, port);
    return less;
}

/* Has somebody else set no-flood for port 'ofport'?  While the connection is
 * down, that is as it was. */
bool
noflood_ports_is_others(const struct noflood_ports *nf, ofp_port_t ofport)
{
    const struct nf_port *port = find_port(nf, ofport);
    return port && port->others;
}

/* Says whether an earlier run of this program took port 'ofport' for one that
 * must not be flooded to.  Then it has no-flood from that run, although it may
 * be flooded to by now. */
void
noflood_ports_found(struct noflood_ports *nf, ofp_port_t ofport, bool barred)
{
    find_or_create_port(nf, ofport)->was_barred = barred;
}

/* Has port 'ofport' no-flood from us, and must not have it any more? */
bool
noflood_ports_must_clear(const struct noflood_ports *nf, ofp_port_t ofport)
{
    const struct nf_port *port = find_port(nf, ofport);
    return port && port->set && is_wrong(nf, port);
}

/* Says that there is no port 'ofport' any longer. */
void
noflood_ports_remove(struct noflood_ports *nf, ofp_port_t ofport)
{
    struct nf_port *port = find_port(nf, ofport);

    if (port) {
        take_out(nf, port);
        port->known = false;
        put_in(nf, port);
        maybe_free_port(nf, port);
    }
}

/* Says whether ports must be kept from being flooded to.  With 'adopt', those
 * that are found so have it from an earlier run of this program; otherwise it
 * is somebody else's, and will stay. */
void
noflood_ports_enable(struct noflood_ports *nf, bool enable, bool adopt)
{
    struct nf_port *port;

    if (nf->enabled == enable) {
        return;
    }
    HMAP_FOR_EACH (port, hmap_node, &nf->ports) {
        take_out(nf, port);
    }
    nf->enabled = enable;
    nf->adopt = adopt;
    HMAP_FOR_EACH (port, hmap_node, &nf->ports) {
        put_in(nf, port);
    }
}

/* Says that what is found over the next connection is from an earlier run of
 * this program.  If it is not wanted any more it will be taken back. */
void
noflood_ports_adopt(struct noflood_ports *nf)
{
    nf->adopt = true;
}

/* The switch says how port 'phy' is or, if 'gone', that it is no longer
 * there. */
void
noflood_ports_told(struct noflood_ports *nf,
                   const struct ofputil_phy_port *phy, bool gone)
{
    struct nf_port *port = find_or_create_port(nf, phy->port_no);

    take_out(nf, port);
    port->set = !gone && phy->config & OFPUTIL_PC_NO_FLOOD;
    port->ours = port->set && (port->ours
                               || (port->asked && port->asked_set)
                               || (!port->present && nf->adopt
                                   && (port->was_barred || !port->known
                                       || !port->floodable)));
    port->was_barred = false;
    port->others = port->set && !port->ours;
    port->present = !gone;
    port->hw_addr = phy->hw_addr;
    port->asked = false;
    put_in(nf, port);
    maybe_free_port(nf, port);
}

/* Nothing is known of the switch's ports, over a new connection, but what was
 * set stays ours if it is still there.  The switch may have closed the
 * connection for another reason than a restart: it does so when the bridge's
 * datapath ID changes. */
void
noflood_ports_forget(struct noflood_ports *nf)
{
    struct nf_port *port;

    nf->forgotten = true;
    HMAP_FOR_EACH (port, hmap_node, &nf->ports) {
        take_out(nf, port);
        port->present = port->set = false;
        put_in(nf, port);
    }
}

/* Appends to 'msgs' what puts right what is wrong, in OpenFlow 1.0, unless
 * that is under way already.  Returns true if there was anything. */
bool
noflood_ports_ask(struct noflood_ports *nf, struct ovs_list *msgs)
{
    bool asked = !ovs_list_is_empty(&nf->wrong);

    while (!ovs_list_is_empty(&nf->wrong)) {
        struct nf_port *port = CONTAINER_OF(ovs_list_front(&nf->wrong),
                                            struct nf_port, list_node);
        struct ofputil_port_mod pm = {
            .port_no = port->ofport,
            .hw_addr = port->hw_addr,
            .config = !port->set ? OFPUTIL_PC_NO_FLOOD : 0,
            .mask = OFPUTIL_PC_NO_FLOOD,
        };
        struct ofpbuf *msg = ofputil_encode_port_mod(&pm, OFPUTIL_P_OF10_STD);

        take_out(nf, port);
        port->asked = true;
        port->asked_set = !port->set;
        put_in(nf, port);
        ovs_list_push_back(msgs, &msg->list_node);
    }
    return asked;
}

/* Nothing that 'port' was asked for is under way any more. */
static void
settle_port(struct noflood_ports *nf, struct nf_port *port)
{
    take_out(nf, port);
    port->set = port->ours = port->present && port->asked_set;
    port->others = false;
    port->asked = false;
    put_in(nf, port);
    maybe_free_port(nf, port);
}

/* The switch has carried out all that it was asked for, and told of all ports.
 * It says so of a port_mod to everybody but the one who has sent it
 * (connmgr_send_port_status() in Open vSwitch's ofproto/connmgr.c). */
void
noflood_ports_done(struct noflood_ports *nf)
{
    struct nf_port *port;

    LIST_FOR_EACH_SAFE (port, list_node, &nf->asked) {
        settle_port(nf, port);
    }
    if (nf->forgotten) {
        nf->forgotten = false;
        HMAP_FOR_EACH_SAFE (port, hmap_node, &nf->ports) {
            if (!port->present) {
                settle_port(nf, port);
            }
        }
    }
}
