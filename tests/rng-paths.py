# SPDX-License-Identifier: Apache-2.0
"""Prints the path of each element and attribute that a RELAX NG schema has.

usage: rng-paths.py SCHEMA

What a schema leaves open, by a class of names, is not printed.
"""

import os
import sys
import xml.etree.ElementTree as ET

RNG = "{http://relaxng.org/ns/structure/1.0}"
PREFIXES = {"http://libvirt.org/schemas/network/dnsmasq/1.0": "dnsmasq:"}
TRANSPARENT = {RNG + name for name in (
    "zeroOrMore", "oneOrMore", "optional", "choice", "interleave", "group",
    "mixed", "list")}


def load(path, defines, seen):
    """Returns the root of the schema in 'path', adds what it defines."""
    root = ET.parse(path).getroot()
    seen.add(path)
    for include in root.iter(RNG + "include"):
        other = os.path.join(os.path.dirname(path), include.get("href"))
        if other not in seen:
            load(other, defines, seen)
    for define in root.findall(RNG + "define"):
        defines.setdefault(define.get("name"), []).append(define)
    return root


def walk(node, defines, path, ns, refs):
    """Yields the paths of what is in 'node', which is in 'path'."""
    for child in node:
        child_ns = child.get("ns", ns)
        name = child.get("name")
        if child.tag == RNG + "ref" and name not in refs:
            for define in defines[name]:
                yield from walk(define, defines, path,
                                define.get("ns", child_ns), refs | {name})
        elif child.tag == RNG + "element" and name:
            inner = "%s%s%s" % (path + "/" if path else "",
                                PREFIXES.get(child_ns, ""), name)
            yield inner
            yield from walk(child, defines, inner, child_ns, refs)
        elif child.tag == RNG + "attribute" and name:
            yield path + "@" + name
        elif child.tag in TRANSPARENT:
            yield from walk(child, defines, path, child_ns, refs)


def main():
    defines = {}
    root = load(sys.argv[1], defines, set())
    start = root.find(RNG + "start")
    print("\n".join(sorted(set(walk(start, defines, "", None, frozenset())))))


main()
