#! /bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs networks and ports with all that libvirt's own have, such as are not for
# Open vSwitch at all; and those that libvirt itself is tested with, where they lie
# beside the project.

dirs=("$srcdir"/tests/corpus/{network,networkport})
for dir in "$srcdir"/../shared/corpus/{network,networkport}; do
    [ ! -d "$dir" ] || dirs+=("$dir")
done
exec "$builddir/tests/golden-check" --corpus "${dirs[@]}"
