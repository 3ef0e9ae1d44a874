/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OVS_COMPAT_H
#define OVS_COMPAT_H 1

/* Where libopenvswitch of one release differs from another's, from 3.1 on.
 *
 * Code is written for the newest, and this gives the older ones what they
 * lack.  configure tries what there is (build-aux/m4/virtnet.m4); nobody asks
 * for a version, which says nothing of a distribution's patches.  Unixctl and
 * daemons are no business of lib/, so that their headers are not included
 * here: what is said of them are macros and types. */

#include <stdbool.h>
#include <stdlib.h>

#include "openvswitch/json.h"
#include "util.h"

/* An array's members have other names, and other storage, since 3.6. */
#ifndef HAVE_JSON_ARRAY_AT
static inline size_t
json_array_size(const struct json *json)
{
    ovs_assert(json->type == JSON_ARRAY);
    return json->array.n;
}

static inline const struct json *
json_array_at(const struct json *json, size_t i)
{
    ovs_assert(json->type == JSON_ARRAY && i < json->array.n);
    return json->array.elems[i];
}
#endif

/* It was called ignore() before 3.7. */
#ifndef HAVE_OVS_IGNORE
static inline void
ovs_ignore(bool x OVS_UNUSED)
{
}
#endif

/* Starts a daemon that keeps, if 'DATAPATH' is true, the privileges to change
 * datapaths.  Those for hardware's ports are asked for apart since 3.2. */
#ifdef HAVE_DAEMONIZE_START_PORTS
#define OVS_DAEMONIZE_START(DATAPATH) daemonize_start(DATAPATH, false)
#else
#define OVS_DAEMONIZE_START(DATAPATH) daemonize_start(DATAPATH)
#endif

/* Takes over what unixctl_client_transact() has given, a JSON string since 3.4
 * and before that its text, and returns the text, which the caller must free.
 * A reply that is not text, which only clients get that have asked for it, is
 * returned as JSON. */
#ifdef HAVE_UNIXCTL_JSON_REPLY
#define OVS_UNIXCTL_REPLY struct json
static inline char *
ovs_unixctl_reply_steal(struct json *reply)
{
    char *text = (reply->type == JSON_STRING ? xstrdup(json_string(reply))
                  : json_to_string(reply, JSSF_SORT));

    json_destroy(reply);
    return text;
}
#else
#define OVS_UNIXCTL_REPLY char
static inline char *
ovs_unixctl_reply_steal(char *reply)
{
    return reply;
}
#endif

#endif /* ovs-compat.h */
