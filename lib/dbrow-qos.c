/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "dbrow.h"

#include <stdlib.h>

#include "bandwidth.h"
#include "openvswitch/json.h"
#include "rfc7047.h"
#include "smap.h"
#include "util.h"
#include "uuid.h"
#include "vif.h"

static const char *const libvirt_keys[] = { "ifname", "vm-id" };

/* Adds to 'ids' the external_ids that libvirt gives the Port, QoS and Queue rows
 * of an interface with limits: it finds them by these. */
void
dbrow_put_qos_ids(struct smap *ids, const struct vif *vif)
{
    smap_add(ids, "ifname", vif->name);
    if (vif->vm_id) {
        smap_add(ids, "vm-id", vif->vm_id);
    }
}

/* Adds to 'params' that column qos of Port 'port' must be 'qos', which is taken
 * over, or nothing is done. */
static void
add_wait(struct json *params, const char *port, struct json *qos)
{
    struct json *row = json_object_create();
    struct json *op = rfc7047_op("wait", "Port");

    json_object_put(row, "qos", qos);
    json_object_put(op, "timeout", json_integer_create(0));
    json_object_put(op, "where", json_array_create_1(
                        rfc7047_clause("name", "==",
                                       json_string_create(port))));
    json_object_put(op, "columns",
                    json_array_create_1(json_string_create("qos")));
    json_object_put_string(op, "until", "==");
    json_object_put(op, "rows", json_array_create_1(row));
    json_array_add(params, op);
}

/* Adds rows of tables Queue and QoS for 'rate'. */
static void
add_inserts(struct json *params, const struct vif *vif,
            const struct bandwidth_rate *rate)
{
    char *settings = port_qos_htb_settings(rate);
    struct smap config = SMAP_INITIALIZER(&config);
    struct smap ids = SMAP_INITIALIZER(&ids);
    struct json *row, *op;

    port_qos_put_htb(&config, rate);
    dbrow_put_qos_ids(&ids, vif);
    smap_add(&ids, "virtnet-qos", settings);

    row = json_object_create();
    json_object_put(row, "other_config", rfc7047_map(&config));
    json_object_put(row, "external_ids", rfc7047_map(&ids));
    op = rfc7047_op("insert", "Queue");
    json_object_put(op, "row", row);
    json_object_put_string(op, "uuid-name", "queue");
    json_array_add(params, op);

    row = json_object_create();
    json_object_put_string(row, "type", "linux-htb");
    json_object_put(row, "other_config", rfc7047_map(&config));
    json_object_put(row, "queues",
                    json_array_create_2(
                        json_string_create("map"),
                        json_array_create_1(
                            json_array_create_2(
                                json_integer_create(0),
                                rfc7047_named_uuid("queue")))));
    json_object_put(row, "external_ids", rfc7047_map(&ids));
    op = rfc7047_op("insert", "QoS");
    json_object_put(op, "row", row);
    json_object_put_string(op, "uuid-name", "qos");
    json_array_add(params, op);

    smap_destroy(&ids);
    smap_destroy(&config);
    free(settings);
}

static void
add_delete(struct json *params, const char *table, const struct uuid *uuid)
{
    struct json *op = rfc7047_op("delete", table);

    json_object_put(op, "where", json_array_create_1(
                        rfc7047_clause("_uuid", "==", rfc7047_uuid(uuid))));
    json_array_add(params, op);
}

/* Returns the request that replaces the QoS of the port of 'vif' by one that
 * limits to 'rate' what goes to it, and marks that as ours; or takes it away if
 * 'rate' has no average.  If the port has another QoS by now, it does nothing.
 * The caller must destroy it.
 *
 * The rows and their external_ids, but for the mark, are those of libvirt's
 * virNetDevOpenvswitchInterfaceSetTxQos(). */
struct json *
dbrow_set_port_qos(const struct vif *vif, const struct bandwidth_rate *rate)
{
    const struct port_qos *qos = &vif->qos;
    struct json *params = rfc7047_params();
    struct json *where = json_array_create_1(
        rfc7047_clause("name", "==", json_string_create(vif->port)));
    struct json *op, *row, *mutations;

    add_wait(params, vif->port, (qos->settings ? rfc7047_uuid(&qos->qos)
                                 : rfc7047_empty_set()));
    mutations = json_array_create_1(
        rfc7047_clause("external_ids", "delete",
                       rfc7047_keys(libvirt_keys, ARRAY_SIZE(libvirt_keys))));
    row = json_object_create();
    if (rate->average) {
        struct smap ids = SMAP_INITIALIZER(&ids);

        dbrow_put_qos_ids(&ids, vif);
        json_array_add(mutations, rfc7047_clause("external_ids", "insert",
                                                 rfc7047_map(&ids)));
        smap_destroy(&ids);
        add_inserts(params, vif, rate);
        json_object_put(row, "qos", rfc7047_named_uuid("qos"));
    } else {
        json_object_put(row, "qos", rfc7047_empty_set());
    }
    op = rfc7047_op("mutate", "Port");
    json_object_put(op, "where", json_clone(where));
    json_object_put(op, "mutations", mutations);
    json_array_add(params, op);

    op = rfc7047_op("update", "Port");
    json_object_put(op, "where", where);
    json_object_put(op, "row", row);
    json_array_add(params, op);

    if (qos->settings) {
        add_delete(params, "QoS", &qos->qos);
    }
    if (!uuid_is_zero(&qos->queue)) {
        add_delete(params, "Queue", &qos->queue);
    }
    return params;
}

/* Returns the request that limits what comes from 'vif' to 'rate' and marks that
 * as ours, or takes the limit away if 'rate' has no average.  If the row has
 * another limit by now, it does nothing.  The caller must destroy it. */
struct json *
dbrow_set_policing(const struct vif *vif, const struct bandwidth_rate *rate)
{
    static const char *const keys[] = { "virtnet-policing" };
    struct port_qos desired = PORT_QOS_INITIALIZER;
    struct json *where[] = {
        rfc7047_clause("name", "==", json_string_create(vif->name)),
        rfc7047_clause("ingress_policing_rate", "==",
                       json_integer_create(vif->qos.policing_rate)),
        rfc7047_clause("ingress_policing_burst", "==",
                       json_integer_create(vif->qos.policing_burst)),
    };
    struct json *conditions = json_array_create(xmemdup(where, sizeof where),
                                                ARRAY_SIZE(where));
    struct json *params = rfc7047_params();
    struct json *op, *row, *mutations;
    char *mark;

    port_qos_set_policing(&desired, rate);
    mark = port_qos_policing(&desired);

    /* The mark goes first: the conditions do not hold once the row is
     * changed. */
    mutations = json_array_create_1(
        rfc7047_clause("external_ids", "delete",
                       rfc7047_keys(keys, ARRAY_SIZE(keys))));
    if (mark) {
        json_array_add(mutations,
                       rfc7047_clause("external_ids", "insert",
                                      rfc7047_map_1(keys[0], mark)));
    }
    op = rfc7047_op("mutate", "Interface");
    json_object_put(op, "where", json_clone(conditions));
    json_object_put(op, "mutations", mutations);
    json_array_add(params, op);

    row = json_object_create();
    json_object_put(row, "ingress_policing_rate",
                    json_integer_create(desired.policing_rate));
    json_object_put(row, "ingress_policing_burst",
                    json_integer_create(desired.policing_burst));
    op = rfc7047_op("update", "Interface");
    json_object_put(op, "where", conditions);
    json_object_put(op, "row", row);
    json_array_add(params, op);
    free(mark);
    return params;
}

/* Returns the request that deletes the 'n_qos' rows of table QoS in 'qos',
 * unless a port has one of them by now, and the 'n_queues' of table Queue in
 * 'queues'.  The caller must destroy it. */
struct json *
dbrow_delete_qos(const struct uuid *qos, size_t n_qos,
                 const struct uuid *queues, size_t n_queues)
{
    struct json *params = rfc7047_params();

    for (size_t i = 0; i < n_qos; i++) {
        struct json *op = rfc7047_op("wait", "Port");

        json_object_put(op, "timeout", json_integer_create(0));
        json_object_put(op, "where", json_array_create_1(
                            rfc7047_clause("qos", "==",
                                           rfc7047_uuid(&qos[i]))));
        json_object_put(op, "columns",
                        json_array_create_1(json_string_create("name")));
        json_object_put_string(op, "until", "==");
        json_object_put(op, "rows", json_array_create_empty());
        json_array_add(params, op);
        add_delete(params, "QoS", &qos[i]);
    }
    for (size_t i = 0; i < n_queues; i++) {
        add_delete(params, "Queue", &queues[i]);
    }
    return params;
}
