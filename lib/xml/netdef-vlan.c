/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/netdef-parse-private.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xml/netdef.h"
#include "lib/xml/netport.h"
#include "util.h"

/* <vlan> of a network, a portgroup or a port.
 *
 * The rules are those of libvirt's virNetDevVlanParse(), the result is what
 * its virNetDevOpenvswitchAddPort() writes into table Port: several tags, or
 * one with trunk='yes', become trunks; one alone becomes the tag of an access
 * port.  A native VLAN adds its tag and vlan_mode, and alone it leaves column
 * trunks empty, which is to say that the port is in all other VLANs too. */

void
netdef_vlan_begin(struct netdef_parser *parser,
                  enum netdef_node node OVS_UNUSED,
                  unsigned int line OVS_UNUSED)
{
    vlan_set_uninit(&parser->vlan.tags);
    parser->vlan = (struct vlan_parser) {
        .native = PORT_VLAN_NO_TAG,
        .tag = PORT_VLAN_NO_TAG,
    };
}

void
netdef_vlan_trunk(struct netdef_parser *parser,
                  enum netdef_node node OVS_UNUSED, const char *value,
                  unsigned int line OVS_UNUSED)
{
    parser->vlan.trunk = !strcmp(value, "yes");
    parser->vlan.no_trunk = !parser->vlan.trunk;
}

void
netdef_vlan_tag_begin(struct netdef_parser *parser,
                      enum netdef_node node OVS_UNUSED,
                      unsigned int line OVS_UNUSED)
{
    parser->vlan.n_tags++;
    parser->vlan.tag = PORT_VLAN_NO_TAG;
    parser->vlan.has_id = false;
    parser->vlan.tag_mode = PORT_VLAN_MODE_DEFAULT;
}

void
netdef_vlan_tag_id(struct netdef_parser *parser, enum netdef_node node,
                   const char *value, unsigned int line)
{
    struct vlan_parser *vlan = &parser->vlan;
    const char *number = value + (value[0] == '+');
    const char *digits = number + strspn(number, "0");
    int id = strlen(digits) > 4 ? INT_MAX : atoi(digits);

    vlan->has_id = true;
    if (!number[0] || number[strspn(number, "0123456789")]) {
        netdef_parser_error(parser, node, line, "invalid VLAN id '%s'", value);
    } else if (id > NETDEF_MAX_VLAN) {
        netdef_parser_error(parser, node, line,
                            "VLAN id %s is too large (maximum %d)", value,
                            NETDEF_MAX_VLAN);
    } else {
        vlan->tag = id;
    }
}

void
netdef_vlan_tag_native_mode(struct netdef_parser *parser,
                            enum netdef_node node, const char *value,
                            unsigned int line)
{
    struct vlan_parser *vlan = &parser->vlan;

    if (!strcmp(value, "tagged")) {
        vlan->tag_mode = PORT_VLAN_MODE_NATIVE_TAGGED;
    } else if (!strcmp(value, "untagged")) {
        vlan->tag_mode = PORT_VLAN_MODE_NATIVE_UNTAGGED;
    } else {
        netdef_parser_error(parser, node, line, "invalid nativeMode "
                            "'%s', expected tagged or untagged", value);
    }
}

void
netdef_vlan_tag_end(struct netdef_parser *parser, enum netdef_node node,
                    const char *text OVS_UNUSED, unsigned int line)
{
    struct vlan_parser *vlan = &parser->vlan;

    if (!vlan->has_id) {
        netdef_parser_error(parser, node, line, "missing attribute 'id'");
    }
    if (vlan->tag_mode != PORT_VLAN_MODE_DEFAULT) {
        if (vlan->mode != PORT_VLAN_MODE_DEFAULT) {
            netdef_parser_error(parser, node, line,
                                "nativeMode on more than one tag");
        }
        vlan->mode = vlan->tag_mode;
        vlan->native = vlan->tag;
    }
    if (vlan->tag != PORT_VLAN_NO_TAG) {
        if (vlan_set_contains(&vlan->tags, vlan->tag)) {
            netdef_parser_report(parser, DIAG_WARNING, line,
                                 netdef_node_get_class(node)->path,
                                 "VLAN %d is listed twice", vlan->tag);
        }
        vlan_set_add(&vlan->tags, vlan->tag);
    }
}

/* Stores in '*port_vlan' what libvirt writes into table Port for 'vlan'. */
static void
vlan_parser_finish(const struct vlan_parser *vlan, struct port_vlan *port_vlan)
{
    port_vlan_uninit(port_vlan);
    if (vlan->mode != PORT_VLAN_MODE_DEFAULT) {
        port_vlan->mode = vlan->mode;
        port_vlan->tag = vlan->native;
    }
    if (vlan->n_tags > 1 || vlan->trunk) {
        vlan_set_union(&port_vlan->trunks, &vlan->tags);
    } else if (!vlan_set_is_empty(&vlan->tags)) {
        port_vlan->tag = vlan->tags.ranges[0].first;
    }
}

void
netdef_vlan_end(struct netdef_parser *parser, enum netdef_node node,
                const char *text OVS_UNUSED, unsigned int line)
{
    struct vlan_parser *vlan = &parser->vlan;

    if (!vlan->n_tags) {
        netdef_parser_error(parser, node, line,
                            "missing <tag>: each <vlan> needs at least one");
    } else if (vlan->no_trunk && vlan->mode != PORT_VLAN_MODE_DEFAULT) {
        netdef_parser_error(parser, node, line,
                            "trunk='no' is not allowed with nativeMode");
    } else if (vlan->no_trunk && vlan->n_tags > 1) {
        netdef_parser_error(parser, node, line, "trunk='no' is not "
                            "allowed with more than one tag");
    }

    if (node == NETDEF_NODE_PORTGROUP_VLAN) {
        struct portgroup *pg = netdef_parser_portgroup(parser);

        pg->has_vlan = true;
        vlan_parser_finish(vlan, &pg->vlan);
    } else if (node == NETDEF_NODE_NETPORT_VLAN) {
        parser->netport->has_vlan = true;
        vlan_parser_finish(vlan, &parser->netport->vlan);
    } else {
        parser->netdef->has_vlan = true;
        vlan_parser_finish(vlan, &parser->netdef->vlan);
    }
}
