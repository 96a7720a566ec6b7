#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Options of the programs against their pages:  options.py BACSCTL ATTACH SIM

Every form of a bacsctl command in its --help stands in the synopsis with the
same options, and the other way round; every option of a --help is a tag of the
page, and every tag an option. Output is TAP.
"""
import re
import subprocess
import sys
from pathlib import Path

MAN = Path(__file__).resolve().parents[2] / 'Documentation/man'
BACSCTL, ATTACH, SIM = sys.argv[1:]


def help_of(*command):
    return subprocess.run([*command, '--help'], capture_output=True, text=True,
                          check=True).stdout


def long_options(text):
    return set(re.findall(r'--([a-z][a-z0-9-]*)', text))


def page(name):
    return (MAN / name).read_text()


def synopsis(text):
    return text[text.index('.Sh SYNOPSIS'):text.index('.Sh DESCRIPTION')]


def of_page(text):
    """{command words: options} of a synopsis; mdoc writes --json as Fl -json"""
    forms = {}
    for form in re.split(r'^\.Nm.*$', synopsis(text), flags=re.M)[1:]:
        lines = form.strip().splitlines()
        words = []
        for line in lines:
            # "Cm a b" are words, not "Op Cm a" and "Cm a | b"
            if not line.startswith('.Cm ') or '|' in line:
                break
            words += re.split(' (?:Ar|Fl) ', line.removeprefix('.Cm '))[0].split()
        key = ' '.join(words)
        forms.setdefault(key, set()).update(re.findall(r'Fl -([a-z0-9-]+)', form))
    return forms


def of_help(text):
    """The same of the lines that begin with the program's name"""
    forms = {}
    usage = text.split('\n\n')[0].removeprefix('Usage: ')
    for form in re.split(r'^ *bacsctl ', '\n' + usage, flags=re.M)[1:]:
        words = []
        for word in form.split():
            if not re.fullmatch('[a-z][a-z-]*', word):
                break
            words.append(word)
        key = ' '.join(words)
        forms.setdefault(key, set()).update(long_options(form))
    return forms


def forms_of_bacsctl():
    told = {}
    text = help_of(BACSCTL)
    for command in re.findall(r'^  ([a-z]+) ', text, re.M):
        for key, options in of_help(help_of(BACSCTL, command)).items():
            told.setdefault(key, set()).update(options)
    written = of_page(page('bacsctl.1'))
    for key in sorted(told.keys() | written.keys()):
        if key not in written:
            yield f'bacsctl {key}: not in the synopsis of bacsctl.1'
        elif key not in told:
            yield f'bacsctl {key}: in bacsctl.1, but not in its --help'
        elif told[key] != written[key]:
            yield (f'bacsctl {key}: --help has {sorted(told[key])}, '
                   f'bacsctl.1 {sorted(written[key])}')


def compare(program, told, name):
    text = page(name)
    written = set()
    for tag in re.findall(r'^\.It (.*Fl .*)$', text, re.M):
        written |= set(re.findall(r'Fl -([a-z0-9-]+)', tag))
    for option in sorted(told - written):
        yield f'{program} --{option}: no tag in {name}'
    for option in sorted(written - told):
        yield f'{program} --{option}: in {name}, but not in its --help'


def options_of_bacsctl():
    told = set()
    for command in re.findall(r'^  ([a-z]+) ', help_of(BACSCTL), re.M):
        told |= long_options(help_of(BACSCTL, command))
    return compare('bacsctl', told - {'help'}, 'bacsctl.1')


def options_of_bacs_attach():
    return compare('bacs-attach', long_options(help_of(ATTACH)),
                   'bacs-attach.8')


def options_of_bacs_sim():
    return compare('bacs-sim', long_options(help_of(SIM)), 'bacs-sim.1')


TESTS = [forms_of_bacsctl, options_of_bacsctl, options_of_bacs_attach,
         options_of_bacs_sim]


def main():
    failed = 0
    print(f'1..{len(TESTS)}')
    for number, test in enumerate(TESTS, 1):
        wrong = list(test())
        failed += bool(wrong)
        print(f'{"not " if wrong else ""}ok {number} - {test.__name__}')
        for line in wrong:
            print(f'# {line}')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
