#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compile the example of a manual page with every warning on.

Usage: man-example.py PAGE INCLUDE-FOLDER
"""
import os
import re
import subprocess
import sys
import tempfile


def main():
    page, include = sys.argv[1:]
    with open(page, encoding="utf-8") as f:
        found = re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed", f.read(),
                           re.M | re.S)
    if len(found) != 1:
        print(f"{page}: {len(found)} examples instead of 1", file=sys.stderr)
        return 1
    code = found[0].replace("\\e", "\\")
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "example.c")
        with open(source, "w", encoding="utf-8") as f:
            f.write(code)
        return subprocess.run(
            [os.environ.get("CC", "cc"), "-std=gnu11", "-Wall", "-Wextra",
             "-Werror", "-I", include, "-c", source, "-o",
             os.path.join(folder, "example.o")], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
