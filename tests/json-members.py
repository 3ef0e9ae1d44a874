# SPDX-License-Identifier: Apache-2.0
"""Prints the members of virtnetctl's JSON that its manual page has not.

usage: json-members.py MANUAL COMMAND FILE...

MANUAL is virtnetctl.8; each FILE is JSON that COMMAND has printed, one value or
one in each line.  Section "JSON OUTPUT" of the manual has an entry for each
command.  Its names in bold are the members that the command may print, at any
depth, and the names of other commands whose members it may print, too.  After
"NAME by ..." the members of NAME are not fixed; nor are those of the whole if
the entry begins with "By ...".  After "NAME by RFC" none of the members within
NAME is looked at.
"""

import json
import re
import sys


def read_table(manual):
    """Returns by command: the names in bold, the free maps, what is RFC's."""
    text = open(manual, encoding="utf-8").read()
    section = text.split('.SH "JSON OUTPUT"\n')[1].split("\n.SH")[0]
    table = {}
    for entry in section.split(".TP\n")[1:]:
        heading, body = entry.replace("\\-", "-").split("\n", 1)
        body = body.replace("\n", " ")
        names = set(re.findall(r"\\fB(\S+?)\\fR", body))
        maps = set(re.findall(r"\\fB(\S+?)\\fR by (?!RFC)", body))
        opaque = set(re.findall(r"\\fB(\S+?)\\fR by RFC", body))
        if body.startswith("By "):
            maps.add(None)
        for command in re.findall(r"\\fB(\S+?)\\fR", heading):
            table[command] = names, maps, opaque
    return table


def members_of(table, command, seen=()):
    """Returns what read_table() says of 'command' and those it refers to."""
    names, maps, opaque = (set(part) for part in table[command])
    for other in names & table.keys() - {command, *seen}:
        more, more_maps, more_opaque = members_of(table, other,
                                                  (command, *seen))
        names |= more
        maps |= more_maps - {None}
        opaque |= more_opaque
    return names, maps, opaque


def unknown_members(value, table, parent=None):
    """Yields the members in 'value' that are not in 'table'."""
    names, maps, opaque = table
    if isinstance(value, list):
        for element in value:
            yield from unknown_members(element, table, ())
    elif isinstance(value, dict):
        for member, inner in value.items():
            if parent in maps:
                yield from unknown_members(inner, table, ())
                continue
            if member not in names:
                yield member
            if member not in opaque:
                yield from unknown_members(inner, table, member)


def read_values(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        return [json.loads(text)]
    except ValueError:
        return [json.loads(line) for line in text.splitlines()]


def main(manual, command, *paths):
    table = members_of(read_table(manual), command)
    unknown = {member for path in paths for value in read_values(path)
               for member in unknown_members(value, table)}
    for member in sorted(unknown):
        print(f"{command}: {member!r} is not in the manual")
    return bool(unknown)


sys.exit(main(*sys.argv[1:]))
