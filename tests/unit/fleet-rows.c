/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "tests/unit/fleet-rows.h"

#include "svec.h"

struct fleet_port *
make_port(const char *host, const char *interface, const char *state,
          const char *address, int64_t since)
{
    struct fleet_port *port = fleet_row_create(FLEET_TABLE_PORT);

    fleet_row_set_name(&port->host, host);
    fleet_row_set_string(&port->interface, interface);
    fleet_row_set_name(&port->network, "net");
    fleet_row_set_name(&port->state, state);
    svec_add(&port->addresses, address);
    port->since = since;
    return port;
}
