# SPDX-License-Identifier: GPL-2.0-or-later
#
# Profile bacs-c, the jar modules, as a file: the same map as the one that is
# built into the driver, as a model for maps of one's own and for buses on which
# a module cannot be asked for its identification
#
# Register numbers, units and flags: Documentation/bus-protocol.rst.
#
# As a loaded profile it reads: nothing is measured, equalized or lit by it. The
# live block's last register, the seconds left of the lease, has no quantity.
#
# Line: 19200 bit/s 8E1 by default.

[Profile]
Name=bacs-c-jar
Class=jar
Model=bacs-c jar
Function=4
Start=0
Count=14
ResponseMs=50

[Field]
Quantity=flags
Register=0

[Field]
Quantity=voltage_mv
Register=1
Scale=1 mV
ValidFlag=0x0001

[Field]
Quantity=temperature_mc
Register=2
Signed=yes
Scale=0.1 degC
ValidFlag=0x0002

[Field]
Quantity=resistance_uohm
Register=3
Width=32
Scale=1 uohm
ValidFlag=0x0004

[Field]
Quantity=ri_sequence
Register=5

[Field]
Quantity=ri_spread_permille
Register=6
Scale=1 permille
ValidFlag=0x0004

[Field]
Quantity=equalizer_duty_permille
Register=7
Scale=1 permille

[Field]
Quantity=module_temperature_mc
Register=8
Signed=yes
Scale=0.1 degC

[Field]
Quantity=bypassed_mah
Register=9
Width=32
Scale=1 mAh

[Field]
Quantity=boots
Register=11

[Field]
Quantity=latch_number
Register=12
