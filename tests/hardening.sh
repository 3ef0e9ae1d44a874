#! /bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Checks in the programs themselves that they were built with what makes faults
# harder to exploit.  Speaks TAP.

set -u
export LC_ALL=C

top=${srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
. "$top/tests/tap.sh"
build=${builddir:-.}

# has PROGRAM WHAT REGEX READELF-OPTIONS...: does readelf print REGEX?
has() {
    local program=$1 what=$2 regex=$3

    shift 3
    report "$program: $what" "$(
        readelf "$@" "$build/controller/$program" | grep -qE "$regex" \
            || echo "readelf $* does not print $regex")"
}

for program in virtnet-controller virtnetctl; do
    has $program 'loaded at random addresses (PIE)' 'Type: +DYN' -hW
    has $program 'read-only relocations' 'GNU_RELRO' -lW
    has $program 'bound at the start' 'BIND_NOW|FLAGS_1.*NOW' -dW
    has $program 'stack that cannot be executed' 'GNU_STACK.* RW +0x' -lW
    has $program 'protected stack' '__stack_chk_fail' -sW
    # Sanitizers check these functions by themselves.
    has $program 'checked copying' '__[a-z]+_chk(@|$)|__asan_init' -sW
done
tap_finish
