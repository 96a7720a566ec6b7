#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run bacsctl against the fake kernel and compare what it says, byte by byte.

Usage: golden.py [--update] FAKE-KERNEL BACSCTL FAKE-HISTORY CASE...

A case is a file of sections, each begun by a line "== NAME":

  == script   steps of the fake kernel (tests/fake/fake-script.c)
  == config   bacsd.conf below @ROOT@
  == run      arguments of bacsctl; "LC_ALL=C" and the like may stand before
  == exit     exit status
  == out      standard output
  == err      standard error

run, exit, out and err may come several times, in this order. The word
@HISTORY@ in run stands for a history that the daemon's store has written,
@ROOT@ for the folder that --root wants, @PROFILES@ for that of the profiles.
Output is TAP.
"""
import os
import shlex
import subprocess
import sys
import tempfile

PROFILES = os.path.join(os.path.dirname(os.path.realpath(__file__)),
                        "../../profiles")


def read_case(path):
    sections = []
    with open(path, encoding="utf-8") as f:
        for line in f:
            if line.startswith("== "):
                sections.append([line[3:].strip(), ""])
            elif sections:
                sections[-1][1] += line
    return sections


class Kernel:
    """The fake kernel as a process; every step waits for its answer."""

    def __init__(self, program, socket):
        self.socket = socket
        self.process = subprocess.Popen(
            [program, socket], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True)
        self.step("sync")

    def step(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if answer != "ok":
            raise RuntimeError(f"step '{line}': {answer or 'no answer'}")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def run(bacsctl, socket, arguments):
    words = shlex.split(arguments)
    env = {"PATH": os.environ["PATH"], "BACS_FAKE_KERNEL": socket,
           "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    env.update({k: v for k, v in os.environ.items()
                if k.startswith(("ASAN_", "UBSAN_", "LSAN_"))})
    while words and "=" in words[0] and words[0].split("=")[0].isupper():
        key, value = words.pop(0).split("=", 1)
        env[key] = value
    r = subprocess.run([bacsctl] + words, env=env, capture_output=True,
                       text=True, timeout=60)
    return {"exit": f"{r.returncode}\n", "out": r.stdout, "err": r.stderr}


def play(program, bacsctl, history, sections):
    """The sections again, with what really came out."""
    result = []
    got = {}
    with tempfile.TemporaryDirectory() as folder:
        database = os.path.join(folder, "history.db")
        kernel = Kernel(program, os.path.join(folder, "k"))
        try:
            for name, text in sections:
                if name == "script":
                    for line in text.splitlines():
                        if line.split("#")[0].strip():
                            kernel.step(line)
                elif name == "config":
                    etc = os.path.join(folder, "etc/bacs")
                    os.makedirs(etc, exist_ok=True)
                    with open(os.path.join(etc, "bacsd.conf"), "w",
                              encoding="utf-8") as f:
                        f.write(text)
                elif name == "run":
                    if "@HISTORY@" in text and not os.path.exists(database):
                        subprocess.run([history, database], check=True)
                    got = run(bacsctl, kernel.socket,
                              text.strip().replace("@HISTORY@", database)
                              .replace("@ROOT@", folder)
                              .replace("@PROFILES@", PROFILES))
                elif name in got:
                    text = got[name]
                else:
                    raise RuntimeError(f"unknown section '{name}'")
                result.append([name, text])
        finally:
            kernel.close()
    return result


def write_case(path, sections, head):
    with open(path, "w", encoding="utf-8") as f:
        f.write(head)
        for name, text in sections:
            f.write(f"== {name}\n{text}")


def head_of(path):
    head = ""
    with open(path, encoding="utf-8") as f:
        for line in f:
            if line.startswith("== "):
                break
            head += line
    return head


def compare(path, expected, got):
    good = True
    for want, have in zip(expected, got):
        if want[1] == have[1]:
            continue
        good = False
        print(f"# {path}: section {want[0]} differs")
        for sign, text in (("-", want[1]), ("+", have[1])):
            for line in text.splitlines():
                print(f"#  {sign}{line}")
    return good


def main():
    args = sys.argv[1:]
    update = args[:1] == ["--update"]
    if update:
        args = args[1:]
    program, bacsctl, history, cases = *args[:3], args[3:]
    print(f"1..{len(cases)}")
    bad = 0
    for i, path in enumerate(cases, 1):
        name = os.path.basename(path)
        expected = read_case(path)
        try:
            got = play(program, bacsctl, history, expected)
        except (RuntimeError, subprocess.SubprocessError) as e:
            print(f"not ok {i} - {name}\n# {e}")
            bad += 1
            continue
        if update:
            write_case(path, got, head_of(path))
        good = update or compare(path, expected, got)
        bad += not good
        print(f"{'ok' if good else 'not ok'} {i} - {name}")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
