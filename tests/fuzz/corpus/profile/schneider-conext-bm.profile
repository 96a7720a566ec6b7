# SPDX-License-Identifier: GPL-2.0-or-later
#
# Schneider Electric Conext Battery Monitor (865-1080-01): voltage and current
# of a 24 V or 48 V battery by a shunt
#
# Register numbers, types and scales: "Modbus Map: Conext Battery Monitor
# Device", Schneider Electric document 503-0261-01-01 revision A.3, public at
# kipdf.com (modbus-map-conext-battery-monitor-device); transcribed at
# star.ke.st/library/schneider-conext-battery-monitor. Compared with the
# independent reader ConextBattMon.py of the project BerryBMS by Extrafu: same
# registers, widths, sign, word order and scale.
#
# Not taken: the temperature at 0x4A, because its offset (0 or -273 degC) could
# not be confirmed.
#
# Line: 9600 to 115200 bit/s, parity, stop bits and byte order are settings of
# the device (registers 0xA0-0xA4); high word first is assumed here.

[Profile]
Name=schneider-conext-bm
Class=string
Model=Conext Battery Monitor
Function=3
Start=0x46
Count=4

[Field]
Quantity=voltage_mv
Register=0x46
Width=32
Scale=0.001 V

# + charges
[Field]
Quantity=current_ma
Register=0x48
Width=32
Signed=yes
Scale=0.001 A
