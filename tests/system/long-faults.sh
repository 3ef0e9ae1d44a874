#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The tests of faults with larger numbers: the controller is killed 200 times and
# stopped for longer than any probe waits, the database is cut off at 100 places
# and out of reach for a minute.

set -eu

cd "$(dirname "$0")"
KILLS=200 STOP_SECONDS=150 bash test-faults-daemon.sh
CUTS=100 AWAY_SECONDS=60 bash test-faults-ovsdb.sh
for _ in 1 2 3 4 5; do
    bash test-faults-vswitchd.sh
done
