#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What bacsctl makes of files that cannot be:  files.py BACSCTL PROFILES

Files that are none, captures that cannot be read or are interrupted, output
that nobody takes. Nothing half-written stays, and failure is never silent.
Output is TAP.
"""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

BACSCTL, PROFILES = sys.argv[1:]
PATIENCE_S = 60
HEAD = 'bacs-capture 1 bus=bacsA baud=19200 boot_ns=5000 wall_us=1800000000000000'
GOOD = f'{HEAD}\n6000 request 0104000000031c0b\nend records=1 lost=0\n'


def run(*args, **kwargs):
    return subprocess.run([BACSCTL, *args], stderr=subprocess.PIPE,
                          check=False, timeout=PATIENCE_S, **kwargs)


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, 'wb') as f:
        f.write(text.encode() if isinstance(text, str) else text)
    return path


def what_is_no_file_is_refused(folder):
    os.mkfifo(os.path.join(folder, 'fifo'))
    for path in (folder, os.path.join(folder, 'fifo'), '/dev/zero'):
        for action in 'check', 'show':
            r = run('profile', action, path)
            assert r.returncode == 1, (path, r)
            assert f'{path}: not a regular file'.encode() in r.stderr, r


def a_byte_order_mark_is_named(folder):
    path = write(folder, 'bom', b'\xef\xbb\xbf[Profile]\n')
    r = run('profile', 'check', path)
    assert r.returncode == 1 and b':1: a byte order mark' in r.stderr, r
    assert b'save it as UTF-8 without one' in r.stderr, r


def output_that_nobody_takes_is_a_failure(folder):
    profile = os.path.join(PROFILES, 'xy-md02.profile')
    for args in (['profile', 'check', profile], ['profile', 'show', profile],
                 ['profile', 'check', '--json', profile],
                 ['profile', 'show', '--json', profile],
                 ['bus', 'convert', write(folder, 'c', GOOD), '-']):
        with open('/dev/full', 'wb') as full:
            r = run(*args, stdout=full)
        assert r.returncode == 1, (args, r)
        said = r.stderr.decode()
        assert said.count('standard output: cannot write') == 1, said
        r = run(*args, stdout=subprocess.DEVNULL)
        assert r.returncode == 0, (args, r)


def json_is_utf8_whatever_a_file_is_called(folder):
    names = [b'plain', 'gr\u00fcn'.encode(), b'bad\xff', b'cut\xe2\x82',
             b'long\xc0\xaf', b'half\xed\xa0\x80', b'far\xf4\x90\x80\x80',
             '\u20ac \U0001f50b'.encode(), b'quote"\x1b']
    r = run('profile', 'check', '--json',
            *[os.path.join(folder.encode(), n) for n in names],
            stdout=subprocess.PIPE)
    rows = json.loads(r.stdout.decode('utf-8', 'strict'))['profile']
    got = [os.path.basename(row['file']) for row in rows]
    # one replacement for every byte that belongs to no character
    assert got == ['plain', 'gr\u00fcn', 'bad\ufffd', 'cut\ufffd\ufffd',
                   'long\ufffd\ufffd', 'half\ufffd\ufffd\ufffd',
                   'far' + 4 * '\ufffd', '\u20ac \U0001f50b',
                   'quote"\x1b'], got


def what_cannot_be_read_is_not_converted(folder):
    target = os.path.join(folder, 'out')
    r = run('bus', 'convert', folder, target)
    assert r.returncode == 1, r
    assert f'{folder}: cannot read: Is a directory'.encode() in r.stderr, r
    assert not os.path.exists(target)


def an_interrupted_conversion_leaves_nothing(folder):
    source = os.path.join(folder, 'fifo')
    target = os.path.join(folder, 'out')
    os.mkfifo(source)
    for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
        with subprocess.Popen([BACSCTL, 'bus', 'convert', source, target],
                              stderr=subprocess.PIPE) as process:
            with open(source, 'wb') as f:
                f.write(GOOD[:-20].encode())
                f.flush()
                end = time.monotonic() + PATIENCE_S
                while not os.path.exists(target):
                    assert time.monotonic() < end, 'it never began'
                    time.sleep(0.001)
                process.send_signal(number)
                assert process.wait(PATIENCE_S) == 1, process.returncode
            said = process.stderr.read().decode()
        assert f'{source}: not converted: ' in said, said
        assert not os.path.exists(target)


TESTS = [what_is_no_file_is_refused, a_byte_order_mark_is_named,
         output_that_nobody_takes_is_a_failure,
         json_is_utf8_whatever_a_file_is_called,
         what_cannot_be_read_is_not_converted,
         an_interrupted_conversion_leaves_nothing]


def main():
    failed = 0
    print(f'1..{len(TESTS)}')
    for number, test in enumerate(TESTS, 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                test(folder)
                print(f'ok {number} - {test.__name__}')
            except Exception as error:  # pylint: disable=broad-except
                failed += 1
                print(f'not ok {number} - {test.__name__}')
                print(f'# {type(error).__name__}: {error}'[:2000])
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
