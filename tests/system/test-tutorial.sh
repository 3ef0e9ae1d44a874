#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# tutorial/sandbox: a script has its own exit status, programs find the daemon,
# and the keys that end a command end it and not the shell.

here=$(cd "$(dirname "$0")" && pwd)
sandbox=$here/../../tutorial/sandbox
# Each time it is another one.
unset VIRTNET_TEST_DIR
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail() {
    echo "FAIL: $*" >&2
    exit 1
}

# ends_with STATUS: the sandbox ends with STATUS, given a script on the standard
# input.
ends_with() {
    local status=0

    cat > "$dir/script"
    "$sandbox" "$dir/script" > "$dir/out" 2>&1 || status=$?
    [ $status = "$1" ] || fail "exit status $status, not $1: $(cat "$dir/out")"
}

ends_with 3 <<'.'
exit 3
.
ends_with 1 <<'.'
false
.
ends_with 0 <<'.'
ovs-appctl -t virtnet-controller status | grep '^database: .*: connected' &&
    ovs-vsctl add-port ovsbr0 alice -- \
        set Interface alice 'external_ids:attached-mac="52:54:00:00:00:0a"' &&
    timeout 20 virtnetctl wait &&
    echo alice | xargs virtnetctl wait &&
    sh -c 'virtnetctl health' && exit 0
exit 5
.

cat > "$dir/keys.py" <<'.'
import os, pty, select, signal, sys, time

pid, fd = pty.fork()
if not pid:
    os.execv(sys.argv[1], sys.argv[1:])
text = b""


def expect(what, seconds=60):
    """Waits until 'what' is printed, and forgets all up to there."""
    global text
    end = time.time() + seconds
    while what not in text:
        left = end - time.time()
        if left <= 0 or not select.select([fd], [], [], left)[0]:
            os.kill(pid, signal.SIGTERM)
            sys.exit("no %r in %r" % (what, text))
        text += os.read(fd, 4096)
    text = text[text.index(what) + len(what):]


expect(b"sandbox# ")
for key, status in ((b"\x03", 130), (b"\x1c", 131)):
    # The shell prints nothing of its own while this runs.
    os.write(fd, b"echo be'gin'; sleep 1000\n")
    expect(b"begin\r\n")
    time.sleep(0.5)
    os.write(fd, key)
    expect(b"sandbox# ")
    os.write(fd, b"echo status=$?.\n")
    expect(b"status=%d.\r\n" % status)
    expect(b"sandbox# ")
os.write(fd, b"exit 4\n")
end = time.time() + 30
while time.time() < end:
    done, status = os.waitpid(pid, os.WNOHANG)
    if done:
        sys.exit(None if os.waitstatus_to_exitcode(status) == 4
                 else "ended with %d" % status)
    # Whoever writes to a terminal that nobody reads is stopped.
    if select.select([fd], [], [], 0.1)[0]:
        try:
            os.read(fd, 4096)
        except OSError:
            pass
sys.exit("does not end")
.
/usr/bin/python3 "$dir/keys.py" "$sandbox" || fail "keys"
