#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""pymodbus as bus master: reads the live block of modules 1 to MODULES in turn.

peer-pymodbus.py TTY BAUD PARITY MODULES SECONDS

The synchronous client, because that is the one that knows of t3.5.
SCHED_FIFO, no retries, no closing of the port after an error, and the driver's
time-out: 50 ms for the reply to begin, plus the time on the wire, because
pyserial counts from the call. Prints what it counted as JSON.
"""
import gc
import json
import logging
import os
import sys
import time

from pymodbus.client import ModbusSerialClient

REGISTERS = 14
CHARACTERS = 8 + 5 + 2 * REGISTERS


def main(tty, baud, parity, modules, seconds):
    """Poll until the time is over."""
    logging.disable(logging.CRITICAL)
    client = ModbusSerialClient(
        tty, baudrate=int(baud), parity=parity, bytesize=8, stopbits=1,
        retries=0, retry_on_empty=False, close_comm_on_error=False, reset_socket=False,
        strict=False)
    # 3.0.0 makes a whole number of its argument: below 1 s nothing is awaited
    client.params.timeout = 0.05 + CHARACTERS * 11 / int(baud)
    if not client.connect():
        sys.exit(f"peer-pymodbus.py: cannot open {tty}")
    try:
        client.socket.set_low_latency_mode(True)
    except (OSError, ValueError, NotImplementedError):
        pass
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
    gc.disable()
    transactions = errors = address = 0
    begin = time.monotonic()
    while time.monotonic() < begin + int(seconds):
        address = address % int(modules) + 1
        transactions += 1
        reply = client.read_input_registers(0, REGISTERS, slave=address)
        errors += reply.isError()
    print(json.dumps({"transactions": transactions, "errors": errors,
                      "seconds": time.monotonic() - begin, "busy_ns": None}))


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(f"usage: {sys.argv[0]} TTY BAUD PARITY MODULES SECONDS")
    main(*sys.argv[1:])
