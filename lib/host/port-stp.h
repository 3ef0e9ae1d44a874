/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PORT_STP_H
#define PORT_STP_H 1

/* Whether a port takes part in its bridge's spanning tree, STP or RSTP, as its
 * row in table Port says: it does unless a key of column other_config is
 * "false".
 *
 * A port is made to leave by adding the keys that are not there.  The mark,
 * external_ids:virtnet-stp, has the names of these, so that they, and no
 * others, are taken back.  Once it is there, the keys are left alone: what has
 * become of them is somebody else's will. */

#include <stdbool.h>

struct smap;

struct port_stp {
    char *stp;                  /* other_config:stp-enable, or null... */
    char *rstp;                 /* ...and rstp-enable. */
    char *mark;                 /* external_ids:virtnet-stp, or null. */
};

bool port_stp_must_change(const struct port_stp *, bool leave);
void port_stp_get_change(const struct port_stp *, bool leave,
                         struct smap *keys);
char *port_stp_mark(const struct smap *keys);
const char *port_stp_insists(const struct port_stp *, bool rstp);

#endif /* lib/host/port-stp.h */
