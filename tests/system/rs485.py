#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""rs485.py LOG WAY... - what the driver of a PL011 did with RTS.

LOG has QEMU's pl011_write events of a guest. Each burst of characters is sent one
way: high or low (RTS meanwhile, the receiver is off), or none (nobody switches).
The ways of all bursts in a row are those asked for, and after each burst the line
is given back before the next one. Between two ways the port is nobody's: what is
sent then is sent without."""

import itertools
import re
import sys

# Registers and bits: ARM DDI 0183, PrimeCell UART (PL011) Technical Reference
# Manual, 3.2 and 3.3.8. The pin nUARTRTS is low where the bit is 1.
DR, CR = 0x00, 0x30
CR_RXE, CR_RTS = 1 << 9, 1 << 11
# of each way: fewer say nothing
ENOUGH = 20


def way_of(control):
    if control & CR_RXE:
        return 'none'
    return 'low' if control & CR_RTS else 'high'


def bursts_of(lines):
    """(way, value of CR afterwards or None) of each run of characters between two
    writes of CR"""
    control = after = None
    bursts = []
    for line in lines:
        found = re.search(r'pl011_write addr 0x([0-9a-f]+) value 0x([0-9a-f]+)', line)
        if not found:
            continue
        register, value = (int(x, 16) for x in found.groups())
        if register == CR:
            if after is None and bursts:
                bursts[-1][1] = after = value
            control = value
        elif register == DR and control is not None:
            if after is not None or not bursts:
                bursts.append([way_of(control), None])
                after = None
    return bursts


def main():
    with open(sys.argv[1], errors='replace') as f:
        bursts = bursts_of(f)
    wanted = sys.argv[2:]
    runs = [(way, len(list(group)))
            for way, group in itertools.groupby(way for way, _ in bursts)]
    print('# bursts:', ', '.join(f'{n} {way}' for way, n in runs) or 'none at all')
    last = len(runs) - 1
    ways = [w for i, (w, _) in enumerate(runs) if w != 'none' or i == last]
    wrong = [f'the ways are {ways}, not {wanted}'] if ways != wanted else []
    wrong += [f'{way}: {n} bursts, at least {ENOUGH} are needed'
              for way, n in runs if way != 'none' and n < ENOUGH]
    back = {'high': CR_RXE | CR_RTS, 'low': CR_RXE}
    stuck = sum(way in back and after is not None and
                after & (CR_RXE | CR_RTS) != back[way] for way, after in bursts)
    if stuck:
        wrong.append(f'{stuck} bursts after which RTS stays or the receiver is off')
    for text in wrong:
        print('# ' + text)
    return bool(wrong)


sys.exit(main())
