/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "bench.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "jsonrpc.h"
#include "lib/base/ovs-compat.h"
#include "lib/base/port-vlan.h"
#include "lib/model/vport.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/plan.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/json.h"
#include "openvswitch/shash.h"
#include "packets.h"

/* A connection to the database that is told when a port gets its number, and
 * when vswitchd has carried out a change. */
struct db {
    struct jsonrpc *rpc;
    unsigned int n_ofports;     /* Number of ports that got a number. */
    int64_t next_cfg, cur_cfg;
};

static struct json *
parse(const char *s)
{
    struct json *json = json_from_string(s);

    if (json->type == JSON_STRING) {
        ovs_fatal(0, "%s: %s", s, json_string(json));
    }
    return json;
}

static const struct json *
member(const struct json *object, const char *name)
{
    return object ? shash_find_data(json_object(object), name) : NULL;
}

static void
handle_interface(struct db *db, const struct json *update)
{
    const struct json *old = member(update, "old");
    const struct json *new = member(update, "new");
    const struct json *ofport = member(new, "ofport");

    if (!ofport || ofport->type != JSON_INTEGER
        || (old && !member(old, "ofport"))) {
        return;
    }
    if (json_integer(ofport) < 0) {
        ovs_fatal(0, "vswitchd cannot add a port");
    }
    db->n_ofports++;
}

static void
handle_update(struct db *db, const struct json *params)
{
    const struct json *updates = json_array_at(params, 1);
    const struct json *interfaces = member(updates, "Interface");
    const struct json *roots = member(updates, "Open_vSwitch");
    struct shash_node *node;

    if (interfaces) {
        SHASH_FOR_EACH (node, json_object(interfaces)) {
            handle_interface(db, node->data);
        }
    }
    if (roots) {
        SHASH_FOR_EACH (node, json_object(roots)) {
            const struct json *new = member(node->data, "new");

            db->cur_cfg = json_integer(member(new, "cur_cfg"));
        }
    }
}

/* Takes in messages until the reply to 'id' has come or, if 'id' is null, one
 * message. */
static struct json *
db_recv(struct db *db, const struct json *id)
{
    for (;;) {
        struct jsonrpc_msg *msg;
        struct json *result = NULL;
        int error = jsonrpc_recv_block(db->rpc, &msg);

        if (error) {
            ovs_fatal(error, "database");
        }
        if (msg->type == JSONRPC_NOTIFY && !strcmp(msg->method, "update")) {
            handle_update(db, msg->params);
        } else if (msg->type == JSONRPC_REQUEST) {
            jsonrpc_send_block(db->rpc,
                               jsonrpc_create_reply(json_clone(msg->params),
                                                    msg->id));
        } else if (msg->type == JSONRPC_ERROR) {
            ovs_fatal(0, "database: %s", json_to_string(msg->error, 0));
        } else if (msg->type == JSONRPC_REPLY && id
                   && json_equal(msg->id, id)) {
            result = json_clone(msg->result);
        }
        jsonrpc_msg_destroy(msg);
        if (result || !id) {
            return result;
        }
    }
}

/* Carries out the operations in 'ops', a comma-separated list in JSON. */
static struct json *
db_transact(struct db *db, const struct ds *ops)
{
    char *s = xasprintf("[\"Open_vSwitch\",%s]", ds_cstr_ro(ops));
    struct json *id = rpc_send(db->rpc, "transact", parse(s));
    struct json *result = db_recv(db, id);

    for (size_t i = 0; i < json_array_size(result); i++) {
        const struct json *one = json_array_at(result, i);

        if (one->type == JSON_OBJECT && member(one, "error")) {
            ovs_fatal(0, "database: %s", json_to_string(one, 0));
        }
    }
    json_destroy(id);
    free(s);
    return result;
}

struct db *
db_open(const char *rundir)
{
    struct db *db = xzalloc(sizeof *db);
    char *path = xasprintf("%s/db.sock", rundir);
    struct ds ops = DS_EMPTY_INITIALIZER;
    struct json *id, *result;
    const struct json *row;

    db->rpc = rpc_open(path);
    id = rpc_send(db->rpc, "monitor", parse(
        "[\"Open_vSwitch\",null,{"
        "\"Interface\":{\"columns\":[\"ofport\"],"
        "\"select\":{\"initial\":false,\"delete\":false}},"
        "\"Open_vSwitch\":{\"columns\":[\"cur_cfg\"],"
        "\"select\":{\"initial\":false}}}]"));
    json_destroy(db_recv(db, id));
    json_destroy(id);

    ds_put_cstr(&ops, "{\"op\":\"select\",\"table\":\"Open_vSwitch\","
                "\"where\":[],\"columns\":[\"next_cfg\",\"cur_cfg\"]}");
    result = db_transact(db, &ops);
    row = json_array_at(member(json_array_at(result, 0), "rows"), 0);
    db->next_cfg = json_integer(member(row, "next_cfg"));
    db->cur_cfg = json_integer(member(row, "cur_cfg"));
    json_destroy(result);
    ds_destroy(&ops);
    free(path);
    return db;
}

struct eth_addr
guest_mac(unsigned int n)
{
    return (struct eth_addr) {
        .ea = { 0x52, 0x54, 0, n >> 16, n >> 8, n }
    };
}

/* Adds to 'ops' what plugs guest 'n': a dummy device, or one of the type that
 * BENCH_PORT_TYPE says. */
static void
put_guest(struct ds *ops, unsigned int n, const char *portgroup)
{
    const char *type = getenv("BENCH_PORT_TYPE");
    struct eth_addr mac = guest_mac(n);

    ds_put_format(ops, "{\"op\":\"insert\",\"table\":\"Interface\","
                  "\"uuid-name\":\"i%u\",\"row\":{\"name\":\"g%u\","
                  "\"type\":\"%s\",\"ofport_request\":%u,"
                  "\"external_ids\":[\"map\",[[\"attached-mac\",\""
                  ETH_ADDR_FMT"\"],[\"iface-id\",\"%08x-0000-4000-8000-"
                  "000000000000\"],[\"iface-status\",\"active\"],[\"vm-id\","
                  "\"%08x-0000-4000-8000-000000000001\"]",
                  n, n, type ? type : "dummy", n, ETH_ADDR_ARGS(mac), n, n);
    if (portgroup) {
        ds_put_format(ops, ",[\"virtnet-portgroup\",\"%s\"]", portgroup);
    }
    ds_put_format(ops, "]]}},{\"op\":\"insert\",\"table\":\"Port\","
                  "\"uuid-name\":\"p%u\",\"row\":{\"name\":\"g%u\","
                  "\"interfaces\":[\"named-uuid\",\"i%u\"]", n, n, n);
    if (!portgroup) {
        ds_put_format(ops, ",\"tag\":%d", GUEST_VLAN);
    }
    ds_put_cstr(ops, "}},");
}

/* Plugs guests 'first' to 'first' + 'n' - 1 in one transaction and waits until
 * all have their numbers. */
void
db_plug(struct db *db, const char *bridge, unsigned int first,
        unsigned int n, const char *portgroup)
{
    unsigned int n_ofports = db->n_ofports + n;
    struct ds ops = DS_EMPTY_INITIALIZER;

    for (unsigned int i = first; i < first + n; i++) {
        put_guest(&ops, i, portgroup);
    }
    ds_put_format(&ops, "{\"op\":\"mutate\",\"table\":\"Bridge\","
                  "\"where\":[[\"name\",\"==\",\"%s\"]],\"mutations\":"
                  "[[\"ports\",\"insert\",[\"set\",[", bridge);
    for (unsigned int i = first; i < first + n; i++) {
        ds_put_format(&ops, "%s[\"named-uuid\",\"p%u\"]",
                      i > first ? "," : "", i);
    }
    ds_put_cstr(&ops, "]]]]}");
    json_destroy(db_transact(db, &ops));
    while (db->n_ofports < n_ofports) {
        db_recv(db, NULL);
    }
    ds_destroy(&ops);
}

/* Unplugs guests 'first' to 'first' + 'n' - 1 in one transaction and waits
 * until vswitchd has carried that out. */
void
db_unplug(struct db *db, const char *bridge, unsigned int first,
          unsigned int n)
{
    struct ds ops = DS_EMPTY_INITIALIZER;
    const char *separator = "";
    struct json *result;

    for (unsigned int i = first; i < first + n; i++) {
        ds_put_format(&ops, "%s{\"op\":\"select\",\"table\":\"Port\","
                      "\"where\":[[\"name\",\"==\",\"g%u\"]],"
                      "\"columns\":[\"_uuid\"]}", i > first ? "," : "", i);
    }
    result = db_transact(db, &ops);
    ds_clear(&ops);
    ds_put_format(&ops, "{\"op\":\"mutate\",\"table\":\"Bridge\","
                  "\"where\":[[\"name\",\"==\",\"%s\"]],\"mutations\":"
                  "[[\"ports\",\"delete\",[\"set\",[", bridge);
    for (unsigned int i = 0; i < n; i++) {
        const struct json *rows = member(json_array_at(result, i), "rows");

        if (json_array_size(rows)) {
            char *uuid = json_to_string(member(json_array_at(rows, 0),
                                               "_uuid"), 0);

            ds_put_format(&ops, "%s%s", separator, uuid);
            separator = ",";
            free(uuid);
        }
    }
    ds_put_cstr(&ops, "]]]]},{\"op\":\"mutate\",\"table\":\"Open_vSwitch\","
                "\"where\":[],\"mutations\":[[\"next_cfg\",\"+=\",1]]}");
    json_destroy(result);
    json_destroy(db_transact(db, &ops));
    ds_destroy(&ops);
    for (db->next_cfg++; db->cur_cfg < db->next_cfg; ) {
        db_recv(db, NULL);
    }
}

void
guest_vport(struct vport *vport, unsigned int n)
{
    struct port_vlan vlan;

    port_vlan_init(&vlan);
    vlan.tag = GUEST_VLAN;
    *vport = (struct vport) {
        .name = xasprintf("g%u", n),
        .ofport = u16_to_ofp(n),
        .role = VIF_GUEST,
        .mac = guest_mac(n),
        .active = true,
    };
    port_vlan_effect_init(&vport->vlan, &vlan, NULL);
    port_vlan_uninit(&vlan);
}

/* Returns the plan of a bridge in libvirt mode with guests 'first' to 'first'
 * + 'n' - 1 and nothing else. */
struct plan *
guest_plan(unsigned int first, unsigned int n)
{
    struct bridge_ctx ctx = { .exact = true };
    struct plan *plan = plan_create("br0");

    plan_set_ctx(plan, &ctx);
    for (unsigned int i = first; i < first + n; i++) {
        struct vport vport;

        guest_vport(&vport, i);
        plan_set_port(plan, &vport);
        vport_uninit(&vport);
    }
    plan_run(plan);
    return plan;
}
