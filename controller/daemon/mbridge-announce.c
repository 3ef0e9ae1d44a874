/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/mbridge-private.h"

#include "controller/switch/ofctrl.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/plan.h"
#include "openvswitch/poll-loop.h"
#include "timeval.h"

/* Guests that are reached by another way than before are announced, and once
 * more so many milliseconds later.  A link that has just come up may lose what
 * is sent first: the kernel gives a device its queue some time after its
 * carrier, by a second at the latest, when it is one of many (linkwatch), and
 * a physical switch may take as long to look at its port.  QEMU, too, repeats
 * what it announces. */
#define REPEAT_MSEC 1000

/* Has the guests announced, from now on. */
void
mbridge_announce(struct mbridge *mb)
{
    mb->n_announcements = 2;
    mb->next_announcement = time_msec();
}

/* Announces what is to be, if it is time for that.  To be called after the
 * switch has been brought to the plan, so that the frames meet its flows. */
void
mbridge_announce_run(struct mbridge *mb)
{
    if (!plan_get_ctx(mb->plan)->exact) {
        mb->n_announcements = 0;
    } else if (mb->n_announcements && time_msec() >= mb->next_announcement) {
        ofctrl_announce(mb->ofctrl, mb->plan);
        mb->n_announcements--;
        mb->next_announcement = time_msec() + REPEAT_MSEC;
    } else if (mb->n_unheard) {
        ofctrl_announce_macs(mb->ofctrl, mb->plan, mb->unheard,
                             mb->n_unheard);
    }
    mb->n_unheard = 0;
}

/* Arranges for poll_block() to wake up when mbridge_announce_run() has
 * something to do. */
void
mbridge_announce_wait(const struct mbridge *mb)
{
    if (mb->n_announcements) {
        poll_timer_wait_until(mb->next_announcement);
    }
}
