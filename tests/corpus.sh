#! /bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the definitions that libvirt itself is tested with, where they lie beside
# the project.
exec "$builddir/tests/golden-check" --corpus "$srcdir/../shared/corpus/network"
