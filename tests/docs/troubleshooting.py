#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages that Documentation/troubleshooting.rst explains are said by a program."""
import re
import sys
from pathlib import Path

import ctext

TOP = Path(__file__).resolve().parents[2]
PAGE = (TOP / 'Documentation/troubleshooting.rst').read_text()


def strings():
    """All string literals of the programs, those that follow each other joined"""
    for folder in 'driver', 'lib', 'daemon', 'tools':
        for path in sorted((TOP / folder).rglob('*.[ch]')):
            text = ctext.strip_comments(path.read_text())
            for run in re.findall(r'(?:"(?:[^"\\\n]|\\.)*"\s*)+', text):
                yield ''.join(re.findall(r'"((?:[^"\\\n]|\\.)*)"', run))


def messages():
    """Literals of the lines that begin a definition"""
    lines = PAGE.splitlines()
    for line, after in zip(lines, lines[1:]):
        if not line.startswith('\t') and after.startswith('\t') and line.startswith('``'):
            yield from re.findall(r'``([^`]+)``', line)


def said(message, texts):
    """Whether a text has its fixed parts in their order, with a value between"""
    parts = [re.escape(p.strip()) for p in message.split('…')]
    pattern = re.compile(r'.*%.*'.join(p for p in parts if p) +
                         ('.*%' if message.endswith('…') else ''))
    return any(pattern.search(t) for t in texts)


def unsaid():
    texts, found = list(strings()), list(messages())
    if len(found) < 20:
        yield f'only {len(found)} messages were found on the page'
    for message in found:
        if not said(message, texts):
            yield f'nobody says "{message}"'


def main():
    report = ctext.Report()
    report.check('messages of troubleshooting.rst exist', unsaid())
    return report.end()


if __name__ == '__main__':
    sys.exit(main())
