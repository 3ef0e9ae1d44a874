/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "tests/unit/filter-set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/diag.h"
#include "lib/base/ip-prefix.h"
#include "lib/model/port-filter.h"
#include "lib/xml/nwfilter.h"
#include "packets.h"
#include "util.h"

/* Returns the filter called 'name' in 'library_', or null. */
const struct nwfilter *
filter_set_find(const char *name, const void *library_)
{
    const struct filter_set *library = library_;

    for (size_t i = 0; i < library->n; i++) {
        if (!strcmp(library->filters[i]->name, name)) {
            return library->filters[i];
        }
    }
    return NULL;
}

/* Frees what 'library' holds. */
void
filter_set_uninit(struct filter_set *library)
{
    for (size_t i = 0; i < library->n; i++) {
        nwfilter_destroy(library->filters[i]);
    }
}

/* Adds the filter in 'text', which must be one. */
void
filter_set_add(struct filter_set *library, const char *text)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct nwfilter *filter = nwfilter_from_xml(text, strlen(text), "f.xml",
                                                &diags);

    if (!filter) {
        fail_msg("%s: %s", text, diags.diags[0].text);
    }
    assert_true(library->n < MAX_FILTERS);
    library->filters[library->n++] = filter;
    diag_list_uninit(&diags);
}

/* Adds those that libvirt has. */
void
filter_set_add_shipped(struct filter_set *library)
{
    static const char *const names[] = {
        "allow-arp", "allow-dhcp", "allow-dhcp-server", "allow-dhcpv6",
        "allow-incoming-ipv4", "allow-incoming-ipv6", "allow-ipv4",
        "allow-ipv6", "clean-traffic", "clean-traffic-gateway",
        "no-arp-ip-spoofing", "no-arp-mac-spoofing", "no-arp-spoofing",
        "no-ip-multicast", "no-ip-spoofing", "no-ipv6-multicast",
        "no-ipv6-spoofing", "no-mac-broadcast", "no-mac-spoofing",
        "no-other-l2-traffic", "no-other-rarp-traffic",
        "qemu-announce-self", "qemu-announce-self-rarp",
    };
    const char *srcdir = getenv("srcdir");

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        char *path = xasprintf("%s/tests/nwfilter/%s.xml",
                               srcdir ? srcdir : ".", names[i]);
        FILE *file = fopen(path, "r");
        char text[8192];
        size_t size;

        if (!file) {
            fail_msg("%s: %s", path, ovs_strerror(errno));
        }
        size = fread(text, 1, sizeof text - 1, file);
        text[size] = '\0';
        fclose(file);
        free(path);
        filter_set_add(library, text);
    }
}

/* Returns the filter that 'reference' asks for of a guest at
 * 52:54:00:00:00:01, or null, with the reason in '*error'. */
struct port_filter *
filter_set_make(const struct filter_set *library, const char *reference,
                char **error)
{
    struct nwfilter_params known;
    struct ip_prefixes ips = { .n = 0 };
    struct port_filter *filter = NULL;
    struct nwfilter_ref ref;

    port_filter_known(&known,
                      (struct eth_addr) ETH_ADDR_C(52,54,00,00,00,01), &ips);
    *error = nwfilter_ref_from_string(&ref, reference);
    if (!*error) {
        struct filter_request request = {
            .library = { filter_set_find, library },
            .ref = &ref,
            .known = &known,
        };

        *error = port_filter_create(&request, &filter);
        nwfilter_ref_uninit(&ref);
    }
    nwfilter_params_uninit(&known);
    return filter;
}
