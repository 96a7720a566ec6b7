#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A scenario that is wrong is refused with file, line, reason:  errors.py PROGRAM

Nothing of it runs: the exit status is 2.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

HEAD = '[run]\nduration = 1h\n[site]\nstrings = 2\nblocks = 4\n'

# what the file says, line of the message, part of the message
CASES = {
    'unknown section': (HEAD + '[faults]\n', 6, "no section; there are: [run]"),
    'line before a section': ('strings = 2\n', 1, 'stands in no section'),
    'unknown key': (HEAD + 'colour = red\n', 6,
                    "[site] has no key 'colour'; it has: charger, chemistry, strings"),
    'no value': (HEAD + 'capacity\n', 6, 'is not KEY = VALUE'),
    'no number': (HEAD + 'capacity = many\n', 6,
                  "'many' is no number with Ah"),
    'wrong unit': (HEAD + 'capacity = 100V\n', 6, 'no number with Ah'),
    'hexadecimal': (HEAD + 'capacity = 0x10Ah\n', 6, 'no number with Ah'),
    'infinite': (HEAD + 'capacity = infAh\n', 6, 'no number with Ah'),
    'out of range': (HEAD + 'capacity = 9000Ah\n', 6,
                     'out of range, 1 to 6000 (Ah)'),
    'too many strings': ('[site]\nstrings = 17\n', 2,
                         'no whole number from 1 to 16'),
    'negative blocks': ('[site]\nblocks = -1\n', 2, 'no whole number'),
    'odd voltage': (HEAD + 'voltage = 8\n', 0, '8 is none of: 2, 4, 6, 12'),
    'neither yes nor no': (HEAD + 'sensor = maybe\n', 6,
                           'neither yes nor no'),
    'unknown chemistry': (HEAD + 'chemistry = lithium\n', 6,
                          'none of: agm, gel, flooded'),
    'unknown charger': (HEAD + 'charger = magic\n', 6,
                        'none of: float, boost, cycle'),
    'seeds': ('[run]\nseeds = 5-1\n', 2, 'no range such as 1-5'),
    'bad draw': (HEAD + '[draw]\nx = red\n', 7, 'none of: block, string'),
    'units of a draw differ': (HEAD + '[draw]\nx = 1h..2d\n', 7,
                               'none of: block, string'),
    'drawn twice': (HEAD + '[draw]\nx = block\nx = block\n', 8,
                    'x is drawn twice'),
    'name of a draw': (HEAD + '[draw]\nX1 = block\n', 7, 'is no name'),
    'not drawn': (HEAD + '[actions]\n$start restart\n', 7,
                  "'$start' is not drawn"),
    'unknown action': (HEAD + '[actions]\n1min explode\n', 7,
                       "'explode' is no action; there are: fault"),
    'no action': (HEAD + '[actions]\n1min\n', 7, 'TIME ACTION'),
    'action without time': (HEAD + '[actions]\nrestart now\n', 7,
                            "time: 'restart' is no number with s, min"),
    'after the end': (HEAD + '[actions]\n2h restart\n', 7,
                      'after the end of the run'),
    'no such block': (HEAD + '[actions]\n1min silent 5S1\n', 7,
                      "'5S1' is no block of the site: 1S1 to 4S2"),
    'no such string': (HEAD + '[actions]\n1min open S3\n', 7,
                       "'S3' is no string of the site: S1 to S2"),
    'missing argument': (HEAD + '[actions]\n1min fault shorted-cell 1S1\n', 7,
                         'fault: severity is missing'),
    'unknown fault': (HEAD + '[actions]\n1min fault rust 1S1 1\n', 7,
                      "fault: 'rust' is none of: shorted-cell"),
    'no end': (HEAD + '[actions]\n1min restart for 1h\n', 7,
               "restart: unexpected 'for'"),
    'not again and again': (HEAD + '[actions]\n1min silent 1S1 every 1h\n', 7,
                            "silent: unexpected 'every'"),
    'no time between': (HEAD + '[actions]\n1min restart every\n', 7,
                        "no time after 'every'"),
    'for without time': (HEAD + '[actions]\n1min silent 1S1 for\n', 7,
                         "no time after 'for'"),
    'unknown expectation': (HEAD + '[expect]\nhope all\n', 7,
                            'an expectation is: alarm|clear'),
    'expectation without time': (HEAD + '[expect]\nalarm bus-lost on bacsA\n',
                                 7, "needs 'within TIME of TIME'"),
    'no object': (HEAD + '[actions]\n1min acknowledge bus-lost bacsC\n', 7,
                  "'bacsC' is neither site nor bus"),
    'object is missing': (HEAD + '[actions]\n1min shelve bus-lost\n', 7,
                          'shelve: object is missing'),
    'no kind of alarm': (HEAD + '[actions]\n1min acknowledge rust site\n', 7,
                         "alarm: 'rust' is none of: "),
    'no level of a test': (HEAD + '[actions]\n1min test red for 1min\n', 7,
                           "level: 'red' is none of: advisory, warning, alarm"),
    'no change': (HEAD + '[expect]\nchange bus-lost within 1h of 0s\n', 7,
                  "change needs 'to CHANGE'"),
    'unknown change': (HEAD + '[expect]\nchange bus-lost to rust within 1h of 0s\n',
                       7, "'rust' is no change of an alarm"),
    'change of no change': (HEAD + '[expect]\nclear bus-lost to shelved within '
                            '1h of 0s\n', 7, "'to' is none of: on, level"),
    'quiet for how long': (HEAD + '[expect]\nquiet bus-lost on bacsA\n', 7,
                           "quiet needs 'within TIME of TIME'"),
    'unknown clause': (HEAD + '[expect]\nalarm x at 5h\n', 7,
                       "'at' is none of: on, level"),
    'unknown alarm': (HEAD + '[expect]\nalarm rust on 1S1 within 1h of 0\n', 7,
                      "'rust' is no kind of alarm"),
    'unknown level': (HEAD + '[expect]\nallow bus-lost level red\n', 7,
                      "'red' is no level"),
    'unknown state': (HEAD + '[expect]\nstate tired on S1 within 1h of 0\n', 7,
                      "'tired' is no state of a string"),
}


def main(program):
    print('TAP version 13')
    print(f'1..{len(CASES) + 1}')
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, case) in enumerate(CASES.items(), 1):
            text, line, part = case
            path = Path(folder) / 'wrong.scenario'
            path.write_text(text)
            run = subprocess.run([program, path], capture_output=True,
                                 text=True)
            good = (run.returncode == 2 and not run.stdout and
                    any(f'wrong.scenario:{line}: ' in m and part in m
                        for m in run.stderr.splitlines()))
            print('ok' if good else 'not ok', number, '-', name)
            if not good:
                bad += 1
                print('# status', run.returncode)
                for m in (run.stdout + run.stderr).splitlines():
                    print('#', m)
        run = subprocess.run([program, Path(folder) / 'none'],
                             capture_output=True, text=True)
        good = run.returncode == 2 and 'No such file' in run.stderr
        print('ok' if good else 'not ok', len(CASES) + 1, '- no such file')
    return bad or not good


if __name__ == '__main__':
    sys.exit(bool(main(sys.argv[1])))
