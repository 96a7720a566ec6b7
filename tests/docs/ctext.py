# SPDX-License-Identifier: GPL-2.0-or-later
"""Read constants and enumerations out of C headers, for the document tests."""
import re


def strip_comments(text):
    return re.sub(r'/\*.*?\*/', ' ', text, flags=re.S)


def _value(expr, known):
    expr = re.sub(r'\b(0[xX][0-9A-Fa-f]+|\d+)[uUlL]+\b', r'\1', expr.strip())
    names = set(re.findall(r'\b[A-Za-z_]\w*\b', re.sub(r'0[xX]\w+', '', expr)))
    if not names <= set(known):
        return None
    if not re.fullmatch(r'[\w\s()+\-*/<>|&~]+', expr):
        return None
    return eval(f'({expr})'.replace('/', '//'), {'__builtins__': {}}, dict(known))


def constants(text):
    """#define NAME VALUE with a computable integer value"""
    text = strip_comments(text).replace('\\\n', ' ')
    known = {}
    for name, expr in re.findall(r'^#define\s+(\w+)[ \t]+(\S[^\n]*)$', text,
                                 flags=re.M):
        value = _value(expr, known)
        if value is not None:
            known[name] = value
    return known


def enums(text):
    """{enum name: [(enumerator, value), ...]} in order"""
    text = strip_comments(text)
    known = constants(text)
    found = {}
    for name, body in re.findall(r'\benum\s+(\w+)\s*\{(.*?)\}', text,
                                 flags=re.S):
        value, members = -1, []
        for item in filter(None, (i.strip() for i in body.split(','))):
            member, _, expr = (part.strip() for part in item.partition('='))
            value = _value(expr, known) if expr else value + 1
            if value is None:
                raise ValueError(f'enum {name}: cannot compute {item}')
            known[member] = value
            members.append((member, value))
        found[name] = members
    return found


class Report:
    """Collects what differs; TAP on stdout, as meson's protocol 'tap' reads."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def check(self, name, faults):
        self.count += 1
        faults = list(faults)
        if faults:
            self.failed += 1
        print(f'{"not ok" if faults else "ok"} {self.count} - {name}')
        for fault in faults:
            print(f'# {fault}')

    def skip(self, name, reason):
        self.count += 1
        print(f'ok {self.count} - {name} # SKIP {reason}')

    def end(self):
        print(f'1..{self.count}')
        return 1 if self.failed else 0
