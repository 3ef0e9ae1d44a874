/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "tests/fuzz/fuzz.h"

#include "lib/base/diag.h"
#include "lib/xml/netdef.h"
#include "openvswitch/dynamic-string.h"

/* Network XML.  Law 1: parse(format(netdef)) equals netdef, if it is ours: of
 * others' networks not even the settings are checked. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct ds text = DS_EMPTY_INITIALIZER;
    struct netdef *netdef = netdef_from_xml((const char *) data, size,
                                            "fuzz.xml", &diags);

    if (netdef && !netdef_is_foreign(netdef)) {
        struct netdef *again;

        netdef_validate(netdef, &diags);
        netdef_format(&text, netdef);
        again = netdef_from_xml(ds_cstr(&text), text.length, "fuzz.xml",
                                &diags);
        FUZZ_CHECK(again && netdef_equals(netdef, again));
        netdef_destroy(again);
    } else if (!netdef) {
        FUZZ_CHECK(diag_list_has_errors(&diags));
    }
    netdef_destroy(netdef);

    ds_clear(&text);
    diag_list_sort(&diags);
    diag_list_format(&text, &diags);
    ds_destroy(&text);
    diag_list_uninit(&diags);
    return 0;
}
