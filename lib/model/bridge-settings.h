/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BRIDGE_SETTINGS_H
#define BRIDGE_SETTINGS_H 1

/* What networks ask of the bridge itself: <mtu>, <mac>, stp and delay.
 *
 * A bridge is ours if it has external_ids:virtnet-owner: this program made it,
 * or its admin has given it away.  There, the settings are written into the
 * database, with a mark that repeats them, so that what is no longer asked for
 * is taken back.  Any other bridge is left as it is, and where it differs is
 * reported.
 *
 * Settings are text by key: "hwaddr", "stp-forward-delay" and
 * "stp-max-age" as in column
 * other_config of table Bridge, "stp" for column stp_enable, and "mtu" for
 * column mtu_request of the bridge's own Interface. */

#include <stdbool.h>
#include "smap.h"

struct bridge_model;
struct bridge_row;
struct diag_list;
struct vif;

/* To be written: settings, and "" for those to be taken back. */
struct bridge_settings {
    struct smap changes;
    struct smap desired;        /* What the mark is to repeat. */
};

bool bridge_settings_init(struct bridge_settings *,
                          const struct bridge_model *,
                          const struct bridge_row *, const struct vif *local);
void bridge_settings_uninit(struct bridge_settings *);
char *bridge_settings_format(const struct smap *);
void bridge_settings_report(const struct bridge_model *,
                            const struct bridge_row *,
                            const struct vif *local, struct diag_list *);
void bridge_settings_check_mtu(const struct bridge_model *,
                               const struct vif *, struct diag_list *);

#endif /* lib/model/bridge-settings.h */
