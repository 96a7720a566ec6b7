#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Internal resistance and jars of the real bacsd, against the fake kernel.

live-ri.py BACSD FAKE-KERNEL FAKE-POLKIT BACSCTL SOURCE [TEST...]
"""
import json
import os
import pwd

from world import CONFIG, Skip, main, wait_for

NORTH = "/org/bacs1/string/North"
SECOND = 1_000_000_000
RI_START = 9		# BACS_CMD_RI_START


class Wire:
    """Four modules that measure when they are told, and a clock."""

    def __init__(self, w):
        self.w = w
        self.uohm = {a: 5000 + a for a in range(1, 5)}
        self.sequence = dict.fromkeys(self.uohm, 0)
        self.serial = {a: 1000 + a for a in self.uohm}
        self.measured = []
        self.deaf = set()
        self.busy = ""
        w.step("clock 1000000000000 1770000000000000000")
        w.modules()

    def scan(self, seconds=4):
        """Time goes on, every module answers."""
        self.w.step(f"advance {seconds * SECOND}",
                    *[f"sample bacsA {a} voltage_mv=13500 "
                      f"temperature_mc=21000 equalizer_duty_permille=0 "
                      f"ri_sequence={self.sequence[a]} "
                      f"resistance_uohm={self.uohm[a]}" for a in self.uohm],
                    "end bacsA")

    def property(self, name):
        return self.w.get(name, NORTH, "Resistance")

    def go(self, seconds=4):
        """A scan; whoever is asked to measure has measured in the next."""
        self.scan(seconds)
        name = self.property("Module")
        if not self.property("State").startswith("measuring"):
            name = ""
        if name and name != self.busy and int(name[0]) not in self.deaf:
            self.measured.append(int(name[0]))
            self.sequence[int(name[0])] += 1
        self.busy = name

    def until(self, what, test, seconds=4, scans=1200):
        for _ in range(scans):
            value = test()
            if value:
                return value
            self.go(seconds)
        raise AssertionError(f"{scans} scans without {what}")

    def jar(self, address, name):
        return self.w.get(name, f"/org/bacs1/bus/bacsA/{address}", "Jar")


def begin(w, config=CONFIG):
    w.configure(config)
    wire = Wire(w)
    w.start()
    wire.until("float", lambda: w.get("State", NORTH, "String") == "float")
    return wire


def table(w, *args):
    r = w.bacsctl(*args, "--json")
    assert r.returncode == 0, r
    rows = json.loads(r.stdout)
    assert rows.pop("version") == 1
    [rows] = rows.values()
    return rows


def need_root():
    if os.getuid():
        raise Skip("needs root")


def commissioning_measures_one_after_the_other(w):
    r = w.bacsctl("ri")
    assert r.returncode == 3 and "bacsd does not run" in r.stderr, r
    wire = begin(w)
    [row] = table(w, "ri")
    assert row["runs"] == 0 and row["settled"] is False, row
    assert row["state"] == "waiting for the first run", row
    # 15 min after the first charge
    assert 890 < row["next_us"] / 1e6 - 1770000000 < 960, row
    wire.until("the end of commissioning", lambda: wire.property("Settled"))
    # four runs, each jar once in each, in their order
    assert wire.measured == [1, 2, 3, 4] * 4, wire.measured
    # the fake kernel was asked as often, by the controller
    wait_for("control", lambda: w.get(
        "ControllerPID", "/org/bacs1/bus/bacsA", "Bus"))
    assert wire.property("NextUSec") > wire.property("LastRunUSec") \
        + 86000 * 1_000_000
    assert w.heard("resistance has settled after 4 runs")
    assert wire.jar(3, "Baseline") == "provisional"
    numbers = wire.jar(3, "Resistance")
    assert numbers["resistance_uohm"] == 5003, numbers
    assert numbers["baseline_uohm"] == 5003, numbers
    assert wire.jar(3, "MeasuredIn") == "float"
    [row] = table(w, "ri")
    assert row["settled"] and row["measured"] == 4, row
    assert "North" in w.bacsctl("ri").stdout
    w.stop()
    rows = w.sql("SELECT jar.position, state, trend, resistance_uohm, "
                 "count(*) FROM resistance JOIN jar ON jar.id = jar GROUP BY "
                 "jar.position")
    assert rows == [(a, "float", 1, 5000 + a, 4) for a in range(1, 5)], rows
    # another run of bacsd goes on and measures nothing twice
    measured = len(wire.measured)
    w.start()
    assert wire.property("Settled") is True
    assert wire.jar(3, "Baseline") == "provisional"
    assert wire.jar(3, "Resistance")["baseline_uohm"] == 5003
    for _ in range(40):
        wire.go()
    assert len(wire.measured) == measured
    assert wire.property("State") == "waiting for the next run"
    # a day later
    w.step(f"advance {86400 * SECOND}")
    wire.uohm[2] = 9000
    wire.until("a run", lambda: len(wire.measured) == measured + 4)
    wire.until("its end", lambda: not wire.property("Running"))
    w.step(f"advance {86400 * SECOND}")
    wire.until("a run", lambda: len(wire.measured) == measured + 8)
    wait_for("the alarm", lambda: wire.go() or
             w.said("2S2", "179.9 % of its provisional baseline"))
    w.stop()


def the_operator_measures_and_is_told_why_not(w):
    need_root()
    wire = begin(w)
    r = w.bacsctl("ri", "start", "9S9")
    assert r.returncode == 3 and "no jar '9S9'" in r.stderr, r
    assert w.bacsctl("ri", "start").returncode == 2
    r = w.bacsctl("ri", "start", "3S2")
    assert r.returncode == 0, r
    assert w.heard("User 0 asked for a measurement", "3S2")
    wire.until("the value", lambda: wire.jar(3, "Resistance"))
    assert wire.measured == [3], wire.measured
    wire.until("rest", lambda: not wire.property("Module"))
    r = w.bacsctl("ri", "start", "North")
    assert r.returncode == 0 and "4 modules of string North" in r.stdout, r
    wire.until("the values", lambda: all(
        wire.jar(a, "Resistance") for a in (1, 2, 4)))
    # a module that does not measure fails three times and is named
    wire.until("rest", lambda: not wire.property("Module"))
    wire.deaf = {2}
    assert w.bacsctl("ri", "start", "2S2").returncode == 0
    wire.until("failure", lambda: w.said(
        "Resistance of 2S2 could not be measured (timed-out)"))
    assert wire.jar(2, "LastResult") == "timed-out"
    # a driver that refuses, too
    wire.deaf = set()
    before = wire.sequence[1]
    w.step(f"refuse {RI_START} -16 module measures already")
    assert w.bacsctl("ri", "start", "1S2").returncode == 0
    wire.until("refusal", lambda: w.said("measures already"))
    wire.until("success", lambda: wire.sequence[1] > before, scans=200)
    # a discharge
    for mv in (12000, 11900, 11800):
        w.step(f"advance {4 * SECOND}", f"scan bacsA voltage_mv={mv}")
    wait_for("the discharge",
             lambda: w.get("State", NORTH, "String") == "discharge")
    r = w.bacsctl("ri", "start", "1S2")
    assert r.returncode == 1 and "in state discharge" in r.stderr, r
    w.stop()


def a_read_only_bus_is_not_measured(w):
    need_root()
    w.configure(CONFIG)
    wire = Wire(w)
    w.step("bus bacsA flags=1")
    w.start()
    wire.until("float", lambda: w.get("State", NORTH, "String") == "float")
    r = w.bacsctl("ri", "start", "North")
    assert r.returncode == 1 and "read-only" in r.stderr, r
    for _ in range(300):
        wire.scan()
    [row] = table(w, "ri")
    assert row["state"] == "not measured (read-only bus)", row
    assert row["runs"] == 0 and not w.said("claim"), row
    w.stop()


def records_belong_to_jars_and_survive(w):
    need_root()
    wire = begin(w)
    wire.until("the end of commissioning", lambda: wire.property("Settled"))
    r = w.bacsctl("jars", "set", "2S2", "serial=A-17", "maker=Müller",
                  "type=NP7-12", "capacity_mah=7000", "made=2025-03",
                  "installed=2026-01-31")
    assert r.returncode == 0, r
    # all or nothing, and what may be
    for bad, why in (("capacity_mah=x", "0 to 10000000"),
                     ("capacity_mah=10000001", "0 to 10000000"),
                     ("made=2025-13", "2026-01-31"),
                     ("made=2025-02-30", "2026-01-31"),
                     ("sreial=1", "nearest is serial"),
                     ("type=" + "x" * 32, "at most 31 bytes"),
                     ("maker=a\x07b", "printable")):
        r = w.bacsctl("jars", "set", "2S2", "serial=WRONG", bad)
        assert r.returncode == 1 and why in r.stderr, r
    assert w.bacsctl("jars", "set", "2S2", "serial").returncode == 2
    assert w.bacsctl("jars", "set", "7S7", "serial=1").returncode == 3
    row = table(w, "jars")[1]
    assert row["jar_serial"] == "A-17" and row["maker"] == "Müller", row
    assert row["capacity_mah"] == 7000 and row["made"] == "2025-03", row
    assert row["serial"] == f"{1002:016x}" and row["author"] == "user 0", row
    # signed by a name
    r = w.bacsctl("ri", "baseline", "sign", "all", "Anna")
    assert r.returncode == 0 and "4S2: provisional baseline of 5.004" \
        in r.stdout, r
    row = table(w, "ri", "baseline")[1]
    assert row["signer"] == "Anna (user 0)" and row["signed_us"] > 0, row
    assert row["baseline_uohm"] == 5002 and row["name"] == "2S2", row
    assert w.heard("Anna (user 0) signed the provisional baseline of 2S2")
    # a jar is replaced: its successor begins anew
    r = w.bacsctl("jars", "replace", "3S2", "leaks", "serial=B-1")
    assert r.returncode == 0, r
    assert wire.jar(3, "Baseline") == "none"
    assert wire.jar(3, "Resistance") == {}
    assert wire.jar(2, "Baseline") == "provisional"
    r = w.bacsctl("ri", "baseline", "sign", "3S2", "Anna")
    assert r.returncode == 1 and "0 values that may be compared" in r.stderr
    assert w.sql("SELECT reason, baseline, signer FROM jar WHERE removed "
                 "IS NOT NULL") == [("leaks", "provisional",
                                     "Anna (user 0)")]
    w.stop()
    # another bacsd knows it all
    w.start()
    row = table(w, "jars")
    assert row[1]["jar_serial"] == "A-17" and row[2]["jar_serial"] == "B-1"
    assert table(w, "ri", "baseline")[1]["signer"] == "Anna (user 0)"
    assert wire.jar(3, "Baseline") == "none"
    # and so does one after SIGKILL
    w.daemon.kill()
    w.daemon.wait()
    w.start()
    assert table(w, "jars")[1]["jar_serial"] == "A-17"
    w.stop()


def exchanged_modules_are_named(w):
    need_root()
    wire = begin(w)
    w.step("add bacsA 1 state=ok class=jar serial=1004 nominal_mv=12000",
           "add bacsA 4 state=ok class=jar serial=1001 nominal_mv=12000")
    wire.until("the alarm", lambda: w.said(
        "modules of 1S2 and 4S2 were exchanged"))
    wire.until("the other", lambda: w.said(
        "warning", "modules of 4S2 and 1S2 were exchanged"))
    # still so after a restart: it is the book that knows
    w.stop()
    w.start()
    assert wire.jar(1, "ModuleSerial") == 1001
    assert w.bacsctl("jars", "accept", "all").returncode == 0
    assert wire.jar(1, "ModuleSerial") == 1004
    assert w.heard("User 0 entered that module 1004 belongs to 1S2")
    w.step("add bacsA 2 state=ok class=jar serial=77 nominal_mv=12000")
    wire.until("the alarm", lambda: w.said(
        "module with serial number 77 answers at 2S2, 1002 belongs there"))
    w.stop()
    assert w.sql("SELECT module_serial FROM jar ORDER BY position")[:2] == \
        [(f"{1004:016x}",), (f"{1002:016x}",)]


def calibrations_adjust_what_is_judged_not_the_history(w):
    need_root()
    wire = begin(w)
    for keys, why in ((["voltage_offset_mv=100"], "needs date="),
                      (["voltage_offset_mv=501", "person=A"], "-500 to 500"),
                      (["voltage_gain_ppm=1.5"], "whole number"),
                      (["offset=1"], "nearest is")):
        r = w.bacsctl("jars", "calibrate", "1S2", *keys)
        assert r.returncode == 1 and why in r.stderr, r
    who = ["date=2026-02-01", "person=Anna", "instrument=Fluke 87 V"]
    r = w.bacsctl("jars", "calibrate", "1S2", "voltage_offset_mv=100",
                  "voltage_gain_ppm=1000", "temperature_offset_mc=-500",
                  "resistance_offset_uohm=20", *who)
    assert r.returncode == 0, r
    wire.scan()
    wait_for("the value", lambda: w.module(1, "Values")
             .get("voltage_mv") == 13613)
    assert w.module(1, "Values")["temperature_mc"] == 20500
    assert w.module(2, "Values")["voltage_mv"] == 13500
    assert wire.jar(1, "Calibrated") is True
    # tables of adjusted values say so
    assert table(w, "strings")[0]["modules_calibrated"] == 1
    assert "ADJUSTED" in w.bacsctl("strings").stdout
    row = table(w, "jars")[0]
    assert row["calibrated"] and row["voltage_offset_mv"] == 100, row
    assert row["calibration_person"] == "Anna", row
    assert w.bacsctl("ri", "start", "1S2").returncode == 0
    wire.until("the value", lambda: wire.jar(1, "Resistance"))
    assert wire.jar(1, "Resistance")["resistance_uohm"] == 5021
    # over a restart
    w.stop()
    w.start()
    wire.scan()
    wait_for("the value", lambda: w.module(1, "Values")
             .get("voltage_mv") == 13613)
    assert wire.jar(1, "Resistance")["resistance_uohm"] == 5021
    # and its end
    assert w.bacsctl("jars", "calibrate", "1S2", "none").returncode == 0
    wire.scan()
    wait_for("the value", lambda: w.module(1, "Values")
             .get("voltage_mv") == 13500)
    assert wire.jar(1, "Calibration") == {}
    assert "ADJUSTED" not in w.bacsctl("strings").stdout
    w.stop()
    # the history has raw values, and what was in force
    assert w.sql("SELECT min(voltage_min_mv), max(voltage_max_mv) FROM "
                 "history") == [(13500, 13500)]
    assert w.sql("SELECT DISTINCT resistance_uohm FROM resistance JOIN module "
                 "ON module.id = module WHERE address = 1") == [(5001,)]
    assert w.sql("SELECT person, voltage_offset_mv, until > since "
                 "FROM calibration") == [("Anna", 100, 1)]


def offsets_of_site_and_string_correct_once(w):
    need_root()
    wire = begin(w, CONFIG + "[Site]\nVoltageOffset=1mV\n"
                 "TemperatureOffset=-1.5C\nResistanceOffset=100uOhm\n")

    def values(address, mv):
        wire.scan()
        wait_for("the value", lambda: w.module(address, "Values")
                 .get("voltage_mv") == mv)
        return w.module(address, "Values")

    # a cell of 2 V has 1 mV more, a block of 12 V 6 mV
    assert values(2, 13506)["temperature_mc"] == 19500
    assert wire.jar(2, "Offsets") == {
        "voltage_mv": 6, "temperature_mc": -1500, "resistance_uohm": 100}
    assert table(w, "strings")[0]["modules_calibrated"] == 4
    row = table(w, "jars")[1]
    assert row["configured_voltage_offset_mv"] == 6, row
    assert "-1.5 C" in w.bacsctl("jars").stdout
    # raw values are there all the same
    assert table(w, "status")[1]["voltage_mv"] == 13500
    # a calibration takes the place of what it corrects
    r = w.bacsctl("jars", "calibrate", "1S2", "voltage_offset_mv=100",
                  "date=2026-02-01", "person=Anna", "instrument=Fluke 87 V")
    assert r.returncode == 0, r
    assert values(1, 13600)["temperature_mc"] == 19500
    assert wire.jar(1, "Offsets") == {
        "temperature_mc": -1500, "resistance_uohm": 100}
    assert w.bacsctl("ri", "start", "2S2").returncode == 0
    wire.until("the value", lambda: wire.jar(2, "Resistance"))
    adjusted = wire.jar(2, "Resistance")["resistance_uohm"]
    # a string's own, in place of the site's
    config = CONFIG.replace("NominalVoltage=12V\n", "NominalVoltage=12V\n"
                            "VoltageOffset=-2mV\nTemperatureOffset=0C\n")
    w.configure(config + "[Site]\nVoltageOffset=1mV\n"
                "TemperatureOffset=-1.5C\nResistanceOffset=100uOhm\n")
    w.call("/org/bacs1", "Manager", "Reload")
    assert values(2, 13488)["temperature_mc"] == 21000
    assert wire.jar(2, "Offsets") == {"voltage_mv": -12,
                                      "resistance_uohm": 100}
    r = w.bacsctl("config", "show", "--effective", "--json",
                  f"--root={w.dir}/root")
    rows = {(d["name"], d["key"]): d for d in json.loads(r.stdout)["config"]}
    assert rows[None, "VoltageOffset"]["value"] == "1mV"
    assert rows["North", "VoltageOffset"]["value"] == "-2mV"
    d = rows["North", "ResistanceOffset"]
    assert d["value"] == "0.100mOhm" and "[Site] " in d["source"], d
    # over a restart, values of before included
    w.stop()
    w.start()
    values(2, 13488)
    assert wire.jar(2, "Resistance")["resistance_uohm"] == adjusted
    w.configure(CONFIG)
    w.call("/org/bacs1", "Manager", "Reload")
    assert values(2, 13500)["temperature_mc"] == 21000
    assert "OFFSET" not in w.bacsctl("jars").stdout
    w.stop()
    # the history has raw values, and what was in force when
    assert w.sql("SELECT min(voltage_min_mv), max(voltage_max_mv) FROM "
                 "history") == [(13500, 13500)]
    # others may have had their turn meanwhile
    assert w.sql("SELECT DISTINCT resistance_uohm FROM resistance JOIN module "
                 "ON module.id = module WHERE address = 2") == [
        (adjusted - 100,)]
    rows = w.sql("SELECT string, voltage_uv, temperature_mc, resistance_uohm, "
                 "until > since FROM offsets ORDER BY id")
    assert rows == [("", 1000, -1500, 100, 1), ("North", 1000, -1500, 100, 1),
                    ("North", -2000, 0, 100, 1)], rows


def only_those_who_may_change_records(w):
    need_root()
    begin(w)
    user = pwd.getpwnam("nobody").pw_uid
    jar = "/org/bacs1/bus/bacsA/1"
    for path, interface, method, args in (
            (NORTH, "Resistance", "Start", ()),
            (jar, "Jar", "Set", ("a{ss}", "0")),
            (jar, "Jar", "Replace", ("sa{ss}", "x", "0")),
            (jar, "Jar", "SignBaseline", ("s", "x")),
            (jar, "Jar", "AcceptModule", ()),
            (jar, "Jar", "Calibrate", ("a{ss}", "0"))):
        r = w.call(path, interface, method, *args, user=user, check=False)
        assert r.returncode and "Access denied" in r.stderr, r.stderr
    w.stop()


def numbers_that_lie_change_nothing(w):
    wire = begin(w)
    for sequence, uohm in ((0, 0), (5, 2 ** 32 - 1), (6, 0), (2 ** 32 - 1, 1),
                           (0, 7), (3, 2 ** 32 - 1)):
        w.step(f"advance {4 * SECOND}",
               f"sample bacsA 1 voltage_mv=13500 ri_sequence={sequence} "
               f"resistance_uohm={uohm}", "end bacsA")
    wire.scan()
    assert wire.jar(1, "Resistance") == {}
    assert wire.jar(1, "LastResult") == "bad-value"
    assert w.daemon.poll() is None
    w.stop()


main([
    commissioning_measures_one_after_the_other,
    the_operator_measures_and_is_told_why_not,
    a_read_only_bus_is_not_measured,
    records_belong_to_jars_and_survive,
    exchanged_modules_are_named,
    calibrations_adjust_what_is_judged_not_the_history,
    offsets_of_site_and_string_correct_once,
    only_those_who_may_change_records,
    numbers_that_lie_change_nothing,
])
