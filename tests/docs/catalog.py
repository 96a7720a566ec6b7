#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The journal's catalog has an entry for every event that is more than news, and
systemd reads it."""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import ctext

TOP = Path(__file__).resolve().parents[2]
FILE = TOP / 'daemon/data/bacs.catalog'
IDS = (TOP / 'daemon/message-ids.h').read_text()
MAN = TOP / 'Documentation/man'


def entries():
    """{id: text of its entry}"""
    parts = re.split(r'^-- (\w+)\n', FILE.read_text(), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def wanted():
    """{id: kind} of what bacsd.8 gives another severity than info"""
    page = (MAN / 'bacsd.8').read_text()
    return {i: kind for kind, severity, i in
            re.findall(r'^\.It Sy (\S+) , No (.+)\n([0-9a-f]{32})$', page, flags=re.M)
            if severity != 'info'}


def missing():
    kinds = wanted()
    if len(kinds) < 15:
        yield f'only {len(kinds)} kinds were found in bacsd.8'
    have = entries()
    for i, kind in kinds.items():
        if i not in have:
            yield f'{kind}: no entry {i}'
    for i in have:
        if f'"{i}"' not in IDS:
            yield f'{i} is no id of message-ids.h'


def formless():
    for i, text in entries().items():
        head, _, body = text.partition('\n\n')
        for field in 'Subject', 'Defined-By', 'Documentation':
            if not re.search(rf'^{field}: \S', head, flags=re.M):
                yield f'{i}: no {field}'
        if not body.strip():
            yield f'{i}: no text'
        for field in re.findall(r'@(\w+)@', text):
            if f'"{field}=' not in (TOP / 'daemon/journal.c').read_text():
                yield f'{i}: bacsd writes no field {field}'


def unknown_commands():
    page = (MAN / 'bacsctl.1').read_text()
    known = set(re.findall(r'^\.Cm ([a-z]+(?: [a-z-]+)?)', page, flags=re.M))
    for text in entries().values():
        for command in re.findall(r'"bacsctl\s([^"]*)"', text):
            words = ' '.join(command.split()[:2])
            if words not in known and words.split()[0] not in known:
                yield f'bacsctl {command}: not in bacsctl.1'
            elif ' ' in words and words not in known:
                yield f'bacsctl {words}: not in bacsctl.1'


def unread():
    """What systemd makes of it"""
    with tempfile.TemporaryDirectory() as root:
        for part in 'usr/lib/systemd/catalog', 'var/lib/systemd/catalog':
            (Path(root) / part).mkdir(parents=True)
        (Path(root) / 'usr/lib/systemd/catalog/bacs.catalog').write_text(FILE.read_text())
        for command in '--update-catalog', '--list-catalog':
            ran = subprocess.run(['journalctl', f'--root={root}', command],
                                 capture_output=True, text=True)
            if ran.returncode or ran.stderr:
                yield f'journalctl {command}: {ran.returncode} {ran.stderr.strip()}'
        listed = dict(line.split(' bacs: ', 1) for line in ran.stdout.splitlines()
                      if ' bacs: ' in line)
    for i in entries():
        if i not in listed:
            yield f'{i} is not in what systemd lists'


def main():
    report = ctext.Report()
    report.check('events that are more than news have an entry', missing())
    report.check('entries have their fields', formless())
    report.check('commands they name exist', unknown_commands())
    report.check('systemd reads them', unread())
    return report.end()


if __name__ == '__main__':
    sys.exit(main())
