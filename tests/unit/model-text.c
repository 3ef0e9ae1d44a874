/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>

#include "tests/unit/model-text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "lib/base/diag.h"
#include "lib/host/bridge-row.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

/* Returns the definition in 'xml', as read from 'file'. */
struct netdef *
network_from_text(const char *file, const char *xml)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    struct netdef *netdef = netdef_from_xml(xml, strlen(xml), file, &diags);

    assert_non_null(netdef);
    diag_list_uninit(&diags);
    return netdef;
}

/* Checks that 'diags', sorted, are 'expected', and clears them. */
void
check_diags(struct diag_list *diags, const char *expected)
{
    struct ds s = DS_EMPTY_INITIALIZER;

    diag_list_sort(diags);
    diag_list_format(&s, diags);
    assert_string_equal(ds_cstr(&s), expected);
    ds_destroy(&s);
    diag_list_clear(diags);
}

/* Makes 'm' a bridge with networks 'a' and 'b', of which the second may be
 * null, as those of libvirt if 'libvirts'. */
void
model_text_init(struct model_text *m, const char *a, const char *b,
                bool libvirts)
{
    const char *const xml[] = { a, b };
    const struct bridge_row row = { .name = (char[]) { "br0" } };
    struct diag_list diags = DIAG_LIST_INITIALIZER;
    size_t n = b ? 2 : 1;

    for (size_t i = 0; i < n; i++) {
        m->netdefs[i] = network_from_text("x.xml", xml[i]);
        if (libvirts) {
            netdef_set_libvirts(m->netdefs[i], true);
        }
    }
    bridge_model_init(&m->bridge, &row,
                      (const struct netdef *const *) m->netdefs, n, &diags);
    diag_list_uninit(&diags);
}

void
model_text_uninit(struct model_text *m)
{
    bridge_model_uninit(&m->bridge);
    for (size_t i = 0; i < ARRAY_SIZE(m->netdefs); i++) {
        netdef_destroy(m->netdefs[i]);
        m->netdefs[i] = NULL;
    }
}
