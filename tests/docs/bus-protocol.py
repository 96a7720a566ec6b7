#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Documentation/bus-protocol.rst against driver/bacs_c.[ch].

Every register, flag, mode and constant must stand in both with one number;
units and signs must fit; every frame of the page must have a right CRC and
every time must be what the formulas give.
"""
import math
import re
import sys
from pathlib import Path

import ctext

TOP = Path(__file__).resolve().parents[2]
PAGE = (TOP / 'Documentation/bus-protocol.rst').read_text()
HEADER = (TOP / 'driver/bacs_c.h').read_text()
TABLES = (TOP / 'driver/bacs_c.c').read_text()
UAPI = (TOP / 'include/uapi/linux/bacs.h').read_text()

BLOCKS = ('JAR', 'STRING', 'ENV', 'IO', 'IDENT', 'HOLD')
NOT_ON_PAGE = ('_REGISTERS',)
# Written out in the row of the register that carries them
IN_TEXT = {'IDENT_MAGIC_0': 'IDENT_MAGIC_HI', 'IDENT_MAGIC_1': 'IDENT_MAGIC_LO'}
UNITS = {'MV': 'mV', 'DC': '0.1 °C', 'UOHM': 'uOhm', 'PERMILLE': '0.1 %',
         'MA': 'mA', 'MAH': 'mAh', 'PPM': 'ppm', 'S': 's', 'MS': 'ms'}


def rows():
    """{name: (number, text of the row with its continuation lines)}"""
    found, last = {}, None
    for line in PAGE.splitlines():
        m = re.match(r'(0x[0-9A-F]{4}|\d+)\s+``([A-Z0-9_]+)``(.*)', line)
        if m:
            last = m[2]
            if last in found:
                raise SystemExit(f'{last} stands on the page twice')
            found[last] = (int(m[1], 0), m[3])
        elif last and line.startswith(' '):
            found[last] = (found[last][0], found[last][1] + ' ' + line)
        else:
            last = None
    return found


def from_header():
    """{name as on the page: number}"""
    found = {}
    for members in ctext.enums(HEADER).values():
        for name, value in members:
            name = name.removeprefix('BACS_C_')
            if name.startswith('IDENT_'):
                value += ctext.constants(HEADER)['BACS_C_IDENT_START']
            found[name] = value
    for name, value in ctext.constants(HEADER).items():
        found[name.removeprefix('BACS_C_')] = value
    for name, value in ctext.enums(UAPI)['bacs_class']:
        if value:
            found[name.removeprefix('BACS_')] = value
    return {n: v for n, v in found.items() if not n.endswith(NOT_ON_PAGE)}


def crc(data):
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
    return value


def frames():
    """Literal blocks that are nothing but hexadecimal bytes"""
    blocks, block, literal = [], [], False
    for line in PAGE.splitlines() + ['end']:
        if re.fullmatch(r'\s+[0-9A-F]{2}( [0-9A-F]{2})*', line) and literal:
            block.append(line)
        elif line.strip() or block:
            if block:
                blocks.append(bytes.fromhex(' '.join(block)))
            block = []
            literal = line.rstrip().endswith('::')
    return blocks


def numbers(on_page, header):
    for name, value in header.items():
        if name in IN_TEXT:
            if f'0x{value:04X}' not in on_page.get(IN_TEXT[name], (0, ''))[1]:
                yield f'{IN_TEXT[name]}: the page does not say 0x{value:04X}'
        elif name not in on_page:
            yield f'{name} = {value} is in the header and not on the page'
        elif on_page[name][0] != value:
            yield f'{name}: page {on_page[name][0]}, header {value}'
    for name in on_page:
        if name not in header:
            yield f'{name} is on the page and not in the header'


def lengths(on_page):
    start = ctext.constants(HEADER)['BACS_C_IDENT_START']
    chars = ctext.constants(HEADER)['BACS_C_IDENT_MODEL_CHARS']
    for members in ctext.enums(HEADER).values():
        name, value = members[-1]
        m = re.fullmatch(r'BACS_C_(\w+)_REGISTERS', name)
        if not m or m[1] not in BLOCKS:
            continue
        last = max(n for key, (n, _) in on_page.items()
                   if key.startswith(m[1] + '_') and
                   not (m[1] == 'HOLD' and n >= 16) and key in header_names())
        if m[1] == 'IDENT':
            last = last - start + chars // 2 - 1
        if last != value - 1:
            yield f'{m[1]}: last register is {last}, header says {value - 1}'


def header_names():
    return {n.removeprefix('BACS_C_')
            for members in ctext.enums(HEADER).values() for n, _ in members} | \
           {'HOLD_LEASE_S', 'HOLD_LEASE_MAP'}


def units(on_page):
    for name, (_, text) in on_page.items():
        if not name.startswith(BLOCKS) or name.startswith('HOLD') or \
           name.endswith(('_LO', 'MAGIC_HI')) or name not in header_names():
            continue
        suffix = name.removesuffix('_HI').rsplit('_', 1)[-1]
        unit = UNITS.get(suffix)
        if unit and not re.match(rf'\s+{re.escape(unit)}(\s|$)', text):
            yield f'{name}: the unit should be {unit}, the row says {text!r}'


def fields(on_page):
    """Validity flags and signs as the driver decodes them"""
    found = re.findall(r'(FIELD\w*)\(\s*BACS_QUANTITY_\w+,\s*BACS_C_(\w+),\s*'
                       r'(0|BACS_C_FLAG_\w+)\s*\)', TABLES)
    if len(found) < 20:
        yield f'only {len(found)} fields found in bacs_c.c'
    for kind, name, flag in found:
        text = on_page.get(name, (0, ''))[1]
        want = 'always' if flag == '0' else flag.removeprefix('BACS_C_FLAG_')
        if not re.search(rf'\b{want}\b', text):
            yield f'{name}: the driver shows it if {want}, the row says {text!r}'
        signed = kind in ('FIELD_TEMP', 'FIELD_S32')
        if signed != ('signed' in text):
            yield f'{name}: the driver reads it signed: {signed}'


def times():
    def chars(baud, form):
        return (11 if form == '8E1' else 10) / baud

    def t35(baud, form):
        return 0.00175 if baud > 19200 else 3.5 * chars(baud, form)

    silence = re.findall(r'^(\d+)\s+(8[EN]1)\s+([\d.]+) us\s+([\d.]+) ms$', PAGE,
                         flags=re.M)
    slots = re.findall(r'^(\d+)\s+(8[EN]1)\s+(\d+) ms\s+(\d+) ms$', PAGE,
                       flags=re.M)
    if len(silence) < 5 or len(slots) < 3:
        yield 'the tables of times were not found'
    for baud, form, char, gap in silence:
        want = (f'{chars(int(baud), form) * 1e6:.1f}',
                f'{t35(int(baud), form) * 1e3:.3f}')
        if (char, gap) != want:
            yield f'{baud} {form}: page {char} us, {gap} ms; want {want}'
    for baud, form, one, all16 in slots:
        want = math.ceil((14 * chars(int(baud), form) + t35(int(baud), form) +
                          0.005) * 1e3)
        if (int(one), int(all16)) != (want, 16 * want):
            yield f'{baud} {form}: page slot {one} ms, {all16} ms; want {want}'


def frame_faults():
    found = frames()
    if len(found) < 20:
        yield f'only {len(found)} frames found'
    for frame in found:
        if crc(frame):
            yield f'wrong CRC: {frame.hex(" ")}, want ' \
                  f'{crc(frame[:-2]).to_bytes(2, "little").hex(" ")}'
        if not 4 <= len(frame) <= 256:
            yield f'{len(frame)} bytes: {frame.hex(" ")}'


def main():
    report = ctext.Report()
    on_page, header = rows(), from_header()
    report.check('page and header have the same names and numbers',
                 numbers(on_page, header))
    report.check('blocks are as long as the header says', lengths(on_page))
    report.check('units follow from the names', units(on_page))
    report.check('validity and signs are what the driver decodes',
                 fields(on_page))
    report.check('times are what the formulas give', times())
    report.check('every frame has a right CRC', frame_faults())
    return report.end()


if __name__ == '__main__':
    sys.exit(main())
