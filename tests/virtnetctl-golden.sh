#! /bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Golden cases of virtnetctl: each directory tests/golden/GROUP/NAME has input
# files, in 'cmd' the commands that are run there, one in each line or separated
# by semicolons, and in 'expected' what they print, each stream and status.
# Speaks TAP.  With --regenerate, 'expected' is written instead of compared.

set -u
export LC_ALL=C
unset NO_COLOR

top=${srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
. "$top/tests/tap.sh"
PATH=${builddir:-$top/_build}/controller:$PATH
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT

run_commands() {
    local line

    tr ';' '\n' <cmd | while read -r line; do
        echo "\$ $line"
        eval "$line" >"$tmp/out" 2>"$tmp/err" </dev/null
        status=$?
        cat "$tmp/out"
        sed 's/^/stderr: /' "$tmp/err"
        echo "status $status"
    done
}

set -- "${1-}" "$top"/tests/golden/{caret,compile,diff,explain}/*/
regenerate=$1
shift
for dir; do
    rm -rf "$tmp/case"
    cp -r "$dir" "$tmp/case"
    (cd "$tmp/case" && run_commands) >"$tmp/actual"
    if [ "$regenerate" = --regenerate ]; then
        cp "$tmp/actual" "$dir/expected"
    fi
    report "${dir#"$top"/tests/golden/}" \
        "$(diff "$dir/expected" "$tmp/actual" 2>&1)"
done
tap_finish
