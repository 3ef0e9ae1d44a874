/* SPDX-License-Identifier: Apache-2.0 */
#include <config.h>
#include "controller/fleet/underlay.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "packets.h"
#include "svec.h"

/* Returns the MTU of the way to 'address', as the kernel would send a packet
 * there now, or 0 if there is none.  A datagram's socket that is connected has
 * asked for the route; nothing is sent. */
static int
route_mtu(const char *address)
{
    union {
        struct sockaddr sa;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
    } to;
    socklen_t len, value_len = sizeof(int);
    int fd, mtu = 0;
    bool is_ipv4;

    memset(&to, 0, sizeof to);
    is_ipv4 = ip_parse(address, &to.in.sin_addr.s_addr);
    if (is_ipv4) {
        to.in.sin_family = AF_INET;
        to.in.sin_port = htons(9);
        len = sizeof to.in;
    } else if (ipv6_parse(address, &to.in6.sin6_addr)) {
        to.in6.sin6_family = AF_INET6;
        to.in6.sin6_port = htons(9);
        len = sizeof to.in6;
    } else {
        return 0;
    }
    fd = socket(to.sa.sa_family, SOCK_DGRAM, 0);
    if (fd < 0) {
        return 0;
    }
    if (connect(fd, &to.sa, len)
        || getsockopt(fd, is_ipv4 ? IPPROTO_IP : IPPROTO_IPV6,
                      is_ipv4 ? IP_MTU : IPV6_MTU, &mtu, &value_len)) {
        mtu = 0;
    }
    close(fd);
    return mtu;
}

/* Returns the least MTU of the ways to 'peers', which are addresses, or 0 if
 * there is no way to any. */
int
underlay_mtu(const struct svec *peers)
{
    int least = 0;

    for (size_t i = 0; i < peers->n; i++) {
        int mtu = route_mtu(peers->names[i]);

        if (mtu && (!least || mtu < least)) {
            least = mtu;
        }
    }
    return least;
}
