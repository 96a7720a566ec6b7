#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A library exports what its header declares and its map lists, no more.

Usage: symbols.py LIBRARY MAP HEADER [PRIVATE-SYMBOL...]

Also: every function in the header has a documentation comment.
"""
import re
import subprocess
import sys


def exported(library):
    out = subprocess.run(["nm", "-D", "--defined-only", library], check=True,
                         text=True, capture_output=True).stdout
    # versions themselves are absolute symbols
    return {line.split()[-1].split("@")[0] for line in out.splitlines()
            if line.split()[-2] != "A"}


def main():
    library, map_path, header = sys.argv[1:4]
    private = set(sys.argv[4:])
    with open(header, encoding="utf-8") as f:
        text = f.read()
    code = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    declared = set(re.findall(r"\b(bacs_[a-z0-9_]+)\s*\(", code))
    documented = set(re.findall(r"\* (bacs_[a-z0-9_]+)\(\) - ", text))
    with open(map_path, encoding="utf-8") as f:
        listed = set(re.findall(r"^\t(bacs_[a-z0-9_]+);", f.read(), re.M))
    bad = 0
    for what, left, right in (
            ("exported but not declared", exported(library) - private,
             declared),
            ("declared but not exported", declared, exported(library)),
            ("declared but not in the map", declared, listed),
            ("in the map but not declared", listed - private, declared),
            ("without documentation", declared, documented)):
        for name in sorted(left - right):
            bad += 1
            print(f"{name}: {what}", file=sys.stderr)
    if not declared:
        bad += 1
        print(f"{header}: no function found", file=sys.stderr)
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
