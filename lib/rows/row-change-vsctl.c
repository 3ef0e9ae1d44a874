/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/rows/row-change.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/printable.h"
#include "lib/rows/dbrow.h"
#include "openvswitch/dynamic-string.h"
#include "smap.h"
#include "util.h"
#include "uuid.h"

/* Changes of the database as words of an ovs-vsctl(8) command. */

/* Appends to 's' the part of an ovs-vsctl(8) command that sets the VLANs of a
 * port.  A column that has to be empty is cleared first. */
static void
put_vsctl_vlan(struct ds *s, const struct row_change *c)
{
    const struct port_vlan *new = &c->new;
    struct ds port = DS_EMPTY_INITIALIZER;

    printable_put_shell(&port, c->port);
    ds_put_format(s, " \\\n    -- clear Port %s tag trunks vlan_mode",
                  ds_cstr(&port));
    if (port_vlan_is_default(new)) {
        ds_put_format(s, " \\\n    -- remove Port %s external_ids "
                      "virtnet-vlan", ds_cstr(&port));
    } else {
        ds_put_format(s, " \\\n    -- set Port %s "
                      "external_ids:virtnet-vlan=%s", ds_cstr(&port),
                      c->is_kept ? "kept" : "true");
        if (new->tag != PORT_VLAN_NO_TAG) {
            ds_put_format(s, " tag=%d", new->tag);
        }
        for (size_t i = 0; i < new->trunks.n; i++) {
            const struct vlan_range *r = &new->trunks.ranges[i];

            for (int vid = r->first; vid <= r->last; vid++) {
                ds_put_format(s, "%s%d", vid == new->trunks.ranges[0].first
                              ? " trunks=" : ",", vid);
            }
        }
        if (new->mode != PORT_VLAN_MODE_DEFAULT) {
            ds_put_format(s, " vlan_mode=%s",
                          port_vlan_mode_to_string(new->mode));
        }
    }
    ds_destroy(&port);
}

/* Likewise, for column protected. */
static void
put_vsctl_protected(struct ds *s, const struct row_change *c)
{
    ds_put_cstr(s, " \\\n    -- set Port ");
    printable_put_shell(s, c->port);
    if (c->protected) {
        ds_put_cstr(s, " protected=true external_ids:virtnet-protected=true");
    } else {
        ds_put_cstr(s, " protected=false \\\n    -- remove Port ");
        printable_put_shell(s, c->port);
        ds_put_cstr(s, " external_ids virtnet-protected");
    }
}

/* Appends " COLUMN:KEY=VALUE" for each pair in 'smap' to 's'. */
static void
put_vsctl_map(struct ds *s, const char *column, const struct smap *smap)
{
    const struct smap_node **nodes = smap_sort(smap);

    for (size_t i = 0; i < smap_count(smap); i++) {
        char *word = xasprintf("%s:%s=\"%s\"", column, nodes[i]->key,
                               nodes[i]->value);

        ds_put_char(s, ' ');
        printable_put_shell(s, word);
        free(word);
    }
    free(nodes);
}

/* The same for the spanning tree. */
static void
put_vsctl_stp(struct ds *s, const struct row_change *c)
{
    struct smap keys, ids = SMAP_INITIALIZER(&ids);
    const struct smap_node *node;
    struct ds port = DS_EMPTY_INITIALIZER;

    printable_put_shell(&port, c->port);
    port_stp_get_change(&c->vif.stp, c->leaves_stp, &keys);
    if (c->leaves_stp) {
        smap_add_nocopy(&ids, xstrdup("virtnet-stp"), port_stp_mark(&keys));
        ds_put_format(s, " \\\n    -- set Port %s", ds_cstr(&port));
        put_vsctl_map(s, "other_config", &keys);
        put_vsctl_map(s, "external_ids", &ids);
    } else {
        SMAP_FOR_EACH (node, &keys) {
            ds_put_format(s, " \\\n    -- remove Port %s other_config %s=%s",
                          ds_cstr(&port), node->key, node->value);
        }
        ds_put_format(s, " \\\n    -- remove Port %s external_ids "
                      "virtnet-stp", ds_cstr(&port));
    }
    smap_destroy(&ids);
    smap_destroy(&keys);
    ds_destroy(&port);
}

/* Appends to 's' the rows of tables QoS and Queue that 'c' adds, as number
 * 'n'. */
static void
put_vsctl_create(struct ds *s, const struct row_change *c, size_t n)
{
    struct smap config = SMAP_INITIALIZER(&config);
    struct smap ids = SMAP_INITIALIZER(&ids);

    port_qos_put_htb(&config, &c->rate);
    dbrow_put_qos_ids(&ids, &c->vif);
    put_vsctl_map(s, "external_ids", &ids);
    smap_add_nocopy(&ids, xstrdup("virtnet-qos"),
                    port_qos_htb_settings(&c->rate));
    ds_put_format(s, " \\\n    -- --id=@qos%"PRIuSIZE" create QoS "
                  "type=linux-htb queues:0=@queue%"PRIuSIZE, n, n);
    put_vsctl_map(s, "other_config", &config);
    put_vsctl_map(s, "external_ids", &ids);
    ds_put_format(s, " \\\n    -- --id=@queue%"PRIuSIZE" create Queue", n);
    put_vsctl_map(s, "other_config", &config);
    put_vsctl_map(s, "external_ids", &ids);
    smap_destroy(&ids);
    smap_destroy(&config);
}

/* Appends to 's' the part of an ovs-vsctl(8) command that changes a port's
 * QoS, as number 'n' of the changes in that command. */
static void
put_vsctl_qos(struct ds *s, const struct row_change *c, size_t n)
{
    const struct port_qos *old = &c->vif.qos;
    struct ds port = DS_EMPTY_INITIALIZER;

    printable_put_shell(&port, c->vif.port);
    if (c->rate.average) {
        ds_put_format(s, " \\\n    -- set Port %s qos=@qos%"PRIuSIZE,
                      ds_cstr(&port), n);
        put_vsctl_create(s, c, n);
    } else {
        ds_put_format(s, " \\\n    -- clear Port %s qos \\\n"
                      "    -- remove Port %s external_ids ifname vm-id",
                      ds_cstr(&port), ds_cstr(&port));
    }
    if (old->settings) {
        ds_put_format(s, " \\\n    -- destroy QoS "UUID_FMT,
                      UUID_ARGS(&old->qos));
    }
    if (!uuid_is_zero(&old->queue)) {
        ds_put_format(s, " \\\n    -- destroy Queue "UUID_FMT,
                      UUID_ARGS(&old->queue));
    }
    ds_destroy(&port);
}

/* The same for policing. */
static void
put_vsctl_policing(struct ds *s, const struct row_change *c)
{
    struct port_qos new = PORT_QOS_INITIALIZER;
    struct ds interface = DS_EMPTY_INITIALIZER;
    char *mark;

    port_qos_set_policing(&new, &c->rate);
    mark = port_qos_policing(&new);
    printable_put_shell(&interface, c->vif.name);
    ds_put_format(s, " \\\n    -- set Interface %s "
                  "ingress_policing_rate=%"PRIu64" "
                  "ingress_policing_burst=%"PRIu64,
                  ds_cstr(&interface), new.policing_rate, new.policing_burst);
    if (mark) {
        ds_put_format(s, " 'external_ids:virtnet-policing=\"%s\"'", mark);
    } else {
        ds_put_format(s, " \\\n    -- remove Interface %s external_ids "
                      "virtnet-policing", ds_cstr(&interface));
    }
    free(mark);
    ds_destroy(&interface);
}

/* The same for settings of a bridge. */
static void
put_vsctl_settings(struct ds *s, const struct row_change *c)
{
    const struct smap_node **nodes = smap_sort(&c->settings->changes);
    struct smap mark = SMAP_INITIALIZER(&mark);
    struct ds bridge = DS_EMPTY_INITIALIZER;

    printable_put_shell(&bridge, c->bridge);
    for (size_t i = 0; i < smap_count(&c->settings->changes); i++) {
        const char *key = nodes[i]->key;
        const char *value = nodes[i]->value;

        if (!strcmp(key, "mtu")) {
            ds_put_format(s, " \\\n    -- %s Interface %s mtu_request",
                          value[0] ? "set" : "clear", ds_cstr(&bridge));
        } else if (!strcmp(key, "stp")) {
            ds_put_format(s, " \\\n    -- set Bridge %s stp_enable",
                          ds_cstr(&bridge));
            value = value[0] ? value : "false";
        } else {
            ds_put_format(s, " \\\n    -- %s Bridge %s other_config%c%s",
                          value[0] ? "set" : "remove", ds_cstr(&bridge),
                          value[0] ? ':' : ' ', key);
        }
        if (value[0] && !strcmp(key, "hwaddr")) {
            ds_put_format(s, "='\"%s\"'", value);
        } else if (value[0]) {
            ds_put_format(s, "=%s", value);
        }
    }
    ds_put_format(s, " \\\n    -- remove Bridge %s external_ids "
                  "virtnet-settings", ds_cstr(&bridge));
    if (!smap_is_empty(&c->settings->desired)) {
        smap_add_nocopy(&mark, xstrdup("virtnet-settings"),
                        bridge_settings_format(&c->settings->desired));
        ds_put_format(s, " \\\n    -- set Bridge %s", ds_cstr(&bridge));
        put_vsctl_map(s, "external_ids", &mark);
    }
    smap_destroy(&mark);
    ds_destroy(&bridge);
    free(nodes);
}

/* The same for a tunnel. */
static void
put_vsctl_tunnel(struct ds *s, const struct row_change *c)
{
    const struct tunnel_row *t = &c->tunnel;
    char *id = tunnel_row_host_id(t);
    char *words[] = {
        xasprintf("options:remote_ip=\"%s\"", t->remote_ip),
        xasprintf("external_ids:"TUNNEL_ROW_MARK"=\"%s\"", t->bridge),
        xasprintf("external_ids:"TUNNEL_ROW_HOST"=\"%s\"", id),
    };

    ds_put_cstr(s, " \\\n    -- --may-exist add-port ");
    printable_put_shell(s, t->bridge);
    ds_put_format(s, " %s -- set Interface %s type=%s options:key=%"PRIu32
                  " bfd:enable=true", t->name, t->name, t->type, t->key);
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        ds_put_char(s, ' ');
        printable_put_shell(s, words[i]);
        free(words[i]);
    }
    free(id);
}

/* Appends to 's' the ovs-vsctl(8) command that makes 'changes', for sh(1).  It
 * does not wait for ovs-vswitchd, which a script may not have running.  If
 * there is nothing to do it is a comment. */
void
row_changes_format_vsctl(struct ds *s, const struct row_changes *changes)
{
    if (!changes->n) {
        ds_put_cstr(s, "# nothing to change in the database\n");
        return;
    }
    ds_put_cstr(s, "ovs-vsctl --no-wait");
    for (size_t i = 0; i < changes->n; i++) {
        const struct row_change *c = &changes->changes[i];

        switch (c->type) {
        case ROW_NEW_BRIDGE:
            ds_put_cstr(s, " \\\n    -- add-br ");
            printable_put_shell(s, c->bridge);
            ds_put_cstr(s, " -- br-set-external-id ");
            printable_put_shell(s, c->bridge);
            ds_put_cstr(s, " virtnet-owner ");
            printable_put_shell(s, c->network);
            break;

        case ROW_OLD_BRIDGE:
            ds_put_cstr(s, " \\\n    -- del-br ");
            printable_put_shell(s, c->bridge);
            break;

        case ROW_PORT_VLAN:
            put_vsctl_vlan(s, c);
            break;

        case ROW_PORT_PROTECTED:
            put_vsctl_protected(s, c);
            break;

        case ROW_PORT_STP:
            put_vsctl_stp(s, c);
            break;

        case ROW_PORT_QOS:
            put_vsctl_qos(s, c, i);
            break;

        case ROW_POLICING:
            put_vsctl_policing(s, c);
            break;

        case ROW_BRIDGE_SETTINGS:
            put_vsctl_settings(s, c);
            break;

        case ROW_TUNNEL:
            put_vsctl_tunnel(s, c);
            break;

        case ROW_OLD_TUNNEL:
            ds_put_cstr(s, " \\\n    -- --if-exists del-port ");
            printable_put_shell(s, c->interface);
            break;

        case ROW_N_TYPES:
            OVS_NOT_REACHED();
        }
    }
    ds_put_char(s, '\n');
}
