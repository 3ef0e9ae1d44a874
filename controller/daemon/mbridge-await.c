/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/mbridge-private.h"

#include "lib/host/vif.h"
#include "lib/model/vport.h"
#include "openvswitch/list.h"
#include "openvswitch/poll-loop.h"
#include "timeval.h"

/* How long a new port is held back for libvirt to say what its guest is about,
 * in milliseconds.  Between the two, libvirt plugs the guest's other ports,
 * for each of which it gives ovs-vsctl five seconds by default (ovs_timeout in
 * its libvirtd.conf); with one port it is some milliseconds. */
#define AWAIT_MSEC 5000

static void
forget(struct mport *port)
{
    ovs_list_remove(&port->await_node);
    ovs_list_init(&port->await_node);
}

/* Holds 'vport', a new version of 'port', back if libvirt may be about to say
 * that its guest is on its way in.
 *
 * libvirt plugs a guest's ports first and writes the guest's first state file
 * then, before QEMU is started (qemuProcessLaunch() in libvirt's
 * src/qemu/qemu_process.c).  Where libvirt's state can be read, a new port of
 * a guest that there is none of is therefore one that cannot have started or
 * one that is still at the other end of a migration; or not libvirt's, in
 * which case its first frame makes it active, or else the time. */
void
mbridge_await(struct mbridge *mb, struct mport *port, const struct vif *vif,
              struct vport *vport)
{
    bool await = (port->is_new && !port->arrived && vport->active
                  && vif->guest.unknown);

    if (!await) {
        port->await_until = 0;
        forget(port);
    } else if (!port->await_until) {
        port->await_until = time_msec() + AWAIT_MSEC;
        ovs_list_push_back(&mb->awaited_ports, &port->await_node);
    }
    if (await && time_msec() < port->await_until) {
        vport->active = false;
    }
    port->is_new = port->is_new && !vport->active;
}

/* Stops to wait for libvirt where that has been long enough. */
void
mbridge_await_run(struct mbridge *mb)
{
    while (!ovs_list_is_empty(&mb->awaited_ports)) {
        struct mport *port
            = CONTAINER_OF(ovs_list_front(&mb->awaited_ports), struct mport,
                           await_node);

        if (time_msec() < port->await_until) {
            break;
        }
        forget(port);
        mbridge_update_mport(mb, port);
    }
}

/* Arranges for poll_block() to wake up when mbridge_await_run() has something
 * to do. */
void
mbridge_await_wait(const struct mbridge *mb)
{
    if (!ovs_list_is_empty(&mb->awaited_ports)) {
        const struct mport *port
            = CONTAINER_OF(ovs_list_front(&mb->awaited_ports), struct mport,
                           await_node);

        poll_timer_wait_until(port->await_until);
    }
}
