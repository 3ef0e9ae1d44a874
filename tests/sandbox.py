# SPDX-License-Identifier: Apache-2.0
"""An ovsdb-server, an ovs-vswitchd with dummy datapaths and a virtnet-controller
of one's own, in a directory of their own, and frames for their ports.  Needs no
root."""

import json
import os
import random
import re
import socket
import subprocess
import tempfile
import time


class Broken(Exception):
    pass


class Sandbox:
    def __init__(self, build):
        self.dir = tempfile.mkdtemp(prefix="soak.", dir="/tmp")
        self.build = build
        os.mkdir(self.dir + "/networks")
        self.env = dict(os.environ, OVS_RUNDIR=self.dir, OVS_LOGDIR=self.dir,
                        OVS_DBDIR=self.dir, OVS_SYSCONFDIR=self.dir)
        self.run("ovsdb-tool", "create", "conf.db")
        self.start("ovsdb-server")
        self.run("ovs-vsctl", "--no-wait", "init")
        self.start("ovs-vswitchd")
        self.start("virtnet-controller")

    def run(self, *args, check=True):
        p = subprocess.run(args, cwd=self.dir, env=self.env, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           timeout=120)
        if check and p.returncode:
            raise Broken("%s: exit status %d\n%s"
                         % (" ".join(args), p.returncode, p.stdout))
        return p.stdout

    def vsctl(self, *args):
        return self.run("ovs-vsctl", "--no-wait", *args)

    def ofctl(self, *args, check=True):
        return self.run("ovs-ofctl", "-O", "OpenFlow15", *args, check=check)

    def ctl(self, *args, check=True):
        return self.run("ovs-appctl", "--timeout=60", "-t",
                        "virtnet-controller", *args, check=check)

    def start(self, name):
        command = {
            "ovsdb-server": ["ovsdb-server", "--remote=punix:db.sock"],
            "ovs-vswitchd": ["ovs-vswitchd", "--enable-dummy",
                             "--disable-system"],
            "virtnet-controller": [
                self.build + "/controller/virtnet-controller",
                "--networks=networks", "--libvirt=none",
                "--datapath-type=dummy"],
        }[name]
        self.run(*command, "-vconsole:off", "--detach", "--no-chdir",
                 "--pidfile", "--log-file")

    def pid(self, name):
        with open("%s/%s.pid" % (self.dir, name)) as f:
            return int(f.read())

    def kill(self, name):
        pid = self.pid(name)
        os.kill(pid, 9)
        while alive(pid):
            time.sleep(0.005)
        os.unlink("%s/%s.pid" % (self.dir, name))

    def restart(self, name):
        self.kill(name)
        time.sleep(random.random() * 0.05)
        self.start(name)

    def end(self):
        for name in "virtnet-controller", "ovs-vswitchd", "ovsdb-server":
            try:
                self.kill(name)
            except (OSError, ValueError):
                pass


def alive(pid):
    try:
        with open("/proc/%d/stat" % pid) as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def usage(pid):
    """Returns memory in kB and number of file descriptors."""
    with open("/proc/%d/status" % pid) as f:
        rss = [line for line in f if line.startswith("VmRSS:")][0]
    return int(rss.split()[1]), len(os.listdir("/proc/%d/fd" % pid))


class Frames:
    """Has ovs-vswitchd receive frames on ports of dummy datapaths, in the order
    in which they are sent, over its control socket."""

    def __init__(self, box):
        self.box = box
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect("%s/ovs-vswitchd.%d.ctl"
                          % (box.dir, box.pid("ovs-vswitchd")))
        self.sock.settimeout(60)
        self.n = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, port, src, dst, tag):
        """Returns once the frame has been put into the port's queue."""
        packet = re.sub(":", "", dst + src)
        packet += "8100%04x" % tag if tag else ""
        packet += "88b6" + "00" * 46
        self.n += 1
        request = {"method": "netdev-dummy/receive", "params": [port, packet],
                   "id": self.n}
        self.sock.sendall(json.dumps(request).encode())
        reply = b""
        while True:
            data = self.sock.recv(4096)
            if not data:
                raise Broken("ovs-vswitchd has gone")
            reply += data
            try:
                error = json.loads(reply)["error"]
            except ValueError:
                continue
            if error:
                raise Broken("%s: %s" % (port, error))
            return

    def counts(self, bridge):
        """Returns how many frames have gone out by each OpenFlow port."""
        text = self.box.ofctl("dump-ports", bridge)
        return {port: int(n) for port, n in re.findall(
            r"port +(\w+): rx .*\n +tx pkts=(\d+)", text)}
