#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The configuration of a bacsd that runs: read, refused, compared, in force.

Arguments as for live.py.
"""
import json
import os
import re
import signal

from world import CONFIG, main, wait_for

AGM = """[Bus bacsA]
Modules=1-4
[String North]
Bus=bacsA
Modules=1-4
Number=2
NominalVoltage=12V
[Limits]
Technology=agm
[Module bacsA:3]
DeepDischarge=1.85V
"""


def a_bad_file_at_reload_leaves_the_old_one_in_force(w):
    w.configure(CONFIG)
    w.modules()
    w.start()
    w.configure("[Site]\nNmae=x\n", "bacsd.conf.d/50-bad.conf")
    before = w.told("RELOADING=1")
    w.daemon.send_signal(signal.SIGHUP)
    wait_for("refusal", lambda: w.get("ConfigurationState") == "refused")
    error = w.get("ConfigurationError")
    assert "50-bad.conf:2" in error and "Name=" in error, error
    assert w.module(3, "Name") == "3S2"
    assert w.get("Colour") == "blue" and "50-bad.conf:2" in w.get("Reason")
    # what systemd is told comes on another socket
    wait_for("the word to systemd", lambda: w.told("RELOADING=1") == before + 1
             and w.told("READY=1") == 2)
    r = w.call("/org/bacs1", "Manager", "Reload", check=False)
    if os.getuid() == 0:
        assert "50-bad.conf:2" in r.stderr, r.stderr
    # mended, with another label scheme
    w.configure("[String North]\nBlocks=%S/%n\n", "bacsd.conf.d/50-bad.conf")
    w.daemon.send_signal(signal.SIGHUP)
    wait_for("names", lambda: w.module(3, "Name") == "North/3")
    assert w.get("ConfigurationState") == "good"
    w.stop()


def a_bad_file_at_boot_means_the_last_good_copy(w):
    w.configure("[Nonsense]\n")
    w.modules()
    w.start()
    # a first boot: nothing is configured, everything is shown
    assert w.get("ConfigurationState") == "default"
    assert w.module(3, "Name") == "bacsA-003"
    wait_for("colour", lambda: w.get("Colour") == "blue")
    # not "none is configured": that would send people the wrong way
    for command in "strings", "equalize", "ri", "jars":
        r = w.bacsctl(command)
        assert "was refused" in r.stderr, (command, r.stderr)
        assert "Nonsense" in r.stderr, (command, r.stderr)
    w.stop()
    w.configure(CONFIG)
    w.start()
    assert w.get("ConfigurationState") == "good"
    w.stop()
    w.configure(CONFIG + "[Sampling]\nHistorySeconds=5\n")
    w.start()
    assert w.get("ConfigurationState") == "last-good"
    assert "60 to 900" in w.get("ConfigurationError")
    assert w.module(3, "Name") == "3S2"
    w.stop()
    assert len(w.sql("SELECT 1 FROM event WHERE "
                     "kind = 'configuration-error'")) == 2


def driver_limits(w, address):
    """What the driver has, by another way than bacsd's."""
    r = w.bacsctl("modules", "--json")
    row, = [m for m in json.loads(r.stdout)["modules"]
            if m["address"] == address]
    return {k: v for k, v in row.items()
            if re.match(r"(voltage|temperature)_l?(min|max|crit)_m", k)}


def limits_follow_the_state_and_what_others_write(w):
    w.ship_profiles()
    w.configure(AGM)
    w.step("clock 1000000000000 1770000000000000000")
    w.modules()
    w.start()

    def scans(mv):
        w.beat("advance 1000000000",
               *[f"sample bacsA {a} voltage_mv={mv} temperature_mc=21000"
                 for a in range(1, 5)], "end bacsA")

    def limits(*args):
        r = w.bacsctl("limits", "--json", *args)
        assert r.returncode == 0, r
        return json.loads(r.stdout)["limits"]

    # no state is known: the widest of all states, in the driver at once
    wait_for("the widest", lambda: driver_limits(w, 2)["voltage_lcrit_mv"]
             == 9600)
    assert limits()[1]["limits_state"] == "widest"
    scans(13500)
    wait_for("float", lambda: limits()[1]["limits_state"] == "float")
    wait_for("its limits", lambda: driver_limits(w, 2) == {
        "voltage_min_mv": 13020, "voltage_max_mv": 14400,
        "voltage_lcrit_mv": 12600, "voltage_crit_mv": 14700,
        "temperature_min_mc": 10000, "temperature_max_mc": 30000,
        "temperature_lcrit_mc": 5000, "temperature_crit_mc": 35000})
    row = limits()[1]
    assert row["name"] == "2S2" and row["profile"] == "agm-12v", row
    assert row["voltage_min_mv"] == 13020, row
    # somebody writes: said once, put back
    w.step("module bacsA 2 limit.voltage_min_mv=11000",
           "event bacsA kind=9 address=2 pid=77")
    wait_for("the limit", lambda: driver_limits(w, 2)["voltage_min_mv"]
             == 13020)
    assert w.heard("Process 77 wrote other limits to 2S2") == 1
    # a discharge has other limits, and the upper ones limit nothing
    scans(12000)
    wait_for("its limits", lambda: driver_limits(w, 2)["voltage_min_mv"]
             == 10200)
    # longer than a dip
    w.stop_beat()
    for i in range(70):
        w.step("advance 1000000000", "scan bacsA voltage_mv=11900")
        # the clock must not run away from who reads it
        if i % 3 == 2:
            w.get("Driver")
    assert driver_limits(w, 2)["voltage_crit_mv"] == 65535
    assert limits()[1]["voltage_crit_mv"] is None
    assert w.module(2, "Colour") == "green", w.module(2, "Reason")
    scans(13500)
    wait_for("recharge", lambda: driver_limits(w, 2)["voltage_min_mv"]
             == 12000, 60)
    assert not w.said("voltage-low")
    assert w.heard("wrote other limits to") == 1
    w.stop_beat()
    # one module alone, with who says what
    all_of = {r["key"]: r for r in limits("3S2")}
    deep = all_of["DeepDischarge"]
    assert deep["number"] == 1850 and deep["block_mv"] == 11100, deep
    assert deep["source"].endswith("bacsd.conf:11"), deep
    assert {r["key"]: r for r in limits("bacsA-002")}[
        "DeepDischarge"]["number"] == 1800
    assert "profile agm, " in all_of["FloatVoltageLow"]["source"]
    r = w.bacsctl("limits", "9S9")
    assert r.returncode == 3 and "no module '9S9'" in r.stderr, r
    # adopted: bacsd judges by what was written, in this state
    w.configure(AGM.replace("Technology", "ForeignLimits=adopt\nTechnology"))
    w.daemon.send_signal(signal.SIGHUP)
    wait_for("the reload", lambda: w.said("read again"))
    w.step("module bacsA 2 limit.voltage_min_mv=11500",
           "event bacsA kind=9 address=2 pid=78")
    wait_for("adoption", lambda: w.said("Process 78", "adopt"))
    assert driver_limits(w, 2)["voltage_min_mv"] == 11500
    row = limits()[1]
    assert row["voltage_min_mv"] == 11500, row
    # whose they are is told, and what they stand for
    assert (row["limits_state"], row["origin"]) == ("recharge", "adopted"), row
    assert row["reason"] == ("another program wrote LOW 11.500 V instead of "
                             "12.000 V (ForeignLimits=adopt)"), row
    for other in limits()[0], limits()[2]:
        assert (other["origin"], other["reason"]) == ("configured", None)
    table = w.bacsctl("limits").stdout
    assert "LOW 11.500 V instead of 12.000 V" in table, table
    rows = limits("2S2")
    theirs, = [r for r in rows if r["origin"] == "adopted"]
    assert (theirs["key"], theirs["limits_state"], theirs["number"],
            theirs["unit"], theirs["block_mv"]) == \
        ("voltage_min_mv", "recharge", 11500, "mV", 11500), theirs
    assert "instead of 12.000 V" in theirs["source"], theirs
    not_in = [r["key"] for r in rows if r["source"].endswith("; not in recharge")]
    assert not_in == ["RechargeVoltageLow"], not_in
    assert not [r for r in limits("3S2") if r["origin"] != "configured" or
                "; not in" in r["source"]]
    w.stop()


def limits_that_nobody_configured_are_told_apart(w):
    w.configure("[Bus bacsA]\nModules=1-4\n")
    w.modules()
    w.step("module bacsA 2 limit.voltage_min_mv=11000")
    w.start()
    rows = {r["address"]: r for r in
            json.loads(w.bacsctl("limits", "--json").stdout)["limits"]}
    assert (rows[2]["limits_state"], rows[2]["origin"],
            rows[2]["voltage_min_mv"]) == ("driver", "driver", 11000), rows[2]
    assert "found in the driver" in rows[2]["reason"], rows[2]
    assert (rows[1]["limits_state"], rows[1]["origin"]) == ("driver", "none")
    assert "neither" in rows[1]["reason"], rows[1]
    w.stop()


def adopted_limits_outlive_restarts_and_end_for_good(w):
    adopt = ("[Bus bacsA]\nModules=1-4\n[Limits]\nForeignLimits=adopt\n"
             "FloatVoltageLow=2.17V\nTemperatureHigh=30C\n")
    w.configure(adopt)
    w.modules()
    w.start()
    wait_for("the limits", lambda: driver_limits(w, 2)
             .get("voltage_min_mv") == 13020)
    w.step("module bacsA 2 limit.voltage_min_mv=11500",
           "event bacsA kind=9 address=2 pid=78")
    wait_for("adoption", lambda: w.said("Process 78", "hold in this state"))
    [(row,)] = wait_for("the row", lambda: w.sql(
        "SELECT object || ' ' || value FROM kept"))
    assert row.startswith("bacsA:2/widest voltage_min_mv=11500 "), row
    w.stop()
    # a driver that forgot them, too
    w.step("unload")
    w.modules()
    w.start()
    wait_for("the limits", lambda: driver_limits(w, 2)
             .get("voltage_min_mv") == 11500)
    assert driver_limits(w, 3)["voltage_min_mv"] == 13020
    assert w.module(2, "Limits")["voltage_min_mv"] == 11500
    r = json.loads(w.bacsctl("limits", "--json").stdout)["limits"]
    assert [m["origin"] for m in r] == ["configured", "adopted",
                                        "configured", "configured"], r
    assert "LOW 11.500 V instead of 13.020 V" in r[1]["reason"], r[1]
    # the driver has a whole set: what limits nothing in it is no limit
    assert r[1]["voltage_max_mv"] is None, r[1]
    assert r[1]["temperature_max_mc"] == 30000, r[1]
    # an end is an end
    w.configure(adopt.replace("adopt", "overwrite"))
    w.daemon.send_signal(signal.SIGHUP)
    wait_for("the limits", lambda: driver_limits(w, 2)
             .get("voltage_min_mv") == 13020)
    wait_for("the row", lambda: w.sql("SELECT * FROM kept") == [])
    w.configure(adopt)
    before = len(w.said("read again"))
    w.daemon.send_signal(signal.SIGHUP)
    wait_for("the reload", lambda: len(w.said("read again")) > before)
    w.stop()
    w.start()
    assert w.module(2, "Limits")["voltage_min_mv"] == 13020
    w.stop()


def the_order_of_the_cable_is_told_and_used(w):
    w.configure(CONFIG.replace("Modules=1-4\n[String", "Modules=1-4\n"
                               "Wiring=1-2,4-3\n[String"))
    w.modules()
    w.start()
    bus = "/org/bacs1/bus/bacsA"
    assert w.get("Wiring", bus, "Bus") == [1, 2, 4, 3]
    assert w.get("WiringBranches", bus, "Bus") == [4]
    wait_for("armed", lambda: w.get("Armed"))
    w.step("state bacsA 3 lost", "state bacsA 4 lost")
    wait_for("the cut", lambda: "may be cut between 2S2 and 4S2"
             in w.bacsctl("alarms", "--json").stdout)
    r = w.bacsctl("config", "show", f"--root={w.dir}/root")
    assert "1-2,4-3" in r.stdout, r
    # without it nothing is known
    w.configure(CONFIG)
    w.daemon.send_signal(signal.SIGHUP)
    wait_for("the reload", lambda: w.get("Wiring", bus, "Bus") == [])
    wait_for("no word of a cut", lambda: "may be cut"
             not in w.bacsctl("alarms", "--json").stdout)
    w.stop()


def config_is_checked_shown_and_compared(w):
    w.ship_profiles()
    w.configure(AGM)
    root = f"--root={w.dir}/root"
    r = w.bacsctl("config", "check", root)
    assert r.returncode == 0 and "good: 1 bus, 1 string\n" in r.stdout, r
    r = w.bacsctl("config", "diff", root)
    assert r.returncode == 3 and "bacsd does not run" in r.stderr, r
    w.modules()
    w.start()
    r = w.bacsctl("config", "diff", root)
    assert (r.returncode, r.stdout) == (0, ""), r
    # the files say something else now than bacsd has in force
    w.configure("[Limits]\nTemperatureHigh=32C\n[String North]\n"
                "FallsAway=0.19V\n", "bacsd.conf.d/50-more.conf")
    r = w.bacsctl("config", "diff", "--json", root)
    assert r.returncode == 1, r
    rows = {(d["section"], d["name"], d["key"]): d
            for d in json.loads(r.stdout)["diff"]}
    assert set(rows) == {("Limits", None, "TemperatureHigh"),
                         ("String", "North", "TemperatureHigh"),
                         ("String", "North", "FallsAway"),
                         ("Module", "bacsA:3", "TemperatureHigh"),
                         ("Module", "bacsA:3", "FallsAway")}, rows
    low = rows["String", "North", "FallsAway"]
    assert (low["files"], low["bacsd"]) == ("0.190V", "0.100V"), low
    assert low["source"].endswith("50-more.conf:4"), low
    w.daemon.send_signal(signal.SIGHUP)
    wait_for("the reload", lambda: w.bacsctl("config", "diff", root)
             .returncode == 0)
    # what the files do not say any more: the place where bacsd has it from
    config = w.dir / "root/etc/bacs/bacsd.conf"
    config.write_text("[Site]\nName=Test\n" + AGM)
    w.daemon.send_signal(signal.SIGHUP)
    wait_for("the reload", lambda: w.bacsctl("config", "diff", root)
             .returncode == 0)
    config.write_text(AGM)
    r = w.bacsctl("config", "diff", "--json", root)
    d, = json.loads(r.stdout)["diff"]
    assert (d["key"], d["files"], d["bacsd"]) == ("Name", "", "Test"), d
    assert d["source"] == "default", d
    assert d["bacsd_source"] == f"{config}:2", d
    r = w.bacsctl("config", "diff", root)
    assert f"bacsd has it from {config}:2" in r.stdout, r
    # and the other way round
    config.write_text("[Site]\nName=Best\n" + AGM)
    r = w.bacsctl("config", "diff", root)
    assert f"Best  Test  {config}:2" in r.stdout, r
    config.write_text(AGM)
    w.daemon.send_signal(signal.SIGHUP)
    wait_for("the reload", lambda: w.bacsctl("config", "diff", root)
             .returncode == 0)
    # against the defaults: what was said, and what follows from it
    r = w.bacsctl("config", "diff", "--defaults", "--json", root)
    rows = {(d["section"], d["name"], d["key"]): d
            for d in json.loads(r.stdout)["diff"]}
    assert rows["Limits", None, "TemperatureHigh"]["files"] == "32C"
    assert rows["String", "North", "FloatVoltageLow"]["default"] == "none"
    assert ("String", "North", "DeepDischarge") not in rows
    assert rows["Module", "bacsA:3", "DeepDischarge"]["default"] == "1.800V"
    r = w.bacsctl("config", "show", "--effective", "--json", root)
    rows = {(d["section"], d["name"], d["key"]): d
            for d in json.loads(r.stdout)["config"]}
    d = rows["String", "North", "FloatVoltageLow"]
    assert [d[f"block_{v}v_mv"] for v in (2, 4, 6, 12)] == \
        [2170, 4340, 6510, 13020], d
    assert d["unit"] == "mV/cell" and d["number"] == 2170, d
    assert rows["Sampling", None, "RetentionDays"]["source"] == "default"
    # all errors, each with its place
    w.configure("[Limits]\nFloatVoltageHigh=2.1V\n", "bacsd.conf.d/60.conf")
    w.configure("[Limits]\nFallsAwayTime=x\n[Foo]\n", "bacsd.conf.d/70.conf")
    r = w.bacsctl("config", "check", root)
    assert r.returncode == 1, r
    assert "70.conf:2: FallsAwayTime=x" in r.stderr, r
    assert "70.conf:3: Unknown section" in r.stderr, r
    (w.dir / "root/etc/bacs/bacsd.conf.d/70.conf").unlink()
    r = w.bacsctl("config", "check", root)
    assert "60.conf:2: " in r.stderr and "agm.conf:" in r.stderr, r
    for args in (("config",), ("config", "foo"), ("config", "check", "x"),
                 ("config", "show", "--defaults"), ("config", "--foo"),
                 ("limits", "a", "b")):
        r = w.bacsctl(*args)
        assert r.returncode == 2 and r.stderr, r
    w.stop()


TESTS = [
    a_bad_file_at_reload_leaves_the_old_one_in_force,
    a_bad_file_at_boot_means_the_last_good_copy,
    limits_follow_the_state_and_what_others_write,
    limits_that_nobody_configured_are_told_apart,
    config_is_checked_shown_and_compared,
    adopted_limits_outlive_restarts_and_end_for_good,
    the_order_of_the_cable_is_told_and_used,
]


main(TESTS)
