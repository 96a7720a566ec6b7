#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Documentation/ABI against the attributes of the driver: names and modes."""
import re
import sys
from pathlib import Path

import ctext

TOP = Path(__file__).resolve().parents[2]
ABI = TOP / 'Documentation/ABI/testing'
BUS = '/sys/bus/bacs/devices/<bus>/'
MODULE = '/sys/bus/bacs/devices/<bus>-<nnn>/'
POWER = '/sys/class/power_supply/<bus>-<nnn>/'


def documented(name):
    """{path: mode}; the mode is the first word of the description"""
    text = (ABI / name).read_text()
    found = {}
    for block in text.split('What:')[1:]:
        path = block.split()[0]
        mode = re.search(r'Description:\s+\((RO|RW|WO)\)', block)
        if path in found:
            raise SystemExit(f'{path} is documented twice')
        found[path] = mode[1] if mode else None
    return found


def source(name):
    return ctext.strip_comments((TOP / 'driver' / name).read_text())


def groups(text):
    """{array: [attribute]} of the attribute arrays in a file"""
    return {name: re.findall(r'&dev_attr_(\w+)\.attr', body) for name, body in
            re.findall(r'struct attribute \*(\w+)\[\] = \{(.*?)\n\};', text,
                       re.S)}


def modes(text):
    found = {m[1]: m[0] for m in
             re.findall(r'DEVICE_ATTR_(RO|RW|WO)\((\w+)\)', text)}
    for name in re.findall(r'^(?:ENGINE|COUNTER|QUANTITY)_ATTR\((\w+),', text,
                           re.M):
        found[name] = 'RO'
    return found


def expected(file, arrays):
    """{path: mode} out of the source"""
    text = source(file)
    have, mode = groups(text), modes(text)
    found = {}
    for array, base in arrays.items():
        for name in have[array]:
            found[base + name] = mode[name]
    return found


def differences(want, have):
    for path in sorted(want.keys() - have.keys()):
        yield f'{path} is in the driver and not documented'
    for path in sorted(have.keys() - want.keys()):
        yield f'{path} is documented and not in the driver'
    for path in sorted(want.keys() & have.keys()):
        if want[path] != have[path]:
            yield f'{path}: driver {want[path]}, documented {have[path]}'


def devices():
    want = expected('bus-sysfs.c', {'bus_attrs': BUS,
                                    'stats_attrs': BUS + 'stats/'})
    want |= expected('module-sysfs.c', {'module_attrs': MODULE,
        'quantity_attrs': MODULE,
                                        'stats_attrs': MODULE + 'stats/'})
    return differences(want, documented('sysfs-bus-bacs'))


def power():
    text = source('power.c')
    want = {POWER + name: 'RO' for names in groups(text).values()
            for name in names}
    body = re.search(r'properties\[\] = \{(.*?)\n\};', text, re.S)[1]
    for name in re.findall(r'POWER_SUPPLY_PROP_(\w+)', body):
        want[POWER + name.lower()] = 'RO'
    return differences(want, documented('sysfs-class-power_supply-bacs'))


HWMON = {'HWMON_I': 'in', 'HWMON_T': 'temp', 'HWMON_C': 'curr',
         'HWMON_H': 'humidity'}


def hwmon():
    """The chip's entries in hwmon/bacs.rst"""
    text = source('hwmon.c')
    limits = set(re.findall(r'case hwmon_(\w+):\s*return BACS_LIMIT', text))
    flags = dict(re.findall(r'#define (\w+_ATTRS)\s+(\(.*?\))\n(?!\s)',
                            text.replace('\\\n', ' '), re.S))
    want = {}
    for kind, body in re.findall(r'HWMON_CHANNEL_INFO\((\w+),(.*?)\),\s*(?=HWMON'
                                 r'|NULL)', text, re.S):
        for index, channel in enumerate(body.split(',')):
            channel = flags.get(channel.strip(), channel)
            for prefix, attr in re.findall(r'(HWMON_\w)_(\w+)', channel):
                name = f'{HWMON[prefix]}{index + (kind != "in")}_{attr.lower()}'
                want[name] = 'RW' if f'{kind}_{attr.lower()}' in limits else 'RO'
    page = (TOP / 'Documentation/hwmon/bacs.rst').read_text()
    have = dict(re.findall(r'^(\w+\d_\w+)\s+(RO|RW)\s', page, re.M))
    if len(want) < 20:
        yield f'only {len(want)} entries were understood in hwmon.c'
    yield from differences(want, have)


def traps():
    """Names that libsensors or node_exporter would take for something else"""
    for path in documented('sysfs-bus-bacs'):
        name = path.rsplit('/', 1)[-1]
        if name in ('name', 'device') or re.match(
                r'(in|temp|curr|power|energy|humidity|fan|pwm|intrusion|cpu|vrm)'
                r'\d*(_|$)', name):
            yield f'{path} looks like a hwmon attribute'
    for path in documented('sysfs-class-power_supply-bacs'):
        if path.rsplit('/', 1)[-1] in ('temp', 'capacity'):
            yield f'{path}: no such file may exist'


def main():
    report = ctext.Report()
    report.check('files of buses and modules are documented and exist',
                 devices())
    report.check('files of power supplies are documented and exist', power())
    report.check('entries of the hwmon chip are documented and exist', hwmon())
    report.check('no file has a name that readers mistake', traps())
    return report.end()


if __name__ == '__main__':
    sys.exit(main())
