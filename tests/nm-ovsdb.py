#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends to the database what NetworkManager sends, operation by operation, as
src/core/devices/ovs/nm-ovsdb.c of NetworkManager 1.56 and 1.58 has it (which are
the same).  A bridge has no port but those that somebody activates: in
particular, none of its own name.

usage: nm-ovsdb.py DATABASE add BRIDGE PORT INTERFACE [ROW.COLUMN=VALUE]...
       nm-ovsdb.py DATABASE del INTERFACE
       nm-ovsdb.py DATABASE mtu INTERFACE MTU
       nm-ovsdb.py DATABASE reapply bridge|port NAME [COLUMN=VALUE]...

ROW is bridge, port or interface, and VALUE is JSON or else a string.  The
connection of something has its name as its UUID.  Exit status: 0 if the database
has carried it out, 1 if it has refused, with its answer on standard output.
"""

import json
import subprocess
import sys

UUID_KEY = 'NM.connection.uuid'


class Table:
    """The rows of a table, as NetworkManager's monitor has them."""

    def __init__(self, database, name):
        answer = json.loads(subprocess.run(
            ['ovsdb-client', 'transact', database, json.dumps(
                ['Open_vSwitch', {'op': 'select', 'table': name,
                                  'where': []}])],
            check=True, stdout=subprocess.PIPE).stdout)
        self.rows = {row['_uuid'][1]: row for row in answer[0]['rows']}


def members(value):
    """What is in a set, which need not be written as one."""
    return value[1] if value[0] == 'set' else [value]


def is_connection(row, name=None):
    ids = dict(row['external_ids'][1])
    return UUID_KEY in ids if name is None else ids.get(UUID_KEY) == name


def wait(table, column, value, where):
    return {'op': 'wait', 'table': table, 'timeout': 0, 'columns': [column],
            'until': '==', 'rows': [{column: ['set', value]}], 'where': where}


def update(table, column, value, where):
    return {'op': 'update', 'table': table, 'row': {column: ['set', value]},
            'where': where}


class Client:
    """What the database holds, and the operations of one transaction."""

    def __init__(self, database):
        self.database = database
        self.bridges = Table(database, 'Bridge').rows
        self.ports = Table(database, 'Port').rows
        self.interfaces = Table(database, 'Interface').rows
        (root,) = Table(database, 'Open_vSwitch').rows
        self.root = [['_uuid', '==', ['uuid', root]]]
        self.operations = [{'op': 'mutate', 'table': 'Open_vSwitch',
                            'mutations': [['next_cfg', '+=', 1]],
                            'where': self.root}]

    def add(self, *operations):
        self.operations.extend(operations)

    def insert(self, table, name, row):
        row = {'name': name, 'external_ids': ['map', [[UUID_KEY, name]]],
               'other_config': ['map', []], **row}
        self.add({'op': 'insert', 'table': table, 'row': row,
                  'uuid-name': 'row' + table})

    def set_bridges(self, old, new):
        self.add(wait('Open_vSwitch', 'bridges', old, self.root),
                 update('Open_vSwitch', 'bridges', new, self.root))

    def send(self):
        """Returns true if the database has carried it out."""
        answer = subprocess.run(
            ['ovsdb-client', 'transact', self.database,
             json.dumps(['Open_vSwitch'] + self.operations)],
            check=True, stdout=subprocess.PIPE, text=True).stdout
        if 'error' not in answer:
            return True
        print(answer, end='')
        return False


def bridge_row(given, reapply=False):
    row = {'mcast_snooping_enable': False, 'rstp_enable': False,
           'stp_enable': False, 'fail_mode': ['set', []], **given}
    if reapply:
        row.pop('datapath_type', None)
    return row


def port_row(given):
    empty = ['set', []]
    return {'vlan_mode': empty, 'tag': empty, 'bond_updelay': 0,
            'bond_downdelay': 0, 'lacp': empty, 'bond_mode': empty,
            'trunks': empty, **given}


def add_interface(client, bridge, port, interface, given):
    where = [['name', '==', bridge]]
    ports, interfaces, known = [], [], False

    for row in client.bridges.values():
        if row['name'] != bridge or not is_connection(row, bridge):
            continue
        for uuid in members(row['ports']):
            ports.append(uuid)
            row = client.ports[uuid[1]]
            if row['name'] == port and is_connection(row, port):
                interfaces = members(row['interfaces'])
                known = any(client.interfaces[i[1]]['name'] == interface
                            for i in interfaces)
                break

    if interfaces:
        where = [['name', '==', port]]
        client.add(wait('Port', 'interfaces', interfaces, where),
                   update('Port', 'interfaces',
                          interfaces + [['named-uuid', 'rowInterface']], where))
    else:
        new_ports = ports + [['named-uuid', 'rowPort']]
        if ports:
            client.add(wait('Bridge', 'ports', ports, where),
                       update('Bridge', 'ports', new_ports, where))
        else:
            old = [['uuid', uuid] for uuid in client.bridges]
            client.set_bridges(old, old + [['named-uuid', 'rowBridge']])
            client.insert('Bridge', bridge, {'ports': ['set', new_ports],
                                             **bridge_row(given['bridge'])})
        client.insert('Port', port, {
            'interfaces': ['set', [['named-uuid', 'rowInterface']]],
            **port_row(given['port'])})
    if not known:
        client.insert('Interface', interface, {
            'type': '', 'options': ['map', []], **given['interface']})


def delete_interface(client, name):
    """A port goes with its last interface that is NetworkManager's, and a bridge
    with its last such port."""
    old = [['uuid', uuid] for uuid in client.bridges]
    new = []

    for uuid, bridge in client.bridges.items():
        if not is_connection(bridge):
            new.append(['uuid', uuid])
            continue
        kept, own = [], 0
        ports = members(bridge['ports'])
        for port_uuid in ports:
            port = client.ports[port_uuid[1]]
            rows = [(i, client.interfaces[i[1]])
                    for i in members(port['interfaces'])]
            left = [(i, row) for i, row in rows if row['name'] != name]
            if len(left) < len(rows):
                if not any(is_connection(row) for _, row in left):
                    continue
                where = [['name', '==', port['name']]]
                client.add(wait('Port', 'interfaces', [i for i, _ in rows],
                                where),
                           update('Port', 'interfaces', [i for i, _ in left],
                                  where))
            kept.append(port_uuid)
            own += is_connection(port)
        if kept != ports and not own:
            continue
        new.append(['uuid', uuid])
        if kept != ports:
            where = [['name', '==', bridge['name']]]
            client.add(wait('Bridge', 'ports', ports, where),
                       update('Bridge', 'ports', kept, where))
    if new != old:
        client.set_bridges(old, new)


def reapply(client, kind, name, given):
    table = kind.title()
    where = [['name', '==', name]]
    row = port_row(given) if kind == 'port' else bridge_row(given, True)
    client.add({'op': 'update', 'table': table, 'row': row, 'where': where},
               {'op': 'mutate', 'table': table, 'where': where, 'mutations': [
                   ['external_ids', 'delete', ['set', [UUID_KEY]]],
                   ['external_ids', 'insert', ['map', [[UUID_KEY, name]]]],
                   ['other_config', 'insert', ['map', []]]]})


def value_of(text):
    try:
        return json.loads(text)
    except ValueError:
        return text


def main():
    database, command, *words = sys.argv[1:]
    client = Client(database)
    given = {'bridge': {}, 'port': {}, 'interface': {}, '': {}}

    for word in [w for w in words if '=' in w]:
        key, text = word.split('=', 1)
        row, _, column = key.rpartition('.')
        given[row][column] = value_of(text)
    words = [w for w in words if '=' not in w]
    if command == 'add':
        add_interface(client, *words, given)
    elif command == 'del':
        delete_interface(client, *words)
    elif command == 'mtu':
        client.add({'op': 'update', 'table': 'Interface',
                    'row': {'mtu_request': int(words[1])},
                    'where': [['name', '==', words[0]]]})
    else:
        reapply(client, *words, given[''])
    return 0 if client.send() else 1


sys.exit(main())
