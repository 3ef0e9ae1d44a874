#! /bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the networks and ports that libvirt itself is tested with, where they lie
# beside the project.
corpus=$srcdir/../shared/corpus
exec "$builddir/tests/golden-check" --corpus "$corpus/network" \
    "$corpus/networkport"
