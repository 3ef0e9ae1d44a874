#! /bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the examples in README.rst and in virtnetctl(8), each a line that begins
# with "$ virtnetctl" and what is printed below it up to an empty line, in
# tests/golden/doc, and compares.  Speaks TAP.

set -u
export LC_ALL=C
unset NO_COLOR

top=${srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
. "$top/tests/tap.sh"
PATH=${builddir:-$top/_build}/controller:$PATH

# Reports on example $2 of file $1 whose output should be $3.
check_example() {
    local actual

    actual=$(cd "$top/tests/golden/doc" && eval "$2" 2>&1)
    report "$1: $2" "$(diff <(echo "$3") <(echo "$actual"))"
}

# Checks all examples on the standard input, which is of file $1 and indented by
# $2.
check_file() {
    local line command='' expected=''

    while IFS= read -r line || [ -n "$line" ]; do
        line=${line#"$2"}
        if [ -n "$command" ] && [ -z "$line" ]; then
            check_example "$1" "$command" "${expected%$'\n'}"
            command='' expected=''
        elif [[ $line == '$ virtnetctl '* ]]; then
            command=${line#\$ }
        elif [ -n "$command" ]; then
            expected+=$line$'\n'
        fi
    done
}

check_file README.rst "    " <"$top/README.rst"
# In the manual a few characters are written differently.
check_file virtnetctl.8 '' < <(sed "s/\\\\-/-/g; s/\\\\(aq/'/g; s/\\\\(ha/^/g
    s/\\\\e/\\\\/g; s/^\.EE\$//; s/^\\\\&//" "$top/controller/virtnetctl.8")
tap_finish
