/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/port-limits.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/diag.h"
#include "lib/host/vif.h"
#include "lib/model/model.h"
#include "util.h"

/* Returns the <bandwidth> of 'vif', null if it has none, and stores in
 * '*whose' where it comes from.  As in libvirt (networkAllocatePort() in its
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

/* Can the datapath limit 'vif'?
 *
 * linux-htb and policing are the kernel's.  The userspace datapath takes
 * frames from a device of the kernel before that would police them.  It sends
 * to all such devices by one socket, so that frames that wait in the queue of
 * one device fill the socket's buffer, and frames for others are lost: with
 * Open vSwitch 3.1, a port limited to 125 kB/s that was sent 500 kB/s cost
 * another, without a limit, six frames of seven. */
static bool
can_limit(const struct bridge_model *model, const struct vif *vif)
{
    return model->datapath == DATAPATH_SYSTEM && vif_is_system(vif);
}

/* Decides about one direction, for which the database has 'has' and 'mark',
 * and should have 'want'.  Any of them may be null.  Returns true if that is
 * to be written. */
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
 * bridge of 'model', and adds to 'diags', unless that is null, what there is
 * to say of it. */
void
port_limits_init(struct port_limits *limits, const struct bridge_model *model,
                 const struct vif *vif, struct diag_list *diags)
{
    struct port_qos desired = PORT_QOS_INITIALIZER;
    const struct bandwidth *want;
    char *whose;

    *limits = (struct port_limits) { .write_in = false };
    want = find_bandwidth(model, vif, &whose);
    if (want && can_limit(model, vif)) {
        limits->in = want->in;
        limits->out = want->out;
    } else if (want && diags) {
        struct origin origin = { .element = vif->name };

        diag_add(diags, DIAG_WARNING, &origin,
                 "%s is not carried out: only the kernel's datapath limits "
                 "ports, and only devices of the kernel", whose);
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
