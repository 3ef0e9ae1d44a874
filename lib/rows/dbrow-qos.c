/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/rows/dbrow.h"

#include <stdlib.h>

#include "lib/base/bandwidth.h"
#include "lib/base/rfc7047.h"
#include "lib/host/vif.h"
#include "openvswitch/json.h"
#include "smap.h"
#include "util.h"
#include "uuid.h"

static const char *const libvirt_keys[] = { "ifname", "vm-id" };

/* Adds to 'ids' the external_ids that libvirt gives the Port, QoS and Queue
 * rows of an interface with limits: it finds them by these. */
void
dbrow_put_qos_ids(struct smap *ids, const struct vif *vif)
{
    smap_add(ids, "ifname", vif->name);
    if (vif->vm_id) {
        smap_add(ids, "vm-id", vif->vm_id);
    }
}

/* Adds rows of tables Queue and QoS for 'rate'. */
static void
add_inserts(struct json *params, const struct vif *vif,
            const struct bandwidth_rate *rate)
{
    char *settings = port_qos_htb_settings(rate);
    struct smap config = SMAP_INITIALIZER(&config);
    struct smap ids = SMAP_INITIALIZER(&ids);
    struct json *row;

    port_qos_put_htb(&config, rate);
    dbrow_put_qos_ids(&ids, vif);
    smap_add(&ids, "virtnet-qos", settings);

    row = json_object_create();
    json_object_put(row, "other_config", rfc7047_map(&config));
    json_object_put(row, "external_ids", rfc7047_map(&ids));
    rfc7047_insert(params, "Queue", "queue", row);

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
    rfc7047_insert(params, "QoS", "qos", row);

    smap_destroy(&ids);
    smap_destroy(&config);
    free(settings);
}

static void
delete_row(struct json *params, const char *table, const struct uuid *uuid)
{
    rfc7047_delete(params, table, rfc7047_where("_uuid", rfc7047_uuid(uuid)));
}

/* Returns the request that replaces the QoS of the port of 'vif' by one that
 * limits to 'rate' what goes to it, and marks that as ours; or takes it away
 * if 'rate' has no average.  If the port has another QoS by now, it does
 * nothing.  The caller must destroy it.
 *
 * The rows and their external_ids, but for the mark, are those of libvirt's
 * virNetDevOpenvswitchInterfaceSetTxQos(). */
struct json *
dbrow_set_port_qos(const struct vif *vif, const struct bandwidth_rate *rate)
{
    const struct port_qos *qos = &vif->qos;
    struct json *params = rfc7047_params();
    struct json *qos_column, *mutations;

    rfc7047_wait(params, "Port", rfc7047_where_name(vif->port), "qos",
                 json_array_create_1(
                     rfc7047_row_1("qos", (qos->settings
                                           ? rfc7047_uuid(&qos->qos)
                                           : rfc7047_empty_set()))));
    mutations = json_array_create_1(
        rfc7047_clause("external_ids", "delete",
                       rfc7047_keys(libvirt_keys, ARRAY_SIZE(libvirt_keys))));
    if (rate->average) {
        struct smap ids = SMAP_INITIALIZER(&ids);

        dbrow_put_qos_ids(&ids, vif);
        json_array_add(mutations, rfc7047_clause("external_ids", "insert",
                                                 rfc7047_map(&ids)));
        smap_destroy(&ids);
        add_inserts(params, vif, rate);
        qos_column = rfc7047_named_uuid("qos");
    } else {
        qos_column = rfc7047_empty_set();
    }
    rfc7047_mutate(params, "Port", rfc7047_where_name(vif->port), mutations);
    rfc7047_update(params, "Port", rfc7047_where_name(vif->port),
                   rfc7047_row_1("qos", qos_column));
    if (qos->settings) {
        delete_row(params, "QoS", &qos->qos);
    }
    if (!uuid_is_zero(&qos->queue)) {
        delete_row(params, "Queue", &qos->queue);
    }
    return params;
}

/* Returns the request that limits what comes from 'vif' to 'rate' and marks
 * that as ours, or takes the limit away if 'rate' has no average.  If the row
 * has another limit by now, it does nothing.  The caller must destroy it. */
struct json *
dbrow_set_policing(const struct vif *vif, const struct bandwidth_rate *rate)
{
    struct port_qos desired = PORT_QOS_INITIALIZER;
    struct json *where = rfc7047_where_name(vif->name);
    struct json *params = rfc7047_params();
    struct json *row = json_object_create();
    char *mark;

    port_qos_set_policing(&desired, rate);
    mark = port_qos_policing(&desired);

    json_array_add(where, rfc7047_clause("ingress_policing_rate", "==",
                                         json_integer_create(
                                             vif->qos.policing_rate)));
    json_array_add(where, rfc7047_clause("ingress_policing_burst", "==",
                                         json_integer_create(
                                             vif->qos.policing_burst)));

    json_object_put(row, "ingress_policing_rate",
                    json_integer_create(desired.policing_rate));
    json_object_put(row, "ingress_policing_burst",
                    json_integer_create(desired.policing_burst));
    dbrow_update_marked(params, "Interface", where, row, "virtnet-policing",
                        mark);
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
        rfc7047_wait(params, "Port",
                     rfc7047_where("qos", rfc7047_uuid(&qos[i])), "name",
                     json_array_create_empty());
        delete_row(params, "QoS", &qos[i]);
    }
    for (size_t i = 0; i < n_queues; i++) {
        delete_row(params, "Queue", &queues[i]);
    }
    return params;
}
