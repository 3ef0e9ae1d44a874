#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Many guests in one VLAN, as in long-flood-size.sh, but just so many that they
# are in two groups.

N=520
# shellcheck source=tests/system/long-flood-size.sh
. "$(dirname "$0")/long-flood-size.sh"
