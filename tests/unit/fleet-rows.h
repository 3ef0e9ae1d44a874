/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_ROWS_H
#define FLEET_ROWS_H 1

/* Rows of a fleet's database, as tests want them. */

#include <stdint.h>
#include "lib/fleet/fleet-row.h"

/* Returns a row of a port of network "net" with one address, which the caller
 * must destroy. */
struct fleet_port *make_port(const char *host, const char *interface,
                             const char *state, const char *address,
                             int64_t since);

#endif /* tests/unit/fleet-rows.h */
