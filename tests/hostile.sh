#! /bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Checks that documents that are made to cost much, or to do what they should
# not, are refused in little time and memory.
exec python3 "$srcdir/tests/hostile.py" "$builddir/controller/virtnetctl"
