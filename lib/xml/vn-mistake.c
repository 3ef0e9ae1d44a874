/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/xml/vn-mistake.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "lib/xml/sax-xml.h"
#include "util.h"

/* Is one of the 'n' 'attributes' something that nobody else has? */
static bool
has_attribute_of_ours(const struct sax_attribute *attributes, size_t n)
{
    static const char *const names[] = {
        "macTableManager", "overlayKey", "rxFilterLimit", "unknownPorts",
        "awaitVlan",
    };

    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < ARRAY_SIZE(names); j++) {
            if (!strcasecmp(attributes[i].name, names[j])) {
                return true;
            }
        }
    }
    return false;
}

/* Returns why nothing comes of element 'name', which is in <metadata> and not
 * in any grammar of ours there, for the caller to free; or null if it is
 * somebody else's.  The 'n' 'attributes' are its own. */
char *
vn_mistake_element(const char *name, const struct sax_attribute *attributes,
                   size_t n)
{
    if (!strncmp(name, "vn:", 3)) {
        return xstrdup("unknown element, or not where it belongs: "
                       "<vn:network>, with <vn:portgroup> in it, belongs "
                       "into the <metadata> of a network and <vn:domain>, "
                       "with <vn:interface> in it, into that of a guest");
    } else if (!strncmp(name, "{urn:ovs-virtnet", 16)
               || !strncmp(name, "{vn}", 4)
               || has_attribute_of_ours(attributes, n)) {
        return xstrdup("not in our namespace, so that nothing would come of "
                       "it: write xmlns:vn='urn:ovs-virtnet:1'");
    }
    return NULL;
}
