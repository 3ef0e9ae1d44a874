/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/switch/ofctrl-private.h"

#include "lib/openflow/ometer.h"
#include "openflow/openflow-1.3.h"
#include "openvswitch/list.h"
#include "openvswitch/ofpbuf.h"

/* Remembers which meters of ours the switch has, which is about to be
 * forgotten. */
void
ofctrl_keep_meters(struct ofctrl *ofctrl)
{
    if (ofctrl->state == S_READY) {
        ometers_uninit(&ofctrl->last_meters);
        ometers_clone(&ofctrl->last_meters, &ofctrl->sync.meters.installed);
    }
}

/* Puts those meters into a switch that is on hold, which may be new.  ovs-save
 * saves no meters, and the switch would refuse everybody's flows that it has
 * saved for a single one of ours that names a meter. */
void
ofctrl_put_back_meters(struct ofctrl *ofctrl)
{
    struct ovs_list msgs = OVS_LIST_INITIALIZER(&msgs);

    for (size_t i = 0; i < ofctrl->last_meters.n; i++) {
        struct ofpbuf *msg
            = ometer_to_meter_mod(&ofctrl->last_meters.meters[i], OFPMC13_ADD);

        ovs_list_push_back(&msgs, &msg->list_node);
    }
    ofctrl_send_messages(ofctrl, &msgs);
}
