#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Devices of another maker, played by pymodbus' RTU server.

foreign-pymodbus.py TTY MAP ADDRESS[,ADDRESS...] [BAUD]

Lines "MILLIVOLT MILLIAMPERE" on standard input set what is served; each is
confirmed by "serving MILLIVOLT MILLIAMPERE". A device at address a has a * 10
mV more than was set, so that no two are alike. Ends with standard input.
"""
import asyncio
import struct
import sys

from pymodbus.datastore import (
    ModbusServerContext,
    ModbusSlaveContext,
    ModbusSparseDataBlock,
)
from pymodbus.server.async_io import ModbusSerialServer
from pymodbus.transaction import ModbusRtuFramer

HOLDING = 3
INPUT = 4


def conext(mv, ma):
    """Registers of Schneider's Conext Battery Monitor; high word first."""
    words = struct.unpack(">4H", struct.pack(">Ii", mv, ma))
    return HOLDING, 0x46, list(words)


def epever(mv, ma):
    """Registers of EPEVER's B series; low word first, 1/100 V and A."""
    high, low = struct.unpack(">2H", struct.pack(">i", int(ma / 10)))
    return INPUT, 0x331A, [mv // 10, low, high]


MAPS = {"schneider-conext-bm": conext, "epever-b-series": epever}


def device():
    """Make a device whose registers outside the map do not exist."""
    return ModbusSlaveContext(
        hr=ModbusSparseDataBlock({r: 0 for r in range(0x40, 0x80)}),
        ir=ModbusSparseDataBlock({r: 0 for r in range(0x3300, 0x3320)}),
        zero_mode=True,
    )


def take_values(line, encode, devices):
    """Serve what a line says."""
    mv, ma = (int(word) for word in line.split())
    for address, context in devices.items():
        function, start, words = encode(mv + 10 * address, ma)
        context.setValues(function, start, words)
    print("serving", mv, ma, flush=True)


async def read_lines():
    """Yield the lines of standard input without stopping the server."""
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: protocol, sys.stdin)
    while line := await reader.readline():
        yield line.decode()


async def main(tty, name, addresses, baud="19200"):
    """Serve until the end of standard input."""
    devices = {int(a): device() for a in addresses.split(",")}
    server = ModbusSerialServer(
        ModbusServerContext(slaves=devices, single=False),
        framer=ModbusRtuFramer,
        port=tty,
        baudrate=int(baud),
        # A pty has no parity and pyserial takes that for an error.
        parity="N",
        stopbits=1,
        bytesize=8,
        ignore_missing_slaves=True,
    )
    await server.start()
    if server.transport is None:
        sys.exit(f"foreign-pymodbus.py: cannot open {tty}")
    async for line in read_lines():
        take_values(line, MAPS[name], devices)
    await server.shutdown()


if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[2] not in MAPS:
        sys.exit(f"usage: {sys.argv[0]} TTY {'|'.join(MAPS)} ADDRESSES [BAUD]")
    asyncio.run(main(*sys.argv[1:]))
