#! /bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs every fuzz target over its corpus and over all that it ever found.
# Speaks TAP.

set -u

top=${srcdir:-.}
build=${builddir:-.}
n=0

echo "1..$(ls "$top"/tests/fuzz/fuzz-*.c | grep -cv laws)"
for source in "$top"/tests/fuzz/fuzz-*.c; do
    name=$(basename "$source" .c)
    name=${name#fuzz-}
    [ "$name" != laws ] || continue
    n=$((n + 1))
    files=$(find "$top/tests/fuzz/corpus/$name" "$top/tests/fuzz/crashes/$name" \
                -type f 2>/dev/null | sort)
    # shellcheck disable=SC2086
    if [ -z "$files" ]; then
        echo "not ok $n - $name: no corpus"
    elif output=$("$build/tests/fuzz/fuzz-$name" $files 2>&1); then
        echo "ok $n - $name: $(wc -w <<<"$files") inputs"
    else
        echo "not ok $n - $name"
        tail -n 40 <<<"$output" | sed 's/^/# /'
    fi
done
