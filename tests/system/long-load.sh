#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The test of storms with 2,000 guests, and the same in kernel mode.

set -eu

cd "$(dirname "$0")"
GUESTS=2000 PLUGS=10 STORM_SECONDS=5 MODES='kernel libvirt' exec bash test-load.sh
