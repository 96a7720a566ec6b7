#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The plant calls nothing but libm, and no rule knows the plant.

check-pure.py SOURCE ARCHIVE...: looks at the undefined symbols of the archives
and at the #include lines of the policy.
"""
import pathlib
import re
import subprocess
import sys

MATH = {'cbrt', 'ceil', 'cos', 'exp', 'floor', 'fmax', 'fmin', 'log', 'log10',
        'lround', 'pow', 'sin', 'sqrt', 'hypot', 'fabs', 'sincos'}
STRING = {'memcpy', 'memset', 'memmove'}
COMPILER = re.compile(r'(_GLOBAL_OFFSET_TABLE_|__stack_chk_fail|__(a|ub)san_.*'
                      r'|__asan.*|__gcov.*|llvm_.*|__llvm.*)$')

source = pathlib.Path(sys.argv[1])
defined, wanted = set(), set()
for archive in sys.argv[2:]:
    for line in subprocess.run(['nm', archive], check=True, text=True,
                               capture_output=True).stdout.splitlines():
        words = line.split()
        if len(words) == 2 and words[0] in 'Uw':
            wanted.add(words[1])
        elif len(words) == 3:
            defined.add(words[2])
if 'plant_bank_step' not in defined:
    sys.exit(f'{sys.argv[2:]} define no plant')

bad = [f'the plant calls {s}()' for s in sorted(wanted - defined)
       if s not in MATH | STRING and not COMPILER.match(s)]
headers = {p.name for p in (source / 'plant').glob('*.h')}
rules = sorted((source / 'daemon/policy').glob('*.[ch]'))
if not headers or not rules:
    sys.exit(f'{source} has no plant or no policy')
for path in rules:
    for found in re.findall(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]',
                            path.read_text(), re.M):
        if pathlib.PurePath(found).name in headers:
            bad.append(f'{path} includes {found}')

print('\n'.join(bad) or f'{len(wanted - defined)} outside symbols, all allowed; '
      f'{len(rules)} files of the policy without a header of the plant')
sys.exit(bool(bad))
