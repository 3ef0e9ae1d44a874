/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASKED_BY_H
#define ASKED_BY_H 1

/* Who asks for the guards and the filter of a port. */

struct bridge_model;
struct vif;

char *asked_by_guards(const struct bridge_model *, const struct vif *);
char *asked_by_filter(const struct bridge_model *, const struct vif *);

#endif /* lib/model/asked-by.h */
