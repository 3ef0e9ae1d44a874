#! /bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# jansson and libopenvswitch are linked into the same programs, and a few of
# their functions have the same names.  Checks that nothing of ours calls one
# of those by way of <jansson.h>, and that programs do not offer
# libopenvswitch's to jansson.  Speaks TAP.

set -u
export LC_ALL=C

top=${srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
. "$top/tests/tap.sh"
build=${builddir:-.}
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT

# What may be in both.  json_array_size is since Open vSwitch 3.6 and may be called
# where it is not.  Everything can be done without: json_pack() builds every value,
# and json_array_get() returns null after the last element.
both="json_array json_array_size json_equal json_integer json_object json_real
      json_string"

# Prints which names of both the object file $1 needs.
needed() {
    nm --undefined-only "$1" | awk '{ print $2 }' | grep -xF -f "$tmp/both"
}

# Prints what the shared library or program $1 lets others call, of the names
# that begin with json_.
exported() {
    nm -D --defined-only "$1" | awk '{ sub(/@.*/, "", $3); print $3 }' \
        | grep '^json_' | sort -u
}

# Prints the object files of source file $1.
objects() {
    local base=${1##*/}

    base=${base%.c}
    find "$build/${1%/*}" -maxdepth 1 \
        -regex ".*/\([A-Za-z0-9_]*-\)?$base\.o"
}

check_objects() {
    local source object n=0

    for source in $(cd "$top" && grep -rl --include='*.c' \
                        '^# *include *<jansson\.h>' lib ovsdb controller \
                        tests/unit); do
        for object in $(objects "$source"); do
            n=$((n + 1))
            needed "$object" | sed "s|^|$object: calls |"
        done
    done
    [ $n -gt 0 ] || echo "no object file uses jansson"
}

# Stores what is in both in a file.
find_names() {
    local ovs library

    ovs=$(sed -n 's/^ovs_builddir = //p' "$build/Makefile")
    library=$(ldd "$build/tests/unit/test-jansson" \
                  | sed -n 's/.* => \(.*libjansson[^ ]*\).*/\1/p')
    comm -12 <(exported "$library") \
        <(nm --defined-only "$ovs/lib/.libs/libopenvswitch.a" 2>/dev/null \
              | awk 'NF == 3 { print $3 }' | sort -u) >"$tmp/both"
}

check_names() {
    [ -s "$tmp/both" ] || echo "none"
    comm -13 <(printf '%s\n' $both | sort) "$tmp/both"
}

find_names
cat >"$tmp/wrong.c" <<'END'
void *json_object(void);
void *f(void);
void *f(void) { return json_object(); }
END
${CC:-cc} -c -o "$tmp/wrong.o" "$tmp/wrong.c"
report 'self-test: a call is found' \
    "$(needed "$tmp/wrong.o" | grep -qx json_object || echo 'not found')"
report 'names in both libraries' "$(check_names)"
report 'what is ours and calls one of them' "$(check_objects)"
for program in controller/virtnet-controller controller/virtnetctl \
    tests/unit/test-jansson; do
    report "$program: exports none" "$(exported "$build/$program")"
done
tap_finish
