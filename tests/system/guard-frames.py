#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints a script for tests/frames: what a hostile and an honest guest send.

usage: guard-frames.py PORT INDEX GUARDS RECEIVER GROUP [WORD...]

PORT is a guest with the address 52:54:00:00:00:INDEX (two hexadecimal digits),
10.0.0.INDEX and 2001:db8::INDEX, and GUARDS the guards that it has, with commas
between them.  Frames are for port "up", which gets them as RECEIVER, or for a
group, which GROUP gets; WORD is added to each frame (as "vlan=10").

Each frame is listed with the guards that must stop it.  Without these it must
get through: so guards are shown not to stop each other's frames, too.  Those that
get through come first: who sends what the kernel's datapath takes for something
else than vswitchd does may lose what he sends of that something for some time
(Documentation/guards.rst)."""

import ipaddress
import os
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


def ip_with(src, proto, payload, options=b"", dst=v4("10.0.0.254"), frag=0,
            first=None, total=None):
    """An IPv4 packet with 'options', or with another first byte or total
    length than it should have."""
    length = 20 + len(options) + len(payload) if total is None else total
    byte = 0x40 | (20 + len(options)) // 4 if first is None else first
    return (0x0800, struct.pack("!BBHHHBBH", byte, 0, length, 1, frag, 255,
                                proto, 0) + src + dst + options + payload)


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


ND = set()                      # What nd() has returned.


def nd(kind, target, *options, flags=0x20000000, code=0):
    message = icmp6(kind, struct.pack("!I", flags) + target
                    + b"".join(options), code)
    ND.add(message)
    return message


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
IS_KERNEL = os.environ.get("VIRTNET_DATAPATH") == "system"

# Name of the destination, (type, payload), guards that stop it; and which of
# these do as the kernel's datapath sees it, if others only stop it because
# vswitchd cannot tell what it is.  Then the kernel may have learned that already
# from another frame, or not.
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
    # What is too short for ports, which are in what fills the frame: it opens
    # no way for what has them.
    (GROUPS, ip_with(OWN4, UDP, udp(67, 68), dst=ALL4, total=24), "dhcp"),
    (UNICAST, ip_with(OWN4, UDP, udp(67, 68), total=20), "dhcp"),
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
     "ip dhcp ra other", "dhcp"),
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
    (GROUPS, ip6(LOCAL6, FRAG, frag6(DST, ext(ICMP6, b"")), NODES6),
     "ip ra"),
    (GROUPS, ip6(LOCAL6, FRAG, frag6(DST, ext(ICMP6, b"", 1)[:8]), NODES6),
     "ip dhcp ra other", "ra"),
    (GROUPS, ip6(LOCAL6, HOP, ext(ICMP6, b"", 1)[:8], NODES6),
     "ip dhcp ra other", "ra"),
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

# What parsers do not agree on, or never see.


def ip6_with(src, proto, payload, dst=v6("2001:db8::fe"), length=None,
             hops=255):
    return (0x86dd, struct.pack("!IHBB", 6 << 28,
                                len(payload) if length is None else length,
                                proto, hops) + src + dst + payload)


def snap(packet, oui=bytes(3)):
    """'packet' behind headers of 802.2 and SNAP, in a frame with a length."""
    body = b"\xaa\xaa\x03" + oui + struct.pack("!H", packet[0]) + packet[1]
    return (min(len(body) + 20, 1500), body)


def arp_with(head, sha, spa, tha, tpa):
    return (0x0806, struct.pack("!HHBBH", *head) + sha + spa + tha + tpa)


RR = bytes([7, 39, 4]) + bytes(37)      # An option that fills the header.
SCTP, GRE, ESP, NONE, MH = 132, 47, 50, 59, 135
DHCPS6 = v6("ff02::1:2")

FRAMES += [
    # IPv4 with options, and what looks wrong.
    (UNICAST, ip_with(OWN4, TCP, REST + bytes(4), RR), ""),
    (UNICAST, ip_with(OTHER4, TCP, REST + bytes(4), RR), "ip"),
    (UNICAST, ip_with(OWN4, UDP, udp(67, 68), RR), "dhcp"),
    (GROUPS, ip_with(OWN4, UDP, udp(67, 68), RR[:4], ALL4), "dhcp"),
    (GROUPS, ip_with(OWN4, UDP, udp(67, 68), RR, ALL4, FIRST), "dhcp"),
    (UNICAST, ip_with(OWN4, ICMP, bytes([5, 1]) + REST, RR), "ra"),
    (GROUPS, ip_with(OWN4, IGMP, bytes([0x11]) + REST, b"\x94\x04\0\0",
                     v4("224.0.0.1")), "ra"),
    (GROUPS, ip_with(OWN4, IGMP, bytes([0x22]) + REST, b"\x94\x04\0\0",
                     v4("224.0.0.22")), ""),
    (UNICAST, ip(OWN4, SCTP, REST), ""),
    (UNICAST, ip(OWN4, GRE, REST), ""),
    (UNICAST, ip(OWN4, ESP, REST), ""),
    (UNICAST, ip(v4("224.0.0.1"), UDP, udp(1000, 53)), "ip"),
    (UNICAST, ip(ALL4, UDP, udp(1000, 53)), "ip"),
    (UNICAST, ip(v4("127.0.0.1"), UDP, udp(1000, 53)), "ip"),
    (GROUPS, ip(NONE4, UDP, udp(68, 67), dst=v4("10.0.0.255")), "ip"),
    (GROUPS, ip(NONE4, ICMP, bytes([8]) + REST, dst=ALL4), "ip"),
    # What has a length that cannot be hosts drop, but not all DHCP clients.
    (GROUPS, ip_with(OWN4, UDP, udp(67, 68), dst=ALL4, total=1400),
     "ip dhcp ra", "dhcp"),
    (GROUPS, ip_with(OWN4, UDP, udp(67, 68), dst=ALL4, total=0),
     "ip dhcp ra", "dhcp"),
    (GROUPS, ip_with(OWN4, UDP, udp(67, 68), dst=ALL4, first=0x44),
     "ip dhcp ra"),
    (GROUPS, ip_with(OWN4, UDP, b"", RR[:36], ALL4, first=0x4f, total=40),
     "ip dhcp ra", "dhcp"),
    (UNICAST, ip_with(OWN4, ICMP, bytes([5, 1]) + REST, total=1400),
     "ip dhcp ra", "ra"),
    (UNICAST, ip_with(OWN4, UDP, udp(67, 68), frag=0x8000), "dhcp"),
    (UNICAST, ip_with(OTHER4, UDP, udp(1000, 53), frag=FIRST | 1), "ip"),
    # Router advertisements of IPv4 (RFC 1256).
    (GROUPS, ip(OWN4, ICMP, bytes([9, 0]) + REST, dst=v4("224.0.0.1")), "ra"),
    (UNICAST, ip(OWN4, ICMP, bytes([9, 16]) + REST), "ra"),
    (GROUPS, ip(OWN4, ICMP, bytes([10, 0]) + REST, dst=v4("224.0.0.2")), ""),
    (UNICAST, ip(OWN4, ICMP, bytes([5]) + REST, frag=FIRST), "ra"),
    # In frames with a length.
    (UNICAST, snap(ip(OWN4, UDP, udp(67, 68))), "dhcp"),
    (UNICAST, snap(ip(OTHER4, UDP, udp(1000, 53))), "ip"),
    (UNICAST, snap(ip(OWN4, UDP, udp(1000, 53))), ""),
    (GROUPS, snap(ip6(LOCAL6, ICMP6, icmp6(RA), NODES6)), "ra"),
    (GROUPS, snap(arp(2, OTHER_MAC, OTHER4, OTHER4)), "ip"),
    (UNICAST, snap(ip(OTHER4, UDP, udp(1000, 53)), b"\0\0\xf8"), "other"),
    (UNICAST, (60, b"\x42\x42\x03" + REST), "other"),
    (UNICAST, (60, b"\xe0\xe0\x03" + REST), "other"),
    # Headers in front of what is in IPv6.
    (GROUPS, ip6(LOCAL6, DST, ext(HOP, ext(ICMP6, icmp6(RA))), NODES6), "ra"),
    (GROUPS, ip6(LOCAL6, ROUTING, ext(AH, ah(DST, ext(ICMP6, icmp6(RA)))),
                 NODES6), "ra"),
    (GROUPS, ip6(LOCAL6, AH, ah(FRAG, frag6(ICMP6, icmp6(RA), more=0)),
                 NODES6), "ra"),
    (GROUPS, ip6(LOCAL6, FRAG, frag6(FRAG, frag6(ICMP6, icmp6(RA))), NODES6),
     "ra"),
    (GROUPS, ip6(LOCAL6, HOP, ext(HOP, ext(HOP, ext(HOP, ext(
        ICMP6, icmp6(RA))))), NODES6), "ra"),
    (GROUPS, ip6(OTHER6, HOP, ext(DST, ext(UDP, udp(1000, 53)))), "ip"),
    (UNICAST, ip6(LOCAL6, ROUTING, ext(UDP, udp(547, 546), 2)), "dhcp"),
    (UNICAST, ip6(LOCAL6, AH, ah(UDP, udp(547, 546))), "dhcp"),
    (GROUPS, ip6(LOCAL6, DST, ext(ICMP6, icmp6(REDIRECT)), NODES6), "ra"),
    (GROUPS, ip6_with(LOCAL6, ICMP6, icmp6(RA), NODES6, length=0), "ip ra",
     "ra"),
    (GROUPS, ip6_with(LOCAL6, ICMP6, icmp6(RA), NODES6, length=1400),
     "ip dhcp ra other", "ra"),
    (UNICAST, ip6_with(LOCAL6, UDP, udp(547, 546), length=4), "dhcp"),
    # Too short for a type, which is behind it: it opens no way for such.
    (GROUPS, ip6_with(OWN6, ICMP6, nd(NA, OTHER6, MINE_T), NODES6, length=4),
     "ip ra", "ip"),
    (GROUPS, ip6_with(NONE6, ICMP6, nd(NS, OTHER6), NODES6, length=4),
     "ip ra", "ip"),
    (GROUPS, ip6_with(LOCAL6, HOP, b"\x3a\0\xc2\4\0\0\0\x20" + icmp6(RA),
                      NODES6, length=0), "ip dhcp ra other", "ra"),
    (GROUPS, ip6_with(LOCAL6, ICMP6, icmp6(RA), NODES6, hops=64), "ra"),
    (UNICAST, ip6(OWN6, NONE, b""), ""),
    (UNICAST, ip6(OWN6, ESP, REST), ""),
    (UNICAST, ip6(OWN6, SCTP, REST), ""),
    (UNICAST, ip6(OWN6, MH, bytes([NONE, 0, 0, 0]) + bytes(4)), ""),
    (UNICAST, ip6(OTHER6, NONE, b""), "ip"),
    (UNICAST, ip6(OTHER6, MH, ext(ICMP6, icmp6(RA))), "ip"),
    (UNICAST, ip6(v6("::1"), UDP, udp(1000, 53)), "ip"),
    (UNICAST, ip6(v6("ff02::1"), UDP, udp(1000, 53)), "ip"),
    (UNICAST, ip6(v6(f"::ffff:10.0.0.{N}"), UDP, udp(1000, 53)), "ip"),
    # A server of DHCPv6 to a relay, and clients.
    (UNICAST, ip6(OWN6, UDP, udp(547, 547)), ""),
    (GROUPS, ip6(LOCAL6, UDP, udp(546, 547), DHCPS6), ""),
    (GROUPS, ip6(NONE6, UDP, udp(546, 547), DHCPS6), "ip"),
    # Listeners, of either version, and who asks for them.
    (GROUPS, ip6(LOCAL6, HOP, ext(ICMP6, icmp6(143)), v6("ff02::16")), ""),
    (GROUPS, ip6(LOCAL6, HOP, ext(ICMP6, icmp6(131)), v6("ff02::fb")), ""),
    (GROUPS, ip6(LOCAL6, HOP, ext(ICMP6, icmp6(132)), ROUTERS6), ""),
    (GROUPS, ip6(NONE6, HOP, ext(ICMP6, icmp6(MLD_QUERY)), NODES6), "ra"),
    (UNICAST, ip6(OWN6, ICMP6, icmp6(139)), ""),
    (UNICAST, ip6(OTHER6, ICMP6, icmp6(4)), "ip"),
    # Neighbor discovery from too far, cut short, or in fragments.
    (GROUPS, ip6_with(OWN6, ICMP6, nd(NA, OTHER6, MINE_T), NODES6, hops=64),
     "ip"),
    (GROUPS, ip6(OWN6, ICMP6, icmp6(NA, bytes(12)), NODES6), "ip"),
    (GROUPS, ip6(NONE6, ICMP6, icmp6(NS, bytes(12)), NODES6), "ip"),
    (GROUPS, ip6(OWN6, FRAG, frag6(ICMP6, nd(NA, OTHER6, MINE_T)), NODES6),
     "ip"),
    (GROUPS, ip6(OWN6, FRAG, frag6(ICMP6, nd(NA, OWN6)), NODES6), "ip"),
    (GROUPS, ip6(NONE6, FRAG, frag6(ICMP6, nd(NS, OTHER6)), NODES6), "ip"),
    (GROUPS, ip6(NONE6, DST, ext(ICMP6, nd(NS, OTHER6)), NODES6), "ip"),
    (UNICAST, ip6(OWN6, HOP, ext(ICMP6, nd(NA, OTHER6, MINE_T))), "ip"),
    (GROUPS, ip6(OWN6, ICMP6, nd(NA, OWN6, lla(SLL, MAC), OTHERS_T), NODES6),
     "ip"),
    # ARP of other kinds.
    (GROUPS, arp_with((6, 0x0800, 6, 4, 2), MAC, OTHER4, ZERO_MAC, OTHER4),
     "ip"),
    (GROUPS, arp_with((1, 0x0800, 8, 4, 2), MAC + bytes(2), OTHER4, bytes(8),
                      OTHER4), "ip"),
    (GROUPS, arp_with((1, 0x86dd, 6, 16, 2), MAC, OTHER6, ZERO_MAC, OTHER6),
     "ip"),
    (GROUPS, (0x0806, struct.pack("!HHBBH", 1, 0x0800, 6, 4, 2) + MAC), "ip"),
    (GROUPS, arp(4, MAC, OTHER4, OTHER4), "ip"),
    (GROUPS, arp(9, MAC, OTHER4, OTHER4), "ip"),
    (GROUPS, arp(0x102, MAC, OTHER4, OTHER4), "ip"),
    (GROUPS, arp(8, MAC, OWN4, OTHER4), ""),
    (GROUPS, arp(1, MAC, v4("224.0.0.1"), OTHER4), "ip"),
    (GROUPS, arp(1, bytes(6), OWN4, OWN4), "ip"),
    (GROUPS, arp(1, b"\xff" * 6, OWN4, OWN4), "ip"),
    (GROUPS, arp(1, MAC, NONE4, NONE4), "ip"),
    # What else there is.
    (UNICAST, (0x8847, b"\0\1\1\x40" + ip(OTHER4, UDP, udp(67, 68))[1]),
     "other"),
    (UNICAST, (0x8864, b"\x11\0\0\1\0\x40\0\x21"
               + ip(OTHER4, UDP, udp(67, 68))[1]), "other"),
    (UNICAST, (0x22f0, REST), "other"),
    (UNICAST, (0x9000, REST), "other"),
]


def is_stopped(frame):
    return bool(set(frame[2].split()) & set(GUARDS.split(",")))


def is_open(frame):
    """May it get through or not?"""
    return (IS_KERNEL and frame[3:] and is_stopped(frame)
            and not set(frame[3].split()) & set(GUARDS.split(",")))


def is_bare(head):
    """Does it matter what is behind the packet?"""
    return any(message in head for message in ND)


for frame in sorted(FRAMES, key=is_stopped):
    if is_open(frame):
        continue
    dst, (dl_type, head) = frame[:2]
    to = "-" if is_stopped(frame) else RECEIVER if dst == UNICAST else GROUP
    print(PORT, "->", dst or "up", WORDS, f"type={dl_type:#06x}",
          f"head={head.hex()}", "bare" * is_bare(head), "=", to)
