# SPDX-License-Identifier: Apache-2.0
#
# Completion of virtnetctl(8) for bash.

_virtnetctl_bridges() {
    virtnetctl fdb 2>/dev/null | sed -n 's/^# bridge //p'
}

# Those of bridge $1, or all.
_virtnetctl_ports() {
    virtnetctl show "$@" 2>/dev/null | sed -n 's/^    Port //p'
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
    local command='' word last='' bridge=''
    local position=0 fleet=''
    local fleet_commands='define forget graph hosts init join leave ports report show
        undefine verify'
    local commands='check compile diff dump-flows explain fdb fleet graph health
        help list-commands metrics monitor networks release show status top trace verify wait'
    local options='--all --bridge= --ca-cert= --certificate= --db= --dst= --fleet=
        --format=json --format=text --help --listen= --no-color --output= --ports=
        --private-key= --repair --src= --state= --strict
        --target= --timeout= --version --via= --vlan='

    # What stands behind an option's "=" is a word of its own here.
    for word in "${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
        case $last$word in
        =*|-*|*=) ;;
        *)
            if [ -z "$command" ]; then
                command=$word
            elif [ "$command" = fleet ] && [ -z "$fleet" ]; then
                fleet=$word
            else
                position=$((position + 1))
                [ $position != 1 ] || bridge=$word
            fi ;;
        esac
        last=
        [ "$word" != = ] || last==
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
    --state)
        mapfile -t COMPREPLY < <(compgen -W "conflict installed installing kernel
            'not\ wired' pending quarantined" -- "$cur")
        return ;;
    --format)
        COMPREPLY=($(compgen -W 'text json' -- "$cur"))
        return ;;
    --ports|--db|--private-key|--certificate|--ca-cert)
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
    fleet)
        case $fleet in
        '') COMPREPLY=($(compgen -W "$fleet_commands" -- "$cur")) ;;
        define) COMPREPLY=($(compgen -f -- "$cur")) ;;
        show|undefine)
            _virtnetctl_offer < <(virtnetctl -T 2 fleet show 2>/dev/null \
                | sed -n 's/^network \(.*\): revision .*/\1/p') ;;
        esac ;;
    help) [ $position != 0 ] \
              || COMPREPLY=($(compgen -W "$commands" -- "$cur")) ;;
    dump-flows|fdb|health|networks|release|show|trace|verify)
        case $position in
        0) _virtnetctl_offer < <(_virtnetctl_bridges) ;;
        1) [[ $command == @(health|networks|release|verify) ]] \
               || _virtnetctl_offer < <(_virtnetctl_ports "$bridge") ;;
        esac ;;
    wait) _virtnetctl_offer < <(_virtnetctl_ports) ;;
    esac
}

complete -F _virtnetctl virtnetctl
