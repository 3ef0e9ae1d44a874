/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/switch/ofctrl-private.h"

#include "controller/switch/mgmt-conn.h"
#include "openvswitch/ofp-msgs.h"
#include "openvswitch/ofpbuf.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "timeval.h"

VLOG_DEFINE_THIS_MODULE(ofctrl_echo);

/* Whether the switch answers.  A switch that hangs keeps its connections, and
 * what it was told last may be long ago; so whoever is about to say that all
 * is well asks it for a sign of life first.  Nothing is asked of a switch that
 * nobody wants to know about: an idle program sleeps.
 *
 *     quiet ----ask----> awaited ----time----> silent
 *       ^                   |                    |
 *       '------reply--------'-------reply--------'
 *
 * A new connection is quiet. */

/* How long it may take: in milliseconds.  An ovs-vswitchd that adds many ports
 * at once, or has no processor, is silent for a second or two and yet does
 * what it was told; of that nobody is to be alarmed. */
#define ANSWER_MSEC 3000

/* Asks the switch for a sign of life, if there is a connection and none is
 * outstanding. */
void
ofctrl_ask(struct ofctrl *ofctrl)
{
    struct ofctrl_echo *echo = &ofctrl->echo;

    if (!echo->asked && mgmt_conn_is_connected(ofctrl->conn)) {
        struct ofpbuf *msg = ofpraw_alloc(OFPRAW_OFPT_ECHO_REQUEST,
                                          OFP15_VERSION, 0);

        echo->asked = true;
        echo->xid = ((const struct ofp_header *) msg->data)->xid;
        echo->deadline = time_msec() + ANSWER_MSEC;
        mgmt_conn_send(ofctrl->conn, msg);
    }
}

/* May the switch's answer to ofctrl_ask() still come in time? */
bool
ofctrl_is_awaited(const struct ofctrl *ofctrl)
{
    return ofctrl->echo.asked && !ofctrl->echo.silent;
}

/* Has the switch left ofctrl_ask() without an answer? */
bool
ofctrl_is_silent(const struct ofctrl *ofctrl)
{
    return ofctrl->echo.silent;
}

/* Takes in 'oh', an echo reply. */
void
ofctrl_echo_reply(struct ofctrl *ofctrl, const struct ofp_header *oh)
{
    if (ofctrl->echo.asked && oh->xid == ofctrl->echo.xid) {
        if (ofctrl->echo.silent) {
            VLOG_INFO("%s: the switch answers again", ofctrl->bridge);
        }
        ofctrl_echo_reset(ofctrl);
    }
}

/* Forgets what was asked: of a connection that is no longer there. */
void
ofctrl_echo_reset(struct ofctrl *ofctrl)
{
    ofctrl->echo = (struct ofctrl_echo) { .asked = false };
}

/* Looks at the time. */
void
ofctrl_echo_run(struct ofctrl *ofctrl)
{
    struct ofctrl_echo *echo = &ofctrl->echo;

    if (ofctrl_is_awaited(ofctrl) && time_msec() >= echo->deadline) {
        echo->silent = true;
        VLOG_INFO("%s: the switch does not answer", ofctrl->bridge);
    }
}

/* Arranges for poll_block() to wake up when ofctrl_echo_run() has something to
 * do. */
void
ofctrl_echo_wait(const struct ofctrl *ofctrl)
{
    if (ofctrl_is_awaited(ofctrl)) {
        poll_timer_wait_until(ofctrl->echo.deadline);
    }
}
