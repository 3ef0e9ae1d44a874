# SPDX-License-Identifier: Apache-2.0
#
# Completion of virtnetctl(8) for bash.

_virtnetctl_bridges() {
    virtnetctl fdb 2>/dev/null | sed -n 's/^# bridge //p'
}

_virtnetctl_ports() {
    virtnetctl show 2>/dev/null | sed -n 's/^    Port //p'
}

# Offers those of the lines on the standard input that begin with $cur.  "compgen
# -W" would carry out what is in them.
_virtnetctl_offer() {
    local line

    while IFS= read -r line; do
        if [[ $line == "$cur"* ]]; then
            COMPREPLY+=("$(printf %q "$line")")
        fi
    done
}

_virtnetctl() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    local command='' word
    local commands='check compile diff dump-flows explain fdb graph
        list-commands metrics monitor show status top trace verify wait'
    local options='--bridge= --dst= --format=json --format=text --help
        --no-color --output= --ports= --repair --src= --strict --target=
        --timeout= --version --vlan='

    for word in "${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
        case $word in
        -*|=) ;;
        *) command=$word; break ;;
        esac
    done

    COMPREPLY=()
    [ "$cur" != = ] || cur=
    if [ "$prev" = = ]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    case $prev in
    --output)
        COMPREPLY=($(compgen -W 'flows groups bundle ovsdb vsctl json' -- \
                         "$cur"))
        return ;;
    --format)
        COMPREPLY=($(compgen -W 'text json' -- "$cur"))
        return ;;
    --ports)
        COMPREPLY=($(compgen -f -- "$cur"))
        return ;;
    --bridge)
        _virtnetctl_offer < <(_virtnetctl_bridges)
        return ;;
    esac

    if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "$options" -- "$cur"))
        if [[ ${COMPREPLY[0]-} == *= ]]; then
            compopt -o nospace
        fi
        return
    fi
    case $command in
    '') COMPREPLY=($(compgen -W "$commands" -- "$cur")) ;;
    check|compile|diff|explain) COMPREPLY=($(compgen -f -- "$cur")) ;;
    fdb|verify)
        _virtnetctl_offer < <(_virtnetctl_bridges) ;;
    dump-flows|trace)
        _virtnetctl_offer < <(_virtnetctl_bridges; _virtnetctl_ports) ;;
    wait) _virtnetctl_offer < <(_virtnetctl_ports) ;;
    esac
}

complete -F _virtnetctl virtnetctl
