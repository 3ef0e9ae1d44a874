#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A guest that real libvirtds migrate, as in long-libvirt-migration.sh, between two
# hosts of a fleet, which have nothing but its tunnels between their bridges.

FLEET=tunnels
# shellcheck source=tests/system/long-libvirt-migration.sh
. "$(dirname "$0")/long-libvirt-migration.sh"
