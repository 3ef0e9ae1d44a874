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
elements=${builddir:-$top/_build}/Documentation/elements
schemas=/usr/share/libvirt/schemas
page=$top/Documentation/network-xml.rst
mark='.. The rest is printed by Documentation/elements.'
n=0 n_failed=0

# Reports test $1, which has passed if $2 is empty.
report() {
    n=$((n + 1))
    if [ -z "$2" ]; then
        echo "ok $n - $1"
    else
        n_failed=$((n_failed + 1))
        echo "not ok $n - $1"
        printf '%s\n' "$2" | sed 's/^/# /'
    fi
}

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
echo "1..$n"
[ $n_failed -eq 0 ]
