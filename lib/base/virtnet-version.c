/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "lib/base/virtnet-version.h"

/* Returns the version of ovs-virtnet, e.g. "0.1.0". */
const char *
virtnet_version(void)
{
    return PACKAGE_VERSION;
}
