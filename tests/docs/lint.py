#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Form of the documents:  lint.py [BUILD-FOLDER]

Every .rst parses without a warning and its local links lead somewhere; every
manual page is clean for mandoc and groff; with a build folder, every program
that is installed has a manual page; every source says its licence in its first
lines.
"""
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import ctext

TOP = Path(__file__).resolve().parents[2]
DOC = TOP / 'Documentation'
MAN = DOC / 'man'
LICENSED = {'.c', '.h', '.py', '.sh', '.rst', '.build', '.yaml', '.map'}
LICENSED_NAMES = {'Makefile', 'Kbuild', 'Kconfig', 'run', 'meson_options.txt'}


def name(path):
    return str(path.relative_to(TOP))


def sources():
    for folder, folders, files in os.walk(TOP):
        folders[:] = [f for f in folders
                      if not f.startswith(('.', 'build')) and
                      f not in ('LICENSES', '__pycache__', 'corpus')]
        for file in files:
            path = Path(folder) / file
            if path.suffix in LICENSED or file in LICENSED_NAMES:
                yield path


def licences():
    for path in sorted(sources()):
        with path.open(errors='replace') as f:
            head = ''.join(f.readline() for _ in range(3))
        if 'SPDX-License-Identifier:' not in head:
            yield f'{name(path)}: no SPDX line in its first three lines'


def rst_pages():
    return sorted(DOC.rglob('*.rst'))


def parse(path):
    import docutils.core
    import docutils.utils
    messages = []

    class Collect:
        def write(self, text):
            messages.append(text)

    tree = docutils.core.publish_doctree(
        path.read_text(), source_path=name(path),
        settings_overrides={'warning_stream': Collect(), 'report_level': 2,
                            'halt_level': 5, 'file_insertion_enabled': False,
                            # Pygments is nothing a reader of faults needs
                            'syntax_highlight': 'none'})
    return tree, ''.join(messages)


def rst_faults():
    for path in rst_pages():
        _, messages = parse(path)
        for line in messages.splitlines():
            if line.strip():
                yield line


def link_faults():
    from docutils import nodes
    for path in rst_pages():
        tree, _ = parse(path)
        for node in tree.findall(nodes.reference):
            target = node.get('refuri', '')
            if not target or re.match(r'[a-z]+:', target):
                continue
            if not (path.parent / target.split('#')[0]).exists():
                yield f'{name(path)}: link to {target}, which is not there'


def markdown_link_faults():
    for path in sorted(TOP.glob('*.md')):
        for target in re.findall(r'\]\(([^)\s]+)\)', path.read_text()):
            if re.match(r'[a-z]+:|#', target):
                continue
            if not (TOP / target.split('#')[0]).exists():
                yield f'{name(path)}: link to {target}, which is not there'


def maintained_faults():
    for pattern in re.findall(r'^F:\s+(\S+)$', (TOP / 'MAINTAINERS').read_text(),
                              re.M):
        if not list(TOP.glob(pattern.rstrip('/'))):
            yield f'MAINTAINERS: {pattern} is not there'


def nightly_faults():
    """What runs only at night is listed, and what is listed runs"""
    text = (TOP / 'Documentation/testing.rst').read_text()
    block = re.search(r'^Only at night come.*?\n\n(.*?)\n\n', text, re.M | re.S)
    listed = set(re.findall(r'^``([\w-]+)``$', block[1], re.M)) if block else set()
    there = {p.name for p in (TOP / 'tests/nightly').iterdir()
             if os.access(p, os.X_OK)}
    for test in sorted(listed ^ there):
        yield f'tests/nightly/{test}: ' + ('testing.rst does not list it'
                                           if test in there else
                                           'listed in testing.rst, not there')


def man_pages():
    return sorted(p for p in MAN.glob('*.[1-9]'))


def mandoc_faults():
    for path in man_pages():
        run = subprocess.run(['mandoc', '-Tlint', '-Wwarning', str(path)],
                             capture_output=True, text=True)
        yield from (line for line in run.stdout.splitlines()
                    if ' referenced manual not found' not in line)


def groff_faults():
    env = dict(os.environ, MANROFFSEQ='', MANWIDTH='80', LC_ALL='C.UTF-8')
    for path in man_pages():
        run = subprocess.run(['man', '--warnings', '-E', 'UTF-8', '-l', '-Tutf8',
                              '-Z', str(path)], env=env, capture_output=True,
                             text=True, errors='replace')
        yield from (f'{name(path)}: {line}' for line in run.stderr.splitlines())


def programs(build):
    """Names of what is installed into a folder of programs"""
    info = json.loads((build / 'meson-info/intro-installed.json').read_text())
    for target in info.values():
        path = Path(target)
        if path.parent.name in ('bin', 'sbin', 'libexec', 'bacs'):
            if path.parent.name != 'bacs' or 'libexec' in path.parts:
                yield path.name


def missing_pages(build):
    have = {p.name.rsplit('.', 1)[0] for p in man_pages()}
    for program in sorted(set(programs(build))):
        if program not in have:
            yield f'{program} is installed and has no page in ' \
                  f'Documentation/man'


def main():
    report = ctext.Report()
    report.check('every source names its licence', licences())
    report.check('local links of the .md files lead somewhere',
                 markdown_link_faults())
    report.check('MAINTAINERS names what is there', maintained_faults())
    report.check('testing.rst lists the long tests', nightly_faults())
    try:
        import docutils  # noqa: F401
    except ImportError:
        for test in ('every .rst parses', 'links of the .rst lead somewhere'):
            report.skip(test, 'python3-docutils is not installed')
    else:
        report.check('every .rst parses', rst_faults())
        report.check('links of the .rst lead somewhere', link_faults())
    for tool, faults in (('mandoc', mandoc_faults), ('man', groff_faults)):
        test = f'every manual page is clean for {tool}'
        if not shutil.which(tool):
            report.skip(test, f'{tool} is not installed')
        else:
            report.check(test, faults())
    if len(sys.argv) > 1:
        report.check('every installed program has a manual page',
                     missing_pages(Path(sys.argv[1])))
    return report.end()


if __name__ == '__main__':
    sys.exit(main())
