/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAC_CLAIMS_H
#define MAC_CLAIMS_H 1

/* Claims of ports "a", "b" and "c" to one address, and what comes of them.
 * VLANs are text like "10,20-30". */

#include <stdbool.h>
#include "lib/model/mac-table.h"

static const struct eth_addr mac = ETH_ADDR_C(52,54,00,00,00,01);

void set_from_string(struct vlan_set *, const char *);
void claim_as(struct mac_table *, const char *port, enum claim_kind,
              const char *vlans, bool active);
void claim(struct mac_table *, const char *port, const char *vlans,
           bool active);
void record_change(const char *port, void *ds);
void check_run(struct mac_table *, const char *changed, const char *won);
void check_contests(struct mac_table *, const char *expected);
void check_free(const struct mac_table *, const char *port,
                const char *expected);

#endif /* tests/unit/mac-claims.h */
