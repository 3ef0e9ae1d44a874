/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "tests/fuzz/fuzz.h"

#include "lib/base/diag.h"
#include "lib/xml/domstatus.h"
#include "openvswitch/dynamic-string.h"

/* libvirt's state files of guests. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct ds text = DS_EMPTY_INITIALIZER;
    struct domstatus *domstatus = domstatus_from_xml(
        (const char *) data, size, "fuzz.xml", &diags);

    FUZZ_CHECK(domstatus || diag_list_has_errors(&diags));
    if (domstatus) {
        FUZZ_CHECK(domain_state_to_string(domstatus->state));
        domstatus_destroy(domstatus);
    }
    diag_list_format(&text, &diags);
    ds_destroy(&text);
    diag_list_uninit(&diags);
    return 0;
}
