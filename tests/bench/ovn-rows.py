#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fills OVN's databases, each in one transaction.

usage: ovn-rows.py nb SOCKET FIRST:COUNT...   a logical switch with these guests
       ovn-rows.py sb SOCKET HOST:FIRST:COUNT...   chassis with these bound
"""

import json
import socket
import sys


def interface_id(n):
    """As the bench program has it (bench-db.c)."""
    return '%08x-0000-4000-8000-000000000000' % n


def address(n):
    return '52:54:00:%02x:%02x:%02x' % (n >> 16 & 255, n >> 8 & 255, n & 255)


def logical_switch(numbers):
    ops = [{'op': 'insert', 'table': 'Logical_Switch_Port',
            'uuid-name': 'p%d' % n,
            'row': {'name': interface_id(n), 'addresses': address(n)}}
           for n in numbers]
    ops.append({'op': 'insert', 'table': 'Logical_Switch', 'row': {
        'name': 'net0',
        'ports': ['set', [['named-uuid', 'p%d' % n] for n in numbers]]}})
    return ops


def chassis(host, index, numbers):
    ops = [{'op': 'insert', 'table': 'Encap', 'uuid-name': 'e' + host,
            'row': {'type': 'geneve', 'ip': '10.0.0.%d' % index,
                    'chassis_name': host}},
           {'op': 'insert', 'table': 'Chassis', 'uuid-name': 'c' + host,
            'row': {'name': host, 'hostname': host,
                    'encaps': ['named-uuid', 'e' + host]}}]
    ops += [{'op': 'update', 'table': 'Port_Binding',
             'where': [['logical_port', '==', interface_id(n)]],
             'row': {'chassis': ['named-uuid', 'c' + host], 'up': True}}
            for n in numbers]
    return ops


def transact(path, params):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(path)
        s.sendall(json.dumps({'method': 'transact', 'params': params,
                              'id': 0}).encode())
        text = ''
        while True:
            text += s.recv(1 << 20).decode()
            try:
                reply = json.loads(text)
            except ValueError:
                continue
            break
    for result in reply['result'] or []:
        if result and 'error' in result:
            sys.exit('%s: %s' % (path, result))
    if reply['error']:
        sys.exit('%s: %s' % (path, reply['error']))


def numbers_of(first, count):
    return range(int(first), int(first) + int(count))


def main():
    what, path, specs = sys.argv[1], sys.argv[2], sys.argv[3:]
    if what == 'nb':
        transact(path, ['OVN_Northbound'] + logical_switch(
            [n for spec in specs for n in numbers_of(*spec.split(':'))]))
    else:
        ops = []
        for index, spec in enumerate(specs):
            host, first, count = spec.split(':')
            ops += chassis(host, index + 3, numbers_of(first, count))
        transact(path, ['OVN_Southbound'] + ops)


main()
