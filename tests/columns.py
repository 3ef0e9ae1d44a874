#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints all columns that Open vSwitch has in tables Bridge, Port and
Interface, and all keys of column other_config, as "TABLE COLUMN" and
"TABLE other_config:KEY", a line each.

usage: columns.py OVS-SOURCE
"""

import json
import sys
import xml.etree.ElementTree

TABLES = ('Bridge', 'Port', 'Interface')


def main():
    folder = sys.argv[1] + '/vswitchd/'
    with open(folder + 'vswitch.ovsschema', encoding='utf-8') as f:
        schema = json.load(f)
    entries = {(table, column) for table in TABLES
               for column in schema['tables'][table]['columns']}

    manual = xml.etree.ElementTree.parse(folder + 'vswitch.xml')
    for table in manual.iter('table'):
        for column in table.iter('column'):
            if (table.get('name') in TABLES and column.get('key')
                    and column.get('name') == 'other_config'):
                entries.add((table.get('name'),
                             'other_config:' + column.get('key')))
    for table, entry in sorted(entries):
        print(table, entry)


main()
