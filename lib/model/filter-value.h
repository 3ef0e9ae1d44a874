/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILTER_VALUE_H
#define FILTER_VALUE_H 1

/* Values of the attributes of rules of filters, as sets of frames. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct filter_cube;

enum filter_value {
    FILTER_VALUE_MAC,           /* With a mask. */
    FILTER_VALUE_ETHERTYPE,     /* Of the frame: 0x8100 if it is tagged. */
    FILTER_VALUE_VLAN,
    FILTER_VALUE_ENCAPSULATED,  /* EtherType behind the tag. */
    FILTER_VALUE_OPCODE,
    FILTER_VALUE_HWTYPE,        /* The set is what has another. */
    FILTER_VALUE_ARP_PROTOCOL,  /* Likewise. */
    FILTER_VALUE_ARP_MAC,
    FILTER_VALUE_IP,            /* With a mask. */
    FILTER_VALUE_IPV6,          /* With a mask. */
    FILTER_VALUE_IP_RANGE,      /* With its end. */
    FILTER_VALUE_PROTOCOL,
    FILTER_VALUE_PORT,          /* With the end of a range. */
    FILTER_VALUE_DSCP,
    FILTER_VALUE_ICMP,          /* With the end of a range. */
    FILTER_VALUE_TCP_FLAGS
};

struct filter_values {
    enum filter_value kind;
    bool dst;                   /* Of the second of two fields? */
    const char *first;
    const char *second;         /* Or null. */
};

char *filter_value_make(const struct filter_values *, struct filter_cube **,
                        size_t *n);
bool filter_value_protocol(const char *, uint8_t *);

#endif /* lib/model/filter-value.h */
