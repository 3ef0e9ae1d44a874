# SPDX-License-Identifier: Apache-2.0
"""Has "virtnetctl check" read hostile documents.  Speaks TAP.

usage: hostile.py VIRTNETCTL
"""

import os
import resource
import subprocess
import sys
import tempfile

# Sanitizers want several times as much of both.
FACTOR = 8 if "VIRTNET_SANITIZED" in os.environ else 1
MAX_CPU = FACTOR * 0.5          # Seconds; what it waits for does not count.
# On a busy machine, whose processors have other things in their caches and share
# their units, the same work takes more of a processor's time.  What takes longer
# may take so many times as long as a large document that is in order.
MAX_RATIO = 2.5
MAX_MEMORY = FACTOR * 100 * 1024    # kB.
MAX_OUTPUT = 64 * 1024          # Bytes.

# A document is a list of what is in it: bytes, or bytes and how often.  Large
# ones are never in memory, which would count as that of the program.
HEAD = b"<network><name>n</name><bridge name='br0'/>"
TAIL = b"</network>"


def named(name):
    return [b"<network><name>", name, b"</name><bridge name='br0'/>", TAIL]


def laughs():
    entities = b'<!ENTITY l0 "ha">'
    for i in range(1, 10):
        entities += b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10)
    return [b"<!DOCTYPE n [", entities, b"]>", *named(b"&l9;")]


def quadratic():
    return [b'<!DOCTYPE n [<!ENTITY a "', (b"a", 50000), b'">]>',
            b"<network><name>", (b"&a;", 50000), b"</name>", TAIL]


def external(declaration):
    return [b"<!DOCTYPE n [", declaration, b"]>", *named(b"&e;")]


# Each is refused.
CASES = [
    ("billion laughs", laughs()),
    ("quadratic blow-up", quadratic()),
    ("external entity",
     external(b'<!ENTITY e SYSTEM "file:///etc/passwd">')),
    ("external entity from the network",
     external(b'<!ENTITY e SYSTEM "http://192.0.2.1/e">')),
    ("parameter entity",
     external(b'<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;')),
    ("external subset",
     [b'<!DOCTYPE n SYSTEM "file:///etc/passwd">', *named(b"n")]),
    ("100 MB in one line", [HEAD, (b"a" * 1000, 100000), TAIL]),
    ("100 MB of elements",
     [HEAD, (b"<portgroup name='a'/>\n", 5000000), TAIL]),
    ("100 MB of an attribute's value",
     [HEAD, b"<portgroup name='", (b"a" * 1000, 100000), b"'/>", TAIL]),
    ("100 MB of null bytes", [(bytes(1000), 100000)]),
    ("10,000 nested elements",
     [HEAD, (b"<a>", 10000), (b"</a>", 10000), TAIL]),
    ("10,000 nested elements, never closed", [(b"<network>", 10000)]),
    ("250,000 attributes",
     [HEAD, b"<portgroup ", *(b"a%d='' " % i for i in range(250000)), b"/>",
      TAIL]),
    ("a very long bad value",
     [HEAD, b"<uuid>", (b"x" * 1000, 3000), b"</uuid>", TAIL]),
    ("100,000 errors", [HEAD, (b"<portgroup default='x'/>", 100000), TAIL]),
    ("100,000 repeated names",
     [HEAD, *(b"<portgroup name='%d'/>" % (i // 2) for i in range(100000)),
      TAIL]),
    ("invalid UTF-8", named(b"\xff\xfe")),
    ("overlong UTF-8", named(b"\xc0\xaf")),
    ("UTF-8 of a surrogate", named(b"\xed\xa0\x80")),
    ("truncated UTF-8", named(b"\xe2\x82")),
    ("UTF-16", ["<network><name>n</name></network>".encode("utf-16")]),
    ("null byte in the name", named(b"a\0b")),
    ("null byte as reference", named(b"a&#0;b")),
    ("null byte behind the end", [*named(b"n"), b"\0"]),
    ("control character", named(b"a\x01b")),
    ("empty document", []),
]


IN_ORDER = [HEAD, *(b"<portgroup name='%d'/>" % i for i in range(100000)), TAIL]


def write(path, document):
    with open(path, "wb") as stream:
        for part in document:
            chunk, n = part if isinstance(part, tuple) else (part, 1)
            many = max(1, 65536 // max(1, len(chunk)))
            for _ in range(n // many):
                stream.write(chunk * many)
            stream.write(chunk * (n % many))


def run(virtnetctl, path):
    """Returns the exit status, the output, CPU time and memory of a check."""
    with subprocess.Popen([virtnetctl, "check", path],
                          stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as process:
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return (process.returncode, output, usage.ru_utime + usage.ru_stime,
            usage.ru_maxrss)


def is_slow(virtnetctl, path, cpu):
    """Is 'cpu' too long?  Overwrites the file 'path' to find out."""
    if cpu <= MAX_CPU:
        return False
    write(path, IN_ORDER)
    status, _, in_order, _ = run(virtnetctl, path)
    print("# %.3f s for a document in order" % in_order)
    return status or cpu > in_order * MAX_RATIO


def problems(slow, status, output, cpu, memory):
    if status != 1:
        yield "status %d" % status
    if b": error: " not in output:
        yield "no error in the output"
    if b"root:" in output:
        yield "the contents of another file in the output"
    if len(output) > MAX_OUTPUT:
        yield "%d bytes of output" % len(output)
    if slow:
        yield "%.2f s" % cpu
    if memory > MAX_MEMORY:
        yield "%d kB" % memory


def main():
    virtnetctl = os.path.abspath(sys.argv[1])
    n_failed = 0

    # A run-away program is ended by the system.
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
    print("1..%d" % len(CASES))
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "x.xml")
        for i, (name, document) in enumerate(CASES, 1):
            write(path, document)
            result = run(virtnetctl, path)
            slow = is_slow(virtnetctl, path, result[2])
            wrong = list(problems(slow, *result))
            n_failed += bool(wrong)
            print("%s %d - %s" % ("not ok" if wrong else "ok", i, name))
            print("# %.3f s, %d kB, %s" % (result[2], result[3],
                                           result[1][:200].decode(
                                               errors="replace")
                                           .partition("\n")[0]))
            for text in wrong:
                print("# " + text)
    sys.exit(n_failed > 0)


main()
