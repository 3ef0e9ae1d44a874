/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APPCTL_H
#define APPCTL_H 1

/* The commands that the daemon takes over its control socket: see
 * virtnet-controller(8). */

#include <stdbool.h>

struct reconcile;
struct waiters;

void appctl_register(struct reconcile *, struct waiters *, bool *exiting);

#endif /* controller/daemon/appctl.h */
