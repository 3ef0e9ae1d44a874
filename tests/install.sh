#! /bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Installs into an empty directory, looks at what is there, runs the programs
# from there, and uninstalls.  Speaks TAP.

set -u
export LC_ALL=C
unset MAKEFLAGS MFLAGS MAKEOVERRIDES

top=${srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
. "$top/tests/tap.sh"
build=${builddir:-$top/_build}
destdir=$(mktemp -d)
trap 'rm -rf "$destdir"' EXIT

# Has make make target $1, with further arguments.  Prints what went wrong.
make_target() {
    local output

    output=$(make -C "$build" DESTDIR="$destdir" \
        prefix=/usr sysconfdir=/etc localstatedir=/var runstatedir=/run \
        systemdsystemunitdir=/usr/lib/systemd/system "$@" 2>&1) \
        || printf '%s\n' "$output" "make $1 failed"
}

files() {
    (cd "$destdir" && find . \! -type d -o -path '*/networks' | sort)
}

# Runs an installed program $1, which must say $3 with option $2.
check_program() {
    local output

    output=$("$destdir/usr/sbin/$1" "$2" 2>&1) && grep -q "$3" <<<"$output" \
        || printf '%s\n' "$output"
}

report "install" "$(make_target install)"
report "what is installed" "$(diff <(files) - <<'.'
./etc/logrotate.d/ovs-virtnet
./etc/ovs-virtnet/networks
./usr/lib/systemd/system/virtnet-controller.service
./usr/lib/sysusers.d/ovs-virtnet.conf
./usr/sbin/virtnet-controller
./usr/sbin/virtnetctl
./usr/share/bash-completion/completions/virtnet-controller
./usr/share/bash-completion/completions/virtnetctl
./usr/share/doc/ovs-virtnet/NEWS.rst
./usr/share/doc/ovs-virtnet/README.rst
./usr/share/doc/ovs-virtnet/columns.rst
./usr/share/doc/ovs-virtnet/deployments.rst
./usr/share/doc/ovs-virtnet/design.rst
./usr/share/doc/ovs-virtnet/faults.rst
./usr/share/doc/ovs-virtnet/fleet.rst
./usr/share/doc/ovs-virtnet/guards.rst
./usr/share/doc/ovs-virtnet/libvirt.rst
./usr/share/doc/ovs-virtnet/monitoring/virtnet-alerts.yaml
./usr/share/doc/ovs-virtnet/monitoring/virtnet-dashboard.json
./usr/share/doc/ovs-virtnet/monitoring/virtnet-textfile.service
./usr/share/doc/ovs-virtnet/monitoring/virtnet-textfile.timer
./usr/share/doc/ovs-virtnet/moving.rst
./usr/share/doc/ovs-virtnet/network-xml.rst
./usr/share/doc/ovs-virtnet/performance.rst
./usr/share/doc/ovs-virtnet/releases.rst
./usr/share/man/man5/ovs-virtnet-network.5
./usr/share/man/man8/virtnet-controller.8
./usr/share/man/man8/virtnetctl.8
./usr/share/ovs-virtnet/schemas/virtnet-fleet.ovsschema
./usr/share/ovs-virtnet/schemas/virtnet-metadata.rng
.
)"
report "nothing is left to substitute" \
    "$(grep -rn '@[a-z]*dir@' "$destdir/etc" "$destdir/usr/lib")"
for program in virtnet-controller virtnetctl; do
    report "$program --version" \
        "$(check_program $program --version "^$program [0-9.]*$")"
    report "$program --help" "$(check_program $program --help "^usage: ")"
    report "$program: completion" "$(bash -n \
        "$destdir/usr/share/bash-completion/completions/$program" 2>&1)"
done
for page in "$destdir"/usr/share/man/man?/*; do
    report "${page##*/}: no complaint of groff" \
        "$(groff -man -Tutf8 -ww -z "$page" 2>&1)"
done
# Prints those of the words on standard input that are in none of files "$@",
# which may be manual pages.  A part of a longer word does not count.
missing_words() {
    local word

    while read -r word; do
        sed 's/\\f[BIR]//g; s/\\-/-/g' "$@" \
            | grep -qE -e "(^|[^a-z-])$word([^a-z-]|\$)" || echo "$word"
    done
}

# Prints the names of virtnetctl's commands, some of which have two words.
commands() {
    "$destdir/usr/sbin/virtnetctl" list-commands \
        | sed -nE 's/^  ([a-z-]+( [a-z]+)?).*/\1/p'
}

report "all commands have an entry in the manual" "$(
    commands | while read -r name; do
        sed 's/\\-/-/g' "$destdir/usr/share/man/man8/virtnetctl.8" \
            | grep -q "^\\\\fB$name\\\\fR" || echo "$name"
    done)"
report "all commands are completed" "$(commands | sed 's/.* //' \
    | missing_words "$destdir/usr/share/bash-completion/completions/virtnetctl")"
for file in man/man8/virtnetctl.8 bash-completion/completions/virtnetctl; do
    report "all options are in $file" "$("$destdir/usr/sbin/virtnetctl" --help \
        | grep -o -e '--[a-z-]*' | sort -u \
        | missing_words "$destdir/usr/share/$file")"
done
report "all options of the daemon's own are in the manual" "$(
    "$destdir/usr/sbin/virtnet-controller" --help \
        | sed -n '/^Options:/,/^Active/s/^  \(--[a-z-]*\).*/\1/p' \
        | missing_words "$destdir/usr/share/man/man8/virtnet-controller.8")"
report "all keys are in the manual" "$(
    cd "$top" && grep -oh '"virtnet-[a-z-]*"' {lib,controller}/*/*.[ch] \
            ovsdb/*.[ch] \
        | tr -d '"' | sed '/-$/d' | sort -u \
        | missing_words "$destdir/usr/share/man/man5/ovs-virtnet-network.5" \
                        "$destdir"/usr/share/man/man8/virtnet*.8)"

# Prints what is wrong with the version: apt upgrades from a release to what comes
# after it only if that has another one.
bad_version() {
    local version changelog released

    version=$("$destdir/usr/sbin/virtnetctl" --version | sed -n '1s/.* //p')
    changelog=$(sed -n '1s/^ovs-virtnet (\(.*\)).*/\1/p' "$top/debian/changelog")
    released=$(sed -n 's/^After \([0-9.]*\)$/\1/p' \
                   "$top/Documentation/NEWS.rst" | head -n 1)
    [ "$version" = "$changelog" ] \
        || echo "the program is $version, debian/changelog has $changelog"
    [ "$version" != "$released" ] \
        && printf '%s\n' "$released" "$version" | sort -VC \
        || echo "$version is not newer than $released"
}

report "the version is newer than the last release's" "$(bad_version)"
report "uninstall" "$(make_target uninstall)"
report "nothing is left" "$(files; find "$destdir" -mindepth 1 -name '*virtnet*')"
tap_finish
