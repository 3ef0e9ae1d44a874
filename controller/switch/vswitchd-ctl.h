/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VSWITCHD_CTL_H
#define VSWITCHD_CTL_H 1

/* A command to vswitchd, by its control socket, as ovs-appctl sends it, but
 * without ever waiting for the answer. */

#include <stdbool.h>

struct vswitchd_ctl;

enum vswitchd_ctl_event {
    CTL_NOTHING,                /* Nothing is under way, or not yet done. */
    CTL_ANSWER,                 /* The command has succeeded. */
    CTL_REFUSED,                /* It has not, and vswitchd says why. */
    CTL_FAILED,                 /* Vswitchd cannot be asked. */
    CTL_ENDED                   /* Vswitchd has ended. */
};

struct vswitchd_ctl *vswitchd_ctl_create(void);
void vswitchd_ctl_destroy(struct vswitchd_ctl *);

void vswitchd_ctl_send(struct vswitchd_ctl *, const char *command,
                       const char *arg);
enum vswitchd_ctl_event vswitchd_ctl_run(struct vswitchd_ctl *, char **text);
void vswitchd_ctl_wait(struct vswitchd_ctl *);
bool vswitchd_ctl_is_busy(const struct vswitchd_ctl *);

#endif /* controller/switch/vswitchd-ctl.h */
