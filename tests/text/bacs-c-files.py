#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The files bacs-c-CLASS.profile say what the driver has built in (MASTER 3).

Usage: bacs-c-files.py BACS-C-MAP BACSCTL PROFILES-DIRECTORY

Field by field: what bacs-c-map prints out of the driver's own tables against
what bacsctl profile show --json reads from the files.
"""
import json
import subprocess
import sys


def output(*command):
    return json.loads(subprocess.run(command, check=True, text=True,
                                     capture_output=True).stdout)


def differences(built_in, file):
    for key in ("response_ms", "blocks"):
        if file[key] != built_in[key]:
            yield f"{key}: built in {built_in[key]}, file {file[key]}"
    want = {f["quantity"]: f for f in built_in["fields"]}
    have = {f["quantity"]: f for f in file["fields"]}
    for name in want.keys() | have.keys():
        if name not in have or name not in want:
            yield f"{name}: only {'built in' if name in want else 'in the file'}"
            continue
        for key in want[name].keys() | have[name].keys():
            a, b = want[name].get(key, "nothing"), have[name].get(key, "nothing")
            if a != b:
                yield f"{name}: {key} is {a} built in and {b} in the file"


def main():
    built_in = output(sys.argv[1])
    failed = 0
    print(f"1..{len(built_in)}")
    for n, (name, block) in enumerate(built_in.items(), 1):
        path = f"{sys.argv[3]}/bacs-c-{name}.profile"
        profile, = output(sys.argv[2], "profile", "show", "--json",
                          path)["profile"]
        wrong = list(differences(block, profile))
        if profile["class"] != name:
            wrong.append(f"class is {profile['class']}")
        for text in wrong:
            print(f"# {path}: {text}")
        failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {n} {path.rsplit('/', 1)[1]} "
              f"says the same in {len(block['fields'])} fields")
    return 1 if failed or len(built_in) != 4 else 0


sys.exit(main())
