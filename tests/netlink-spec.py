#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The netlink family three times: description, UAPI header, driver's policies.

All three are written by hand. Every name, number, type and range must be the
same in those that have it, and every command must ask for the same rights.
"""
import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP / 'tests/docs'))
import ctext  # noqa: E402

SPEC = TOP / 'Documentation/netlink/specs/bacs.yaml'
UAPI = (TOP / 'include/uapi/linux/bacs.h').read_text()
DRIVER = '\n'.join(p.read_text() for p in sorted(TOP.glob('driver/netlink*.c')))


def upper(name):
    return name.upper().replace('-', '_')


def entries(definition):
    return [e if isinstance(e, str) else e['name']
            for e in definition['entries']]


class Spec:
    def __init__(self):
        import yaml
        self.raw = yaml.safe_load(SPEC.read_text())
        self.definitions = {d['name']: d for d in self.raw['definitions']}
        self.sets = {s['name']: s for s in self.raw['attribute-sets']}
        self.operations = self.raw['operations']

    def attribute(self, set_name, name):
        return next((a for a in self.sets[set_name]['attributes']
                     if a['name'] == name), None)

    def number(self, value):
        if isinstance(value, str):
            value = self.definitions[value]['value']
        return value


def enum_comments(enum):
    """{enumerator: its comment}"""
    body = re.search(rf'\benum\s+{enum}\s*\{{(.*?)\n\}}', UAPI, re.S)[1]
    return {name: ' '.join(comment.split()) for name, comment in re.findall(
        r'^\s*(BACS_\w+)(?:\s*=[^,\n]*)?,[ \t]*/\*(.*?)\*/', body,
        re.S | re.M)}


def compare_list(what, names, prefix, members):
    """Names of the description in order against enumerators and values"""
    have = {n: v for n, v in members if not n.startswith('__') and
            not n.endswith('_A_MAX') and n not in (prefix + 'UNSPEC',
                                                   prefix + 'MAX')}
    for name, value in names:
        if prefix + upper(name) not in have:
            yield f'{what} {name}: the header has no {prefix}{upper(name)}'
        elif have[prefix + upper(name)] != value:
            yield f'{what} {name}: description {value}, header ' \
                  f'{have[prefix + upper(name)]}'
    known = {prefix + upper(n) for n, _ in names}
    for name in have:
        if name not in known:
            yield f'{name} is in the header and not in the description'


def constants(spec):
    have = ctext.constants(UAPI)
    for name, d in spec.definitions.items():
        if d['type'] == 'const':
            want = have.get('BACS_' + upper(name))
            if want != d['value']:
                yield f'{name}: description {d["value"]}, header {want}'
        if d['type'] == 'flags':
            prefix = upper(d['name-prefix'])
            names = {prefix + upper(n): 1 << i
                     for i, n in enumerate(entries(d))}
            flags = {n: v for n, v in have.items() if n.startswith(prefix) and
                     v is not None and n != prefix + 'FLAGS'}
            for n in names.keys() | flags.keys():
                if names.get(n) != flags.get(n):
                    yield f'{n}: description {names.get(n)}, header ' \
                          f'{flags.get(n)}'
    described = {'BACS_' + upper(n) for n in spec.definitions}
    for name in have:
        if re.search(r'_(MIN|MAX|DEFAULT)$', name) and \
           not name.startswith('BACS_ALARM_') and \
           name not in described | {'BACS_N_LDISC_DEFAULT'}:
            yield f'{name} is in the header and not in the description'


def enumerations(spec):
    enums = ctext.enums(UAPI)
    described = set()
    for d in spec.definitions.values():
        if d['type'] != 'enum':
            continue
        c_name = d['enum-name'].replace('-', '_')
        described.add(c_name)
        prefix = upper(d['name-prefix'])
        # An entry called "unspec" is one of the description's here.
        members = [(n, v) for n, v in enums.get(c_name, [])]
        if prefix + 'UNSPEC' in dict(members):
            names = [(n, i) for i, n in enumerate(entries(d)) if n != 'unspec']
        else:
            names = [(n, i) for i, n in enumerate(entries(d))]
        yield from compare_list(f'enum {d["name"]}', names, prefix, members)
    described |= {s['enum-name'].replace('-', '_') for s in spec.sets.values()}
    described.add(spec.operations['enum-name'].replace('-', '_'))
    for name in enums.keys() - described:
        yield f'enum {name} is in the header and not in the description'


def attributes(spec):
    enums = ctext.enums(UAPI)
    for s in spec.sets.values():
        members = enums[s['enum-name'].replace('-', '_')]
        names = [(a['name'], i + 1) for i, a in enumerate(s['attributes'])]
        yield from compare_list(f'{s["name"]}:', names,
                                upper(s['name-prefix']), members)


def types(spec):
    """What the header's comments say: type, nest, repetition, enumeration"""
    set_of = {s['enum-name'].replace('-', '_'): s['name']
              for s in spec.sets.values()}
    for s in spec.sets.values():
        comments = enum_comments(s['enum-name'].replace('-', '_'))
        for a in s['attributes']:
            where = f'{s["name"]}: {a["name"]}'
            if a['type'] == 'pad':
                continue
            comment = comments.get(upper(s['name-prefix'] + a['name']), '')
            m = re.match(r'nest of enum (\w+)(, repeated)?', comment)
            if m:
                want = ('nest', set_of.get(m[1]), bool(m[2]))
            else:
                want = (re.match(r'\w*', comment)[0], None, False)
            have = (a['type'], a.get('nested-attributes'),
                    a.get('multi-attr', False))
            if have != want:
                yield f'{where}: description {have}, header {want}'
            m = re.search(r'\benum bacs_(\w+)', comment)
            if m and a['type'] != 'nest' and m[1] != 'cmd' and \
               a.get('enum') != m[1].replace('_', '-'):
                yield f'{where}: the header says enum bacs_{m[1]}'
            m = re.search(r'\b(\d+)-(\d+)\b', comment)
            checks = a.get('checks', {})
            if m and checks and a['type'] != 'string' and \
               (spec.number(checks.get('min', 0)),
                    spec.number(checks.get('max', -1))) != \
               (int(m[1]), int(m[2])):
                yield f'{where}: description {checks}, header {m[0]}'


def operations(spec):
    enums = ctext.enums(UAPI)
    ops = spec.operations
    names = [(o['name'], i + 1) for i, o in enumerate(ops['list'])]
    yield from compare_list('operation', names, upper(ops['name-prefix']),
                            enums[ops['enum-name'].replace('-', '_')])
    table = re.search(r'struct genl_(?:split_)?ops \w+\[\] = \{(.*?)\n\};',
                      DRIVER, re.S)
    if not table:
        yield 'the table of operations was not found in the driver'
        return
    found = {m[0]: m[1] for m in re.findall(
        r'\{\s*\.cmd = (\w+),(.*?)\}', table[1], re.S)}
    for o in ops['list']:
        c_name = upper(ops['name-prefix'] + o['name'])
        if 'event' in o:
            if c_name in found:
                yield f'{o["name"]}: a message of the driver has an operation'
            continue
        body = found.pop(c_name, None)
        if body is None:
            yield f'{o["name"]}: the driver has no such operation'
            continue
        for word, what in (('doit', 'do' in o), ('dumpit', 'dump' in o),
                           ('GENL_ADMIN_PERM',
                            'admin-perm' in o.get('flags', []))):
            if (word in body) != what:
                yield f'{o["name"]}: {word} is ' \
                      f'{"in" if word in body else "not in"} the driver'
    for name in found:
        yield f'{name} is in the driver and not in the description'


def groups(spec):
    have = re.findall(r'#define BACS_MCGRP_\w+\s+"(\w+)"', UAPI)
    want = [g['name'] for g in spec.raw['mcast-groups']['list']]
    if have != want:
        yield f'groups: description {want}, header {have}'
    for o in spec.operations['list']:
        if 'mcgrp' in o and o['mcgrp'] not in want:
            yield f'{o["name"]}: no group {o["mcgrp"]}'
    if spec.raw['version'] != ctext.constants(UAPI)['BACS_GENL_VERSION']:
        yield 'version differs from BACS_GENL_VERSION'
    if f'"{spec.raw["name"]}"' not in re.search(
            r'#define BACS_GENL_NAME\s+(\S+)', UAPI)[1]:
        yield 'name differs from BACS_GENL_NAME'


def evaluate(expr):
    known = ctext.constants(UAPI)
    for members in ctext.enums(UAPI).values():
        known.update(members)
    return eval(expr.strip(), {'__builtins__': {}}, known)


def policies(spec):
    """{(set, attribute): (type, min, max, max-len, nested set)}"""
    driver = ctext.strip_comments(DRIVER)
    set_of = {upper(s['name-prefix']): s['name'] for s in spec.sets.values()}
    set_of_policy, found = {}, {}
    tables = re.findall(r'const struct nla_policy (\w+)\[(\w+?)MAX \+ 1\] = '
                        r'\{(.*?)\n\};', driver, re.S)
    for name, prefix, _ in tables:
        set_of_policy[name] = set_of[prefix]
    ranges = {name: (evaluate(low), evaluate(high)) for name, low, high in
              re.findall(r'struct netlink_range_validation (\w+) = \{\s*'
                         r'\.min = ([^,]+),\s*\.max = ([^,]+),\s*\}', driver)}
    for name, prefix, body in tables:
        for c_name, value in re.findall(
                r'\[(\w+)\]\s*=\s*(\{.*?\}|NLA_POLICY\w*\(.*?\))\s*,\s*'
                r'(?=\[|\Z)', body, re.S):
            attr = c_name.removeprefix(prefix).lower().replace('_', '-')
            found[set_of[prefix], attr] = one_policy(value, ranges,
                                                     set_of_policy)
        count = len(re.findall(r'\[\w+\]\s*=', body))
        have = sum(1 for key in found if key[0] == set_of[prefix])
        if count != have:
            raise SystemExit(f'{name}: {count} entries, {have} understood')
    return found


KINDS = {'NLA_NUL_STRING': 'string', 'NLA_FLAG': 'flag', 'NLA_BINARY': 'binary'}


def kind(word):
    return KINDS.get(word, word.removeprefix('NLA_').lower())


def one_policy(value, ranges, set_of_policy):
    m = re.match(r'NLA_POLICY_(\w+)\((.*)\)', value, re.S)
    if not m:
        length = re.search(r'\.len = (\w+)', value)
        return (kind(re.search(r'\.type = (\w+)', value)[1]), None, None,
                evaluate(length[1]) if length else None, None)
    args = [a.strip() for a in m[2].split(',')]
    if m[1] == 'NESTED':
        return 'nest', None, None, None, set_of_policy[args[0]]
    if m[1] == 'RANGE':
        return kind(args[0]), evaluate(args[1]), evaluate(args[2]), None, None
    if m[1] == 'MIN':
        return kind(args[0]), evaluate(args[1]), None, None, None
    if m[1] == 'MAX':
        return kind(args[0]), None, evaluate(args[1]), None, None
    if m[1] == 'FULL_RANGE':
        return (kind(args[0]), *ranges[args[1].lstrip('&')], None, None)
    raise SystemExit(f'policy not understood: {value}')


def policy_faults(spec):
    found = policies(spec)
    if len(found) < 20:
        yield f'only {len(found)} policy entries were found'
    for (set_name, name), have in found.items():
        a = spec.attribute(set_name, name)
        if not a:
            yield f'{set_name}: {name} has a policy and no description'
            continue
        checks = {k: spec.number(v) for k, v in a.get('checks', {}).items()}
        want = (a['type'], checks.get('min'), checks.get('max'),
                checks.get('max-len'), a.get('nested-attributes'))
        if have != want:
            yield f'{set_name}: {name}: policy {have}, description {want}'
    for set_name, s in spec.sets.items():
        for a in s['attributes']:
            if 'checks' in a and (set_name, a['name']) not in found:
                yield f'{set_name}: {a["name"]} is described with checks ' \
                      f'and has no policy'


def request_faults(spec):
    """What requests carry has a policy, and the other way round"""
    found = policies(spec)
    asked = set()
    for o in spec.operations['list']:
        for form in ('do', 'dump'):
            names = o.get(form, {}).get('request', {}).get('attributes', [])
            asked.update(names)
            for name in names:
                if ('main', name) not in found:
                    yield f'{o["name"]}: {name} is asked for without a policy'
        for part in (o.get('do', {}), o.get('dump', {}), {'event':
                                                          o.get('event', {})}):
            for side in part.values():
                for name in side.get('attributes', []):
                    if not spec.attribute('main', name):
                        yield f'{o["name"]}: no attribute {name}'
    for set_name, name in found:
        if set_name == 'main' and name not in asked:
            yield f'{name} has a policy and no request carries it'


def main():
    report = ctext.Report()
    try:
        spec = Spec()
    except ImportError:
        report.skip('description, header and policies agree',
                    'python3-yaml is not installed')
        return report.end()
    report.check('constants and flags are those of the header', constants(spec))
    report.check('enumerations are those of the header', enumerations(spec))
    report.check('attributes are those of the header', attributes(spec))
    report.check('types are those of the header', types(spec))
    report.check('operations are those of header and driver', operations(spec))
    report.check('groups, name and version are those of the header',
                 groups(spec))
    report.check('policies have the types and ranges of the description',
                 policy_faults(spec))
    report.check('requests carry what has a policy', request_faults(spec))
    return report.end()


if __name__ == '__main__':
    sys.exit(main())
