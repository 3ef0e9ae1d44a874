#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# tutorial/fleet: three hosts, a database of three servers, and what it shows
# holds.

here=$(cd "$(dirname "$0")" && pwd)
exec bash "$here/../../tutorial/fleet"
