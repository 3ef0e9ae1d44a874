/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/switch/ofctrl-private.h"

#include "controller/switch/mgmt-conn.h"
#include "lib/openflow/plan.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

bool
ofctrl_is_connected(const struct ofctrl *ofctrl)
{
    return ofctrl->state != S_DISCONNECTED;
}

/* Is it connected, and left alone? */
bool
ofctrl_is_held(const struct ofctrl *ofctrl)
{
    return ofctrl->state == S_HELD;
}

/* Has what the switch holds been read, so that a plan can be put? */
bool
ofctrl_is_ready(const struct ofctrl *ofctrl)
{
    return ofctrl->state >= S_READY;
}

/* Is the switch about to answer, so that more will be known in a moment? */
bool
ofctrl_is_busy(const struct ofctrl *ofctrl)
{
    return (ofctrl->state == S_READBACK
            || (ofctrl->state == S_READY
                && switch_sync_is_busy(&ofctrl->sync)));
}

/* Does the switch hold what 'plan' desires, but for those in quarantine, as
 * far as is known? */
bool
ofctrl_is_installed(const struct ofctrl *ofctrl, const struct plan *plan)
{
    return (ofctrl->state == S_READY && !ofctrl->reread
            && !ofctrl->watch.interfered && !plan_is_dirty(plan)
            && switch_sync_is_at(&ofctrl->sync, plan_meters(plan)));
}

/* Returns the number of the put that will send what 'plan' says now, for
 * ofctrl_put_is_done(). */
unsigned long long int
ofctrl_next_put(const struct ofctrl *ofctrl)
{
    return ofctrl->sync.put + 1;
}

/* Has the switch acknowledged put number 'put', or had nothing to
 * acknowledge?  Unlike ofctrl_is_installed() this becomes true also while plan
 * changes all the time. */
bool
ofctrl_put_is_done(const struct ofctrl *ofctrl, unsigned long long int put)
{
    return ofctrl_is_ready(ofctrl) && ofctrl->sync.put_done >= put;
}

/* Returns a number that changes whenever the switch has been read back, after
 * which ofctrl_get_installed() and the ports told are those of a new
 * connection. */
unsigned int
ofctrl_get_seqno(const struct ofctrl *ofctrl)
{
    return ofctrl->seqno;
}

const struct oflow_table *
ofctrl_get_installed(const struct ofctrl *ofctrl)
{
    return &ofctrl->sync.installed;
}

/* Returns what is known of others' flows in our tables.  Before the switch has
 * been read, that is nothing. */
const struct foreign *
ofctrl_get_foreign(const struct ofctrl *ofctrl)
{
    return &ofctrl->sync.foreign;
}

/* Are flows with 'cookie' left out? */
bool
ofctrl_is_left_out(const struct ofctrl *ofctrl, ovs_be64 cookie)
{
    return quarantine_find(&ofctrl->sync.commit.quarantine, cookie) != NULL;
}

/* Returns why flows with 'cookie' are left out, as a clause that the caller
 * must free, or null if they are not. */
char *
ofctrl_why_left_out(const struct ofctrl *ofctrl, ovs_be64 cookie)
{
    return quarantine_explain(&ofctrl->sync.commit.quarantine, cookie);
}

/* Returns how many ports, or other owners of flows, are left out. */
size_t
ofctrl_count_left_out(const struct ofctrl *ofctrl)
{
    return quarantine_count(&ofctrl->sync.commit.quarantine);
}

/* Appends the state of 'ofctrl' with regard to 'plan' to 's', in a few
 * words. */
void
ofctrl_format_state(struct ds *s, const struct ofctrl *ofctrl,
                    const struct plan *plan)
{
    static const char *const names[] = {
#define OFCTRL_STATE(ENUM, NAME) NAME,
        OFCTRL_STATES
#undef OFCTRL_STATE
    };

    if (ofctrl_is_installed(ofctrl, plan)) {
        ds_put_cstr(s, quarantine_count(&ofctrl->sync.commit.quarantine)
                    ? "partly installed" : "installed");
    } else if (ofctrl->state == S_DISCONNECTED) {
        int error = mgmt_conn_get_error(ofctrl->conn);

        ds_put_cstr(s, names[ofctrl->state]);
        if (error) {
            ds_put_format(s, " (%s)", ovs_retval_to_string(error));
        }
    } else {
        ds_put_cstr(s, (ofctrl->sync.commit.in_flight ? "installing"
                        : names[ofctrl->state]));
    }
}

const struct meter_sync *
ofctrl_get_meters(const struct ofctrl *ofctrl)
{
    return &ofctrl->sync.meters;
}

/* Returns how often the switch has been connected to. */
unsigned int
ofctrl_count_connects(const struct ofctrl *ofctrl)
{
    return ofctrl->n_connects;
}

/* Returns how often the switch has begun to be read.  Ports that were told of
 * before that may be no longer there. */
unsigned int
ofctrl_count_readbacks(const struct ofctrl *ofctrl)
{
    return ofctrl->n_readbacks;
}

const struct switch_commit_stats *
ofctrl_get_stats(const struct ofctrl *ofctrl)
{
    return &ofctrl->sync.commit.stats;
}
