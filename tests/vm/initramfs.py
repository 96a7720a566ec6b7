# SPDX-License-Identifier: GPL-2.0-or-later
"""Writing the initramfs of a guest: the archive, and what programs need."""

import os
import re
import stat
import subprocess


class Missing(Exception):
    """Something that has to be in the initramfs is not on this machine."""


class Cpio:
    """An initramfs, in the kernel's "newc" form."""

    def __init__(self, path):
        self.out = open(path, 'wb')
        self.seen = set()
        self.ino = 0

    def entry(self, name, mode, data=b''):
        name = name.strip('/')
        if name in self.seen:
            return
        parent = os.path.dirname(name)
        if parent and parent not in self.seen:
            self.entry(parent, stat.S_IFDIR | 0o755)
        self.seen.add(name)
        self._write(name, mode, data)

    def _write(self, name, mode, data):
        self.ino += 1
        raw = name.encode() + b'\0'
        fields = (self.ino, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(raw), 0)
        head = b'070701' + b''.join(b'%08X' % f for f in fields) + raw
        self.out.write(head + b'\0' * (-len(head) % 4))
        self.out.write(data + b'\0' * (-len(data) % 4))

    def dir(self, name, mode=0o755):
        self.entry(name, stat.S_IFDIR | mode)

    def link(self, name, target):
        self.entry(name, stat.S_IFLNK | 0o777, target.encode())

    def file(self, name, data, mode=0o644):
        self.entry(name, stat.S_IFREG | mode, data)

    def copy(self, name, path):
        st = os.lstat(path)
        if stat.S_ISLNK(st.st_mode):
            self.link(name, os.readlink(path))
        elif stat.S_ISDIR(st.st_mode):
            self.dir(name, stat.S_IMODE(st.st_mode))
        elif stat.S_ISREG(st.st_mode):
            with open(path, 'rb') as f:
                self.file(name, f.read(), stat.S_IMODE(st.st_mode))

    def tree(self, name, path):
        for where, dirs, files in os.walk(path):
            rel = os.path.relpath(where, path)
            to = usr_merged(os.path.normpath(os.path.join('/', rel)))
            if to != '/':
                self.copy(name + to, where)
            for f in files + [d for d in dirs if os.path.islink(os.path.join(where, d))]:
                self.copy(name + usr_merged(os.path.join(to, f)), os.path.join(where, f))

    def close(self):
        self._write('TRAILER!!!', 0, b'')
        self.out.close()


def usr_merged(path):
    """/lib/x is /usr/lib/x in the guests, as in Debian."""
    return re.sub(r'^/(bin|sbin|lib|lib64)(?=/|$)', r'/usr/\1', path)


def is_elf(path):
    try:
        with open(path, 'rb') as f:
            return f.read(4) == b'\x7fELF'
    except OSError:
        return False


def programs_in(tree):
    for where, _, files in os.walk(tree):
        for f in files:
            path = os.path.join(where, f)
            if not os.path.islink(path) and is_elf(path):
                yield path


def needs_of(path):
    """(interpreter or None, names of libraries) that an ELF file asks for"""
    text = subprocess.run(['readelf', '-ldW', path], env=dict(os.environ, LC_ALL='C'),
                          text=True, stdout=subprocess.PIPE, check=True).stdout
    interpreter = re.search(r'\[Requesting program interpreter: (\S+)\]', text)
    return (interpreter and interpreter[1],
            re.findall(r'\(NEEDED\)\s+Shared library: \[(.*?)\]', text))


def libraries_in(root, gnu, programs, libdirs):
    """As libraries_of(), for programs of another architecture: from below root."""
    found, seen, todo = {}, set(), list(programs)
    while todo:
        path = todo.pop()
        interpreter, names = needs_of(path)
        if interpreter:
            found[usr_merged(interpreter)] = os.path.realpath(root + interpreter)
        for name in set(names) - seen:
            seen.add(name)
            own = [os.path.join(d, name) for d in libdirs]
            in_root = os.path.join(root, 'usr/lib', gnu, name)
            file = next((f for f in [*own, in_root] if os.path.exists(f)), None)
            if not file:
                raise Missing(f'no library {name} below {root}: tests/vm/sysroot')
            if file == in_root:
                found[f'/usr/lib/{gnu}/{name}'] = os.path.realpath(file)
            todo.append(file)
    return found


def libraries_of(programs, libdirs):
    """{name in the guest: file here} of what the programs are linked with."""
    found = {}
    env = dict(os.environ, LD_LIBRARY_PATH=':'.join(libdirs), LC_ALL='C')
    text = subprocess.run(['ldd', *programs], env=env, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    for line in text.splitlines():
        m = re.match(r'\s+(?:(\S+) => )?(/.*?|not found)(?: \(0x[0-9a-f]+\))?$', line)
        if not m:
            continue
        if m[2] == 'not found':
            raise Missing(f'no library {m[1]} on this machine: install it')
        if not any(m[2].startswith(d + '/') for d in libdirs):
            found[usr_merged(m[1] if m[1] and m[1].startswith('/') else m[2])] = \
                os.path.realpath(m[2])
    return found
