/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/netdef-parse-private.h"

#include <stdlib.h>

#include "lib/xml/netdef.h"
#include "openvswitch/shash.h"
#include "util.h"

/* <vn:portgroup>: settings of ours for a portgroup of libvirt's. */

/* Returns the <vn:portgroup> that is being read. */
struct vn_portgroup *
netdef_parser_vn_portgroup(const struct netdef_parser *parser)
{
    return &parser->vn_portgroups[parser->n_vn_portgroups - 1];
}

void
netdef_vn_portgroup_begin(struct netdef_parser *parser,
                          enum netdef_node node OVS_UNUSED, unsigned int line)
{
    if (parser->n_vn_portgroups >= parser->allocated_vn_portgroups) {
        parser->vn_portgroups = x2nrealloc(parser->vn_portgroups,
                                           &parser->allocated_vn_portgroups,
                                           sizeof *parser->vn_portgroups);
    }
    parser->vn_portgroups[parser->n_vn_portgroups++]
        = (struct vn_portgroup) { .line = line };
}

void
netdef_vn_portgroup_name(struct netdef_parser *parser,
                         enum netdef_node node OVS_UNUSED, const char *value,
                         unsigned int line OVS_UNUSED)
{
    netdef_parser_vn_portgroup(parser)->name = xstrdup(value);
}

/* Returns the node that has the path 'element'. */
static enum netdef_node
node_of_setting(const struct netdef_setting *setting)
{
    enum netdef_node node;

    ovs_assert(netdef_node_from_path(setting->element, &node));
    return node;
}

/* Adds what the <vn:portgroup>s of the document say to its portgroups. */
void
netdef_vn_portgroups_finish(struct netdef_parser *parser)
{
    struct netdef *netdef = parser->netdef;
    struct shash portgroups = SHASH_INITIALIZER(&portgroups);

    for (size_t i = 0; i < netdef->n_portgroups; i++) {
        shash_add_once(&portgroups, netdef->portgroups[i].name,
                       &netdef->portgroups[i]);
    }
    for (size_t i = 0; i < parser->n_vn_portgroups; i++) {
        const struct vn_portgroup *vn = &parser->vn_portgroups[i];
        struct portgroup *pg = (vn->name ? shash_find_data(&portgroups,
                                                           vn->name) : NULL);

        if (!vn->name) {
            netdef_parser_error(parser, NETDEF_NODE_VN_PORTGROUP, vn->line,
                                "missing name");
        } else if (!pg) {
            netdef_parser_report(parser, DIAG_WARNING, vn->line,
                                 "metadata/vn:network/vn:portgroup@name",
                                 "there is no portgroup called '%s'",
                                 vn->name);
        } else {
#define NETDEF_POLICY_SETTING(NAME, DEFAULT)                            \
            if (netdef_setting_is_set(&vn->policy.NAME)) {              \
                netdef_take_setting(parser, &pg->policy.NAME,           \
                                    &vn->policy.NAME,                   \
                                    node_of_setting(&vn->policy.NAME)); \
            }
            NETDEF_POLICY_SETTINGS
#undef NETDEF_POLICY_SETTING
            if (vn->filter) {
                free(pg->filter);
                pg->filter = xstrdup(vn->filter);
                pg->filter_line = vn->filter_line;
            }
        }
    }
    shash_destroy(&portgroups);
    netdef_vn_portgroups_clear(parser);
}

/* Forgets the <vn:portgroup>s of the document. */
void
netdef_vn_portgroups_clear(struct netdef_parser *parser)
{
    for (size_t i = 0; i < parser->n_vn_portgroups; i++) {
        free(parser->vn_portgroups[i].name);
        free(parser->vn_portgroups[i].filter);
    }
    free(parser->vn_portgroups);
    parser->vn_portgroups = NULL;
    parser->n_vn_portgroups = 0;
    parser->allocated_vn_portgroups = 0;
}
