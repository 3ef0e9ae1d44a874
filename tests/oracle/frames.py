#! /usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# The frames that filters are tried with.
#
# usage: frames.py print         print them: a name, and the frame in hex
#        frames.py ask FROM TO   send them by device FROM; print for each whether
#                                it came out of device TO, as 1 or 0
#
# Each ends in a number of its own, by which it is known again.

import ipaddress
import select
import socket
import struct
import sys
import time

ME, YOU, THIRD = '525400000001', '525400000002', '525400000003'
BCAST = 'ffffffffffff'
IP, IP2, OTHER, ROUTER = '10.0.0.5', '10.0.0.6', '10.0.0.9', '10.0.0.1'
IP6, OTHER6, LL = '2001:db8::5', '2001:db8::9', 'fe80::5054:ff:fe00:1'


def ip(text):
    return ipaddress.ip_address(text).packed


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack('>%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ethernet(src, dst, kind, payload, vlan=None):
    tag = struct.pack('>HH', 0x8100, vlan) if vlan is not None else b''
    return (bytes.fromhex(dst + src) + tag + struct.pack('>H', kind)
            + payload)


def arp(op, sha, spa, tha, tpa, hardware=1):
    return (struct.pack('>HHBBH', hardware, 0x800, 6, 4, op)
            + bytes.fromhex(sha) + ip(spa) + bytes.fromhex(tha) + ip(tpa)
            + bytes(18))


def ports(proto, sport, dport, flags=0x02):
    if proto == 6:
        return struct.pack('>HHIIBBHHH', sport, dport, 1, 0, 0x50, flags,
                           1024, 0, 0)
    if proto == 132:
        return struct.pack('>HHII', sport, dport, 1, 0)
    return struct.pack('>HHHH', sport, dport, 12, 0)


def ipv4(src, dst, proto, payload, tos=0):
    header = struct.pack('>BBHHHBBH', 0x45, tos, 24 + len(payload), 1, 0, 64,
                         proto, 0) + ip(src) + ip(dst)
    return (header[:10] + struct.pack('>H', checksum(header)) + header[12:]
            + payload)


def ipv6(src, dst, proto, payload, tos=0):
    return (struct.pack('>IHBB', 6 << 28 | tos << 20, len(payload) + 4, proto,
                        255) + ip(src) + ip(dst) + payload)


def group_mac(dst):
    packed = ip(dst)
    if len(packed) == 16:
        return '3333' + packed[-4:].hex()
    return '01005e' + bytes([packed[1] & 127, packed[2], packed[3]]).hex()


def arps():
    for sha in ME, YOU:
        for spa in IP, IP2, OTHER, '0.0.0.0':
            yield sha, BCAST, 0x806, arp(1, sha, spa, '0' * 12, ROUTER)
    yield ME, BCAST, 0x806, arp(1, YOU, IP, '0' * 12, ROUTER)
    yield ME, YOU, 0x806, arp(2, ME, IP, YOU, OTHER)
    yield YOU, ME, 0x806, arp(2, YOU, OTHER, ME, IP)
    yield ME, YOU, 0x806, arp(3, ME, IP, YOU, OTHER)
    yield ME, YOU, 0x806, arp(1, ME, IP, YOU, OTHER, hardware=6)
    for sha, op in (ME, 3), (YOU, 3), (ME, 4):
        yield sha, BCAST, 0x8035, arp(op, sha, '0.0.0.0', sha, '0.0.0.0')
    yield ME, YOU, 0x8035, arp(3, ME, '0.0.0.0', ME, '0.0.0.0')


def ipv4s():
    for src in IP, IP2, OTHER, '0.0.0.0':
        yield ME, YOU, 0x800, ipv4(src, OTHER, 17, ports(17, 1000, 53))
    yield YOU, ME, 0x800, ipv4(OTHER, IP, 17, ports(17, 53, 1000))
    yield YOU, ME, 0x800, ipv4(IP, OTHER, 17, ports(17, 53, 1000))
    yield ME, BCAST, 0x800, ipv4('0.0.0.0', '255.255.255.255', 17,
                                 ports(17, 68, 67))
    for src in ROUTER, OTHER:
        for dst, mac in (IP, ME), ('255.255.255.255', BCAST):
            yield YOU, mac, 0x800, ipv4(src, dst, 17, ports(17, 67, 68))
    for sport, dport in (1000, 19), (1000, 20), (1000, 22), (1000, 25), \
            (1000, 26), (1000, 80), (22, 1000), (80, 443), (65535, 1024):
        yield ME, YOU, 0x800, ipv4(IP, OTHER, 6, ports(6, sport, dport))
        yield YOU, ME, 0x800, ipv4(OTHER, IP, 17, ports(17, sport, dport))
    for flags in 0x02, 0x12, 0x10, 0x04, 0x29, 0:
        yield YOU, ME, 0x800, ipv4(OTHER, IP, 6,
                                   ports(6, 1000, 2000, flags))
    for kind, code in (8, 0), (0, 0), (3, 1), (3, 3), (5, 0), (11, 0):
        yield ME, YOU, 0x800, ipv4(IP, OTHER, 1,
                                   struct.pack('>BBHI', kind, code, 0, 0))
    for proto in 2, 47, 50, 51, 132, 136:
        yield ME, YOU, 0x800, ipv4(IP, OTHER, proto, ports(132, 9, 10))
    for tos in 0x20, 0xb8, 0x03:
        yield ME, YOU, 0x800, ipv4(IP, OTHER, 17, ports(17, 9, 9), tos)
    for last in 1, 63, 64, 127, 128, 254:
        yield ME, YOU, 0x800, ipv4('10.0.0.%d' % last, '10.1.2.3', 17,
                                   ports(17, 9, 9))
        yield ME, YOU, 0x800, ipv4(IP, '192.168.%d.1' % last, 17,
                                   ports(17, 9, 9))
    for dst in '224.0.0.1', '239.255.255.250':
        yield ME, group_mac(dst), 0x800, ipv4(IP, dst, 17, ports(17, 9, 9))


def ipv6s():
    for src in IP6, OTHER6, LL, 'fe80::9', '::':
        yield ME, YOU, 0x86dd, ipv6(src, OTHER6, 17, ports(17, 9, 53))
        yield YOU, ME, 0x86dd, ipv6(OTHER6, src if src != '::' else IP6, 6,
                                    ports(6, 22, 9))
    for kind in 1, 128, 129, 133, 134, 135, 136, 137:
        yield ME, group_mac('ff02::1'), 0x86dd, ipv6(
            LL, 'ff02::1', 58, struct.pack('>BBHI', kind, 0, 0, 0)
            + ip(OTHER6))
    yield ME, group_mac('ff02::1:2'), 0x86dd, ipv6(LL, 'ff02::1:2', 17,
                                                  ports(17, 546, 547))
    yield YOU, ME, 0x86dd, ipv6('fe80::9', LL, 17, ports(17, 547, 546))
    for last in '2001:db8:0:1::1', '2001:db8:1::1', '2001:db9::1':
        yield ME, YOU, 0x86dd, ipv6(last, OTHER6, 17, ports(17, 9, 9))
        yield ME, YOU, 0x86dd, ipv6(IP6, last, 6, ports(6, 9, 443))
    for proto in 50, 132, 59:
        yield ME, YOU, 0x86dd, ipv6(IP6, OTHER6, proto, ports(132, 9, 10))


def others():
    for kind in 0x88b5, 0x88b6, 0x0835, 0x8863, 0x86de:
        for src, dst in (ME, YOU), (YOU, ME), (THIRD, BCAST):
            yield src, dst, kind, bytes(46)
    yield ME, '01005e000009', 0x88b5, bytes(46)
    for vlan in 5, 10, 0x600a:
        yield ME, YOU, 0x88b5, bytes(46), vlan
        yield ME, YOU, 0x800, ipv4(IP, OTHER, 17, ports(17, 9, 22)), vlan
        yield YOU, ME, 0x800, ipv4(OTHER, IP, 6, ports(6, 9, 22)), vlan
    yield ME, BCAST, 0x806, arp(1, ME, OTHER, '0' * 12, ROUTER), 10


def odd_ipv4(src, dst, proto, payload, options=b'', first=None, total=None,
             fragment=0):
    """IPv4 with options, or fields that are not what they should be."""
    size = 20 + len(options)
    header = struct.pack(
        '>BBHHHBBH', 0x40 | size // 4 if first is None else first, 0,
        size + len(payload) + 4 if total is None else total, 1, fragment, 64,
        proto, 0) + ip(src) + ip(dst) + options
    return (header[:10] + struct.pack('>H', checksum(header)) + header[12:]
            + payload)


def snap(kind, payload):
    return b'\xaa\xaa\x03\0\0\0' + struct.pack('>H', kind) + payload


def before(proto, payload, units=0):
    """An extension header of IPv6, of options that say nothing."""
    return bytes([proto, units, 1, 4 + 8 * units]) + bytes(4 + 8 * units) + \
        payload


def fragment(proto, payload, offset=0, more=1):
    return struct.pack('>BBHI', proto, 0, offset << 3 | more, 1) + payload


def odd_ipv4s():
    nop = b'\1' * 4
    for src in IP, OTHER:
        for options in nop, b'\7\x27\4' + bytes(37):
            yield ME, YOU, 0x800, odd_ipv4(src, OTHER, 17,
                                           ports(17, 1000, 22), options)
        for how in {'total': 1400}, {'total': 10}, {'first': 0x44}, \
                {'first': 0x4f}, {'first': 0x65}:
            yield ME, YOU, 0x800, odd_ipv4(src, OTHER, 17,
                                           ports(17, 1000, 22), **how)
        for place in 0x2000, 0x2003, 0x0003, 0x8000:
            yield ME, YOU, 0x800, odd_ipv4(src, OTHER, 17,
                                           ports(17, 1000, 22),
                                           fragment=place)
        yield ME, YOU, 64, snap(0x800, ipv4(src, OTHER, 17,
                                            ports(17, 1000, 22)))
        yield ME, YOU, 0x800, ipv6(IP6, OTHER6, 17, ports(17, 9, 22))
    yield ME, YOU, 0x800, odd_ipv4(IP, OTHER, 6, ports(6, 1000, 22), nop)
    yield ME, YOU, 0x800, odd_ipv4(IP, OTHER, 6, ports(6, 1000, 22)[:4])
    yield ME, YOU, 0x800, ipv4(IP, OTHER, 17, ports(17, 1000, 22)[:3])
    yield ME, YOU, 0x800, ipv4(IP, OTHER, 17, b'')
    yield ME, YOU, 0x800, ipv4(IP, OTHER, 0, b'')


def odd_ipv6s():
    udp = ports(17, 1000, 22)
    for src in IP6, OTHER6:
        for proto, payload in (
                (0, before(17, udp)), (60, before(17, udp)),
                (43, before(17, udp)), (0, before(60, before(17, udp))),
                (51, b'\x11\4' + bytes(22) + udp), (135, before(17, udp)),
                (44, fragment(17, udp)), (44, fragment(17, udp, more=0)),
                (44, fragment(17, udp, offset=3)),
                (44, fragment(60, before(17, b''))),
                (0, before(17, b'', units=9)[:8]), (0, b'')):
            yield ME, YOU, 0x86dd, ipv6(src, OTHER6, proto, payload)
    yield ME, YOU, 0x86dd, ipv4(IP, OTHER, 17, udp)
    yield ME, YOU, 64, snap(0x86dd, ipv6(OTHER6, OTHER6, 17, udp))


def odd_arps():
    for head in (1, 0x800, 8, 4), (1, 0x86dd, 6, 16), (6, 0x800, 6, 4):
        yield ME, BCAST, 0x806, (struct.pack('>HHBBH', *head, 2)
                                 + bytes.fromhex(ME) + ip(OTHER) + bytes(48))
    for op in 4, 8, 9, 0x101:
        yield ME, BCAST, 0x806, arp(op, ME, OTHER, '0' * 12, OTHER)
    yield ME, BCAST, 0x806, arp(2, ME, OTHER, '0' * 12, OTHER)[:14]
    yield ME, BCAST, 64, snap(0x806, arp(2, ME, OTHER, '0' * 12, OTHER))
    yield ME, YOU, 64, b'\x42\x42\x03' + bytes(46)


def frames():
    every = [*arps(), *ipv4s(), *ipv6s(), *others(), *odd_ipv4s(),
             *odd_ipv6s(), *odd_arps()]
    return [ethernet(*frame) + struct.pack('>I', 0x56e70000 + i)
            for i, frame in enumerate(every)]


def receive(sock, seen, seconds):
    end = time.monotonic() + seconds
    while select.select([sock], [], [], max(0, end - time.monotonic()))[0]:
        data, address = sock.recvfrom(2048)
        number, = struct.unpack('>I', data[-4:])
        if address[2] != socket.PACKET_OUTGOING and number >> 16 == 0x56e7:
            seen.add(number & 0xffff)


def ask(source, target):
    every = frames()
    seen = set()
    out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    out.bind((source, 0))
    back = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                         socket.htons(0x0003))
    back.bind((target, 0))
    for frame in every:
        out.send(frame)
        receive(back, seen, 0)
    receive(back, seen, .3)
    print(''.join('01'[i in seen] for i in range(len(every))))


if __name__ == '__main__':
    if sys.argv[1] == 'print':
        for index, data in enumerate(frames()):
            print(index, data.hex())
    else:
        ask(*sys.argv[2:])
