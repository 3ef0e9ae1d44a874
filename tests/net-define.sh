#! /bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Checks that "virtnetctl check" accepts and refuses what tests/net-define.txt
# says, and gives a reason with a line for each refusal.  Speaks TAP.

set -u
export LC_ALL=C

tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 99

# The documents, and a file that has their names and what is expected.
awk '
    /^#/ { next }
    /^= / { name = $2; file = name ".xml"; next }
    /^-> / { expected = $2; sub(/[:,]$/, "", expected); print name, expected
             close(file); file = ""; next }
    /^=> / { print name, $2; next }
    file != "" { print > file }
' "$srcdir/tests/net-define.txt" >list

# A case's last line counts.
awk '{ if (!($1 in e)) names[n++] = $1; e[$1] = $2 }
     END { for (i = 0; i < n; i++) print names[i], e[names[i]] }' list >cases

# Each by itself: they are not definitions of one host.
for file in ./*.xml; do
    NO_COLOR=1 "$builddir/controller/virtnetctl" check "$file"
done >out 2>err
awk '
    FNR == NR && match($0, /^\.\/[^:]*\.xml: /) {
        name = substr($0, 3, RLENGTH - 8)
        verdict[name] = substr($0, RLENGTH + 1)
        next
    }
    FNR == NR && match($0, /^\.\/[^:]*\.xml:[0-9]+(:[0-9]+)?: error: ./) {
        name = substr($0, 3); sub(/\.xml:.*/, "", name)
        reasons[name]++
        next
    }
    FNR == NR { next }
    {
        actual = verdict[$1] == "refused" ? "refused" : "accepted"
        ok = $1 in verdict && actual == $2 \
             && (actual == "refused") == (reasons[$1] > 0)
        n_failed += !ok
        printf "%s %d - %s\n", ok ? "ok" : "not ok", ++n, $1
        if (!ok) {
            printf "# expected %s, got \"%s\" with %d errors\n", $2,
                   verdict[$1], reasons[$1]
        }
    }
    END { print "1.." n; exit n_failed > 0 || n == 0 }
' out cases
