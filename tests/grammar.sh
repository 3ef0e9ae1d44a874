#! /bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Checks that the table of elements has all that libvirt's schemas have, that
# its reference page is what is printed from it, and that all that it says is
# carried out has been tried.  Speaks TAP.
#
# usage: grammar.sh [--regenerate]

set -u
export LC_ALL=C

top=${srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
. "$top/tests/tap.sh"
elements=${builddir:-$top/_build}/Documentation/elements
schemas=/usr/share/libvirt/schemas
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
page=$top/Documentation/network-xml.rst
mark='.. The rest is printed by Documentation/elements.'

# Prints the paths in schema $1, as the table has them.
schema_paths() {
    local paths

    paths=$(python3 "$top/tests/rng-paths.py" "$schemas/$1.rng") \
        && [ -n "$paths" ] || echo "no schema $1"
    sed 's,^network/,,' <<<"$paths" | sort
}

# Prints what is in schema $1 and not in the table.
missing() {
    comm -23 <(schema_paths $1) <("$elements" --paths | cut -d' ' -f1 | sort)
}

# Prints the release of libvirt that has the schemas.
installed_release() {
    local owner

    if command -v dpkg-query >/dev/null; then
        owner=$(dpkg-query -S "$schemas/network.rng" | cut -d: -f1)
        dpkg-query -W -f '${Version}\n' "$owner" | head -n 1
    else
        rpm -qf --qf '%{VERSION}\n' "$schemas/network.rng"
    fi
}

# Prints what the table has as new in a release that is not newer than the one
# installed, and the schemas have not; and the other way round.
misdated() {
    local installed path since

    installed=$(installed_release)
    [ -n "$installed" ] || echo "which release is installed?"
    "$elements" --paths | grep ' ' | while read -r path since; do
        if printf '%s\n' "$since" "$installed" | sort -VC; then
            grep -qxF "$path" "$tmp/schemas" \
                || echo "$path is not in $installed"
        elif grep -qxF "$path" "$tmp/schemas"; then
            echo "$path is in $installed already"
        fi
    done
}

# Prints what is carried out by the table, and has no trial, or the other way
# round.
untried() {
    diff <("$elements" --carried | sort) \
        <(sed -n 's/^TRIAL(\[\(.*\)\],$/\1/p' "$top/tests/trials.at" \
              | tr ' ' '\n' | sort -u) | grep '^[<>]'
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
{ schema_paths network; schema_paths networkport; } >"$tmp/schemas"
report "the table says which release brought an element" "$(misdated)"
report "what is carried out has a trial, and nothing else" "$(untried)"
report "network-xml.rst is printed from the table" \
    "$(diff <(print_page) "$page" 2>&1 | head -20)"
tap_finish
