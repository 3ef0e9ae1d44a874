#! /bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What the completion of virtnetctl offers, word by word.  Speaks TAP.

set -u
export LC_ALL=C

top=${srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
. "$top/tests/tap.sh"

# In the place of the program: a daemon with bridge br0, and ports p1 and p2
# there and p9 elsewhere.
virtnetctl() {
    case "$*" in
    fdb) echo '# bridge br0' ;;
    'show br0') printf '    Port p%s\n' 1 2 ;;
    '-T 2 fleet show')
        echo 'fleet f: schema 1.0.0, 2 networks, 0 hosts, 0 ports'
        echo 'network n1: revision 1, digest 0, in force on 0 of 0 hosts'
        echo 'network m2: revision 1, digest 0, in force on 0 of 0 hosts' ;;
    show) printf '    Port p%s\n' 1 2 9 ;;
    esac
}
compopt() { :; }
. "$top/packaging/virtnetctl-completion.bash"

# Offers to the words $2... must be $1.
offers() {
    local expected=$1

    shift
    COMP_WORDS=(virtnetctl "$@")
    COMP_CWORD=$#
    COMPREPLY=()
    _virtnetctl
    report "virtnetctl $*" "$([ "${COMPREPLY[*]}" = "$expected" ] \
                                  || echo "offered: ${COMPREPLY[*]}")"
}

offers 'show' sh
offers 'show status' s
offers 'br0' show ''
offers 'p1 p2' show br0 ''
offers '' show br0 p1 ''
offers 'p1 p2' fdb --vlan = 7 br0 ''
offers 'br0' --vlan = 7 fdb ''
offers 'p1 p2' trace br0 --vlan = 7 ''
offers '' trace br0 p1 ''
offers '' verify br0 ''
offers 'br0' health ''
offers 'br0' release ''
offers '' networks br0 ''
offers 'p1 p2 p9' wait ''
offers 'p1 p2 p9' wait p1 ''
offers 'verify' help ver
offers '' help verify ''
offers '--state= --strict' --st
offers 'json' show --format = j
offers 'br0' compile --bridge = ''
offers 'define' fleet d
offers 'hosts' --fleet = unix fleet ho
offers 'n1' fleet show n
offers 'n1 m2' fleet undefine ''
offers 'installed installing' show --state = in
offers 'not\ wired' show --state = no

# The daemon's: --help is asked for its options, and some have values.
virtnet-controller() {
    echo '  --networks=DIR --guests=DIR --create-bridges=WHICH --no-watch'
}
. "$top/packaging/virtnet-controller-completion.bash"

# Offers of the daemon's to the words $2... must be $1.
daemon_offers() {
    local expected=$1

    shift
    COMP_WORDS=(virtnet-controller "$@")
    COMP_CWORD=$#
    COMPREPLY=()
    _virtnet_controller
    report "virtnet-controller $*" "$([ "${COMPREPLY[*]}" = "$expected" ] \
                                          || echo "offered: ${COMPREPLY[*]}")"
}

daemon_offers '--networks= --no-watch' --n
daemon_offers 'libvirt' --create-bridges = l
daemon_offers "$top/packaging" --guests = "$top/packag"
tap_finish
