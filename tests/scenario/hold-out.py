#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Draw a hold-out set of the fault list:  hold-out.py FAULTS FOLDER STAMP [SITES]

For each scenario of FAULTS that names no site of its own in SITE_OWN below,
SITES (10) sites are drawn from published ranges, each with 5 seeds of its own,
and the parameters of the fault from a range that is not the one of the file.
STAMP (a date) decides all of it: another day is another set, and no number of
the policy was chosen with it in sight. The names of the files tell the site.

Ranges and where they are from:
  12 V 7 to 200 Ah, 6 V 100 to 200 Ah, 2 V 100 to 3000 Ah: standby ranges of
    Narada, EnerSys, Exide and C&D catalogues (12NDF100, NP, Sprinter, msEndur)
  strings of 2 or 4 (24 and 48 V), 9, 18, 32 and 40 blocks of 12 V (110 and 220 V
    switchgear, 384 and 480 V UPS): nominal voltages of IEC 60038 and UPS makers
  room 17 to 27 C: 20 to 25 C asked for by the makers, and what rooms do
  load 0.1 to 0.5 A/Ah: 10 h to 1 h rates of the same catalogues
  charger 2.5 to 5 % high, 2.5 to 4 % low: beyond the ±1 % of IEC 61204 class rectifiers, up to
    where a 2.25 V float is 2.36 V and gasses
  resistance 1.4 to 2.0 of the baseline, weak blocks 0.25 to 0.6 of the capacity:
    30 to 50 % and 80 % are the practice of IEEE 1188 and 450 for replacement, a
    block that fails a discharge is below
"""
import random
import re
import sys
from pathlib import Path

SEEDS = 5

# by name of the file, draws instead of its own; {c}: cells of a block
DRAWS = {
    'charger-high': {'error': '2.5%..5%'},
    'charger-low': {'error': '-4%..-2.5%'},
    'charger-low-later': {'error': '-4%..-2.5%'},
    'resistance-rise': {'factor': '1.42..2'},
    'resistance-low': {'factor': '0.4..0.62'},
    'jar-falls-away': {'share': '0.25..0.6'},
    'polarity-reversal': {'share': '0.15..0.35'},
    'sensor-drift': {'rate': '{c}*2.5mV/d..{c}*6mV/d'},
    'weak-cell-voltage': {'shift': '0.1V..0.18V'},
    'temperature-high': {'heat': '14K..22K'},
    'temperature-low': {'drop': '15K..24K'},
    'warm-after-discharge': {'heat': '7K..10K'},
    'module-hot': {'value': 'integer 60500..74500'},
    'module-hot-idle': {'value': 'integer 46000..59000'},
    'voltage-low': {'value': 'integer {c}*2040..{c}*2080'},
    'voltage-high': {'value': 'integer {c}*2470..{c}*2600'},
    'clock-stepped': {'step': '65s..100000s'},
    'loose-strap': {'strap': '{loose}..2*{loose}'},
    'foreign-limits': {'value': '{c}*2.5..{c}*3.5'},
}
# a shorted cell of a block of one cell is a block without voltage
ONLY_12V = {'shorted-cell', 'polarity-reversal'}
# who is compared needs others: of two blocks nobody knows which one is wrong,
# and where a block is a fifth of the string its end ends the discharge
COMPARED = {'sensor-drift': 5, 'polarity-reversal': 9, 'jar-falls-away': 9,
            'weak-cell-voltage': 4, 'sensor-stuck': 4, 'open-jar': 9,
            'warm-after-discharge': 4}
# Lines that a drawn site needs beside those of the file, where it makes true
# what is none on the site of the file: what of the site it takes, the line
TRUE = {
    # the other one of two takes the voltage of the cell, 2.46 V a cell, and cooks
    'shorted-cell': (lambda site: site['blocks'] == 2,
                     'allow voltage-high|temperature-high on *\n'
                     'allow temperature-long-high|temperature-no-return on *\n'
                     'allow module-hot|sensor-implausible on *'),
    # the drawn heat is above 35 C for an hour, too
    'temperature-high': (lambda site: True, 'allow temperature-long-high on *'),
}
# M3 wants to know of a site whose winter is cold, whatever else is wrong
COLD_C, COLD = 16, 'allow temperature-mean-low on *\n'
# "open-jar on float: 1 h with 16 blocks, hours with 2 or 4" (rules.rst)
SMALL = 9
SLOW = {'open-jar-at-once': ('within 1h', 'within 6h')}
# the site is part of the configuration, or of the charger's
OWN_SITE = {'equalizing-without-effect', 'equalizing-too-weak'}
# the fault is one of the room: keep the file's
OWN_ROOM = {'temperature-high', 'temperature-low', 'temperature-mean-low',
            'warm-after-discharge'}


def sites(rng):
    kind = rng.random()
    if kind < 0.6:
        voltage, capacity = 12, rng.choice((7, 12, 26, 40, 65, 100, 150, 200))
        blocks = rng.choice((2, 4, 9, 18, 32, 40))
    elif kind < 0.75:
        voltage, capacity = 6, rng.choice((100, 150, 200))
        blocks = rng.choice((4, 8, 18))
    else:
        voltage, capacity = 2, rng.choice((100, 300, 600, 1000, 2000, 3000))
        blocks = rng.choice((12, 24, 54))
    return {
        'charger': rng.choice(('float', 'boost')),
        'chemistry': rng.choice(('agm', 'agm', 'gel', 'flooded')),
        'blocks': blocks,
        'voltage': voltage,
        'capacity': f'{capacity}Ah',
        'room': f'{rng.uniform(17, 27):.1f}C',
        'season': f'{rng.uniform(0, 3):.1f}K',
        'day': f'{rng.uniform(0, 2):.1f}K',
        'load-rate': f'{rng.uniform(0.1, 0.5):.3f}',
        'sensor': rng.choice(('yes', 'no')),
    }


def loose(site):
    """Ohms that lose 0.6 % at 0.11 C, and half of what the blocks have"""
    cells = site['blocks'] * site['voltage'] // 2
    ah = float(site['capacity'][:-2])
    # as plant/type.c has it, with the 1.3 of gel
    blocks = cells * 0.0039 * (ah / 7) ** -0.6
    return max(0.006 * 2.2 * cells / (0.11 * ah), blocks / 2)


def scaled(text, cells, site):
    """{c}*NUMBER is that many times the cells of a block, {loose} see there"""
    if '{loose}' in text:
        return f'{loose(site):.6f}..{2 * loose(site):.6f}'
    return re.sub(r'\{c\}\*([0-9]+(?:\.[0-9]+)?)',
                  lambda m: f'{cells * float(m[1]):g}', text)


def coldest(site):
    return float(site['room'][:-1]) - float(site['season'][:-1])


def vary(name, text, site, first):
    site = {} if name in OWN_SITE else dict(site)
    if site and site['blocks'] < COMPARED.get(name, 0):
        site['blocks'] = 18
    if 'sensor = yes' in text and site:
        site['sensor'] = 'yes'
    if name in OWN_ROOM and site:
        for key in ('room', 'season', 'day'):
            del site[key]
    if name in ONLY_12V and site:
        site.update(voltage=12)
        if site['capacity'] in ('300Ah', '600Ah', '1000Ah', '2000Ah',
                                '3000Ah'):
            site['capacity'] = '100Ah'
    # the rate that the file draws, and the time it is chosen for, stay
    if 'load-rate' in text or 'mains-off' in text:
        site.pop('load-rate', None)
    if site and 'S2' in text or site and '[site]\nstrings = 2' in text:
        site['strings'] = 2
    for key in site:
        text = re.sub(rf'^{key} = .*\n', '', text, flags=re.M)
    lines = ''.join(f'{key} = {value}\n' for key, value in site.items())
    text = text.replace('[site]\n', '[site]\n' + lines, 1)
    for key, value in DRAWS.get(name, {}).items():
        text, found = re.subn(rf'^{key} = .*$',
                              f'{key} = {scaled(value, site["voltage"] // 2, site)}',
                              text, count=1, flags=re.M)
        assert found, f'{name} draws no {key}'
    if site and name in TRUE and TRUE[name][0](site):
        text += TRUE[name][1] + '\n'
    if 'room' in site and coldest(site) < COLD_C:
        text += COLD
    if site and name in SLOW and site['blocks'] < SMALL:
        assert SLOW[name][0] in text
        text = text.replace(*SLOW[name])
    return re.sub(r'^seeds = .*$', f'seeds = {first}-{first + SEEDS - 1}',
                  text, count=1, flags=re.M)


def main(faults, folder, stamp, count=10):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(Path(faults).glob('*.scenario')):
        name = path.stem
        rng = random.Random(f'{stamp} {name}')
        for number in range(int(count)):
            site = sites(rng)
            text = vary(name, path.read_text(), site,
                        rng.randrange(1000, 90000))
            short = (f'{name}-own-{number}' if name in OWN_SITE else
                     f'{name}-{site["blocks"]}x{site["voltage"]}V-'
                     f'{site["capacity"]}-{site["chemistry"]}-{number}')
            (folder / f'{short}.scenario').write_text(text)


if __name__ == '__main__':
    if not 4 <= len(sys.argv) <= 5:
        sys.exit(__doc__.splitlines()[0])
    main(*sys.argv[1:])
