# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# A Debian whose systemd is really started, in namespaces of its own, for scripts
# that source this file.  machine_init is its first process.

machine_boot=
machine_init=
machine_cgroup=

# In the namespaces: what the first process of a machine finds.
machine_enter() {
    local device

    set -e
    mount --make-rprivate /
    mount --bind "$1" "$1"
    cd "$1"
    mount -t proc proc proc
    mount -t sysfs sysfs sys
    mount -t cgroup2 cgroup2 sys/fs/cgroup
    mount -t tmpfs -o mode=755 tmpfs run
    mount -t tmpfs -o mode=755 tmpfs dev
    mkdir dev/pts dev/shm dev/net
    mknod -m 666 dev/net/tun c 10 200
    for device in null zero full random urandom tty; do
        touch dev/$device
        mount --bind /dev/$device dev/$device
    done
    mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
    ln -s pts/ptmx dev/ptmx
    pivot_root . mnt
    umount -l /mnt
    exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb \
        /lib/systemd/systemd --log-target=console </dev/null
}

# machine_start ROOT LOG: starts the system at ROOT.  Returns false if it is not up
# in two minutes.
machine_start() {
    local root=$1 log=$2

    machine_cgroup=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
    [ -n "$machine_cgroup" ] || { echo "no cgroup2" >"$log"; return 1; }
    machine_cgroup=$machine_cgroup/virtnet-$$
    mkdir "$machine_cgroup" || return
    (echo $BASHPID >"$machine_cgroup/cgroup.procs" \
        && exec setpriv --pdeathsig KILL \
        unshare --mount --pid --net --uts --ipc --cgroup --fork --kill-child \
        bash -c "$(declare -f machine_enter); machine_enter \"\$1\"" \
        machine "$root") >"$log" 2>&1 &
    machine_boot=$!
    wait_for 60 machine_is_entered && wait_for 60 machine_is_up
}

# Before its first process is systemd, it might not be in its own file system yet,
# and nothing may be run there.
machine_is_entered() {
    local init

    init=$(pgrep -P "$machine_boot") \
        && [ "$(cat "/proc/$init/comm")" = systemd ] && machine_init=$init
}

machine_is_up() {
    inside systemctl is-active -q multi-user.target
}

# Ends it, with all that runs there.
machine_stop() {
    if [ -n "$machine_boot" ]; then
        kill -KILL "$machine_boot" || :
        wait "$machine_boot" || :
        machine_boot=
        machine_init=
    fi
    if [ -n "$machine_cgroup" ]; then
        until find "$machine_cgroup" -depth -type d -exec rmdir {} + ; do
            sleep 0.1
        done
        machine_cgroup=
    fi
} 2>/dev/null

# Runs a command in the machine.
inside() {
    [ -n "$machine_init" ] || return
    nsenter -t "$machine_init" -a env -i PATH=/usr/sbin:/usr/bin "$@"
}

# Runs a command there that has this machine's network.
inside_online() {
    [ -n "$machine_init" ] || return
    nsenter -t "$machine_init" -m -u -i -p -C -r -w \
        env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        TERM=dumb DEBIAN_FRONTEND=noninteractive "$@"
}

# wait_for SECONDS COMMAND...
wait_for() {
    local deadline=$((SECONDS + $1))

    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -le $deadline ] || return 1
        sleep 0.2
    done
}
