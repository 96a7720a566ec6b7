#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures converted for Wireshark:  pcapng.py [--need-tshark] BACSCTL

tshark must read from the pcapng what stood in the capture. Without tshark that
part is skipped, unless it is needed. Output is TAP.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

NEED = '--need-tshark' in sys.argv
BACSCTL = sys.argv[-1]
BOOT_NS, WALL_US = 81230000000, 1795362000123456
HEAD = (f'bacs-capture 1 bus=bacsA baud=19200 boot_ns={BOOT_NS} '
        f'wall_us={WALL_US}')


def sealed(data):
    crc = 0xffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return bytes(data) + bytes([crc & 255, crc >> 8])


def records():
    """(time, kind, bytes): polls of 40 modules with every kind of trouble"""
    t = BOOT_NS + 1000482
    for address in range(1, 41):
        request = sealed([address, 4, 0, 0, 0, 3])
        reply = sealed([address, 4, 6, 0, 3, 0x33, address, 0, 0xd8])
        yield t, 'request', request
        t += 7000001
        kind = {7: 'timeout', 8: 'bad-crc', 9: 'exception', 10: 'noise',
                11: 'line-error', 12: 'foreign', 13: 'write'}.get(address,
                                                                 'reply')
        if kind == 'timeout':
            yield t, kind, request
        elif kind == 'bad-crc':
            yield t, kind, reply[:-1] + bytes([reply[-1] ^ 1])
        elif kind == 'exception':
            yield t, kind, sealed([address, 0x84, 2])
        elif kind == 'noise':
            yield t, kind, b'\xff\xfe\x00'
        elif kind == 'line-error':
            yield t, kind, b''
        elif kind == 'foreign':
            yield t, kind, sealed([99, 4, 6, 0, 3, 0x33, 1, 0, 0xd8])
        elif kind == 'write':
            write = sealed([address, 6, 1, 2, 3, 4])
            yield t, 'request', write
            t += 5000000
            yield t, 'reply', write
        else:
            yield t, kind, reply
        t += 20000003


def capture_text(ended=True):
    lines = [HEAD]
    count = 0
    for t, kind, data in records():
        lines.append(f'{t} {kind} {data.hex()}'.rstrip())
        count += 1
    lines.append('lost 5')
    if ended:
        lines.append(f'end records={count} lost=5')
    return '\n'.join(lines) + '\n'


def convert(text, folder, name='out.pcapng'):
    source = os.path.join(folder, 'in.capture')
    target = os.path.join(folder, name)
    with open(source, 'w', encoding='ascii') as f:
        f.write(text)
    run = subprocess.run([BACSCTL, 'bus', 'convert', source, target],
                         capture_output=True, text=True, check=False)
    return run, target


def tshark(path, *fields):
    out = subprocess.run(
        ['tshark', '-o', 'mbrtu.tcp.port:502', '-o',
         'mbrtu.crc_verification:TRUE', '-r', path, '-T', 'json', '-V'] +
        list(fields), capture_output=True, text=True, check=True).stdout
    return [p['_source']['layers'] for p in json.loads(out)]


def find(layer, key):
    """All values of a field, wherever it stands in a packet"""
    found = []
    if isinstance(layer, dict):
        for k, v in layer.items():
            if k == key:
                found.append(v)
            found += find(v, key)
    elif isinstance(layer, list):
        for v in layer:
            found += find(v, key)
    return found


def a_cut_capture_is_converted_and_said(folder):
    text = capture_text()[:-200]
    run, target = convert(text, folder)
    assert run.returncode == 0, run.stderr
    assert 'the capture is cut in line' in run.stderr, run.stderr
    assert os.path.getsize(target) > 1000


def of_a_wrong_capture_nothing_is_left(folder):
    run, target = convert(HEAD + '\n5 nonsense 00\n', folder)
    assert run.returncode == 1, run
    assert 'line 2: "nonsense 00" is no kind of record' in run.stderr
    assert not os.path.exists(target)


def a_file_that_is_there_is_left_alone(folder):
    target = os.path.join(folder, 'there.pcapng')
    with open(target, 'w', encoding='ascii') as f:
        f.write('mine')
    run, _ = convert(capture_text(), folder, 'there.pcapng')
    assert run.returncode == 1 and 'choose another name' in run.stderr
    with open(target, encoding='ascii') as f:
        assert f.read() == 'mine'


def wireshark_decodes_modbus_rtu(folder):
    run, target = convert(capture_text(), folder)
    assert run.returncode == 0, run.stderr
    packets = tshark(target)
    expected = [r for r in records() if r[1] != 'timeout' and r[2]]
    assert len(packets) == len(expected), (len(packets), len(expected))
    for layers, (t, kind, data) in zip(packets, expected):
        seconds = find(layers, 'frame.time_epoch')[0]
        ns = int(seconds.replace('.', ''))
        assert ns == WALL_US * 1000 + t - BOOT_NS, (seconds, t)
        if kind == 'noise':
            assert 'mbrtu' not in layers and 'data' in layers, layers
            continue
        assert int(find(layers, 'mbrtu.unit_id')[0]) == data[0]
        status = find(layers, 'mbrtu.crc16.status')[0]
        assert (status == '1') == (kind != 'bad-crc'), (kind, status)
        assert int(find(layers, 'modbus.func_code')[0]) == data[1] & 0x7f
        summary = json.dumps(layers)
        if kind == 'exception':
            assert find(layers, 'modbus.exception_code') == ['2']
        elif kind == 'reply' and data[1] == 4:
            values = find(layers, 'modbus.regval_uint16')
            assert values == [str(data[3] << 8 | data[4]),
                              str(data[5] << 8 | data[6]),
                              str(data[7] << 8 | data[8])], values
        comment = find(layers, 'frame.comment')
        want = [] if kind in ('request', 'reply') else [kind]
        assert comment == want, (comment, want)
        assert 'malformed' not in summary.lower(), summary


def queries_and_replies_are_told_apart(folder):
    _, target = convert(capture_text(), folder)
    out = subprocess.run(['tshark', '-o', 'mbrtu.tcp.port:502', '-r', target],
                         capture_output=True, text=True, check=True).stdout
    expected = [r for r in records() if r[1] != 'timeout' and r[2]]
    for line, (_, kind, _) in zip(out.splitlines(), expected):
        if kind != 'noise':
            word = 'Query' if kind == 'request' else 'Response'
            assert f'{word}: Unit:' in line, (kind, line)


def the_loss_is_in_the_statistics(folder):
    _, target = convert(capture_text(), folder)
    with open(target, 'rb') as f:
        blocks = f.read()
    # the last block: type 5, options isb_ifrecv (4), isb_ifdrop (5)
    length = int.from_bytes(blocks[-4:], sys.byteorder)
    last = blocks[-length:]
    assert int.from_bytes(last[:4], sys.byteorder) == 5
    drop = last[20 + 12 + 4:20 + 12 + 12]
    assert int.from_bytes(drop, sys.byteorder) == 5, last.hex()


ALWAYS = [a_cut_capture_is_converted_and_said,
          of_a_wrong_capture_nothing_is_left,
          a_file_that_is_there_is_left_alone,
          the_loss_is_in_the_statistics]
TSHARK = [wireshark_decodes_modbus_rtu, queries_and_replies_are_told_apart]


def main():
    have = shutil.which('tshark') is not None
    failed = 0
    print(f'1..{len(ALWAYS) + len(TSHARK)}')
    for number, test in enumerate(ALWAYS + TSHARK, 1):
        if test in TSHARK and not have and not NEED:
            print(f'ok {number} - {test.__name__} # SKIP there is no tshark')
            continue
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
