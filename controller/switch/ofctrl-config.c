/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/switch/ofctrl-private.h"

#include "controller/switch/mgmt-conn.h"
#include "openvswitch/poll-loop.h"
#include "timeval.h"

/* What of a switch's configuration guards depend on.  Others can change it,
 * and the switch tells nobody, so it is asked. */

/* How often, in milliseconds. */
#define CONFIG_MSEC 10000

static bool
must_look(const struct ofctrl *ofctrl)
{
    return (ofctrl->state == S_READY
            && mgmt_conn_wants_first_ports(ofctrl->conn));
}

/* Asks for the switch's configuration if it is time for that and guards are
 * in it.  The reply, which has 'ofctrl->config_xid', is for
 * mgmt_conn_check_config(). */
void
ofctrl_config_run(struct ofctrl *ofctrl)
{
    if (must_look(ofctrl) && time_msec() >= ofctrl->next_config) {
        ofctrl->config_xid = mgmt_conn_request_config(ofctrl->conn);
        ofctrl->next_config = time_msec() + CONFIG_MSEC;
    }
}

/* Arranges for poll_block() to wake up when ofctrl_config_run() has something
 * to do. */
void
ofctrl_config_wait(const struct ofctrl *ofctrl)
{
    if (must_look(ofctrl)) {
        poll_timer_wait_until(ofctrl->next_config);
    }
}
