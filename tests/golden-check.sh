#! /bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the golden cases of network definitions.
exec "$builddir/tests/golden-check" "$srcdir/tests/golden/check"
