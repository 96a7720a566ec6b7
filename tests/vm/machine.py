# SPDX-License-Identifier: GPL-2.0-or-later
"""The machines that guests run on: what QEMU calls them, and what their firmware
tells the kernel."""

import dataclasses
import os
import subprocess


class NoGuest(Exception):
    """The guest did not come so far as to run COMMAND."""


@dataclasses.dataclass(frozen=True)
class Machine:
    """One architecture: gnu is its name for libraries, append is for the kernel"""
    qemu: str
    gnu: str
    options: tuple
    append: str
    native: bool	# its programs run on this machine

    def cpus(self, cpus, multi):
        return [self.qemu, '-nodefaults', '-no-user-config', '-display', 'none',
                '-no-reboot', '-accel', 'tcg,thread=' + ('multi' if multi else 'single'),
                *self.options, '-smp', str(cpus), '-m', '1024']

    def console(self):
        """The port with the console. The board's own one of arm64 is for tests."""
        if self.native:
            return ['-serial', 'chardev:console']
        return ['-device', 'pci-serial,chardev=console,addr=2']


MACHINES = {
    'amd64': Machine('qemu-system-x86_64', 'x86_64-linux-gnu', ('-cpu', 'max,-monitor'),
                     'tsc=reliable', True),
    # not max: TCG takes long for its pointer authentication
    'arm64': Machine('qemu-system-aarch64', 'aarch64-linux-gnu',
                     ('-M', 'virt', '-cpu', 'cortex-a57'), '', False),
}


def arch_of(kernel):
    """of a name in tests/kernels.lock, or of a release"""
    return 'arm64' if kernel.endswith('-arm64') else 'amd64'


def made_by(what, *argv):
    made = subprocess.run(argv, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if made.returncode:
        raise NoGuest(f'{what}: {argv[0]} says:\n{made.stdout}')


def acpi_table(source, work):
    """A source for iasl as a table"""
    made_by(f'--acpi {source}', 'iasl', '-p', os.path.join(work, 'table'), source)
    return os.path.join(work, 'table.aml')


def devicetree(machine, source, cpus, work):
    """The machine's own devicetree with a source for dtc laid over it"""
    own, overlay, both = (os.path.join(work, n) for n in ('own.dtb', 'over.dtbo', 'both.dtb'))
    made_by('--dt', *machine.cpus(cpus, False), '-machine', f'dumpdtb={own}')
    made_by(f'--dt {source}', 'dtc', '-q', '-I', 'dts', '-O', 'dtb', '-o', overlay, source)
    made_by(f'--dt {source}', 'fdtoverlay', '-i', own, '-o', both, overlay)
    return both
