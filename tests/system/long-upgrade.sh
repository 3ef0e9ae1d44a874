#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# long-upgrade.sh [COMMIT...]: upgrades from what the commits (default: 02d51ab, the
# last of version 0.1.0) make to what is built, as test-upgrade.sh does.  They must
# not be older than b039a44, since when cookies are what they are.

set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
ovs=$("$top/build-aux/libopenvswitch")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

for commit in "${@:-02d51ab}"; do
    rm -rf "${dir:?}"/*
    git -C "$top" archive "$commit" | tar -x -C "$dir"
    (
        cd "$dir"
        autoreconf --install
        ./configure --silent "--with-ovs-source=$ovs/source" \
            "--with-ovs-build=$ovs/build"
        make -j"$(nproc)" controller/virtnet-controller
    ) > "$dir/log" 2>&1 || { tail "$dir/log"; exit 1; }
    echo "From $(git -C "$top" log -1 --format='%h, %ai' "$commit"):"
    OLD_CONTROLLER=$dir/controller/virtnet-controller \
        bash "$top/tests/system/test-upgrade.sh"
done
