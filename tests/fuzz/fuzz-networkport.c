/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "tests/fuzz/fuzz.h"

#include "lib/base/diag.h"
#include "lib/xml/netport.h"
#include "openvswitch/dynamic-string.h"

/* libvirt's files of network ports.  Law 1:
 * parse(format(netport)) equals netport. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct ds text = DS_EMPTY_INITIALIZER;
    struct netport *netport = netport_from_xml((const char *) data, size,
                                               "fuzz.xml", &diags);

    if (netport) {
        struct netport *again;

        netport_format(&text, netport);
        again = netport_from_xml(ds_cstr(&text), text.length, "fuzz.xml",
                                 &diags);
        FUZZ_CHECK(again && netport_equals(netport, again));
        netport_destroy(again);
        netport_destroy(netport);
    } else {
        FUZZ_CHECK(diag_list_has_errors(&diags));
    }
    diag_list_uninit(&diags);
    ds_destroy(&text);
    return 0;
}
