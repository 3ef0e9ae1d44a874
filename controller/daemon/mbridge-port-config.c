/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/mbridge-private.h"

#include "openvswitch/ofp-port.h"
#include "util.h"

/* What OpenFlow's configuration of ports does to them, beside no-flood. */

/* What somebody may have set of a port by OpenFlow that is stronger than any
 * flow.  Nobody does so by accident, so it is not taken back. */
static const struct port_switch {
    enum ofputil_port_config config;
    const char *name;
    const char *remedy;         /* Both as ovs-ofctl mod-port has them. */
    const char *effect;
} port_switches[] = {
    { OFPUTIL_PC_NO_RECV, "no-receive", "receive",
      "nothing that it sends is let in" },
    { OFPUTIL_PC_NO_FWD, "no-forward", "forward", "nothing is sent to it" },
    { OFPUTIL_PC_NO_PACKET_IN, "no-packet-in", "packet-in",
      "what its guest announces is not noticed" },
};

/* Reports what somebody has set of 'port', which is called 'name'. */
void
mbridge_report_config(const struct mbridge *mb, const struct mport *port,
                      const char *name, struct diag_list *diags)
{
    const struct origin origin = { .element = CONST_CAST(char *, name) };

    for (size_t i = 0; i < ARRAY_SIZE(port_switches); i++) {
        const struct port_switch *ps = &port_switches[i];

        if (port->config & ps->config) {
            diag_add(diags, DIAG_ERROR, &origin, "somebody has set %s, so "
                     "that %s; ovs-ofctl mod-port %s %s %s", ps->name,
                     ps->effect, mb->row.name, name, ps->remedy);
        }
    }
}

/* Returns what matters here of 'config'. */
enum ofputil_port_config
mbridge_port_config(enum ofputil_port_config config)
{
    return config & (OFPUTIL_PC_NO_RECV | OFPUTIL_PC_NO_FWD
                     | OFPUTIL_PC_NO_PACKET_IN);
}

/* Adds to 'diags' what is wrong with ports of 'mb' and no flow shows: what
 * somebody has set of them and, if 'mb' is in kernel mode, what they ask for
 * and only flows could do, such as guards. */
void
mbridge_get_port_errors(const struct mbridge *mb, struct diag_list *diags)
{
    bool is_kernel = mb->has_mode && !mb->exact;
    const struct mport *port;

    HMAP_FOR_EACH (port, hmap_node, &mb->ports) {
        if (!port->name || !port->in_plan) {
            continue;
        } else if (!is_kernel) {
            mbridge_report_config(mb, port, port->name, diags);
            continue;
        }
        for (size_t i = 0; i < port->diags.n; i++) {
            const struct diag *d = &port->diags.diags[i];

            if (d->severity == DIAG_ERROR) {
                diag_add(diags, d->severity, &d->origin, "%s", d->text);
            }
        }
    }
    diag_list_sort(diags);
}
