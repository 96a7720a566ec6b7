# SPDX-License-Identifier: GPL-2.0-or-later
#
# XY-MD02: temperature and humidity sensor (SHT20 or SHT40) on RS-485, sold under
# many names
#
# Register numbers, sign and scale: the sellers' manual, public at sah.rs
# (techdocs/xy-md02-manual.pdf) and retold by domoticx.com
# (modbus-temp-hum-sensor-xy-md02) and accautomation.ca: function 4, register 1
# temperature in 0.1 degC with sign (0xFF33 is -20.5), register 2 relative
# humidity in 0.1 %. Compared with an independent reader, XY-MD02-Modbus.py of
# the project Sensors by t-teja: same function, registers and scale.
#
# Valid range: what the sensor element can measure at all, -40 to 125 degC
# (Sensirion SHT20), not the 60 degC that the manual promises: a hot room must
# show. The MD02 without XY- answers in 0.01 and needs a map of its own.
#
# Line: 9600 bit/s 8N1 by default; a parity of its own has been reported.

[Profile]
Name=xy-md02
Class=environment
Model=XY-MD02
Function=4
Start=1
Count=2

[Field]
Quantity=temperature_mc
Register=1
Signed=yes
Scale=0.1 degC
Min=-40 degC
Max=125 degC

[Field]
Quantity=humidity_permille
Register=2
Scale=0.1 %
Max=100 %
