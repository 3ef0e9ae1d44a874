#! /bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Checks in the programs themselves that they were built with what makes faults
# harder to exploit.  Speaks TAP.

set -u
export LC_ALL=C

build=${builddir:-.}
n=0

# has PROGRAM WHAT REGEX READELF-OPTIONS...: does readelf print REGEX?
has() {
    local program=$1 what=$2 regex=$3

    shift 3
    n=$((n + 1))
    if readelf "$@" "$build/controller/$program" | grep -qE "$regex"; then
        echo "ok $n - $program: $what"
    else
        echo "not ok $n - $program: $what"
    fi
}

echo "1..12"
for program in virtnet-controller virtnetctl; do
    has $program 'loaded at random addresses (PIE)' 'Type: +DYN' -hW
    has $program 'read-only relocations' 'GNU_RELRO' -lW
    has $program 'bound at the start' 'BIND_NOW|FLAGS_1.*NOW' -dW
    has $program 'stack that cannot be executed' 'GNU_STACK.* RW +0x' -lW
    has $program 'protected stack' '__stack_chk_fail' -sW
    # Sanitizers check these functions by themselves.
    has $program 'checked copying' '__[a-z]+_chk(@|$)|__asan_init' -sW
done
