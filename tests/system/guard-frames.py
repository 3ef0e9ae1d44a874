#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints a script for tests/frames: what a hostile and an honest guest send.

usage: guard-frames.py PORT INDEX GUARDS RECEIVER GROUP [WORD...]

PORT is a guest with the address 52:54:00:00:00:INDEX (two hexadecimal digits),
10.0.0.INDEX and 2001:db8::INDEX, and GUARDS the guards that it has, with commas
between them.  Frames are for port "up", which gets them as RECEIVER, or for a
group, which GROUP gets; WORD is added to each frame (as "vlan=10").

Each frame is listed with the guards that must stop it.  Without these it must
get through: so guards are shown not to stop each other's frames, too."""

import ipaddress
import struct
import sys

PORT, INDEX, GUARDS, RECEIVER, GROUP = sys.argv[1:6]
WORDS = " ".join(sys.argv[6:])
MAC = bytes.fromhex("5254000000" + INDEX)
OTHER_MAC = bytes.fromhex("525400000099")


def v4(text):
    return ipaddress.IPv4Address(text).packed


def v6(text):
    return ipaddress.IPv6Address(text).packed


N = int(INDEX, 16)
OWN4, OTHER4 = v4(f"10.0.0.{N}"), v4("10.0.0.200")
NONE4, ALL4 = v4("0.0.0.0"), v4("255.255.255.255")
OWN6, OTHER6, NONE6 = v6(f"2001:db8::{N:x}"), v6("2001:db8::c8"), v6("::")
LOCAL6 = (v6("fe80::")[:8] + bytes([MAC[0] ^ 2]) + MAC[1:3] + b"\xff\xfe"
          + MAC[3:])
NODES6, ROUTERS6 = v6("ff02::1"), v6("ff02::2")
ZERO_MAC = bytes(6)
ICMP, IGMP, TCP, UDP, ICMP6 = 1, 2, 6, 17, 58
HOP, DST, FRAG, ROUTING, AH = 0, 60, 44, 43, 51
REST = bytes(16)                # Of a header that nobody looks at.


def ip(src, proto, payload, dst=v4("10.0.0.254"), frag=0, version=4):
    """An IPv4 packet; 'frag' is its fragment field."""
    return (0x0800, struct.pack("!BBHHHBBH", version << 4 | 5, 0,
                                20 + len(payload), 1, frag, 255, proto, 0)
            + src + dst + payload)


def ip6(src, proto, payload, dst=v6("2001:db8::fe")):
    return (0x86dd, struct.pack("!IHBB", 6 << 28, len(payload), proto, 255)
            + src + dst + payload)


def udp(sport, dport):
    return struct.pack("!HHHH", sport, dport, 24, 0) + REST


def arp(op, sha, spa, tpa, tha=ZERO_MAC, dl_type=0x0806):
    return (dl_type, struct.pack("!HHBBH", 1, 0x0800, 6, 4, op)
            + sha + spa + tha + tpa)


def icmp6(kind, body=bytes(28), code=0):
    return struct.pack("!BBH", kind, code, 0) + body


def nd(kind, target, *options, flags=0x20000000, code=0):
    return icmp6(kind, struct.pack("!I", flags) + target + b"".join(options),
                 code)


def lla(kind, mac, length=1):
    return bytes([kind, length]) + mac


def ext(proto, payload, units=0):
    """A header of options before 'payload', which is of 'proto'."""
    return bytes([proto, units, 1, 4 + 8 * units]) + bytes(4 + 8 * units) + payload


def ah(proto, payload):
    return bytes([proto, 4]) + bytes(22) + payload


def frag6(proto, payload, offset=0, more=1):
    return struct.pack("!BBHI", proto, 0, offset << 3 | more, 1) + payload


SLL, TLL = 1, 2
RA, NS, NA, REDIRECT, MLD_QUERY = 134, 135, 136, 137, 130
MINE_S, MINE_T = lla(SLL, MAC), lla(TLL, MAC)
OTHERS_S, OTHERS_T = lla(SLL, OTHER_MAC), lla(TLL, OTHER_MAC)
FIRST, LATER = 0x2000, 0x0003   # Fragments of IPv4.

# Name of the destination, (type, payload), guards that stop it.
UNICAST, GROUPS = "", "mcast6"
FRAMES = [
    # Honest IPv4.
    (UNICAST, ip(OWN4, TCP, REST + bytes(4)), ""),
    (UNICAST, ip(OWN4, UDP, udp(1000, 53)), ""),
    (UNICAST, ip(OWN4, UDP, udp(68, 67)), ""),
    (UNICAST, ip(OWN4, ICMP, bytes([8]) + REST), ""),
    (UNICAST, ip(OWN4, UDP, udp(1000, 53), frag=FIRST), ""),
    (UNICAST, ip(OWN4, UDP, REST + REST, frag=LATER), ""),
    (GROUPS, ip(NONE4, UDP, udp(68, 67), dst=ALL4), ""),
    (GROUPS, ip(OWN4, IGMP, bytes([0x22]) + REST, dst=v4("224.0.0.22")), ""),
    (UNICAST, ip(OWN4, UDP, udp(67, 67)), ""),
    (GROUPS, ip(OWN4, UDP, udp(5353, 5353), dst=v4("224.0.0.251")), ""),
    # Somebody else's address, in whatever is in it.
    (UNICAST, ip(OTHER4, UDP, udp(1000, 53), frag=FIRST), "ip"),
    (UNICAST, ip(OTHER4, TCP, REST + bytes(4)), "ip"),
    (UNICAST, ip(OTHER4, UDP, udp(1000, 53)), "ip"),
    (UNICAST, ip(OTHER4, UDP, REST + REST, frag=LATER), "ip"),
    (UNICAST, ip(OTHER4, ICMP, bytes([8]) + REST), "ip"),
    (UNICAST, ip(NONE4, UDP, udp(68, 67)), "ip"),
    (GROUPS, ip(NONE4, UDP, udp(68, 53), dst=ALL4), "ip"),
    (GROUPS, ip(NONE4, TCP, udp(68, 67), dst=ALL4), "ip"),
    # DHCP servers: by the port that clients have, from any, in fragments.
    (UNICAST, ip(OWN4, UDP, udp(67, 68)), "dhcp"),
    (UNICAST, ip(OWN4, UDP, udp(1067, 68)), "dhcp"),
    (GROUPS, ip(OWN4, UDP, udp(67, 68), dst=ALL4), "dhcp"),
    (GROUPS, ip(OWN4, UDP, udp(67, 68), dst=ALL4, frag=FIRST), "dhcp"),
    (GROUPS, ip(OTHER4, UDP, udp(67, 68), dst=ALL4), "ip dhcp"),
    (GROUPS, ip(NONE4, UDP, udp(67, 68), dst=ALL4), "ip dhcp"),
    (UNICAST, ip6(LOCAL6, UDP, udp(547, 546)), "dhcp"),
    (UNICAST, ip6(LOCAL6, HOP, ext(UDP, udp(547, 546))), "dhcp"),
    (UNICAST, ip6(LOCAL6, UDP, udp(1547, 546)), "dhcp"),
    (UNICAST, ip6(LOCAL6, FRAG, frag6(UDP, udp(547, 546))), "dhcp"),
    (UNICAST, ip6(LOCAL6, DST, ext(UDP, udp(547, 546))), "dhcp"),
    (UNICAST, ip6(LOCAL6, FRAG, frag6(DST, ext(UDP, b""))), "dhcp"),
    (UNICAST, ip6(LOCAL6, FRAG, frag6(DST, ext(UDP, b"", 1)[:8])),
     "ip dhcp ra other"),
    # Routers.
    (GROUPS, ip6(LOCAL6, ICMP6, icmp6(RA), NODES6), "ra"),
    (UNICAST, ip6(LOCAL6, ICMP6, icmp6(RA)), "ra"),
    (GROUPS, ip6(OTHER6, ICMP6, icmp6(RA), NODES6), "ip ra"),
    (GROUPS, ip6(NONE6, ICMP6, icmp6(RA), NODES6), "ra"),
    (GROUPS, ip6(LOCAL6, HOP, ext(ICMP6, icmp6(RA)), NODES6), "ra"),
    (GROUPS, ip6(LOCAL6, ROUTING, ext(ICMP6, icmp6(RA)), NODES6), "ra"),
    (GROUPS, ip6(LOCAL6, AH, ah(ICMP6, icmp6(RA)), NODES6), "ra"),
    (GROUPS, ip6(LOCAL6, DST, ext(DST, ext(ICMP6, icmp6(RA))), NODES6),
     "ra"),
    (GROUPS, ip6(LOCAL6, FRAG, frag6(ICMP6, icmp6(RA)), NODES6), "ra"),
    (GROUPS, ip6(LOCAL6, FRAG, frag6(ICMP6, icmp6(RA), more=0), NODES6),
     "ra"),
    (GROUPS, ip6(LOCAL6, FRAG, frag6(DST, ext(ICMP6, b"")), NODES6), "ra"),
    (GROUPS, ip6(LOCAL6, FRAG, frag6(DST, ext(ICMP6, b"", 1)[:8]), NODES6),
     "ip dhcp ra other"),
    (GROUPS, ip6(LOCAL6, HOP, ext(ICMP6, b"", 1)[:8], NODES6),
     "ip dhcp ra other"),
    (UNICAST, ip6(LOCAL6, ICMP6, icmp6(REDIRECT)), "ra"),
    (UNICAST, ip6(LOCAL6, FRAG, frag6(ICMP6, icmp6(REDIRECT))), "ra"),
    (UNICAST, ip(OWN4, ICMP, bytes([5, 1]) + REST), "ra"),
    (GROUPS, ip6(LOCAL6, ICMP6, icmp6(MLD_QUERY), NODES6), "ra"),
    (GROUPS, ip6(LOCAL6, HOP, ext(ICMP6, icmp6(MLD_QUERY)), NODES6), "ra"),
    (GROUPS, ip(OWN4, IGMP, bytes([0x11]) + REST, dst=v4("224.0.0.1")),
     "ra"),
    # Honest IPv6.
    (UNICAST, ip6(OWN6, TCP, REST + bytes(4)), ""),
    (UNICAST, ip6(LOCAL6, UDP, udp(546, 547)), ""),
    (UNICAST, ip6(OWN6, ICMP6, icmp6(128)), ""),
    (UNICAST, ip6(OWN6, FRAG, frag6(UDP, udp(1000, 53))), ""),
    (UNICAST, ip6(OWN6, FRAG, frag6(UDP, REST, offset=3)), ""),
    (UNICAST, ip6(OWN6, HOP, ext(ICMP6, icmp6(128))), ""),
    (UNICAST, ip6(OWN6, UDP, udp(547, 547)), ""),
    (GROUPS, ip6(LOCAL6, UDP, udp(5353, 5353), v6("ff02::fb")), ""),
    (GROUPS, ip6(NONE6, ICMP6, icmp6(133), ROUTERS6), ""),
    (GROUPS, ip6(NONE6, HOP, ext(ICMP6, icmp6(143)), v6("ff02::16")), ""),
    (GROUPS, ip6(LOCAL6, ICMP6, nd(133, b"", MINE_S), ROUTERS6), ""),
    # Somebody else's address.
    (UNICAST, ip6(OTHER6, TCP, REST + bytes(4)), "ip"),
    (UNICAST, ip6(OTHER6, UDP, udp(1000, 53)), "ip"),
    (UNICAST, ip6(OTHER6, FRAG, frag6(UDP, REST, offset=3)), "ip"),
    (UNICAST, ip6(OTHER6, HOP, ext(TCP, REST + bytes(4))), "ip"),
    (UNICAST, ip6(v6("fe80::1"), ICMP6, icmp6(128)), "ip"),
    (UNICAST, ip6(NONE6, UDP, udp(1000, 53)), "ip"),
    # Honest neighbor discovery, with and without an address of its own yet.
    (GROUPS, ip6(NONE6, ICMP6, nd(NS, OWN6), NODES6), ""),
    (GROUPS, ip6(NONE6, ICMP6, nd(NS, LOCAL6), NODES6), ""),
    (GROUPS, ip6(OWN6, ICMP6, nd(NS, OTHER6, MINE_S), NODES6), ""),
    (UNICAST, ip6(LOCAL6, ICMP6, nd(NS, OTHER6, MINE_S)), ""),
    (GROUPS, ip6(OWN6, ICMP6, nd(NA, OWN6, MINE_T), NODES6), ""),
    (UNICAST, ip6(LOCAL6, ICMP6, nd(NA, OWN6, MINE_T)), ""),
    (UNICAST, ip6(OWN6, ICMP6, nd(NA, OWN6, flags=0x40000000)), ""),
    # A look for somebody who has another's address keeps him from it.
    (GROUPS, ip6(NONE6, ICMP6, nd(NS, OTHER6), NODES6), "ip"),
    (GROUPS, ip6(NONE6, ICMP6, nd(NS, OTHER6, MINE_S), NODES6), "ip"),
    (UNICAST, ip6(NONE6, ICMP6, nd(NA, OTHER6, MINE_T)), "ip"),
    # Who says that another's address is here, or its own elsewhere.
    (GROUPS, ip6(OWN6, ICMP6, nd(NA, OTHER6, MINE_T), NODES6), "ip"),
    (UNICAST, ip6(OWN6, ICMP6, nd(NA, OTHER6)), "ip"),
    (GROUPS, ip6(OTHER6, ICMP6, nd(NA, OWN6, MINE_T), NODES6), "ip"),
    (GROUPS, ip6(OWN6, ICMP6, nd(NA, OWN6, OTHERS_T), NODES6), "ip"),
    (GROUPS, ip6(OWN6, ICMP6, nd(NS, OTHER6, OTHERS_S), NODES6), "ip"),
    (UNICAST, ip6(OTHER6, ICMP6, nd(NS, OWN6, OTHERS_S)), "ip"),
    # Options that are not there, there twice, of no length or of another.
    (GROUPS, ip6(OWN6, ICMP6, nd(NA, OWN6), NODES6), "ip"),
    (GROUPS, ip6(OWN6, ICMP6, nd(NS, OTHER6), NODES6), "ip"),
    (GROUPS, ip6(OWN6, ICMP6, nd(NA, OWN6, MINE_T, OTHERS_T), NODES6), "ip"),
    (UNICAST, ip6(OWN6, ICMP6, nd(NA, OWN6, OTHERS_T, MINE_T)), "ip"),
    (GROUPS, ip6(OWN6, ICMP6, nd(NS, OTHER6, MINE_S, OTHERS_S), NODES6),
     "ip"),
    (GROUPS, ip6(OWN6, ICMP6, nd(NA, OWN6, lla(TLL, OTHER_MAC, 0)), NODES6),
     "ip"),
    (GROUPS, ip6(OWN6, ICMP6, nd(NS, OTHER6, lla(SLL, OTHER_MAC, 0)),
                 NODES6), "ip"),
    (GROUPS, ip6(OWN6, ICMP6, nd(NS, OTHER6, lla(SLL, OTHER_MAC, 2),
                                 bytes(8)), NODES6), "ip"),
    (GROUPS, ip6(OWN6, ICMP6, nd(NA, OWN6, MINE_T, code=1), NODES6), "ip"),
    (GROUPS, ip6(OWN6, DST, ext(ICMP6, nd(NA, OTHER6, MINE_T)), NODES6),
     "ip"),
    (UNICAST, ip6(OWN6, FRAG, frag6(ICMP6, nd(NA, OTHER6, MINE_T),
                                    more=0)), "ip"),
    # ARP.
    (GROUPS, arp(2, MAC, OWN4, OWN4), ""),
    (GROUPS, arp(2, OTHER_MAC, OTHER4, OTHER4), "ip"),
    (GROUPS, arp(1, MAC, OWN4, OTHER4), ""),
    (GROUPS, arp(1, MAC, OWN4, OWN4), ""),
    (UNICAST, arp(2, MAC, OWN4, OTHER4, OTHER_MAC), ""),
    (GROUPS, arp(1, MAC, NONE4, OWN4), ""),
    (GROUPS, arp(3, MAC, NONE4, NONE4, MAC, 0x8035), ""),
    (GROUPS, arp(1, MAC, NONE4, OTHER4), "ip"),
    (GROUPS, arp(1, MAC, OTHER4, OWN4), "ip"),
    (UNICAST, arp(2, MAC, OTHER4, OWN4, OTHER_MAC), "ip"),
    (UNICAST, arp(2, OTHER_MAC, OWN4, OTHER4, OTHER_MAC), "ip"),
    (GROUPS, arp(1, OTHER_MAC, NONE4, OWN4), "ip"),
    (GROUPS, arp(2, MAC, OTHER4, OTHER4), "ip"),
    # Other protocols, and what cannot be looked into.
    (UNICAST, (0x88b5, REST), "other"),
    (UNICAST, (0x88cc, REST), "other"),
    (UNICAST, (0x8863, REST), "other"),
]

for dst, (dl_type, head), stops in FRAMES:
    stopped = set(stops.split()) & set(GUARDS.split(","))
    to = "-" if stopped else RECEIVER if dst == UNICAST else GROUP
    print(PORT, "->", dst or "up", WORDS, f"type={dl_type:#06x}",
          f"head={head.hex()}", "=", to)
