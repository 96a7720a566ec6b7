#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""deafen.py PID: samples stop arriving in a process, and it is not told.

Takes its netlink sockets out of the family's group of samples. Nothing is
absent then, the driver goes on, and events, dumps and commands still work.
"""
import ctypes
import os
import socket
import struct
import sys

SYS_PIDFD_GETFD = 438
NETLINK_GENERIC = 16
SOL_NETLINK, NETLINK_DROP_MEMBERSHIP, NETLINK_LIST_MEMBERSHIPS = 270, 2, 9
GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME = 16, 3, 2
CTRL_ATTR_MCAST_GROUPS, GROUP_NAME, GROUP_ID = 7, 1, 2


def attributes(data):
    while len(data) >= 4:
        size, kind = struct.unpack_from("HH", data)
        yield kind & 0x3fff, data[4:size]
        data = data[(size + 3) & ~3:]


def group(family, name):
    """Number of a group of a generic netlink family."""
    attr = family.encode() + b"\0"
    attr = struct.pack("HH", 4 + len(attr), CTRL_ATTR_FAMILY_NAME) + attr
    attr += b"\0" * (-len(attr) % 4)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                       NETLINK_GENERIC) as s:
        s.send(struct.pack("IHHII", 20 + len(attr), GENL_ID_CTRL, 1, 1, 0) +
               struct.pack("BBH", CTRL_CMD_GETFAMILY, 1, 0) + attr)
        answer = dict(attributes(s.recv(65536)[20:]))
    for _, entry in attributes(answer[CTRL_ATTR_MCAST_GROUPS]):
        entry = dict(attributes(entry))
        if entry[GROUP_NAME].rstrip(b"\0").decode() == name:
            return struct.unpack("I", entry[GROUP_ID])[0]
    sys.exit(f"family {family} has no group {name}")


def sockets(pid):
    """Duplicates of the generic netlink sockets of a process."""
    libc = ctypes.CDLL(None, use_errno=True)
    pidfd = os.pidfd_open(pid)
    for fd in map(int, os.listdir(f"/proc/{pid}/fd")):
        if not os.readlink(f"/proc/{pid}/fd/{fd}").startswith("socket:"):
            continue
        copy = libc.syscall(SYS_PIDFD_GETFD, pidfd, fd, 0)
        if copy < 0:
            sys.exit(f"pidfd_getfd: {os.strerror(ctypes.get_errno())}")
        s = socket.socket(fileno=copy)
        if s.family == socket.AF_NETLINK and s.proto == NETLINK_GENERIC:
            yield s


def member(s, number):
    bits = s.getsockopt(SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, 64)
    number -= 1
    return number // 8 < len(bits) and bits[number // 8] >> number % 8 & 1


samples = group("bacs", "samples")
dropped = 0
for each in sockets(int(sys.argv[1])):
    if member(each, samples):
        each.setsockopt(SOL_NETLINK, NETLINK_DROP_MEMBERSHIP, samples)
        dropped += 1
if not dropped:
    sys.exit(f"process {sys.argv[1]} hears no samples")
