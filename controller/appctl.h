/* SPDX-License-Identifier: Apache-2.0 */

#ifndef APPCTL_H
#define APPCTL_H 1

#include <stdbool.h>

/* The daemon's control commands, for virtnetctl and ovs-appctl. */

void appctl_register(bool *exiting);

#endif /* appctl.h */
