/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/hidden-flows.h"

#include <limits.h>
#include <stdlib.h>

#include "lib/host/bridge-row.h"
#include "lib/model/shortfall.h"
#include "util.h"

/* Returns when the bridge of 'row' begins to forward everything by NORMAL if
 * no controller has been connected since 'lost_at', LLONG_MIN if that is very
 * long ago; LLONG_MAX if it does not.  Times are in milliseconds. */
long long int
hidden_flows_due(const struct bridge_row *row, long long int lost_at)
{
    const struct bridge_controllers *c = &row->controllers;

    if (!c->n || c->n_connected || row->secure) {
        return LLONG_MAX;
    }
    /* Seconds are counted, and the first must be over. */
    return (lost_at == LLONG_MIN ? LLONG_MIN
            : lost_at + MAX(1, 3 * c->max_probe) * 1000LL);
}

/* Adds to 'shortfalls' what flows of vswitchd's own keep the bridge of 'row',
 * whose controllers were lost at 'lost_at', from delivering exactly. */
void
hidden_flows_find(const struct bridge_row *row, long long int lost_at,
                  long long int now, struct shortfalls *shortfalls)
{
    if (now >= hidden_flows_due(row, lost_at)) {
        char *remedy = xasprintf("either ovs-vsctl del-controller %s, or "
                                 "ovs-vsctl set-fail-mode %s secure",
                                 row->name, row->name);

        shortfalls_add(shortfalls, SHORTFALL_HIDDEN_FLOW, remedy,
                       "no OpenFlow controller is connected, and the fail "
                       "mode is not secure, so a hidden flow (priority "
                       "15790320) has everything go by NORMAL");
        free(remedy);
    }
    if (row->controllers.in_band || row->manager_in_band) {
        char *remedy = xasprintf("ovs-vsctl set Bridge %s "
                                 "other_config:disable-in-band=true",
                                 row->name);

        shortfalls_add(shortfalls, SHORTFALL_HIDDEN_FLOW, remedy,
                       "a %s is reached in-band, so hidden flows have "
                       "some ARP, DHCP and TCP go by NORMAL",
                       row->controllers.in_band ? "controller"
                       : "manager of the database (ovs-vsctl set-manager)");
        free(remedy);
    }
}
