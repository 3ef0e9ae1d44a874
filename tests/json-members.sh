#! /bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Checks that virtnetctl.8 names each member of the JSON that commands print of
# files.  What other commands print, daemon tests check (check_json).  Speaks
# TAP.

set -u
export LC_ALL=C

top=${srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
. "$top/tests/tap.sh"
PATH=${builddir:-$top/_build}/controller:$PATH
manual=$top/controller/virtnetctl.8
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT

# Runs what is in file cmd of case $2 with JSON output, if it is command $1.
run_case() {
    local out line

    out=$tmp/$1/$(basename "$2")
    tr ';' '\n' <"$2/cmd" | grep -o "virtnetctl $1 .*" \
        | sed 's/--\(output\|format\)=[^ ]*//g' | while read -r line; do
        case $1 in compile) line+=' --output=json' ;;
                         *) line+=' --format=json' ;; esac
        (cd "$2" && eval "$line") >"$out" 2>/dev/null </dev/null
        [ -s "$out" ] || rm "$out"
    done
}

for command in check compile diff explain; do
    mkdir "$tmp/$command"
    for dir in "$top"/tests/golden/{caret,compile,diff,explain}/*; do
        run_case $command "$dir"
    done
    (virtnetctl check --format=json "$top"/tests/golden/check/*/*.xml) \
        >"$tmp/check/all"
    report "$command, of $(ls "$tmp/$command" | wc -l) outputs" \
        "$(/usr/bin/python3 "$top/tests/json-members.py" "$manual" $command \
               "$tmp/$command"/* 2>&1)"
done
tap_finish
