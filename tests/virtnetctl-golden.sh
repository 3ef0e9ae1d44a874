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
echo "1..$#"
n=0 n_failed=0
for dir; do
    n=$((n + 1))
    (cd "$dir" && run_commands) >"$tmp/actual"
    if [ "$regenerate" = --regenerate ]; then
        cp "$tmp/actual" "$dir/expected"
    fi
    if diff "$dir/expected" "$tmp/actual" >"$tmp/diff"; then
        echo "ok $n - ${dir#"$top"/tests/golden/}"
    else
        n_failed=$((n_failed + 1))
        echo "not ok $n - ${dir#"$top"/tests/golden/}"
        sed 's/^/# /' "$tmp/diff"
    fi
done
[ $n_failed -eq 0 ]
