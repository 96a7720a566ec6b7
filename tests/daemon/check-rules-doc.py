#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of Documentation/rules.rst has the alarms of the rules, no others.

check-rules-doc.py SOURCE: compares it with daemon/policy/rules/.
"""
import pathlib
import re
import sys

source = pathlib.Path(sys.argv[1])
policy = source / "daemon/policy"
names = dict(re.findall(r'KIND\((\w+),\s*"([\w-]+)"',
                        (policy / "alarm/kind.c").read_text()))
said = {names[k] for path in (policy / "rules").glob("*.c")
        for k in re.findall(r"\bALARM_(\w+)", path.read_text()) if k in names}
rows = re.findall(r"^   \* - ``([\w-]+)``$",
                  (source / "Documentation/rules.rst").read_text(), re.M)

bad = [f"{n} is not in the table" for n in sorted(said - set(rows))]
bad += [f"no rule says {n}" for n in sorted(set(rows) - said)]
bad += [f"{n} is there twice" for n in sorted(set(rows)) if rows.count(n) > 1]
if not said:
    bad.append("no rule says anything: has the code changed its look?")
print("\n".join(bad) or f"{len(rows)} alarms")
sys.exit(bool(bad))
