# SPDX-License-Identifier: GPL-2.0-or-later
#
# Profile bacs-c, the I/O modules, as a file: the same map as the one that is
# built into the driver, as a model for maps of one's own and for buses on which
# a module cannot be asked for its identification
#
# Register numbers, units and flags: Documentation/bus-protocol.rst.
#
# Register 3, the seconds left of the lease, has no quantity.
#
# Line: 19200 bit/s 8E1 by default.

[Profile]
Name=bacs-c-io
Class=io
Model=bacs-c io
Function=4
Start=0
Count=7
ResponseMs=50

[Field]
Quantity=flags
Register=0

[Field]
Quantity=inputs
Register=1

[Field]
Quantity=relays
Register=2

[Field]
Quantity=module_temperature_mc
Register=4
Signed=yes
Scale=0.1 degC

[Field]
Quantity=boots
Register=5

[Field]
Quantity=latch_number
Register=6
