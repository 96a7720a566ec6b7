# SPDX-License-Identifier: GPL-2.0-or-later
"""A bus, a fake kernel and room for a daemon: the world that live*.py play in.

The programs are their first arguments.
"""
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import traceback

BACSD, KERNEL, POLKIT, BACSCTL, SOURCE = sys.argv[1:6]
DEADLINE = 30

BUS_CONF = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus
 Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={path}</listen>
<auth>EXTERNAL</auth><policy context="default"><allow user="*"/><allow own="*"/>
<allow send_destination="*" eavesdrop="true"/><allow receive_sender="*"/>
<allow eavesdrop="true"/></policy></busconfig>
"""

CONFIG = """[Site]
Name=Test
[Bus bacsA]
Modules=1-4
[String North]
Bus=bacsA
Modules=1-4
Number=2
NominalVoltage=12V
[Limits]
FloatVoltageLow=2.17V
FloatVoltageLowAlarm=2.00V
VoltageTime=0s
"""


class Skip(Exception):
    pass


def wait_for(what, test, seconds=DEADLINE):
    """The value of test() once it is true; waits for the condition."""
    end = time.monotonic() + seconds
    while True:
        value = test()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(0.02)


class World:
    """A folder with a bus, a kernel and room for a daemon."""

    def __init__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="bacsd-live-"))
        self.dir.chmod(0o755)
        for name in ("root/etc/bacs/bacsd.conf.d", "state", "run"):
            (self.dir / name).mkdir(parents=True)
        self.daemon = None
        self.authority = None
        self.lines = []
        self.messages = []
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(str(self.dir / "notify"))
        # somebody must read what systemd would read, or the daemon waits
        threading.Thread(target=self.listen, daemon=True).start()
        conf = self.dir / "bus.conf"
        conf.write_text(BUS_CONF.format(path=self.dir / "bus"))
        self.bus = subprocess.Popen(
            ["dbus-daemon", f"--config-file={conf}", "--nofork"],
            stderr=subprocess.DEVNULL)
        wait_for("the bus", (self.dir / "bus").exists)
        self.kernel = subprocess.Popen(
            [KERNEL, self.dir / "kernel"], text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE)
        self.fake_sys = "/nonexistent"	# what stands for /sys
        self.lock = threading.Lock()
        self.beating = None
        wait_for("the kernel", (self.dir / "kernel").exists)

    def polkit(self, answer):
        """Let somebody be polkit who always answers so."""
        self.no_polkit()
        self.authority = subprocess.Popen(
            [POLKIT, answer], env=self.environment(), text=True,
            stdout=subprocess.PIPE)
        assert self.authority.stdout.readline() == "ready\n"

    def no_polkit(self):
        if self.authority:
            self.authority.kill()
            self.authority.communicate()
        self.authority = None

    def close(self):
        self.stop_beat()
        self.no_polkit()
        if self.daemon and self.daemon.poll() is None:
            self.daemon.kill()
            self.daemon.wait()
        self.kernel.stdin.close()
        self.kernel.wait()
        self.bus.terminate()
        self.bus.wait()
        self.notify.sendto(b"bye", str(self.dir / "notify"))
        shutil.rmtree(self.dir)

    def step(self, *lines):
        for line in lines:
            with self.lock:
                self.kernel.stdin.write(line + "\n")
                self.kernel.stdin.flush()
                answer = self.kernel.stdout.readline().strip()
            assert answer == "ok", f"{line}: {answer}"

    def modules(self, n=4, state="ok"):
        self.step("load", "bus bacsA state=running tty=ttyS4 scan_ms=1000")
        for i in range(1, n + 1):
            self.step(f"module bacsA {i} state={state} class=jar "
                      f"serial={1000 + i} nominal_mv=12000 model=M-{i} "
                      f"sample.voltage_mv=13500 sample.temperature_mc=21000")

    def beat(self, *lines):
        """Repeat steps twice a second until stop_beat()."""
        self.stop_beat()
        stop = threading.Event()

        def run():
            while not stop.wait(0.5):
                self.step(*lines)

        thread = threading.Thread(target=run)
        self.beating = (thread, stop)
        thread.start()

    def stop_beat(self):
        if self.beating:
            self.beating[1].set()
            self.beating[0].join()
            self.beating = None

    def configure(self, text, name="bacsd.conf"):
        (self.dir / "root/etc/bacs" / name).write_text(text)

    def ship_profiles(self):
        """The profiles of limits where an installation has them."""
        share = self.dir / "root/usr/share/bacs"
        share.mkdir(parents=True)
        (share / "limits").symlink_to(f"{SOURCE}/profiles/limits")

    def environment(self):
        return dict(
            os.environ, BACS_FAKE_KERNEL=str(self.dir / "kernel"),
            DBUS_SYSTEM_BUS_ADDRESS=f"unix:path={self.dir}/bus",
            NOTIFY_SOCKET=str(self.dir / "notify"),
            BACS_FAKE_SYS=str(self.fake_sys),
            WATCHDOG_USEC="2000000", LC_ALL="C")

    def spawn(self, **more):
        env = self.environment()
        env.pop("JOURNAL_STREAM", None)
        env.pop("WATCHDOG_PID", None)
        return subprocess.Popen(
            [BACSD, f"--root={self.dir}/root",
             f"--state-directory={self.dir}/state",
             f"--runtime-directory={self.dir}/run"],
            env=env, stderr=subprocess.PIPE, text=True, **more)

    def start(self, ready=True):
        self.lines = []
        self.messages = []
        self.daemon = self.spawn()
        daemon, lines = self.daemon, self.lines

        def read():
            for line in daemon.stderr:
                lines.append(line.rstrip())

        threading.Thread(target=read, daemon=True).start()
        if ready:
            wait_for("READY=1", lambda: self.told("READY=1"))

    def stop(self):
        self.daemon.send_signal(signal.SIGTERM)
        assert self.daemon.wait(DEADLINE) == 0

    def listen(self):
        while True:
            text = self.notify.recv(4096).decode()
            if text == "bye":
                return
            self.messages += text.splitlines()

    def told(self, what):
        """How often systemd was told this."""
        return sum(m.startswith(what) for m in list(self.messages))

    def said(self, *words):
        return [line for line in list(self.lines)
                if all(w in line for w in words)]

    def heard(self, *words):
        """How often this was said, at least once: lines come on their own."""
        wait_for(f"the words {words}", lambda: self.said(*words))
        return len(self.said(*words))

    def busctl(self, *args, user=None, check=True):
        command = ["busctl", f"--address=unix:path={self.dir}/bus",
                   "--json=short"] + list(args)
        if user is not None:
            command = ["setpriv", f"--reuid={user}", f"--regid={user}",
                       "--clear-groups"] + command
        r = subprocess.run(command, text=True, capture_output=True,
                           timeout=DEADLINE)
        if not check:
            return r
        assert r.returncode == 0, r.stderr
        return json.loads(r.stdout) if r.stdout.strip() else None

    def get(self, name, path="/org/bacs1", interface="Manager"):
        return self.busctl("get-property", "org.bacs1", path,
                           f"org.bacs1.{interface}", name)["data"]

    def module(self, address, name):
        return self.get(name, f"/org/bacs1/bus/bacsA/{address}", "Module")

    def call(self, path, interface, method, *args, **more):
        return self.busctl("call", "org.bacs1", path,
                           f"org.bacs1.{interface}", method, *args, **more)

    def snapshot(self):
        _, names, modules = self.call("/org/bacs1", "Manager",
                                      "GetSnapshot")["data"]
        table = {}
        for m in modules:
            values = {n: v for i, (n, v) in enumerate(zip(names, m[9]))
                      if m[8] >> i & 1}
            table[m[0], m[1]] = dict(
                zip(("name", "serial", "state", "colour", "reason",
                     "time"), m[2:8]), values=values)
        return table

    def sql(self, query):
        db = sqlite3.connect(f"file:{self.dir}/state/history.db?mode=ro",
                             uri=True)
        try:
            return db.execute(query).fetchall()
        finally:
            db.close()

    def bacsctl(self, *args):
        return subprocess.run([BACSCTL, *args], env=self.environment(),
                              text=True, capture_output=True,
                              timeout=DEADLINE)


def main(tests):
    """Run these, or those of them that are named, each in its own world."""
    wanted = sys.argv[6:]
    tests = [t for t in tests if not wanted or t.__name__ in wanted]
    for tool in ("dbus-daemon", "busctl", "setpriv", "prlimit"):
        if not shutil.which(tool):
            print(f"1..0 # SKIP {tool} is not installed")
            return
    print(f"1..{len(tests)}", flush=True)
    for number, test in enumerate(tests, 1):
        w = World()
        try:
            test(w)
            print(f"ok {number} - {test.__name__}", flush=True)
        except Skip as e:
            print(f"ok {number} - {test.__name__} # SKIP {e}", flush=True)
        except Exception:
            print(f"not ok {number} - {test.__name__}")
            print("# " + traceback.format_exc().replace("\n", "\n# "))
            for line in w.lines:
                print(f"# {line}")
            sys.stdout.flush()
        finally:
            w.close()
