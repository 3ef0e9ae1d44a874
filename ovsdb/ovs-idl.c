/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "ovsdb/ovs-idl.h"

#include "ovsdb-idl-provider.h"
#include "vswitch-idl.h"

/* Returns the name of the database. */
const char *
ovs_idl_database(void)
{
    return ovsrec_idl_class.database;
}
