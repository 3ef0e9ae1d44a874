#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Each command of tutorial/walk-through.rst prints what is said there.

here=$(cd "$(dirname "$0")" && pwd)
exec bash "$here/../../tutorial/sandbox" "$here/../walk-through"
