/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/base/port-vlan.h"

#include <string.h>

#include "packets.h"
#include "util.h"

/* Returns the name of 'mode' as in column vlan_mode, "" for the default. */
const char *
port_vlan_mode_to_string(enum port_vlan_mode mode)
{
    switch (mode) {
#define PORT_VLAN_MODE(ENUM, NAME) case PORT_VLAN_MODE_##ENUM: return NAME;
    PORT_VLAN_MODES
#undef PORT_VLAN_MODE
    }
    OVS_NOT_REACHED();
}

/* Stores the mode that is called 'name' in '*mode' and returns true.  Returns
 * false, with '*mode' untouched, if there is no such mode. */
bool
port_vlan_mode_from_string(const char *name, enum port_vlan_mode *mode)
{
#define PORT_VLAN_MODE(ENUM, NAME)              \
    if (!strcmp(name, NAME)) {                  \
        *mode = PORT_VLAN_MODE_##ENUM;          \
        return true;                            \
    }
    PORT_VLAN_MODES
#undef PORT_VLAN_MODE
    return false;
}

/* Stores what 'name', a value of other_config:priority-tags, stands for in
 * '*tag' and returns true.  Returns false, with '*tag' untouched, for what is
 * not among vswitch.xml's; to Open vSwitch that is "never". */
bool
port_priority_tag_from_string(const char *name, enum port_priority_tag *tag)
{
#define PORT_PRIORITY_TAG(ENUM, NAME)           \
    if (!strcmp(name, NAME)) {                  \
        *tag = PORT_PRIORITY_TAG_##ENUM;        \
        return true;                            \
    }
    PORT_PRIORITY_TAGS
#undef PORT_PRIORITY_TAG
    return false;
}

/* Initializes 'vlan' as the configuration of a port whose VLAN columns are all
 * empty. */
void
port_vlan_init(struct port_vlan *vlan)
{
    vlan->mode = PORT_VLAN_MODE_DEFAULT;
    vlan->tag = PORT_VLAN_NO_TAG;
    vlan_set_init(&vlan->trunks);
}

/* Initializes 'dst' as a copy of 'src'. */
void
port_vlan_clone(struct port_vlan *dst, const struct port_vlan *src)
{
    dst->mode = src->mode;
    dst->tag = src->tag;
    vlan_set_clone(&dst->trunks, &src->trunks);
}

/* Frees what 'vlan' holds, but not 'vlan' itself, and makes it the default. */
void
port_vlan_uninit(struct port_vlan *vlan)
{
    vlan_set_uninit(&vlan->trunks);
    port_vlan_init(vlan);
}

/* Returns true if 'a' and 'b' are the same columns.  Different columns may
 * still have the same effect. */
bool
port_vlan_equals(const struct port_vlan *a, const struct port_vlan *b)
{
    return a->mode == b->mode && a->tag == b->tag
           && vlan_set_equals(&a->trunks, &b->trunks);
}

/* Returns true if all columns of 'vlan' are empty. */
bool
port_vlan_is_default(const struct port_vlan *vlan)
{
    return vlan->mode == PORT_VLAN_MODE_DEFAULT
           && vlan->tag == PORT_VLAN_NO_TAG
           && vlan_set_is_empty(&vlan->trunks);
}

/* Appends to 's' the columns of 'vlan' that are not empty, for example
 * "vlan_mode=native-tagged tag=10 trunks=10,20".  Appends nothing for the
 * default. */
void
port_vlan_format(struct ds *s, const struct port_vlan *vlan)
{
    const char *separator = "";

    if (vlan->mode != PORT_VLAN_MODE_DEFAULT) {
        ds_put_format(s, "vlan_mode=%s", port_vlan_mode_to_string(vlan->mode));
        separator = " ";
    }
    if (vlan->tag != PORT_VLAN_NO_TAG) {
        ds_put_format(s, "%stag=%d", separator, vlan->tag);
        separator = " ";
    }
    if (!vlan_set_is_empty(&vlan->trunks)) {
        ds_put_format(s, "%strunks=", separator);
        vlan_set_format(s, &vlan->trunks);
    }
}

/* Initializes 'effect' for an access port in VLAN 'vid'. */
static void
port_vlan_effect_init_access(struct port_vlan_effect *effect, int vid)
{
    vlan_set_add(&effect->members, vid);
    effect->untagged_in = vid;
    effect->untagged_out = vid;
}

/* Makes 'effect->members' those of column trunks in 'trunks', where no VLAN at
 * all means every VLAN. */
static void
port_vlan_effect_set_trunks(struct port_vlan_effect *effect,
                            const struct vlan_set *trunks)
{
    if (vlan_set_is_empty(trunks)) {
        vlan_set_add_range(&effect->members, 0, VLAN_ID_MAX);
    } else {
        vlan_set_union(&effect->members, trunks);
    }
    effect->tagged_in = true;
}

/* Initializes 'effect' for a trunk port with 'trunks'. */
static void
port_vlan_effect_init_trunk(struct port_vlan_effect *effect,
                            const struct vlan_set *trunks)
{
    port_vlan_effect_set_trunks(effect, trunks);
    effect->untagged_in = vlan_set_contains(&effect->members, 0) ? 0 : -1;
}

/* Initializes 'effect' for a port whose native VLAN is 'vid'.
 *
 * A native VLAN other than 0 always belongs to the trunks and VLAN 0 never
 * does.  Native VLAN 0 leaves the trunks as they are, and untagged frames are
 * still let in even where the trunks exclude VLAN 0: such a port sends
 * untagged frames and gets none. */
static void
port_vlan_effect_init_native(struct port_vlan_effect *effect, int vid,
                             const struct port_vlan *vlan)
{
    port_vlan_effect_set_trunks(effect, &vlan->trunks);
    if (vid) {
        vlan_set_add(&effect->members, vid);
        vlan_set_remove(&effect->members, 0);
    }
    effect->untagged_in = vid;
    if (vlan->mode == PORT_VLAN_MODE_NATIVE_UNTAGGED) {
        effect->untagged_out = vid;
    }
}

/* Initializes 'effect' for a dot1q-tunnel port that puts a tag for VLAN 'vid'
 * on.  'qinq' may be null for the defaults. */
static void
port_vlan_effect_init_tunnel(struct port_vlan_effect *effect, int vid,
                             const struct port_qinq *qinq)
{
    vlan_set_add(&effect->members, vid);
    effect->untagged_out = vid;
    effect->push = (qinq && qinq->is_8021q
                    ? ETH_TYPE_VLAN_8021Q : ETH_TYPE_VLAN_8021AD);
    if (qinq && !vlan_set_is_empty(&qinq->cvlans)) {
        vlan_set_union(&effect->cvlans, &qinq->cvlans);
    } else {
        vlan_set_add_range(&effect->cvlans, 0, VLAN_ID_MAX);
    }
}

/* Initializes 'effect' to that of a port in no VLAN, which takes no frame and
 * gets none.  No configuration of a port has it. */
void
port_vlan_effect_init_none(struct port_vlan_effect *effect)
{
    vlan_set_init(&effect->members);
    effect->untagged_in = -1;
    effect->untagged_out = -1;
    effect->tagged_in = false;
    effect->keeps_priority = false;
    effect->keeps_null_tags = false;
    effect->push = 0;
    vlan_set_init(&effect->cvlans);
}

/* Changes 'effect' to what it is with 'tag', which are the rules of
 * output_normal() and xvlan_put() in ofproto/ofproto-dpif-xlate.c.
 *
 * A tag that is taken off because of its VLAN leaves one for VLAN 0 behind if
 * it has a priority.  In VLAN 0 that is to take nothing off.  A tag that says
 * nothing at all is kept by a port that would have kept it if it said
 * something.  From a dot1q-tunnel port the priority of the tag that is taken
 * off goes to the customer's own, or makes one. */
static void
port_vlan_effect_keep_tags(struct port_vlan_effect *effect,
                           enum port_priority_tag tag)
{
    if (tag == PORT_PRIORITY_TAG_NEVER) {
        return;
    } else if (effect->push) {
        effect->keeps_priority = true;
        effect->keeps_null_tags = tag == PORT_PRIORITY_TAG_ALWAYS;
        return;
    }
    effect->keeps_null_tags = (tag == PORT_PRIORITY_TAG_ALWAYS
                               && effect->untagged_out
                               && vlan_set_contains(&effect->members, 0));
    effect->keeps_priority = effect->untagged_out > 0;
    if (!effect->untagged_out) {
        effect->untagged_out = -1;
    }
}

/* Initializes 'effect' with what Open vSwitch makes of 'vlan' and 'qinq',
 * which are the rules of port_configure() in vswitchd/bridge.c, bundle_set()
 * in ofproto/ofproto-dpif.c, and input_vid_is_valid(),
 * xbundle_includes_vlan(), xvlan_input_translate() and
 * xvlan_output_translate() in ofproto/ofproto-dpif-xlate.c.  The caller must
 * uninitialize 'effect' in either case.
 *
 * 'effect->untagged_in' is the VLAN of frames that arrive without a tag or
 * with only a priority in it, 0...4095, or -1 if they are dropped.
 * 'effect->untagged_out' is the VLAN whose tag is taken off, 0...4095, or -1
 * if there is none; a tag for VLAN 0 is one with only a priority in it.  If
 * 'effect->tagged_in' is true, tagged frames are let in for the VLANs other
 * than 0 among 'effect->members', otherwise they are all dropped.
 *
 * Returns true if successful.  Returns false for mode dot1q-tunnel without a
 * tag, or with tag 0, of which Open vSwitch makes nothing of use; 'effect' is
 * then that of a port that admits nothing and gets nothing.
 *
 * 'qinq' may be null for the defaults. */
bool
port_vlan_effect_init(struct port_vlan_effect *effect,
                      const struct port_vlan *vlan,
                      const struct port_qinq *qinq)
{
    bool has_tag = vlan->tag >= 0 && vlan->tag <= VLAN_ID_MAX;
    int vid = has_tag ? vlan->tag : 0;

    port_vlan_effect_init_none(effect);
    switch (vlan->mode) {
    case PORT_VLAN_MODE_DEFAULT:
        if (has_tag) {
            port_vlan_effect_init_access(effect, vid);
        } else {
            port_vlan_effect_init_trunk(effect, &vlan->trunks);
        }
        break;

    case PORT_VLAN_MODE_TRUNK:
        port_vlan_effect_init_trunk(effect, &vlan->trunks);
        break;

    case PORT_VLAN_MODE_ACCESS:
        port_vlan_effect_init_access(effect, vid);
        break;

    case PORT_VLAN_MODE_NATIVE_TAGGED:
    case PORT_VLAN_MODE_NATIVE_UNTAGGED:
        port_vlan_effect_init_native(effect, vid, vlan);
        break;

    case PORT_VLAN_MODE_DOT1Q_TUNNEL:
        if (!vid) {
            return false;
        }
        port_vlan_effect_init_tunnel(effect, vid, qinq);
        break;
    }
    if (qinq) {
        port_vlan_effect_keep_tags(effect, qinq->priority_tag);
    }
    return true;
}

bool
port_vlan_effect_equals(const struct port_vlan_effect *a,
                        const struct port_vlan_effect *b)
{
    return (vlan_set_equals(&a->members, &b->members)
            && a->untagged_in == b->untagged_in
            && a->untagged_out == b->untagged_out
            && a->tagged_in == b->tagged_in
            && a->keeps_priority == b->keeps_priority
            && a->keeps_null_tags == b->keeps_null_tags
            && a->push == b->push
            && vlan_set_equals(&a->cvlans, &b->cvlans));
}

/* Initializes 'dst' to a copy of 'src'. */
void
port_vlan_effect_clone(struct port_vlan_effect *dst,
                       const struct port_vlan_effect *src)
{
    *dst = *src;
    vlan_set_clone(&dst->members, &src->members);
    vlan_set_clone(&dst->cvlans, &src->cvlans);
}

/* Does the port of 'effect' take some VLANs of those inside its own, and not
 * others? */
bool
port_vlan_effect_chooses_cvlans(const struct port_vlan_effect *effect)
{
    return effect->push && vlan_set_count(&effect->cvlans) <= VLAN_ID_MAX;
}

/* Does the port of 'effect' take any frame, with whatever tag? */
bool
port_vlan_effect_admits_all(const struct port_vlan_effect *effect)
{
    return (effect->push ? !port_vlan_effect_chooses_cvlans(effect)
            : (effect->tagged_in
               && vlan_set_count(&effect->members) > VLAN_ID_MAX));
}

/* Frees what 'effect' holds, but not 'effect' itself. */
void
port_vlan_effect_uninit(struct port_vlan_effect *effect)
{
    vlan_set_uninit(&effect->members);
    vlan_set_uninit(&effect->cvlans);
}
