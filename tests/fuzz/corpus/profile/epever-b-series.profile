# SPDX-License-Identifier: GPL-2.0-or-later
#
# EPEVER (EPsolar) Tracer B series charge controllers, and others of the maker
# with the same map: voltage and net current of the battery
#
# Register numbers and scales: "B-Series MODBUS Specification", EPEVER
# Corporation, V2.3 of 12 June 2015, section "Statistical Parameters (Read
# Only)", public at scribd.com (document 350734332, ControllerProtocolV2-3).
# Compared with the independent reader epevermodbus by Ross Warren (driver.py,
# get_battery_voltage() and get_battery_current()): same function, registers,
# widths, sign, word order and scale. A reading from a real Tracer 1210AN in
# that project's pull request 36, -0.46 A with a load of 0.46 A and no sun,
# shows that negative is discharge.
#
# Not taken: the battery's temperature at 0x3110, which is another block.
#
# Line: 115200 bit/s 8N1 by default.

[Profile]
Name=epever-b-series
Class=string
Model=EPEVER B series
Function=4
Start=0x331A
Count=3

[Field]
Quantity=voltage_mv
Register=0x331A
Scale=0.01 V

# + charges
[Field]
Quantity=current_ma
Register=0x331B
Width=32
Signed=yes
WordOrder=low-first
Scale=0.01 A
