/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PORT_VLAN_H
#define PORT_VLAN_H 1

/* VLAN configuration of a port, and what it means.
 *
 * "struct port_vlan" is the configuration as columns vlan_mode, tag and trunks
 * of table Port hold it.  "struct port_vlan_effect" is what Open vSwitch makes
 * of these columns: which VLANs the port is in, what becomes of an untagged
 * frame that it sends, and which VLAN's frames it gets untagged. */

#include <stdbool.h>
#include <stdint.h>
#include "lib/base/vlan-set.h"
#include "openvswitch/dynamic-string.h"

#define PORT_VLAN_MODES                                 \
    PORT_VLAN_MODE(DEFAULT, "")                         \
    PORT_VLAN_MODE(ACCESS, "access")                    \
    PORT_VLAN_MODE(TRUNK, "trunk")                      \
    PORT_VLAN_MODE(NATIVE_TAGGED, "native-tagged")      \
    PORT_VLAN_MODE(NATIVE_UNTAGGED, "native-untagged")  \
    PORT_VLAN_MODE(DOT1Q_TUNNEL, "dot1q-tunnel")

enum port_vlan_mode {
#define PORT_VLAN_MODE(ENUM, NAME) PORT_VLAN_MODE_##ENUM,
    PORT_VLAN_MODES
#undef PORT_VLAN_MODE
};

const char *port_vlan_mode_to_string(enum port_vlan_mode);
bool port_vlan_mode_from_string(const char *, enum port_vlan_mode *);

#define PORT_VLAN_NO_TAG (-1)

struct port_vlan {
    enum port_vlan_mode mode;   /* DEFAULT if column vlan_mode is empty. */
    int tag;                    /* 0...4095, or PORT_VLAN_NO_TAG. */
    struct vlan_set trunks;     /* Empty if column trunks is. */
};

void port_vlan_init(struct port_vlan *);
void port_vlan_clone(struct port_vlan *, const struct port_vlan *);
void port_vlan_uninit(struct port_vlan *);
bool port_vlan_equals(const struct port_vlan *, const struct port_vlan *);
bool port_vlan_is_default(const struct port_vlan *);
void port_vlan_format(struct ds *, const struct port_vlan *);

/* other_config:priority-tags: what becomes of a tag that has no VLAN, or none
 * any longer. */
#define PORT_PRIORITY_TAGS                              \
    PORT_PRIORITY_TAG(NEVER, "never")                   \
    PORT_PRIORITY_TAG(IF_NONZERO, "if-nonzero")         \
    PORT_PRIORITY_TAG(ALWAYS, "always")

enum port_priority_tag {
#define PORT_PRIORITY_TAG(ENUM, NAME) PORT_PRIORITY_TAG_##ENUM,
    PORT_PRIORITY_TAGS
#undef PORT_PRIORITY_TAG
};

bool port_priority_tag_from_string(const char *, enum port_priority_tag *);

/* More columns. */
struct port_qinq {
    enum port_priority_tag priority_tag;

    /* These matter in mode dot1q-tunnel only. */
    struct vlan_set cvlans;     /* Empty if column cvlans is. */
    bool is_8021q;              /* other_config:qinq-ethtype=802.1q. */
};

struct port_vlan_effect {
    struct vlan_set members;    /* VLANs that the port belongs to. */
    int untagged_in;            /* VLAN of untagged frames in, -1: dropped. */
    int untagged_out;           /* VLAN whose tag is taken off, or -1. */
    bool tagged_in;             /* Does the port take tagged frames at all? */
    bool keeps_priority;        /* Does a priority outlive its tag's VLAN? */
    bool keeps_null_tags;       /* Is it sent tags that say nothing?  From a
                                 * port that pushes, the customers' own. */

    /* Mode dot1q-tunnel: a tag for VLAN 'untagged_out' is put on all frames
     * that are taken, whether they have one or not. */
    uint16_t push;              /* Type of that tag, or 0. */
    struct vlan_set cvlans;     /* VLANs of the frames that are taken. */
};

bool port_vlan_effect_init(struct port_vlan_effect *,
                           const struct port_vlan *,
                           const struct port_qinq *);
void port_vlan_effect_init_none(struct port_vlan_effect *);
bool port_vlan_effect_equals(const struct port_vlan_effect *,
                             const struct port_vlan_effect *);
void port_vlan_effect_clone(struct port_vlan_effect *,
                            const struct port_vlan_effect *);
bool port_vlan_effect_chooses_cvlans(const struct port_vlan_effect *);
bool port_vlan_effect_admits_all(const struct port_vlan_effect *);
void port_vlan_effect_uninit(struct port_vlan_effect *);

#endif /* lib/base/port-vlan.h */
