/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/port-filter.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/ip-prefix.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "util.h"

/* Stores in '*filter' what 'request' asks for and returns null.  The caller
 * must port_filter_unref() it.  Returns why it cannot be carried out, for the
 * caller to free, and stores null, if that is so. */
char *
port_filter_create(const struct filter_request *request,
                   struct port_filter **filter)
{
    struct port_filter *new = xzalloc(sizeof *new);
    struct ds text = DS_EMPTY_INITIALIZER;
    struct filter_rules rules;
    char *error = filter_rules_init(&rules, request);

    nwfilter_ref_format(&text, request->ref);
    new->text = ds_steal_cstr(&text);
    new->refs = 1;
    if (!error && (!filter_list_init(&new->in, &rules, NWFILTER_IN)
                   || !filter_list_init(&new->out, &rules, NWFILTER_OUT))) {
        error = xasprintf("it takes more than %d flows", FILTER_MAX_SETS);
    }
    filter_rules_uninit(&rules);
    if (error) {
        port_filter_unref(new);
        new = NULL;
    }
    *filter = new;
    return error;
}

/* Returns 'filter', which may be null, with a further reference. */
struct port_filter *
port_filter_ref(const struct port_filter *filter_)
{
    struct port_filter *filter = CONST_CAST(struct port_filter *, filter_);

    if (filter) {
        filter->refs++;
    }
    return filter;
}

/* Gives up a reference to 'filter', which may be null. */
void
port_filter_unref(struct port_filter *filter)
{
    if (filter && !--filter->refs) {
        filter_list_uninit(&filter->in);
        filter_list_uninit(&filter->out);
        free(filter->text);
        free(filter);
    }
}

static bool
lists_equal(const struct filter_list *a, const struct filter_list *b)
{
    if (a->n != b->n) {
        return false;
    }
    for (size_t i = 0; i < a->n; i++) {
        if (a->verdicts[i].accept != b->verdicts[i].accept
            || !nullable_string_is_equal(a->verdicts[i].rule,
                                         b->verdicts[i].rule)
            || memcmp(&a->verdicts[i].cube, &b->verdicts[i].cube,
                      sizeof a->verdicts[i].cube)) {
            return false;
        }
    }
    return true;
}

/* Are 'a' and 'b', either of which may be null, the same? */
bool
port_filter_equals(const struct port_filter *a, const struct port_filter *b)
{
    return (a == b
            || (a && b && !strcmp(a->text, b->text)
                && lists_equal(&a->in, &b->in)
                && lists_equal(&a->out, &b->out)));
}

static void
add_address(struct nwfilter_params *params, const struct ip_prefix *prefix)
{
    char text[INET6_ADDRSTRLEN];

    if (prefix->plen != 128) {
        return;
    } else if (ip_prefix_is_v4(prefix)) {
        ovs_be32 mask, ip = ip_prefix_get_v4(prefix, &mask);

        inet_ntop(AF_INET, &ip, text, sizeof text);
        nwfilter_params_add(params, "IP", text);
    } else {
        inet_ntop(AF_INET6, &prefix->addr, text, sizeof text);
        nwfilter_params_add(params, "IPV6", text);
    }
}

/* Initializes 'params' to what is known of a guest without being said: MAC,
 * and, from 'ips', IP and IPV6.  Prefixes are no addresses.  The caller must
 * uninitialize it. */
void
port_filter_known(struct nwfilter_params *params, struct eth_addr mac,
                  const struct ip_prefixes *ips)
{
    *params = (struct nwfilter_params) { .n = 0 };
    if (!eth_addr_is_zero(mac)) {
        char *text = xasprintf(ETH_ADDR_FMT, ETH_ADDR_ARGS(mac));

        nwfilter_params_add(params, "MAC", text);
        free(text);
    }
    for (size_t i = 0; i < ips->n; i++) {
        add_address(params, &ips->elems[i]);
    }
}
