#! /usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Sends frames of one kind between remote addresses behind the uplink and guests,
# both ways, through dummy devices, by vswitchd's control socket, or from remote
# addresses alone, by a device.
#
# usage: guard-frames.py CTL|DEVICE KIND SENDERS GUESTS
#
# KIND is tcp, udp (to random ports), icmp, arp, tcp6, udp6 (to random ports),
# both6 (TCP and UDP over IPv6) or nd, or ask: remote hosts ask everybody by ARP for
# the guests' addresses, and nobody answers.  The addresses are those that the case
# "guards" of tests/bench/guards.sh gives the guests.

import json
import random
import socket
import struct
import sys
import time

sys.path.insert(0, sys.path[0] + '/../oracle')
import frames   # noqa: E402


def addresses(kind, number):
    """The MAC, IPv4 and IPv6 address of a guest or a remote host."""
    low = '%02x%02x' % (number >> 8, number & 0xff)
    head = '52540000' if kind == 'guest' else '02000000'
    net = 1 if kind == 'guest' else 2
    return (head + low, '10.%d.%d.%d' % (net, number >> 8, number & 0xff),
            '2001:db8:%d::%x' % (net, number))


def frame(kind, source, target):
    (mac, ip, ip6), (to, to_ip, to_ip6) = source, target
    if kind == 'ask':
        return frames.ethernet(mac, 'f' * 12, 0x806,
                               frames.arp(1, mac, ip, '0' * 12, to_ip))
    if kind == 'arp':
        return frames.ethernet(mac, to, 0x806,
                               frames.arp(2, mac, ip, to, to_ip))
    if kind in ('tcp', 'udp', 'icmp'):
        number = {'tcp': 6, 'udp': 17, 'icmp': 1}[kind]
        payload = struct.pack('>BBHI', 8, 0, 0, 0)
        if kind != 'icmp':
            dport = 80 if kind == 'tcp' else random.randrange(1024, 65536)
            payload = frames.ports(number, 40000, dport)
        kind, data = 0x800, frames.ipv4(ip, to_ip, number, payload)
    elif kind in ('tcp6', 'udp6', 'dns6'):
        number = 6 if kind == 'tcp6' else 17
        dport = {'tcp6': 80, 'dns6': 53,
                 'udp6': random.randrange(1024, 65536)}[kind]
        kind, data = 0x86dd, frames.ipv6(ip6, to_ip6, number,
                                         frames.ports(number, 40000, dport))
    else:                       # An advertisement of who is asked for.
        body = (struct.pack('>BBHI', 136, 0, 0, 0x60000000) + frames.ip(ip6)
                + bytes([2, 1]) + bytes.fromhex(mac))
        data = frames.ipv6(ip6, to_ip6, 58, body)
        data = data[:4] + struct.pack('>H', len(body)) + data[6:]
        pseudo = (frames.ip(ip6) + frames.ip(to_ip6)
                  + struct.pack('>II', len(body), 58))
        total = frames.checksum(pseudo + body)
        data = data[:42] + struct.pack('>H', total) + data[44:]
        return frames.ethernet(mac, to, 0x86dd, data)
    return frames.ethernet(mac, to, kind, data + bytes(4))


def open_ctl(path):
    ctl = socket.socket(socket.AF_UNIX)
    ctl.connect(path)
    replies = ctl.makefile('rb')

    def send(port, data):
        ctl.sendall(json.dumps({
            'method': 'netdev-dummy/receive', 'id': 0,
            'params': [port, data.hex()],
        }).encode())
        reply = b''
        while not reply.endswith(b'}'):
            reply += replies.read1(4096)

    return send


def open_device(name):
    device = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    device.bind((name, 0))
    return lambda port, data: port == 'uplink' and device.send(data)


def main(path, kind, senders, guests):
    send = open_ctl(path) if '/' in path else open_device(path)
    for g in range(1, guests + 1):
        for s in range(1, senders + 1):
            guest, remote = addresses('guest', g), addresses('remote', s)
            ways = [('g%d' % g, guest, remote), ('uplink', remote, guest)]
            if kind == 'ask':
                ways = ways[1:]
            for i in range({'udp': 6, 'udp6': 6, 'both6': 4,
                            'ask': 1}.get(kind, 2)):
                port, source, target = ways[i % len(ways)]
                one = kind if kind != 'both6' else ('tcp6', 'dns6')[i // 2]
                data = frame(one, source, target)
                send(port, data.ljust(60, b'\0'))
                time.sleep(.001 if '/' in path else .004)


random.seed(19)
main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
