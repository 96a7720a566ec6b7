# SPDX-License-Identifier: GPL-2.0-or-later
#
# Profile bacs-c, the environment sensors, as a file: the same map as the one that is
# built into the driver, as a model for maps of one's own and for buses on which
# a module cannot be asked for its identification
#
# Register numbers, units and flags: Documentation/bus-protocol.rst.
#
# Line: 19200 bit/s 8E1 by default.

[Profile]
Name=bacs-c-environment
Class=environment
Model=bacs-c environment
Function=4
Start=0
Count=8
ResponseMs=50

[Field]
Quantity=flags
Register=0

[Field]
Quantity=temperature_mc
Register=1
Signed=yes
Scale=0.1 degC
ValidFlag=0x0002

[Field]
Quantity=humidity_permille
Register=2
Scale=1 permille
ValidFlag=0x2000

[Field]
Quantity=h2_ppm
Register=3
Width=32
Scale=1 ppm
ValidFlag=0x4000

[Field]
Quantity=module_temperature_mc
Register=5
Signed=yes
Scale=0.1 degC

[Field]
Quantity=boots
Register=6

[Field]
Quantity=latch_number
Register=7
