#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The same frames through a Linux bridge and through Open vSwitch: the short form
# of long-differential.sh.

QUICK=yes
# shellcheck source=tests/system/long-differential.sh
. "$(dirname "$0")/long-differential.sh"
