#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""bacsctl profile check and show, which need no driver (MASTER 3).

Usage: profile-command.py BACSCTL PROFILES-DIRECTORY
"""
import json
import os
import subprocess
import sys
import tempfile

BACSCTL, PROFILES = sys.argv[1:3]
GOOD = """[Profile]
Name=good
Class=environment
Function=4
Start=0
Count=2
[Block]
Function=3
Start=0x100
Count=4
[Field]
Quantity=temperature_mc
Register=0
Signed=yes
Scale=0.1 degC
Offset=-40 degC
Min=-40 degC
Invalid=0x7fff
[Field]
Quantity=humidity_permille
Register=0x102
Width=32
WordOrder=low-first
Scale=-1/3 permille
Max=100 %
Every=10
"""
BAD = "[Profile]\nName=bad\nClass=jar\nFunction=5\n"
results = []


def run(*arguments):
    # C: what the shell's language says of errors is none of ours
    return subprocess.run([BACSCTL, "profile", *arguments], text=True,
                          capture_output=True, check=False,
                          env={**os.environ, "LC_ALL": "C"})


def check(name, condition, *said):
    results.append((name, condition))
    for line in () if condition else said:
        print(f"# {name}: {line!r}")


def files(folder):
    paths = {}
    for name, text in (("good", GOOD), ("bad", BAD), ("other", GOOD)):
        paths[name] = f"{folder}/{name}.profile"
        with open(paths[name], "w", encoding="utf-8") as f:
            f.write(text)
    return paths


def test_check(paths):
    r = run("check", paths["good"])
    check("a good file is good", r.returncode == 0 and r.stdout ==
          f"{paths['good']}: profile good, class environment, 2 blocks of "
          "6 registers, 2 quantities: good\n" and not r.stderr, r)
    r = run("check", paths["other"])
    check("a file that is not found by its name is told",
          r.returncode == 0 and "called good.profile" in r.stdout, r)
    r = run("check", paths["bad"], paths["good"], "/nonexistent")
    check("every file is checked, and one bad one fails",
          r.returncode == 1 and r.stdout.endswith(": good\n") and
          r.stderr == f"bacsctl: {paths['bad']}:4: Function=5: allowed is a "
          "number from 3 to 4\n"
          "bacsctl: /nonexistent: No such file or directory\n", r)
    r = run("check", "--json", paths["bad"], paths["good"])
    rows = json.loads(r.stdout)
    bad, good = rows["profile"]
    check("check --json has one object per file",
          r.returncode == 1 and rows["version"] == 1 and not r.stderr and
          (bad["file"], bad["good"], bad["line"]) ==
          (paths["bad"], False, 4) and "from 3 to 4" in bad["error"] and
          (good["good"], good["name"], good["blocks"], good["registers"],
           good["quantities"], good["error"]) ==
          (True, "good", 2, 6, 2, None), r)
    for arguments in ((), ("check",), ("show",), ("show", "a", "b"),
                      ("chek", paths["good"])):
        r = run(*arguments)
        check(f"profile {' '.join(arguments)}: usage", r.returncode == 2 and
              r.stderr, r)
    shipped = [f"{PROFILES}/{f}" for f in os.listdir(PROFILES)
               if f.endswith(".profile")]
    r = run("check", *shipped)
    check("what is shipped is good", len(shipped) >= 7 and
          r.returncode == 0 and not r.stderr and "note" not in r.stdout, r)


def test_show(paths):
    r = run("show", paths["good"])
    for text in ("class environment", "input registers 0 to 1",
                 "holding registers 256 to 259", "raw * 100 - 40000",
                 "raw * -1 / 3", "from -40000, unless raw 0x7fff", "to 1000",
                 "u32 low first", "10 scans"):
        check(f"show says '{text}'", r.returncode == 0 and text in r.stdout, r)
    r = run("show", "--json", paths["good"])
    p, = json.loads(r.stdout)["profile"]
    check("show --json has the blocks", p["blocks"] == [
        {"function": 4, "start": 0, "count": 2},
        {"function": 3, "start": 256, "count": 4}], p)
    check("show --json has a field whole", p["fields"][1] == {
        "quantity": "humidity_permille", "block": 1, "register": 258,
        "width": 32, "signed": False, "low_word_first": True,
        "multiplier": -1, "divisor": 3, "offset": 0, "every": 10,
        "valid_flag": 0, "invalid": None, "min": -2147483648, "max": 1000}, p)
    r = run("show", paths["bad"])
    check("a bad file is not shown", r.returncode == 1 and not r.stdout and
          ":4: Function=5" in r.stderr, r)
    r = run("show", "no-such-profile")
    check("an unknown name says where it was looked for", r.returncode == 1 and
          "/etc/bacs/profiles" in r.stderr, r)


def main():
    with tempfile.TemporaryDirectory() as folder:
        paths = files(folder)
        test_check(paths)
        test_show(paths)
    print(f"1..{len(results)}")
    for n, (name, passed) in enumerate(results, 1):
        print(f"{'ok' if passed else 'not ok'} {n} {name}")
    return not all(passed for _, passed in results)


sys.exit(main())
