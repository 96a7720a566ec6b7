#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What bacsctl does while it stays: --watch on a terminal, --follow.

Usage: live.py FAKE-KERNEL BACSCTL

Waits for conditions, never for time. Output is TAP.
"""
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile

from golden import Kernel

LIMIT_S = 60
START = """\
load
bus bacsA scan_last_ms=100
module bacsA 1 state=ok label=1S1 limit.voltage_min_mv=12000
"""


class Program:
    """bacsctl on a pty; what it prints is collected"""

    def __init__(self, bacsctl, socket, args, **env):
        self.master, slave = pty.openpty()
        full = {"PATH": os.environ["PATH"], "BACS_FAKE_KERNEL": socket,
                "LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "xterm"}
        full.update(env)
        self.process = subprocess.Popen(
            [bacsctl] + args, env=full, stdin=slave, stdout=slave,
            stderr=slave, start_new_session=True)
        os.close(slave)
        self.text = ""

    def read(self):
        ready, _, _ = select.select([self.master], [], [], LIMIT_S)
        if not ready:
            raise RuntimeError(f"nothing printed for {LIMIT_S} s")
        try:
            data = os.read(self.master, 65536)
        except OSError:
            data = b""
        if not data:
            raise RuntimeError(f"it ended; it had printed:\n{self.text}")
        self.text += data.decode("utf-8", "replace")

    def expect(self, pattern):
        """Waits for the pattern, takes everything up to its end."""
        while True:
            found = re.search(pattern, self.text, re.S)
            if found:
                self.text = self.text[found.end():]
                return found.group(0)
            self.read()

    def rest(self):
        while True:
            try:
                self.read()
            except RuntimeError:
                return self.text

    def end(self, number):
        self.process.send_signal(number)
        text = self.rest()
        os.close(self.master)
        return self.process.wait(LIMIT_S), text


def check(condition, what):
    if not condition:
        raise RuntimeError(what)


def sample(kernel, mv):
    kernel.step(f"scan bacsA voltage_mv={mv}")


def watch_redraws_on_change_without_clearing(kernel, bacsctl):
    sample(kernel, 13000)
    p = Program(bacsctl, kernel.socket, ["status", "--watch"])
    p.expect(r"\x1b\[\?1049h.*13\.000 V")
    sample(kernel, 13777)
    shown = p.expect(r"13\.777 V")
    kernel.step("state bacsA 1 lost")
    shown += p.expect(r"lost for")
    check("\x1b[2J" not in shown, "the screen was cleared: it flickers")
    # a page drawn after the loss has no voltage
    shown = p.expect(r"\x1b\[H.*?lost for.*?\x1b\[J")
    page = shown[shown.rindex("\x1b[H"):]
    check(not re.search(r"\d V", page), f"a lost module shows a value: {page}")
    code, text = p.end(signal.SIGINT)
    check(code == 0, f"exit status {code}")
    check("\x1b[?1049l" in text, "the old screen did not come back")


def watch_survives_the_driver(kernel, bacsctl):
    sample(kernel, 13000)
    p = Program(bacsctl, kernel.socket, ["status", "--watch"])
    p.expect(r"13\.000 V")
    kernel.step("unload")
    p.expect(r"the driver is not loaded")
    for line in START.splitlines():
        kernel.step(line)
    kernel.step("start bacsB")
    p.expect(r"1S1")
    p.end(signal.SIGTERM)


def watch_as_json_is_one_object_a_line(kernel, bacsctl):
    sample(kernel, 13000)
    p = Program(bacsctl, kernel.socket, ["status", "--watch", "--json"])
    first = json.loads(p.expect(r"\{.*?\}\]\}\r\n"))
    check(first["version"] == 1, "no version")
    check(first["status"][0]["voltage_mv"] == 13000, "wrong value")
    sample(kernel, 13001)
    p.expect(r'"voltage_mv":13001')
    p.end(signal.SIGINT)


def colours_follow_the_state(kernel, bacsctl):
    sample(kernel, 13000)
    p = Program(bacsctl, kernel.socket, ["status"])
    text = p.rest()
    check("\x1b[32mok" in text, f"ok is not green: {text!r}")
    p = Program(bacsctl, kernel.socket, ["status"], NO_COLOR="1")
    check("\x1b[" not in p.rest(), "NO_COLOR is not honoured")


def follow_prints_what_happens(kernel, bacsctl):
    p = Program(bacsctl, kernel.socket, ["events", "--follow"], NO_COLOR="1")
    # it listens once it controls nothing it has not seen: wait for an event
    listening(kernel, p)
    kernel.step("state bacsA 1 lost")
    p.expect(r"alarm   1S1 \(bacsA-001\): ok -> lost")
    kernel.step("overrun")
    p.expect(r"warning messages were lost.*all buses and modules read again")
    kernel.step("unload")
    p.expect(r"bacsA: bus ended")
    p.expect(r"driver present -> missing")
    kernel.step("load")
    p.expect(r"driver missing -> present")
    p.end(signal.SIGTERM)


def listening(kernel, p):
    """Repeats a harmless event until it is seen: then it listens."""
    for _ in range(LIMIT_S * 10):
        kernel.step("event bacsA kind=13")
        if select.select([p.master], [], [], 0.1)[0]:
            p.expect(r"second master")
            return
    raise RuntimeError("it does not listen")


def follow_waits_for_the_driver(kernel, bacsctl):
    kernel.step("unload")
    p = Program(bacsctl, kernel.socket, ["events", "--follow", "--json"])
    p.expect(r"waiting for it")
    kernel.step("load")
    line = p.expect(r"\{.*?\}")
    check(json.loads(line)["kind"] == "driver", line)
    p.end(signal.SIGTERM)


TESTS = [watch_redraws_on_change_without_clearing, watch_survives_the_driver,
         watch_as_json_is_one_object_a_line, colours_follow_the_state,
         follow_prints_what_happens, follow_waits_for_the_driver]


def main():
    program, bacsctl = sys.argv[1:]
    print(f"1..{len(TESTS)}")
    bad = 0
    for i, test in enumerate(TESTS, 1):
        with tempfile.TemporaryDirectory() as folder:
            kernel = Kernel(program, os.path.join(folder, "k"))
            try:
                for line in START.splitlines():
                    kernel.step(line)
                test(kernel, bacsctl)
                result = "ok"
            except (RuntimeError, subprocess.TimeoutExpired) as e:
                result = "not ok"
                bad += 1
                print("# " + str(e).replace("\n", "\n# "))
            finally:
                kernel.close()
        print(f"{result} {i} - {test.__name__}", flush=True)
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
