/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KNOWN_IPS_H
#define KNOWN_IPS_H 1

/* Which IP addresses a guest is known to have. */

struct bridge_model;
struct vif;

char *known_ips(const struct bridge_model *, const struct vif *);

#endif /* lib/model/known-ips.h */
