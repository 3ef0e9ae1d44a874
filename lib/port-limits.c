/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "port-limits.h"

#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "model.h"
#include "util.h"
#include "vif.h"

/* Returns the <bandwidth> of 'vif', null if it has none, and stores in '*whose'
 * where it comes from.  As in libvirt (networkAllocatePort() in its
 * src/network/bridge_driver.c), an interface's own replaces the portgroup's as
 * a whole, and a network's is not inherited. */
static const struct bandwidth *
find_bandwidth(const struct bridge_model *model, const struct vif *vif,
               char **whose)
{
    *whose = NULL;
    if (vif_get_role(vif) == VIF_HOST || vif->bond.is_member) {
        return NULL;
    } else if (bandwidth_is_set(&vif->bandwidth)) {
        *whose = xstrdup("its own <bandwidth>");
        return &vif->bandwidth;
    }

    const struct portgroup *portgroup = model_find_portgroup(model, vif, NULL);
    if (portgroup && bandwidth_is_set(&portgroup->bandwidth)) {
        *whose = xasprintf("the <bandwidth> of portgroup '%s'",
                           portgroup->name);
        return &portgroup->bandwidth;
    }
    return NULL;
}

/* Is 'vif' a device of the kernel, which is what Open vSwitch shapes by
 * linux-htb? */
static bool
is_kernel_device(const struct bridge_model *model, const struct vif *vif)
{
    return (model->datapath != DATAPATH_OTHER
            && (!vif->type || !vif->type[0] || !strcmp(vif->type, "system")));
}

/* Finds out what the datapath can of 'want', the <bandwidth> of 'vif', and
 * reports what it cannot.
 *
 * The userspace datapath takes frames from a device of the kernel before the
 * kernel would police them. */
static void
take_what_can_be(struct port_limits *limits, const struct bridge_model *model,
                 const struct vif *vif, const struct bandwidth *want,
                 const char *whose, struct diag_list *diags)
{
    struct origin origin = { .element = vif->name };
    bool is_kernel = is_kernel_device(model, vif);

    if (is_kernel) {
        limits->in = want->in;
    } else if (want->in.average && diags) {
        diag_add(diags, DIAG_WARNING, &origin,
                 "%s: inbound is not carried out, because linux-htb is for "
                 "devices of the kernel", whose);
    }
    if (is_kernel && model->datapath == DATAPATH_SYSTEM) {
        limits->out = want->out;
    } else if (want->out.average && diags) {
        diag_add(diags, DIAG_WARNING, &origin,
                 "%s: outbound is not carried out, because ingress policing "
                 "is for the kernel's datapath", whose);
    }
}

/* Decides about one direction, for which the database has 'has' and 'mark', and
 * should have 'want'.  Any of them may be null.  Returns true if that is to be
 * written. */
static bool
decide(const char *has, const char *mark, const char *want,
       const struct vif *vif, const char *whose, struct diag_list *diags)
{
    bool is_ours = !has || nullable_string_is_equal(has, mark);

    if (!is_ours && want && strcmp(has, want) && diags) {
        struct origin origin = { .element = vif->name };

        diag_add(diags, DIAG_NOTE, &origin,
                 "has a limit of its own (%s), which goes before %s (%s)",
                 has, whose, want);
    }
    /* A mark that nothing belongs to goes too. */
    return is_ours && (!nullable_string_is_equal(has, want)
                       || !nullable_string_is_equal(mark, want));
}

/* Initializes 'limits' to what is to be done about 'vif', an interface on the
 * bridge of 'model', and adds to 'diags', unless that is null, what there is to
 * say of it. */
void
port_limits_init(struct port_limits *limits, const struct bridge_model *model,
                 const struct vif *vif, struct diag_list *diags)
{
    struct port_qos desired = PORT_QOS_INITIALIZER;
    const struct bandwidth *want;
    char *whose;

    *limits = (struct port_limits) { .write_in = false };
    want = find_bandwidth(model, vif, &whose);
    if (want) {
        take_what_can_be(limits, model, vif, want, whose, diags);
    }

    desired.settings = port_qos_htb_settings(&limits->in);
    port_qos_set_policing(&desired, &limits->out);
    char *has_policing = port_qos_policing(&vif->qos);
    char *want_policing = port_qos_policing(&desired);

    limits->write_in = decide(vif->qos.settings, vif->qos.mark,
                              desired.settings, vif, whose, diags);
    limits->write_out = decide(has_policing, vif->qos.policing_mark,
                               want_policing, vif, whose, diags);
    free(want_policing);
    free(has_policing);
    free(desired.settings);
    free(whose);
}
