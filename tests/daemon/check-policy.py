#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""policy/ includes no socket, file or clock, and calls none.

check-policy.py FOLDER ARCHIVE: looks at the #include lines of the folder and
at the undefined symbols of the objects made of it.
"""
import pathlib
import re
import subprocess
import sys

HEADERS = {"errno.h", "stdarg.h", "stdbool.h", "stddef.h", "stdint.h",
           "stdio.h", "stdlib.h", "string.h"}
# stdio.h is there for these two alone
CALLS = {"snprintf", "vsnprintf", "calloc", "malloc", "realloc", "free",
         "memcpy", "memmove", "memset", "memcmp", "strcmp", "strcpy",
         "strlen", "strncmp"}
# of libbacs: the dictionary
DICTIONARY = re.compile(r"bacs_(q|colour|busstate|modstate|modclass|limit)_")
COMPILER = re.compile(r"(_GLOBAL_OFFSET_TABLE_|__stack_chk_fail|__(a|ub)san_.*"
                      r"|__asan.*|__gcov.*|llvm_.*|__llvm.*)$")

folder, archive = sys.argv[1:]
root = pathlib.Path(folder)
OWN = {"bacs.h"} | {str(p.relative_to(root.parent)) for p in root.rglob("*.h")}
bad = []

for path in sorted(root.rglob("*.[ch]")):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        found = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
        if found and found[1] not in HEADERS | OWN:
            bad.append(f"{path}:{number}: includes {found[1]}")

output = subprocess.run(["nm", archive], check=True, text=True,
                        capture_output=True).stdout
defined, wanted = set(), set()
for line in output.splitlines():
    words = line.split()
    if len(words) == 2 and words[0] == "U":
        wanted.add(words[1])
    elif len(words) == 3:
        defined.add(words[2])
if not any(s.startswith("policy_") for s in defined):
    sys.exit(f"{archive} defines nothing of the policy")
for symbol in sorted(wanted - defined):
    plain = re.sub(r"^__(\w+?)_chk$", r"\1", symbol)
    if (plain not in CALLS and not DICTIONARY.match(symbol)
            and not COMPILER.match(symbol)):
        bad.append(f"{archive}: calls {symbol}()")

print("\n".join(bad) or f"{len(wanted - defined)} outside symbols, all allowed")
sys.exit(bool(bad))
