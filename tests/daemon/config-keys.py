#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""bacsd.conf(5) and the parser's table say the same, key by key.

config-keys.py PROGRAM SOURCE [--table]: PROGRAM prints the table; --table
prints what the page should have for the limits.
"""
import pathlib
import re
import subprocess
import sys

program, source = sys.argv[1:3]
page = pathlib.Path(source, "Documentation/man/bacsd.conf.5").read_text()
rows = [line.split("\t") for line in subprocess.run(
    [program], check=True, text=True, capture_output=True).stdout.splitlines()]
bad = []


def roff(text):
    return text.replace("-", r"\-")


def limit_line(key, default, low, high, origin):
    return (f".It Cm {key}= Ta {roff(default)} Ta {roff(low)} to {high} "
            f"Ta {origin}")


limits = [limit_line(key, default, low, high, origin)
          for _, _, what, key, default, low, high, origin in rows
          if what == "limit"]
if "--table" in sys.argv:
    print("\n".join(limits))
    sys.exit()

# the sections, as far as their headings
blocks = {}
for title, text in re.findall(r"^\.Ss \[([^]]+)\]\n(.*?)(?=^\.S[sh] )", page,
                              re.M | re.S):
    blocks[title] = text


def spoken(text):
    """Numbers as they are written or said: 0.010A, 0.01A."""
    plain = re.sub(r"(\.\d*?)0+([A-Za-z]*)$", r"\1\2", text)
    return {text, plain, re.sub(r"\.([A-Za-z]*)$", r"\1", plain),
            re.sub(r"[A-Za-z]+$", "", text)}


def item_text(block, key):
    """What a .It with the key is followed by."""
    found = re.search(rf"^\.It Cm (?:[^\n]*\s)?{key}=[^\n]*\n(.*?)"
                      rf"(?=^\.It |^\.El)", block, re.M | re.S)
    return found and found[0]


def check_key(section, named, key, default, low, high):
    titles = [t for t in blocks if t.split()[0] == section
              and (" " in t) == (named == "named")]
    if len(titles) != 1:
        bad.append(f"[{section}] is not one section of the page: {titles}")
        return
    text = item_text(blocks[titles[0]], key)
    if not text:
        bad.append(f"[{titles[0]}] of the page has no {key}=")
        return
    words = set(re.split(r"[\s,;:]+|(?<=\w)\.(?=\s)", text))
    words |= {w.lstrip("\\") for w in words} | set(text.split())
    if default and default not in ("0",) and not words & spoken(default):
        bad.append(f"[{titles[0]}] {key}=: the page does not name the default "
                   f"{default}")
    for bound in low, high:
        if bound and not words & spoken(bound):
            bad.append(f"[{titles[0]}] {key}=: the page does not name {bound}")


page_limits = re.findall(r"^\.It Cm \S+= Ta .*$", page, re.M)
for line in limits:
    if line not in page_limits:
        bad.append(f"the page has no line: {line}")
for line in page_limits:
    if line not in limits:
        bad.append(f"the page has, the table has not: {line}")
for section, named, what, key, default, low, high, _ in rows:
    if what == "key":
        check_key(section, named, key, default, low, high)
    elif not item_text(blocks["Limits"], key) and not re.match(
            r"(Float|Boost|Rest|Discharge|Recharge)Voltage(Low|High)", key):
        bad.append(f"[Limits] does not explain {key}=")
# and nothing that the table has not
known = {(section, row[3]) for row in rows for section in [row[0]]}
for title, text in blocks.items():
    for line in re.findall(r"^\.It Cm ([^\n]*)$", text, re.M):
        for key in re.findall(r"([A-Z][A-Za-z]+)=", line.split(" Ta ")[0]):
            if (title.split()[0], key) not in known:
                bad.append(f"[{title}] {key}= is in the page alone")

print("\n".join(bad) or f"{len(rows)} keys are the same in page and table")
sys.exit(bool(bad))
