/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/tell/probe.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "lib/base/jvalue.h"
#include "lib/base/printable.h"
#include "lib/openflow/pipeline.h"
#include "lib/tell/blocked.h"
#include "lib/tell/trace.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-port.h"
#include "packets.h"
#include "util.h"

/* No port of the bridge. */
#define NONE SIZE_MAX

/* Adds to 'vlans' those in 'text', as vlan_set_format() has them. */
static void
parse_vlans(const char *text, struct vlan_set *vlans)
{
    unsigned int first, last;
    int n;

    for (; *text; text += text[strcspn(text, ",")] ? strcspn(text, ",") + 1
                          : strlen(text)) {
        if (ovs_scan(text, "%u%n", &first, &n)) {
            last = first;
            ovs_scan(text + n, "-%u", &last);
            vlan_set_add_range(vlans, MIN(first, VLAN_ID_MAX),
                               MIN(last, VLAN_ID_MAX));
        }
    }
}

static const struct json_t *
port_json(const struct probes *probes, size_t port)
{
    return jvalue_get(probes->ports, probes->names[port]);
}

static enum vif_role
parse_role(const char *role)
{
#define VIF_ROLE(ENUM, NAME)            \
    if (!strcmp(role, NAME)) {          \
        return VIF_##ENUM;              \
    }
    VIF_ROLES
#undef VIF_ROLE
    return VIF_NETWORK;
}

/* Is 'json' a guest whose address nobody knows before its first frame?  Until
 * then it is sent nothing, so it is in no VLAN. */
static bool
is_silent(const struct json_t *json)
{
    return (!strcmp(jvalue_get_string(json, "role"), "guest")
            && !strcmp(jvalue_get_string(json, "state"), "pending")
            && !jvalue_get(json, "mac"));
}

static void
read_port(struct receivers_port *port, const struct json_t *json)
{
    const char *state = jvalue_get_string(json, "state");

    port->role = parse_role(jvalue_get_string(json, "role"));
    if (jvalue_get(json, "role") && !is_silent(json)) {
        parse_vlans(jvalue_get_string(json, "vlan"), &port->vlans);
    }
    eth_addr_from_string(jvalue_get_string(json, "mac"), &port->mac);
    if (jvalue_get(json, "community")) {
        /* One that cannot be understood is nobody's but its own. */
        port->isolated = true;
        free(community_from_string(jvalue_get_string(json, "community"),
                                   &port->community));
    }
    port->isolated |= jvalue_get_bool(json, "isolated");
    port->is_remote = jvalue_get(json, "fleet-host") != NULL;
    port->uncertain = (!strcmp(state, "quarantined")
                       || !strcmp(state, "installing")
                       || jvalue_get(json, "bond")
                       || jvalue_get(json, "guards")
                       || jvalue_get(json, "filter")
                       || strstr(jvalue_get_string(json, "vlan-config"),
                                 "dot1q-tunnel"));
}

static size_t
find_name(const struct probes *probes, const char *name)
{
    for (size_t i = 0; i < probes->bridge.n_ports; i++) {
        if (!strcmp(probes->names[i], name)) {
            return i;
        }
    }
    return NONE;
}

/* Returns who has which address by 'fdb', for the caller to free. */
static struct receivers_owner *
read_owners(const struct probes *probes, const struct json_t *fdb, size_t *n)
{
    struct receivers_owner *owners
        = xcalloc(MAX(1, jvalue_count(fdb)), sizeof *owners);

    *n = 0;
    for (size_t i = 0; i < jvalue_count(fdb); i++) {
        const struct json_t *json = jvalue_at(fdb, i);
        const char *state = jvalue_get_string(json, "state");
        struct receivers_owner *owner = &owners[*n];

        owner->port = find_name(probes, jvalue_get_string(json, "port"));
        if (owner->port != NONE && strcmp(state, "pending")
            && strcmp(state, "conflict")
            && eth_addr_from_string(jvalue_get_string(json, "mac"),
                                    &owner->mac)) {
            parse_vlans(jvalue_get_string(json, "vlan"), &owner->vlans);
            ++*n;
        }
    }
    return owners;
}

/* Is 'mac' somebody's, wherever that is? */
static bool
is_known(const struct probes *probes, struct eth_addr mac)
{
    for (size_t i = 0; i < probes->bridge.n_owners; i++) {
        if (eth_addr_equals(probes->bridge.owners[i].mac, mac)) {
            return true;
        }
    }
    return false;
}

/* Returns an address that is nobody's here: of those that anybody may use. */
static struct eth_addr
unknown_mac(const struct probes *probes)
{
    struct eth_addr mac = ETH_ADDR_C(0e,76,6e,00,00,00);

    while (is_known(probes, mac)) {
        eth_addr_from_uint64(eth_addr_to_uint64(mac) + 1, &mac);
    }
    return mac;
}

/* Returns a VLAN in which the address of guest 'port' is its own or, if there
 * is none, one that it is in; or -1. */
static int
vlan_of(const struct probes *probes, size_t port)
{
    const struct receivers_bridge *b = &probes->bridge;

    for (size_t i = 0; i < b->n_owners; i++) {
        if (b->owners[i].port == port && b->owners[i].vlans.n) {
            return b->owners[i].vlans.ranges[0].first;
        }
    }
    return b->ports[port].vlans.n ? b->ports[port].vlans.ranges[0].first : -1;
}

/* Returns another port with 'role' than 'other' that is in VLAN 'vid', one
 * that is kept from 'other' if 'apart'; or NONE. */
static size_t
find_peer(const struct probes *probes, enum vif_role role, int vid,
          size_t other, bool apart)
{
    const struct receivers_bridge *b = &probes->bridge;

    for (size_t i = 1; i <= b->n_ports; i++) {
        size_t j = (other + i) % b->n_ports;

        if (j != other && b->ports[j].role == role
            && (!apart || receivers_are_apart(&b->ports[j],
                                              &b->ports[other]))
            && vlan_set_contains(&b->ports[j].vlans, vid)) {
            return j;
        }
    }
    return NONE;
}

/* Adds a frame in VLAN 'vid' by port 'in' from 'src' to 'dst', if there is
 * such a port. */
static void
add_probe(struct probes *probes, const char *what, size_t in, int vid,
          struct eth_addr src, struct eth_addr dst)
{
    struct ds flow = DS_EMPTY_INITIALIZER;

    if (in == NONE) {
        return;
    }

    const struct json_t *json = port_json(probes, in);
    const struct json_t *native = jvalue_get(json, "untagged-vlan");
    bool tagged = !native || jvalue_number(native) != vid;

    ds_put_cstr(&flow, "in_port=");
    ofputil_format_port(u16_to_ofp(jvalue_get_integer(json, "ofport")), NULL,
                        &flow);
    ds_put_format(&flow, ",dl_src="ETH_ADDR_FMT",dl_dst="ETH_ADDR_FMT",",
                  ETH_ADDR_ARGS(src), ETH_ADDR_ARGS(dst));
    if (tagged) {
        ds_put_format(&flow, "dl_vlan=%d,", vid);
    }
    ds_put_cstr(&flow, "udp");
    if (probes->n >= probes->allocated) {
        probes->probes = x2nrealloc(probes->probes, &probes->allocated,
                                    sizeof *probes->probes);
    }
    probes->probes[probes->n++] = (struct probe) {
        .what = what,
        .frame = {
            .in = in, .vid = vid, .src = src, .dst = dst,
            .taken = (!tagged
                      || vlan_set_contains(&probes->bridge.ports[in].vlans,
                                           vid)),
        },
        .flow = ds_steal_cstr(&flow),
    };
}

/* Adds what is to be asked of guest 'g'. */
static void
add_guest(struct probes *probes, size_t g, const struct vlan_set *flooded)
{
    const struct receivers_port *guest = &probes->bridge.ports[g];
    int vid = vlan_of(probes, g);

    if (vid < 0 || vlan_set_contains(flooded, vid)
        || eth_addr_is_zero(guest->mac)) {
        return;
    }

    const struct receivers_port *ports = probes->bridge.ports;
    struct eth_addr unknown = unknown_mac(probes);
    size_t peer = find_peer(probes, VIF_GUEST, vid, g, false);
    size_t apart = find_peer(probes, VIF_GUEST, vid, g, true);
    size_t host = find_peer(probes, VIF_HOST, vid, g, false);
    size_t network = find_peer(probes, VIF_NETWORK, vid, g, false);
    struct eth_addr peer_mac = peer == NONE ? unknown : ports[peer].mac;

    add_probe(probes, "to a known address, from", peer, vid, peer_mac,
              guest->mac);
    add_probe(probes, (community_is_set(&guest->community)
                       ? "from a guest that is not of the community, from"
                       : "from an isolated guest to another, from"),
              apart, vid, apart == NONE ? unknown : ports[apart].mac,
              guest->mac);
    add_probe(probes, "to a known address, from", host, vid,
              host == NONE ? unknown : ports[host].mac, guest->mac);
    add_probe(probes, "to a known address, from", network, vid, unknown,
              guest->mac);
    add_probe(probes, "to an unknown address, from", g, vid, guest->mac,
              unknown);
    add_probe(probes, "to everybody, from", g, vid, guest->mac,
              eth_addr_broadcast);
    add_probe(probes, "to everybody, from", network, vid, unknown,
              eth_addr_broadcast);
    add_probe(probes, "with another's address as its source, from", g, vid,
              peer_mac, unknown);

    /* In a VLAN that it is not in, from where that is taken. */
    for (int other = 1; other < VLAN_ID_MAX; other++) {
        if (!vlan_set_contains(&guest->vlans, other)
            && !vlan_set_contains(flooded, other)) {
            add_probe(probes, "in another VLAN, from",
                      find_peer(probes, VIF_NETWORK, other, g, false), other,
                      unknown, guest->mac);
            break;
        }
    }
}

/* Initializes 'probes' to what is to be asked of 'bridge', which is one of a
 * state and must outlive it: about a sample of its guests, or 'all'. */
void
probes_init(struct probes *probes, const struct json_t *bridge, bool all)
{
    struct vlan_set flooded = VLAN_SET_INITIALIZER;
    struct receivers_port *ports;
    size_t n_guests = 0, n = 0;

    *probes = (struct probes) { .ports = jvalue_get(bridge, "ports") };
    probes->names = jvalue_names(probes->ports);
    sset_init(&probes->blocked);
    probes->bridge.n_ports = jvalue_count(probes->ports);
    ports = xcalloc(MAX(1, probes->bridge.n_ports), sizeof *ports);
    for (size_t i = 0; i < probes->bridge.n_ports; i++) {
        read_port(&ports[i], port_json(probes, i));
        n_guests += ports[i].role == VIF_GUEST;
    }
    probes->bridge.ports = ports;
    probes->bridge.owners = read_owners(probes, jvalue_get(bridge, "fdb"),
                                        &probes->bridge.n_owners);
    parse_vlans(jvalue_get_string(bridge, "flood-vlans"), &flooded);
    parse_vlans(jvalue_get_string(bridge, "mirror-vlans"), &probes->mirrored);
    vlan_set_clone(&probes->mirrored_to_guests, &probes->mirrored);
    vlan_set_intersect(&probes->mirrored_to_guests, &flooded);
    for (size_t i = 0; i < probes->bridge.n_ports; i++) {
        if (ports[i].role == VIF_GUEST) {
            /* Every so-manieth. */
            if (all || n_guests <= PROBE_SAMPLE
                || n * PROBE_SAMPLE / n_guests
                   != (n + 1) * PROBE_SAMPLE / n_guests) {
                add_guest(probes, i, &flooded);
            }
            n++;
        }
    }
    vlan_set_uninit(&flooded);
}

/* Takes in what 'spanning_trees', as blocked_find() takes it, says of
 * 'bridge': that nothing goes by these ports is as it is to be. */
void
probes_set_blocked(struct probes *probes, const char *bridge,
                   const char *spanning_trees)
{
    blocked_find(spanning_trees, bridge, &probes->blocked);
}

/* Frees what 'probes' holds. */
void
probes_uninit(struct probes *probes)
{
    for (size_t i = 0; i < probes->n; i++) {
        free(probes->probes[i].flow);
    }
    free(probes->probes);
    for (size_t i = 0; i < probes->bridge.n_ports; i++) {
        vlan_set_uninit(CONST_CAST(struct vlan_set *,
                                   &probes->bridge.ports[i].vlans));
    }
    for (size_t i = 0; i < probes->bridge.n_owners; i++) {
        vlan_set_uninit(CONST_CAST(struct vlan_set *,
                                   &probes->bridge.owners[i].vlans));
    }
    vlan_set_uninit(&probes->mirrored);
    vlan_set_uninit(&probes->mirrored_to_guests);
    sset_destroy(&probes->blocked);
    free(CONST_CAST(struct receivers_port *, probes->bridge.ports));
    free(CONST_CAST(struct receivers_owner *, probes->bridge.owners));
    free(probes->names);
}

/* Whose is 'flow', a line of a trace? */
static const char *
owner_of(const char *flow)
{
    const char *cookie = strstr(flow, "cookie ");
    uint64_t value = cookie ? strtoull(cookie + strlen("cookie "), NULL, 0)
                     : 0;

    return (pipeline_cookie_is_ours(htonll(value)) ? "our"
            : "somebody else's");
}

/* Appends to 's' and 'array', of which the latter may be null, that 'probe'
 * does not do at port 'out' what it is to do there. */
static void
put_difference(struct ds *s, struct json_t *array, const char *bridge,
               const struct probes *probes, const struct probe *probe,
               size_t out, bool got, const char *flow)
{
    const char *from = probes->names[probe->frame.in];
    const char *to = probes->names[out];

    ds_put_cstr(s, "bridge ");
    printable_put(s, bridge);
    ds_put_format(s, ": a frame %s ", probe->what);
    printable_put(s, from);
    ds_put_cstr(s, got ? " goes to " : " does not go to ");
    printable_put(s, to);
    ds_put_cstr(s, got ? ", which is not to get it: " : ": ");
    if (flow) {
        ds_put_format(s, "by %s flow ", owner_of(flow));
        printable_put(s, flow);
    } else {
        ds_put_cstr(s, "by no flow that names the port, but by NORMAL or a "
                    "mirror");
    }
    ds_put_format(s, "; see ovs-appctl ofproto/trace %s %s\n", bridge,
                  probe->flow);
    if (array) {
        struct json_t *json = jvalue_object();

        jvalue_put_string(json, "bridge", bridge);
        jvalue_put_string(json, "from", from);
        jvalue_put_string(json, "to", to);
        jvalue_put_bool(json, "delivered", got);
        jvalue_put_string(json, "frame", probe->flow);
        jvalue_put_string(json, "flow", flow);
        jvalue_add(array, json);
    }
}

/* Is 'output' to port 'out' one that frames take in traces alone?
 *
 * NORMAL is given a copy of what comes from one of several network ports to
 * learn from, whose destination is its own source.  Nothing is learned in a
 * trace, so that there the copy is flooded. */
static bool
is_learned_from(const struct probes *probes, const struct probe *probe,
                const struct trace_output *output, size_t out)
{
    const struct receivers_port *ports = probes->bridge.ports;

    return (!output->flow && ports[probe->frame.in].role == VIF_NETWORK
            && ports[out].role == VIF_NETWORK);
}

/* Is 'output' to port 'out' a copy that a mirror has sent to it, or into a
 * VLAN of the port's, and is it there to get it?  A guest is only if the VLAN
 * is one of column flood_vlans. */
static bool
is_mirrored_to(const struct probes *probes, const struct trace_output *output,
               size_t out)
{
    const struct receivers_port *port = &probes->bridge.ports[out];

    return (!output->flow
            && (jvalue_get_bool(port_json(probes, out), "mirror-output")
                || vlan_set_intersects(&port->vlans,
                                       (port->role == VIF_GUEST
                                        ? &probes->mirrored_to_guests
                                        : &probes->mirrored))));
}

/* Does a spanning tree keep 'probe' from coming in, or from leaving by port
 * 'out'? */
static bool
is_blocked(const struct probes *probes, const struct probe *probe, size_t out)
{
    return (!sset_is_empty(&probes->blocked)
            && (sset_contains(&probes->blocked,
                              probes->names[probe->frame.in])
                || sset_contains(&probes->blocked, probes->names[out])));
}

/* Holds 'trace', of 'probe' in 'bridge', against what it is to be.  Appends
 * each difference to 's' as a line and to 'array', unless that is null, as an
 * object.  Returns how many there are. */
size_t
probe_compare(const struct probes *probes, const struct probe *probe,
              const struct trace *trace, const char *bridge, struct ds *s,
              struct json_t *array)
{
    size_t n = 0;

    for (size_t i = 0; i < probes->bridge.n_ports; i++) {
        enum receipt receipt = receivers_expect(&probes->bridge,
                                                &probe->frame, i);
        unsigned int ofport = jvalue_get_integer(port_json(probes, i),
                                                 "ofport");
        const char *flow = trace->last_flow;
        bool got = false;

        for (size_t j = 0; j < trace->n_outputs; j++) {
            if (trace->outputs[j].ofport == ofport
                && !is_learned_from(probes, probe, &trace->outputs[j], i)
                && !is_mirrored_to(probes, &trace->outputs[j], i)) {
                flow = trace->outputs[j].flow;
                got = true;
            }
        }
        if (got ? receipt == RECEIPT_NEVER
            : receipt == RECEIPT_MUST && !is_blocked(probes, probe, i)
              && !strstr(trace->actions, "recirc(")) {
            put_difference(s, array, bridge, probes, probe, i, got, flow);
            n++;
        }
    }
    return n;
}
