#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The devicetree binding: valid, as its example says, as the driver reads it,
and it refuses what the driver refuses."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
BINDINGS = TOP / "Documentation/devicetree/bindings"
BINDING = BINDINGS / "serial/bacs,battery-bus.yaml"
DRIVER = (TOP / "driver/serdev.c").read_text()
# what takes the place of a line of the example, and the property complained of
WRONG = {
    'label = "1bacsA";': "label",
    'label = "longerThanAllowed";': "label",
    "current-speed = <0>;": "current-speed",
    "bacs,addresses = <1 248>;": "bacs,addresses",
    "bacs,addresses = <0 4>;": "bacs,addresses",
    'bacs,parity = "mark";': "bacs,parity",
    'bacs,profile = "Big";': "bacs,profile",
    "bacs,scan-period-ms = <60001>;": "bacs,scan-period-ms",
    "bacs,response-timeout-ms = <4>;": "bacs,response-timeout-ms",
    "bacs,adresses = <1 4>;": "bacs,adresses",
}
number = failed = 0


def run(*argv, **more):
    return subprocess.run(argv, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, **more)


def result(good, name, why=""):
    global number, failed
    number += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {number} - {name}")
    if not good and why:
        print("# " + why.strip().replace("\n", "\n# "))


def complaints(schema, source, folder):
    """What the schema says of a devicetree source"""
    blob = folder / "tree.dtb"
    made = run("dtc", "-q", "-I", "dts", "-O", "dtb", "-o", str(blob), "-",
               input=source)
    if made.returncode:
        sys.exit(f"Bail out! dtc: {made.stdout}")
    return run("dt-validate", "-s", str(schema), str(blob)).stdout


def main():
    with tempfile.TemporaryDirectory(prefix="bacs-dt-") as name:
        folder = pathlib.Path(name)
        said = run("dt-doc-validate", "-u", str(BINDINGS), str(BINDING))
        result(not said.returncode and not said.stdout, "the binding is valid",
               said.stdout)
        schema = folder / "schema.json"
        made = run("dt-mk-schema", "-j", "-o", str(schema), str(BINDINGS))
        result(not made.returncode and json.loads(schema.read_text()),
               "a schema is made of it", made.stdout)
        example = subprocess.check_output(("dt-extract-example", str(BINDING)),
                                          text=True)
        said = complaints(schema, example, folder)
        result(not said, "its example is valid", said)
        for line, about in WRONG.items():
            key = line.split(" ")[0]
            text, replaced = re.subn(rf"{key} = .*;", line, example)
            if not replaced:
                text = example.replace("label =", line + "\nlabel =")
            said = complaints(schema, text, folder)
            result(about in said, f"refused: {line}", said or "no complaint")

    read = set(re.findall(r'"(bacs,[a-z-]+|label|current-speed)"', DRIVER))
    told = set(re.findall(r"^  ([a-z][a-z,-]+):$", BINDING.read_text(), re.M))
    told.discard("compatible")
    result(read == told | {"bacs,battery-bus"},
           "the driver reads what the binding tells", f"{read ^ told}")
    print(f"1..{number}")
    return bool(failed)


sys.exit(main())
