/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "lib/host/bridge-row.h"

#include <stdlib.h>
#include <string.h>

#include "util.h"

/* Initializes 'dst' to a copy of 'src'. */
void
bridge_row_clone(struct bridge_row *dst, const struct bridge_row *src)
{
    *dst = *src;
    dst->name = xstrdup(src->name);
    dst->mac_table_manager = nullable_xstrdup(src->mac_table_manager);
    dst->owner = nullable_xstrdup(src->owner);
    dst->protocols = nullable_xstrdup(src->protocols);
    dst->datapath_type = nullable_xstrdup(src->datapath_type);
    dst->hwaddr = nullable_xstrdup(src->hwaddr);
    dst->stp_delay = nullable_xstrdup(src->stp_delay);
    dst->settings_mark = nullable_xstrdup(src->settings_mark);
}

/* Frees what 'row' holds, but not 'row' itself. */
void
bridge_row_uninit(struct bridge_row *row)
{
    free(row->name);
    free(row->mac_table_manager);
    free(row->owner);
    free(row->protocols);
    free(row->datapath_type);
    free(row->hwaddr);
    free(row->stp_delay);
    free(row->settings_mark);
}

bool
bridge_row_equals(const struct bridge_row *a, const struct bridge_row *b)
{
    return (!strcmp(a->name, b->name)
            && nullable_string_is_equal(a->mac_table_manager,
                                        b->mac_table_manager)
            && nullable_string_is_equal(a->owner, b->owner)
            && nullable_string_is_equal(a->protocols, b->protocols)
            && nullable_string_is_equal(a->datapath_type, b->datapath_type)
            && a->stp_enable == b->stp_enable
            && nullable_string_is_equal(a->hwaddr, b->hwaddr)
            && nullable_string_is_equal(a->stp_delay, b->stp_delay)
            && nullable_string_is_equal(a->settings_mark, b->settings_mark)
            && a->forward_bpdu == b->forward_bpdu);
}

/* Returns true if column protocols of 'row' allows OpenFlow 1.5.  An empty one
 * allows everything. */
bool
bridge_row_allows_openflow15(const struct bridge_row *row)
{
    return (!row->protocols || !row->protocols[0]
            || strstr(row->protocols, "OpenFlow15"));
}
