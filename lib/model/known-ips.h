/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KNOWN_IPS_H
#define KNOWN_IPS_H 1

/* Which IP addresses a guest is known to have. */

struct bridge_model;
struct ip_prefixes;
struct vif;

char *known_ips(const struct bridge_model *, const struct vif *,
                struct ip_prefixes *);

#endif /* lib/model/known-ips.h */
