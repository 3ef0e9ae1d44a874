/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "host-text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "lib/base/diag.h"
#include "lib/tell/translation.h"
#include "lib/xml/netdef.h"

/* Initializes 'host' to one with definition 'xml' and 'ports', in the small
 * form of ports_from_text(). */
void
host_init(struct host *host, const char *xml, const char *ports)
{
    struct diag_list diags = DIAG_LIST_INITIALIZER;

    host->netdef = netdef_from_xml(xml, strlen(xml), "net.xml", &diags);
    assert_non_null(host->netdef);
    assert_int_equal(diags.n, 0);
    host->defs[0] = host->netdef;
    assert_null(ports_from_text(ports, strlen(ports), &host->ports));
    host->t = translation_create(host->defs, 1, &host->ports, NULL, NULL);
    diag_list_uninit(&diags);
}

/* Frees what 'host' holds, but not 'host' itself. */
void
host_uninit(struct host *host)
{
    translation_destroy(host->t);
    ports_uninit(&host->ports);
    netdef_destroy(host->netdef);
}
