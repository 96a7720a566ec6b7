// SPDX-License-Identifier: GPL-2.0-or-later
// What a board's firmware says: battery modules at the first two serial ports.
// PRP0001 takes the devicetree's compatible and properties. The second bus
// has an address that does not exist.
DefinitionBlock ("", "SSDT", 2, "BACS", "SERDEV", 1)
{
    External (\_SB.PCI0.S80, DeviceObj)
    External (\_SB.PCI0.S88, DeviceObj)

    Scope (\_SB.PCI0.S80)
    {
        Device (BAT0)
        {
            Name (_HID, "PRP0001")
            Name (_CRS, ResourceTemplate () {
                UartSerialBusV2 (19200, DataBitsEight, StopBitsOne, 0,
                    LittleEndian, ParityTypeEven, FlowControlNone, 16, 16,
                    "\\_SB.PCI0.S80", 0, ResourceConsumer, , )
            })
            Name (_DSD, Package () {
                ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                Package () {
                    Package () { "compatible", "bacs,battery-bus" },
                    Package () { "label", "board" },
                    Package () { "current-speed", 19200 },
                    Package () { "bacs,addresses", Package () { 1, 3, 4, 4 } },
                    Package () { "bacs,scan-period-ms", 2000 }
                }
            })
        }
    }

    Scope (\_SB.PCI0.S88)
    {
        Device (BAT1)
        {
            Name (_HID, "PRP0001")
            Name (_CRS, ResourceTemplate () {
                UartSerialBusV2 (19200, DataBitsEight, StopBitsOne, 0,
                    LittleEndian, ParityTypeEven, FlowControlNone, 16, 16,
                    "\\_SB.PCI0.S88", 0, ResourceConsumer, , )
            })
            Name (_DSD, Package () {
                ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301"),
                Package () {
                    Package () { "compatible", "bacs,battery-bus" },
                    Package () { "label", "wrong" },
                    Package () { "bacs,addresses", Package () { 1, 300 } }
                }
            })
        }
    }
}
