/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PORTS_JSON_H
#define PORTS_JSON_H 1

/* The ports of a host, from a file instead of from a running database.
 *
 * ports_from_text() takes any of
 *
 *   - a small JSON file that people write, see virtnetctl(8);
 *   - what "ovsdb-client dump --format=json" prints for Open_vSwitch;
 *   - what "ovsdb-client backup" prints, and the database file itself.
 *
 * The values are those that the daemon reads from the database. */

#include <stddef.h>
#include "lib/host/vif.h"
#include "lib/host/bridge-row.h"
#include "uuid.h"

struct json;
struct json_t;
struct shash;

/* The mode that a bridge has had so far, where networks that disagree leave it
 * as it is.  Documents do not say it. */
enum ports_mode {
    PORTS_MODE_UNKNOWN,
    PORTS_MODE_KERNEL,
    PORTS_MODE_LIBVIRT
};

struct ports_bridge {
    struct bridge_row row;
    struct uuid uuid, local_port;   /* Of its row, and of that of its own port
                                     * in table Port.  Zero if not known. */
    enum ports_mode mode;
    struct vif *vifs;           /* By name. */
    size_t n_vifs, allocated_vifs;
};

struct ports {
    struct ports_bridge *bridges;   /* By name. */
    size_t n, allocated;

    /* What of the database they were read from.  Nothing refers to it; but to
     * free what makes up a large document takes as long as to read it, and
     * whatever is allocated after that is scattered over the gaps. */
    struct json *document;
};

#define PORTS_INITIALIZER { NULL, 0, 0, NULL }

char *ports_from_text(const char *text, size_t size, struct ports *);
void ports_uninit(struct ports *);
const struct vif *ports_bridge_find_vif(const struct ports_bridge *,
                                        const char *name);

/* From a running database. */
struct json *ports_request(void);
char *ports_from_reply(const struct json *result, struct ports *);

/* For the readers of the several formats. */
struct ports_bridge *ports_add_bridge(struct ports *, const char *name);
struct vif *ports_bridge_add_vif(struct ports_bridge *, const char *name);
void ports_bridge_put_vif(struct ports_bridge *, struct vif *);
void ports_bridge_sort(struct ports_bridge *);
void ports_finish(struct ports *);
char *ports_from_small_json(const struct json_t *, struct ports *);
char *ports_from_tables(const struct shash *tables, struct ports *);

#endif /* lib/host/ports-json.h */
