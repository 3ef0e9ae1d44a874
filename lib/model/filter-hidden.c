/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "lib/model/filter-hidden.h"

#include <stdlib.h>

#include "lib/model/filter-list.h"
#include "packets.h"
#include "util.h"

enum what {
    PORTS,                      /* And TCP's flags. */
    PROTOCOL,                   /* And those. */
    ALL,                        /* Of a length that cannot be. */
    TAG
};

/* A first fragment has at least 8 bytes, which is all of UDP's and ICMP's
 * headers, but for what is in front of these with IPv6.  Who has less has no
 * receiver; but the kernel's datapath may see ports in what fills the frame,
 * and would do with all that has these what is done with such a packet.  An
 * ICMP packet that is too short looks like an echo reply, which is a pity.
 *
 * A tag that says nothing is taken off before a filter sees the frame, and so
 * is that of an access port's VLAN.  If the switch looks at one tag only, one
 * more inside is the type of a frame without a tag. */
static const struct hidden {
    enum what what;
    uint16_t dl_type;
    uint8_t proto;
} all_hidden[] = {
    { ALL, ETH_TYPE_IP, 0 },
    { PORTS, ETH_TYPE_IP, IPPROTO_TCP },
    { PORTS, ETH_TYPE_IP, IPPROTO_UDP },
    { PORTS, ETH_TYPE_IP, IPPROTO_SCTP },
    { PROTOCOL, ETH_TYPE_IPV6, 0 },
    { ALL, ETH_TYPE_IPV6, 0 },
    { PORTS, ETH_TYPE_IPV6, IPPROTO_TCP },
    { PORTS, ETH_TYPE_IPV6, IPPROTO_UDP },
    { PORTS, ETH_TYPE_IPV6, IPPROTO_SCTP },
    { PORTS, ETH_TYPE_IPV6, IPPROTO_ICMPV6 },
    { TAG, ETH_TYPE_VLAN_8021Q, 0 },
    { TAG, ETH_TYPE_VLAN_8021AD, 0 },
};

/* Is 'cube' about something that is not shown of 'hidden'? */
static bool
looks_at(const struct filter_cube *cube, const struct hidden *hidden)
{
    const struct filter_fields *mask = &cube->mask;
    bool ports = mask->tp_src || mask->tp_dst || mask->tcp_flags;

    if (hidden->what == TAG) {
        return cube->value.tagged;
    } else if (!mask->dl_type
               || cube->value.dl_type != htons(hidden->dl_type)) {
        return false;
    }
    switch (hidden->what) {
    case PORTS:
        return ports && cube->value.proto == hidden->proto;
    case PROTOCOL:
        return mask->proto;
    case ALL:
        return (mask->proto || mask->tos || mask->ip_src || mask->ip_dst
                || ipv6_addr_is_set(&mask->ipv6_src)
                || ipv6_addr_is_set(&mask->ipv6_dst));
    case TAG:
    default:
        OVS_NOT_REACHED();
    }
}

/* Initializes 'cube' to what 'hidden' is shown as, with and without a tag as
 * 'like' has it. */
static void
init_cube(struct filter_cube *cube, const struct hidden *hidden,
          const struct filter_cube *like)
{
    filter_cube_init(cube);
    cube->value.dl_type = htons(hidden->dl_type);
    cube->mask.dl_type = OVS_BE16_MAX;
    if (hidden->what == TAG) {
        cube->mask.tagged = 1;
        return;
    }
    cube->value.tagged = like->value.tagged;
    cube->mask.tagged = like->mask.tagged;
    cube->value.vid = like->value.vid;
    cube->mask.vid = like->mask.vid;
    cube->value.proto = hidden->proto;
    cube->mask.proto = UINT8_MAX;
    if (hidden->what == PORTS) {
        cube->mask.later = UINT8_MAX;
        cube->mask.tp_src = cube->mask.tp_dst = OVS_BE16_MAX;
    } else if (hidden->what == ALL && hidden->dl_type == ETH_TYPE_IP) {
        cube->mask.ip_src = cube->mask.ip_dst = OVS_BE32_MAX;
    } else if (hidden->what == ALL) {
        cube->mask.ipv6_src = cube->mask.ipv6_dst = in6addr_exact;
    }
}

/* Adds to 'list' that what is in 'cube', as which 'hidden' is shown, is
 * dropped, unless it says so. */
static void
add_drop(struct filter_list *list, const struct filter_cube *cube,
         const struct hidden *hidden)
{
    for (size_t i = 0; i < list->n; i++) {
        if (filter_cube_covers(&list->verdicts[i].cube, cube)) {
            return;
        }
    }
    filter_list_add(list, cube, xstrdup(hidden->what == TAG
                                        ? "what hides a tag"
                                        : "what ends in its headers"));
}

/* Has 'list' drop first of all what does not show what it looks at to drop it,
 * or shows what it lets pass. */
void
filter_hidden_add(struct filter_list *list)
{
    struct filter_list all = { .n = 0 };

    for (size_t i = 0; i < ARRAY_SIZE(all_hidden); i++) {
        for (size_t j = 0; j < list->n; j++) {
            const struct filter_verdict *v = &list->verdicts[j];
            struct filter_cube cube;

            init_cube(&cube, &all_hidden[i], &v->cube);
            if (looks_at(&v->cube, &all_hidden[i])
                && (!v->accept || filter_cube_overlaps(&v->cube, &cube))) {
                add_drop(&all, &cube, &all_hidden[i]);
            }
        }
    }
    for (size_t i = 0; i < list->n; i++) {
        filter_list_add(&all, &list->verdicts[i].cube,
                        list->verdicts[i].rule);
    }
    free(list->verdicts);
    *list = all;
}
