#! /bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Checks that the table of elements has all that libvirt's schemas have, and
# that its reference page is what is printed from it.  Speaks TAP.
#
# usage: grammar.sh [--regenerate]

set -u
export LC_ALL=C

top=${srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
. "$top/tests/tap.sh"
elements=${builddir:-$top/_build}/Documentation/elements
schemas=/usr/share/libvirt/schemas
page=$top/Documentation/network-xml.rst
mark='.. The rest is printed by Documentation/elements.'

# Prints what is in schema $1 and not in the table.
missing() {
    local paths

    paths=$(python3 "$top/tests/rng-paths.py" "$schemas/$1.rng") \
        && [ -n "$paths" ] || echo "no schema $1"
    comm -23 <(sed 's,^network/,,' <<<"$paths" | sort) \
        <("$elements" --paths | sort)
}

print_page() {
    sed "\|^$mark|q" "$page"
    echo
    "$elements"
}

if [ "${1-}" = --regenerate ]; then
    print_page >"$page.tmp"
    mv "$page.tmp" "$page"
fi
report "the table has all of network.rng" "$(missing network)"
report "the table has all of networkport.rng" "$(missing networkport)"
report "network-xml.rst is printed from the table" \
    "$(diff <(print_page) "$page" 2>&1 | head -20)"
tap_finish
