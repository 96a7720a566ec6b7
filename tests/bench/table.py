# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of the benchmark's result, for the terminal and for the documents."""

ORDER = ['bacs', 'bacs-equalizing', 'libmodbus', 'libmodbus+t3.5', 'pymodbus',
         'loop', 'loop-fifo', 'echo', 'echo-trigger8']
TITLES = ['master', 'bus use', 'scan', 'excess', 'p99', 'p99.9', 'max',
          'before t3.5', 'errors', 'CPU']


def time_of(us):
    """A time in three figures."""
    if us is None:
        return '-'
    if us < 999.5:
        return f'{us:.0f} us'
    if us < 99950:
        return f'{us / 1000:.3g} ms'
    return f'{us / 1e6:.3g} s'


def share_of(n, of):
    """A count and what it is of all."""
    if n is None:
        return '-'
    if not n or not of:
        return str(n)
    return f'{n} ({100 * n / of:.3g} %)'


def row_of(r):
    """The ten columns of a run."""
    e = r['excess_us']
    if r['master'].startswith('echo'):
        # keeps no silence: what counts is the gap that the line itself makes
        g = r['gap_us']
        return [r['master'] + ' (gap)', '-', '-', time_of(g['median']), time_of(g['p99']),
                '-', time_of(g['max']), '-', '-', '-']
    return [r['master'],
            '-' if r['bus_use'] is None else f"{r['bus_use']:.3f}",
            time_of(r['scan_ms'] and r['scan_ms'] * 1000),
            *(time_of(e[k]) if e['count'] else '-'
              for k in ('median', 'p99', 'p999', 'max')),
            share_of(r['violations'], r['requests']),
            share_of(r['errors'], r['transactions']),
            time_of(r['cpu_us'])]


def cells_of(result, names=None):
    """(cell, its runs in order) of those that were run."""
    for cell in result['cells']:
        runs = [r for r in result['runs'] if r['cell'] == cell['name']]
        if runs and (names is None or cell['name'] in names):
            yield cell, sorted(runs, key=lambda r: (
                ORDER.index(r['master'].split('@')[0]), r['master']))


def title_of(cell):
    port = 'a pty' if cell['port'] == 'pty' else 'a 16550'
    return f"{cell['baud']} baud, {cell['modules']} modules, {port}, {cell['load']}"


def machine_lines(result):
    """What the machine was like."""
    m = result['machine']
    yield (f"{result['date']}: {m['processors']} x {m['processor']}, "
           f"Linux {m['kernel']}, {m['qemu']}, guest Linux {result['guest_kernel']}, "
           f"{result['seconds']} s each")
    yield (f"load average {m['load_average']:.2f}, others used "
           f"{m['others_cpu']:.2f} processors before the start")
    for where, w in [('this machine, ' + k, v) for k, v in m['wakeup'].items()] + \
            sorted(result['guest'].items()):
        if w:
            yield (f"timer wakes late by, {where}: median {time_of(w['median_us'])}, "
                   f"p99 {time_of(w['p99_us'])}, p99.9 {time_of(w['p999_us'])}, "
                   f"max {time_of(w['max_us'])}")


def print_table(result, names, out):
    """The terminal's table."""
    for line in machine_lines(result):
        print(line, file=out)
    for cell, runs in cells_of(result, names):
        rows = [TITLES + ['']] + [row_of(r) + [
            'BUSY MACHINE' if r['busy_machine'] else ''] for r in runs]
        widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
        stamp = max(r['stamp_us']['p99'] for r in runs)
        print(f'\n{title_of(cell)} (stamps good to {time_of(stamp)}, p99)', file=out)
        for r in rows:
            line = r[0].ljust(widths[0]) + ''.join(
                '  ' + c.rjust(w) for c, w in zip(r[1:], widths[1:]))
            print('  ' + line.rstrip(), file=out)
