/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STATE_TEXT_H
#define STATE_TEXT_H 1

/* The daemon's state as JSON, of bridge br0, for tests. */

#define GUEST(MAC, VLAN, STATE)                                         \
    "{\"ofport\":1,\"role\":\"guest\",\"mac\":\"" MAC "\",\"vlan\":\""    \
    VLAN "\",\"state\":\"" STATE "\",\"vm-id\":\"id1\"}"
#define STATE(MODE, PORTS)                                              \
    "{\"bridges\":{\"br0\":{\"macTableManager\":\"" MODE "\",\"ok\":true,"  \
    "\"state\":\"installed\",\"networks\":[],\"ports\":{" PORTS "}}}}"
#define TAP(MAC, VLAN, S) "\"tap1\":" GUEST(MAC, VLAN, S)
#define DIAG(SEVERITY)                                                  \
    "{\"severity\":\"" SEVERITY "\",\"file\":\"f\",\"line\":3,"           \
    "\"text\":\"t\"}"

#endif /* tests/unit/state-text.h */
