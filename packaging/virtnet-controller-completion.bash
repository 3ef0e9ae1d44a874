# SPDX-License-Identifier: Apache-2.0
#
# Completion of virtnet-controller(8) for bash.  Its options are those that
# --help prints.

_virtnet_controller() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}

    COMPREPLY=()
    [ "$cur" != = ] || cur=
    if [ "$prev" = = ]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    case $prev in
    --networks | --libvirt | --guests | --filters | --proxmox \
        | --fleet-directory)
        COMPREPLY=($(compgen -d -- "$cur"))
        return ;;
    --create-bridges)
        COMPREPLY=($(compgen -W 'all libvirt none' -- "$cur"))
        return ;;
    --pidfile | --log-file | --unixctl | --private-key | --certificate \
        | --ca-cert)
        COMPREPLY=($(compgen -f -- "$cur"))
        return ;;
    esac
    if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "$(virtnet-controller --help \
            | grep -oE -- '--[a-z][a-z-]*=?' | sort -u)" -- "$cur"))
        if [[ ${COMPREPLY[0]-} == *= ]]; then
            compopt -o nospace
        fi
    fi
}

complete -F _virtnet_controller virtnet-controller
