# SPDX-License-Identifier: GPL-2.0-or-later
"""USB adapters of a guest, which it can plug and unplug itself: lines on a port
of its own become commands to QEMU."""

import json
import re

MAX_ADAPTERS = 4
CONTROLLER = ['-device', 'qemu-xhci,id=usb,addr=9,p2=8,p3=1']


def parse(texts):
    """[SERIAL=SPEC]: [(SERIAL, SPEC)]; what is wrong as ValueError."""
    pairs = []
    for text in texts:
        serial, equals, spec = text.partition('=')
        # a letter first: simctl tells them from the ports by that
        if not equals or not re.fullmatch(r'[A-Za-z][A-Za-z0-9]{0,15}', serial):
            raise ValueError(f'{text}: SERIAL=SPEC; SERIAL is a letter and up to 15 '
                             'letters or digits')
        pairs.append((serial, spec))
    if len(pairs) > MAX_ADAPTERS:
        raise ValueError(f'{len(pairs)} times: a guest has at most {MAX_ADAPTERS}')
    if len(dict(pairs)) < len(pairs):
        raise ValueError('twice with the same SERIAL')
    return pairs


class Adapters:
    """Plugged in when the guest starts; one command at a time.  HOLD(SERIAL) and
    LET_GO(SERIAL) stop the far end and let it go on."""

    def __init__(self, serials, hold, let_go):
        self.serials = serials
        self.hold, self.let_go = hold, let_go
        self.plugged = set(serials)
        self.buffers = {'usb': b'', 'qmp': b''}
        self.serial = None	# that is being plugged or unplugged
        self.steps = []		# (command, arguments, what QEMU has to say)
        self.missing = set()	# of the step that was sent
        self.ready = False	# QEMU takes commands

    def options(self, work):
        o = [*CONTROLLER,
             '-chardev', f'socket,id=qmp,path={work}/qmp',
             '-mon', 'chardev=qmp,mode=control',
             '-chardev', f'socket,id=usb,path={work}/usb',
             '-device', 'virtserialport,bus=vs.0,chardev=usb,name=bacs.usb']
        for i, serial in enumerate(self.serials):
            values = self.device(i, serial)
            driver = values.pop('driver')
            o += ['-device', ','.join([driver, *(f'{k}={v}' for k, v in values.items())])]
        return o

    @staticmethod
    def device(i, serial):
        # always-plugged: whether it is there does not depend on the far end
        return {'driver': 'usb-serial', 'id': 'usb-' + serial, 'bus': 'usb.0',
                'chardev': f'usb{i}', 'serial': serial, 'always-plugged': 'on'}

    def receive(self, name, data, streams):
        """DATA came in on stream "usb" or "qmp"."""
        *lines, rest = (self.buffers[name] + data).split(b'\n')
        self.buffers[name] = rest
        for line in filter(None, (part.strip() for part in lines)):
            if name == 'usb':
                self.command(line.decode(errors='replace').split(), streams)
            else:
                self.answer(json.loads(line), streams)

    def command(self, words, streams):
        if len(words) != 2 or words[0] not in ('plug', 'unplug'):
            return self.tell(streams, 'error: plug SERIAL | unplug SERIAL')
        verb, serial = words
        if serial not in self.serials:
            return self.tell(streams, f"error: no adapter '{serial}'; there are "
                             + ', '.join(self.serials))
        if (serial in self.plugged) == (verb == 'plug'):
            return self.tell(streams, f'error: {serial} is {verb}ged already')
        if self.serial or not self.ready:
            return self.tell(streams, 'error: busy')
        self.serial = serial
        if verb == 'plug':
            values = self.device(self.serials.index(serial), serial)
            values['always-plugged'] = True
            self.steps = [('device_add', values, {'return'})]
        else:
            # QEMU 7.2 dies of a byte that comes in between the device's end
            # and that of its memory.  So nobody speaks, and a round trip shows
            # that nothing is on its way any more.
            self.hold(serial)
            self.steps = [
                ('query-status', {}, {'return'}),
                ('device_del', {'id': 'usb-' + serial}, {'return', 'DEVICE_DELETED'})]
        return self.next(streams)

    def next(self, streams):
        command, values, self.missing = self.steps.pop(0)
        self.execute(streams, command, values)

    def finish(self, streams, text):
        self.let_go(self.serial)
        self.serial = None
        self.tell(streams, text)

    def answer(self, message, streams):
        if 'QMP' in message:
            self.execute(streams, 'qmp_capabilities', {})
        elif not self.ready:
            self.ready |= 'return' in message
        elif not self.serial:
            pass
        elif 'error' in message:
            self.finish(streams, 'error: QEMU: ' + message['error']['desc'])
        else:
            # events are of its parts, too; the device itself has its name
            if 'return' in message:
                self.missing.discard('return')
            elif message.get('data', {}).get('device') == 'usb-' + self.serial:
                self.missing.discard(message['event'])
            if not self.missing and self.steps:
                self.next(streams)
            elif not self.missing:
                self.plugged ^= {self.serial}
                self.finish(streams, 'ok')

    @staticmethod
    def execute(streams, command, values):
        line = json.dumps({'execute': command, 'arguments': values})
        streams['qmp'].sendall(line.encode() + b'\n')

    @staticmethod
    def tell(streams, text):
        streams['usb'].sendall(text.encode() + b'\n')
