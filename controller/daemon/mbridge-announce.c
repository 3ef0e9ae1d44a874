/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/daemon/mbridge-private.h"

#include "controller/switch/ofctrl.h"
#include "lib/openflow/compile.h"
#include "lib/openflow/plan.h"
#include "openvswitch/poll-loop.h"
#include "timeval.h"

/* Guests that are reached by another way than before are announced as often as
 * there are numbers here, after so many milliseconds each since the last time.
 * A link that has just come up may lose what is sent first: the kernel gives a
 * device its queue some time after its carrier, by a second at the latest, when
 * it is one of many (linkwatch), and a physical switch may take as long to look
 * at its port.  QEMU, too, repeats what it announces. */
static const int repeats_msec[] = { 0, 100, 1000 };

/* Has the guests announced, from now on. */
void
mbridge_announce(struct mbridge *mb)
{
    mb->announce_round = 0;
    mb->announcing = true;
    mb->next_announcement = time_msec();
}

/* Announces what is to be, if it is time for that.  To be called after the
 * switch has been brought to the plan, so that the frames meet its flows. */
void
mbridge_announce_run(struct mbridge *mb)
{
    if (!plan_get_ctx(mb->plan)->exact) {
        mb->announcing = false;
    } else if (mb->announcing && time_msec() >= mb->next_announcement) {
        ofctrl_announce(mb->ofctrl, mb->plan, mb->announce_round == 0);
        mb->announce_round++;
        mb->announcing = mb->announce_round < ARRAY_SIZE(repeats_msec);
        if (mb->announcing) {
            mb->next_announcement = (time_msec()
                                     + repeats_msec[mb->announce_round]);
        }
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
    if (mb->announcing) {
        poll_timer_wait_until(mb->next_announcement);
    }
}
