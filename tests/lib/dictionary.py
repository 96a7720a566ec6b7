#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compare Documentation/quantities.rst with the library's dictionary.

Usage: dictionary.py [--update] DICTIONARY QUANTITIES.RST
"""
import re
import subprocess
import sys

BLOCK = re.compile(r"^\.\. begin ([a-z-]+)\n.*?^\.\. end \1\n", re.M | re.S)


def blocks(text):
    return {m.group(1): m.group(0) for m in BLOCK.finditer(text)}


def main():
    args = sys.argv[1:]
    update = args[:1] == ["--update"]
    program, path = args[-2:]
    library = blocks(subprocess.run([program], check=True, text=True,
                                    capture_output=True).stdout)
    with open(path, encoding="utf-8") as f:
        text = f.read()
    if update:
        text = BLOCK.sub(lambda m: library[m.group(1)], text)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    document = blocks(text)
    bad = 0
    for name in sorted(library.keys() | document.keys()):
        if library.get(name) == document.get(name):
            continue
        bad += 1
        print(f"{path}: table '{name}' differs from the library's; run "
              f"{sys.argv[0]} --update {program} {path}", file=sys.stderr)
    if len(library) < 9:
        bad += 1
        print("the program printed too little", file=sys.stderr)
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
