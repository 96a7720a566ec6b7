# SPDX-License-Identifier: GPL-2.0-or-later
#
# Profile bacs-c, the string sensors, as a file: the same map as the one that is
# built into the driver, as a model for maps of one's own and for buses on which
# a module cannot be asked for its identification
#
# Register numbers, units and flags: Documentation/bus-protocol.rst.
#
# + charges
#
# Line: 19200 bit/s 8E1 by default.

[Profile]
Name=bacs-c-string
Class=string
Model=bacs-c string
Function=4
Start=0
Count=10
ResponseMs=50

[Field]
Quantity=flags
Register=0

[Field]
Quantity=voltage_mv
Register=1
Width=32
Scale=1 mV
ValidFlag=0x0001

[Field]
Quantity=current_ma
Register=3
Width=32
Signed=yes
Scale=1 mA
ValidFlag=0x1000

[Field]
Quantity=ripple_ma
Register=5
Width=32
Scale=1 mA
ValidFlag=0x1000

[Field]
Quantity=module_temperature_mc
Register=7
Signed=yes
Scale=0.1 degC

[Field]
Quantity=boots
Register=8

[Field]
Quantity=latch_number
Register=9
