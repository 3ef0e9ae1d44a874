# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Guests that are plugged while frames are on their way that none of them may
# get.  A test says which by a function streams, and has bridge br0 with guest g1.

N=20
MAC=52:54:00:00:01

# Makes the devices of the guests.
make_storm() {
    local i

    for i in $(seq $N); do
        make_port "n$i" "$MAC:$(printf %02x "$i")"
    done
}

# storm NAME UPLINKS COMMAND [SCRIPT]: does COMMAND for each of the guests, one
# after another, under the frames that none of them may get, changed by sed
# SCRIPT, and unplugs them.  What arrives at UPLINKS and at those plugged before
# is no matter here.
storm() {
    local i words=()

    start_probe "$1" 250 < <(streams | sed "${4:-}")
    for i in $(seq $N); do
        "$3" "n$i" "$MAC:$(printf %02x "$i")"
    done
    sleep 0.2
    for i in $(seq $N); do
        words+=(-- del-port "n$i")
    done
    vsctl "${words[@]}"
    stop_probe "$1" > "$S/result" || :
    verdict "$2" "$1"
    say "$1: no stray in $N plugs"
}

# Fails if frames have reached somebody who must not have them: what plugged
# guests send, anybody; others' frames, anybody but UPLINKS, the host and g1.
verdict() {
    awk -v allowed=" $1 host g1 " '
        {
            match($0, /stream="[^"]*"/)
            stream = substr($0, RSTART + 8, RLENGTH - 9)
            match($0, /stray_ports="[^"]*"/)
            n = split(substr($0, RSTART + 13, RLENGTH - 14), who, " ")
            for (i = 1; i <= n; i++) {
                name = who[i]
                sub(/\+mangled$/, "", name)
                sub(/x[0-9]+$/, "", name)
                sub(/\[.*/, "", name)
                if (name != "-" &&
                    (stream ~ /^n/ || !index(allowed, " " name " "))) {
                    print "stray: " stream ": " who[i]
                    bad = 1
                }
            }
        }
        END { exit bad }' "$S/result" || fail "$2: frames went astray"
}

plug_apart() {
    plug br0 "$1" "$2" \
        -- set Interface "$1" external_ids:virtnet-portgroup=apart
}
