/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "controller/appctl.h"

#include "openvswitch/util.h"
#include "unixctl.h"

static void
appctl_exit(struct unixctl_conn *conn, int argc OVS_UNUSED,
            const char *argv[] OVS_UNUSED, void *exiting_)
{
    bool *exiting = exiting_;

    *exiting = true;
    unixctl_command_reply(conn, NULL);
}

/* Registers the control commands.  The command "exit" sets '*exiting' to
 * true; 'exiting' must remain valid until the control server is gone. */
void
appctl_register(bool *exiting)
{
    unixctl_command_register("exit", "", 0, 0, appctl_exit, exiting);
}
