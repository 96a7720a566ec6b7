#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The tests that Documentation/bad-input.rst names exist and are built.

A row that names no test is a promise without one, which is not allowed.
"""
import re
import sys
from pathlib import Path

import ctext

TOP = Path(__file__).resolve().parents[2]
PAGE = (TOP / 'Documentation/bad-input.rst').read_text()


def rows():
    """[item, [tests]] of every row; text in the first column begins a row"""
    found, edges = [], None
    for line in PAGE.splitlines():
        rule = re.fullmatch(r'(=+)(\s+)(=+)(\s+)(=+)', line)
        if rule:
            edges = rule.start(3), rule.start(5)
        elif not line.strip():
            edges = None
        elif edges and not line.startswith('item'):
            item = line[:edges[0]].strip()
            if item:
                found.append((item, []))
            found[-1][1].extend(re.findall(r'``(tests/[^`]+)``',
                                           line[edges[0]:edges[1]]))
    return found


def missing():
    table = rows()
    if len(table) < 20:
        yield f'only {len(table)} rows were found'
    for item, paths in table:
        if not paths:
            yield f'{item}: no test is named'
        for path in paths:
            file = TOP / path
            if not file.exists():
                yield f'{item}: {path} does not exist'


def main():
    report = ctext.Report()
    report.check('every row of bad-input.rst names tests that exist', missing())
    return report.end()


if __name__ == '__main__':
    sys.exit(main())
