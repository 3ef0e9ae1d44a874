/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "tests/fuzz/fuzz.h"

#include "lib/base/diag.h"
#include "lib/xml/domstatus.h"
#include "lib/xml/pve-guest.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"

/* Proxmox's configurations of guests: refused with a reason, or every
 * interface has a name and an address. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct ds text = DS_EMPTY_INITIALIZER;
    struct domstatus *guest = pve_guest_from_conf((const char *) data, size,
                                                  "100.conf", &diags);

    FUZZ_CHECK(!guest == diag_list_has_errors(&diags));
    for (size_t i = 0; guest && i < guest->n_interfaces; i++) {
        const struct domif *domif = &guest->interfaces[i];

        FUZZ_CHECK(domif->target && !eth_addr_is_zero(domif->mac)
                   && !eth_addr_is_multicast(domif->mac));
    }
    domstatus_destroy(guest);
    diag_list_format(&text, &diags);
    ds_destroy(&text);
    diag_list_uninit(&diags);
    return 0;
}
