# SPDX-License-Identifier: GPL-2.0-or-later
#
# Unipi Extension xS11: 12 digital inputs and 13 relay outputs on RS-485
#
# Register numbers and bits: "Extension xS11 Modbus map" version 2.0 of Unipi
# Technology, public at kb.unipi.technology; holding register 0 has the digital
# inputs, input 1 in bit 0, and register 1 the relays likewise. Compared with an
# independent reader, etc/hw_definitions/xS11.yaml of the project evok by Unipi
# Technology: same registers and bits.
#
# bacs reads the relays and never switches them. With the module's own watchdog
# (register 2) in use any poll counts as a sign of life.
#
# Line: 19200 bit/s 8N1, address 15 by default.

[Profile]
Name=unipi-xs11
Class=io
Model=Unipi xS11
Function=3
Start=0
Count=2

[Field]
Quantity=inputs
Register=0

[Field]
Quantity=relays
Register=1
