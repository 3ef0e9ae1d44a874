/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "lib/base/diag.h"
#include "lib/model/port-filter.h"
#include "lib/xml/nwfilter-binding.h"
#include "lib/xml/nwfilter.h"

static const struct nwfilter *
lookup(const char *name OVS_UNUSED, const void *filter)
{
    return filter;
}

/* Filters, each of which refers to none but itself. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct nwfilter *filter = nwfilter_from_xml((const char *) data, size,
                                                "fuzz.xml", &diags);
    struct nwfilter_ref ref;

    free(nwfilter_ref_from_string(&ref, "f MAC=52:54:00:00:00:01 IP=10.0.0.1 "
                                  "IP=10.0.0.2 IPV6=fe80::1"));
    if (filter) {
        struct nwfilter_params none = { .n = 0 };
        struct filter_request request = {
            .library = { lookup, filter }, .ref = &ref, .known = &none,
        };
        struct port_filter *made;
        char *error = port_filter_create(&request, &made);

        FUZZ_CHECK(!error == !!made);
        free(error);
        port_filter_unref(made);
        nwfilter_destroy(filter);
    } else {
        FUZZ_CHECK(diag_list_has_errors(&diags));
    }
    nwfilter_ref_uninit(&ref);
    nwfilter_binding_destroy(nwfilter_binding_from_xml((const char *) data,
                                                       size, NULL, &diags));
    diag_list_uninit(&diags);
    return 0;
}
