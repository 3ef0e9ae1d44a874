#! /bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Checks that Documentation/columns.rst has all columns and keys of the Open
# vSwitch that this is built with, each once and with a word for what becomes of
# it.  Speaks TAP.

set -u
export LC_ALL=C

top=${srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
. "$top/tests/tap.sh"
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT

python3 "$top/tests/columns.py" "$ovs_srcdir" > "$tmp/columns" || exit 99

# "TABLE ENTRY WORD" for each entry of the page.
awk '/^Table / { table = $2 }
     /^``.*``: \*.*\*/ {
         entry = $0; sub(/^``/, "", entry); sub(/``:.*/, "", entry)
         word = $0; sub(/^[^*]*\*/, "", word); sub(/\*.*/, "", word)
         print table, entry, word
     }' "$top/Documentation/columns.rst" | sort > "$tmp/page"

report "all columns and keys are in the page" \
    "$(cut -d' ' -f1-2 "$tmp/page" | sort -u |
       comm -13 - <(sort "$tmp/columns"))"
report "none is in it twice" "$(cut -d' ' -f1-2 "$tmp/page" | uniq -d)"
report "each has one of the words that the page explains" \
    "$(grep -vE ' (honoured|its own|no meaning|said)$' \
       "$tmp/page")"
tap_finish
