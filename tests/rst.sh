#! /bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# docutils finds nothing to complain of in any page.  Speaks TAP.

set -u
export LC_ALL=C.UTF-8

top=${srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
. "$top/tests/tap.sh"

# Prints what is wrong with the page on the standard input.
complaints() {
    /usr/bin/python3 -m docutils --report=2 - /dev/null 2>&1
}

report 'self-test: a malformed table is found' "$(
    printf '=  =\n1  2\n =  =\n' | complaints | grep -q Malformed \
        || echo 'not found')"
while read -r page; do
    report "${page#"$top"/}" "$(complaints <"$page")"
done < <(find "$top/Documentation" "$top/tutorial" "$top"/*.rst -name '*.rst' \
             | sort)
tap_finish
