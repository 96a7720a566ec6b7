#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""bacsd as a whole, against the fake kernel on a bus of its own; no root.

live.py BACSD FAKE-KERNEL FAKE-POLKIT BACSCTL SOURCE [TEST...]
"""
import json
import os
import pathlib
import pwd
import re
import signal
import subprocess
import threading
import time
import xml.etree.ElementTree as ET

from world import (BACSD, CONFIG, DEADLINE, SOURCE, Skip, main, wait_for)


def a_missing_driver_is_a_state_that_is_shown(w):
    w.configure(CONFIG)
    w.start()
    assert w.get("Driver") == "missing"
    assert w.told("STATUS=driver is not loaded")
    # it may still be on its way
    assert not w.said("alarm", "modprobe bacs")
    assert w.module(1, "State") == "unpolled"
    assert w.module(1, "Name") == "1S2"
    # known absence feeds the watchdog
    before = w.told("WATCHDOG=1")
    wait_for("the watchdog's food", lambda: w.told("WATCHDOG=1") > before + 1)
    wait_for("armed", lambda: w.get("Armed"))
    wait_for("the alarm", lambda: w.said("alarm", "modprobe bacs"))
    assert w.get("ArmedUSec") - w.get("StartedUSec") < 10_000_000
    assert w.module(1, "State") == "absent"
    assert w.module(1, "Colour") == "blue"
    # the driver comes, with a bus
    w.modules()
    w.step("start bacsA")
    wait_for("modules", lambda: w.module(4, "State") == "ok")
    assert w.get("Driver") == "present"
    # and goes
    w.step("unload")
    wait_for("absence", lambda: w.get("Driver") == "missing")
    assert w.module(4, "State") == "lost"
    assert w.module(4, "Colour") == "red"
    assert w.module(4, "Values") == {}
    w.stop()
    kinds = [k for k, in w.sql("SELECT kind FROM event ORDER BY id")]
    assert kinds[0] == "daemon-started" and kinds[-1] == "daemon-stopped"
    assert kinds.count("driver-missing") == 2, kinds


def values_states_and_names_are_one_call_away(w):
    w.configure(CONFIG)
    w.modules()
    w.start()
    w.step("scan bacsA")
    wait_for("values", lambda: w.snapshot()["bacsA", 1]["values"])
    m = w.snapshot()["bacsA", 3]
    assert m["name"] == "3S2" and m["serial"] == 1003, m
    assert m["values"] == {"voltage_mv": 13500, "temperature_mc": 21000}, m
    assert m["state"] == "ok" and m["colour"] == "green", m
    assert w.get("Colour") == "green" and w.get("Armed")
    assert w.module(3, "Values") == {"voltage_mv": 13500,
                                     "temperature_mc": 21000}
    assert w.module(3, "Limits") == {"voltage_min_mv": 13020,
                                     "voltage_lcrit_mv": 12000}
    assert w.module(3, "Model") == "M-3"
    assert w.get("Tty", "/org/bacs1/bus/bacsA", "Bus") == "ttyS4"
    # labels and limits are in the driver: another run finds them there
    wait_for("labels", lambda: w.told("WATCHDOG=1"))
    w.stop()
    w.configure("")
    w.start()
    assert w.module(3, "Name") == "3S2"
    assert w.module(3, "Limits") == {"voltage_min_mv": 13020,
                                     "voltage_lcrit_mv": 12000}
    w.stop()


def a_lost_module_is_red_has_no_value_and_returns(w):
    w.configure(CONFIG)
    w.modules()
    w.start()
    w.step("scan bacsA")
    wait_for("values", lambda: w.module(2, "Values"))
    w.step("state bacsA 2 lost")
    wait_for("loss", lambda: w.module(2, "State") == "lost")
    m = w.snapshot()["bacsA", 2]
    assert m["values"] == {} and m["time"] == 0 and m["colour"] == "red", m
    assert "not monitored" in m["reason"]
    assert len(w.said("2S2", "does not answer any more")) == 1
    # an event is in the file at once, not at the next batch
    wait_for("the row", lambda: w.sql(
        "SELECT 1 FROM event WHERE kind = 'module-lost' AND address = 2 "
        "AND name = '2S2' AND severity = 2"))
    w.step("state bacsA 2 ok", "sample bacsA 2 voltage_mv=13111", "end bacsA")
    wait_for("value", lambda: w.module(2, "Values").get("voltage_mv") == 13111)
    assert w.said("2S2", "answers again")
    w.stop()


def a_breach_of_a_limit_takes_two_samples(w):
    w.configure(CONFIG)
    w.modules()
    w.start()
    w.step("scan bacsA", "scan bacsA")
    w.step("sample bacsA 1 voltage_mv=11000", "end bacsA")
    wait_for("value", lambda: w.module(1, "Values").get("voltage_mv") == 11000)
    assert w.module(1, "Colour") == "green"
    w.step("sample bacsA 1 voltage_mv=11000", "end bacsA")
    wait_for("alarm", lambda: w.module(1, "Colour") == "red")
    assert "11.000 V is below the alarm limit" in w.module(1, "Reason")
    assert len(w.said("alarm", "1S2", "11.000")) == 1
    w.stop()


def samples_that_stop_starve_the_watchdog(w):
    w.configure(CONFIG)
    w.modules()
    w.step("clock 1000000000000 1770000000000000000")
    w.start()
    w.beat("advance 1000000000", "scan bacsA")
    before = w.told("WATCHDOG=1")
    wait_for("the watchdog's food", lambda: w.told("WATCHDOG=1") > before + 2)
    # time goes on, samples do not, and nobody says why
    w.beat("advance 1000000000")
    wait_for("the stall", lambda: w.said("alarm", "no sample came"))
    before = w.told("WATCHDOG=1")
    # the daemon lives: it answers, its ticks go on, but it asks for no mercy
    for colour in range(6):
        status = w.get("Colour")
        time.sleep(0.5)
    assert status == "red"
    assert w.told("WATCHDOG=1") == before
    w.beat("advance 1000000000", "scan bacsA")
    wait_for("the watchdog's food", lambda: w.told("WATCHDOG=1") > before)
    # the bus says that it is lost: known absence is no reason to die
    w.step("busstate bacsA lost")
    w.beat("advance 1000000000")
    before = w.told("WATCHDOG=1")
    wait_for("food in absence", lambda: w.told("WATCHDOG=1") > before + 4)
    w.stop()


def malformed_messages_and_overruns_leave_the_model_right(w):
    w.configure(CONFIG)
    w.modules()
    w.start()
    w.step("scan bacsA")
    wait_for("values", lambda: w.snapshot()["bacsA", 1]["values"])
    for hexes in ("", "00", "ff" * 3, "ff" * 40, "0000ffff" * 8,
                  "10000000110001000000000000000000", "aa" * 2000):
        for group in ("samples", "events"):
            if hexes:
                w.step(f"bytes {group} {hexes}")
    # a loss whose message never arrived
    w.step("module bacsA 3 state=lost", "overrun")
    wait_for("the loss", lambda: w.module(3, "State") == "lost")
    w.step("interrupt 2", "module bacsA 4 state=lost", "overrun")
    wait_for("the loss", lambda: w.module(4, "State") == "lost")
    w.step("skip bacsA samples 1000", "scan bacsA voltage_mv=13000")
    wait_for("values", lambda: w.module(1, "Values")
             .get("voltage_mv") == 13000)
    assert w.daemon.poll() is None
    w.stop()


def a_clock_that_starts_in_1970_and_jumps_dates_everything(w):
    w.configure(CONFIG)
    w.modules()
    w.step("clock 5000000000 5000000000")
    w.start()
    assert w.get("ClockQuality") == "unknown"
    w.step("scan bacsA", "advance 60000000000", "scan bacsA")
    wait_for("values", lambda: w.snapshot()["bacsA", 1]["values"])
    # NTP: 2026-02-02
    w.step("clock 70000000000 1770000000000000000")
    wait_for("the date", lambda: w.said("wall clock is known now"))
    assert w.get("ClockQuality") != "unknown"
    w.step("scan bacsA")
    # an hour back
    w.step("clock 100000000000 1769996430000000000")
    wait_for("the step", lambda: w.said("was set", "ms back"))
    w.step("scan bacsA", "advance 1000000000", "scan bacsA")
    wait_for("values", lambda: w.snapshot()["bacsA", 1]["time"]
             == 101000000)
    w.stop()
    assert w.sql("SELECT count(*) FROM minute") == \
        w.sql("SELECT count(*) FROM history")
    assert w.sql("SELECT min(time) > 1769990000000000 FROM event") == [(1,)]
    assert w.sql("SELECT min(time) > 1769990000000000 FROM minute") == [(1,)]
    # 2 minutes before the date was known, 1 after it, 1 after the step
    assert w.sql("SELECT sum(scans) FROM history WHERE address = 1") \
        == [(5,)]
    assert w.sql("SELECT text FROM event WHERE kind = 'clock-stepped'")


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


def a_second_daemon_is_refused(w):
    w.start()
    second = w.spawn()
    _, err = second.communicate(timeout=DEADLINE)
    assert second.returncode == 1
    assert f"process {w.daemon.pid}" in err and "only one may" in err, err
    w.stop()
    w.start()
    w.stop()


def changing_methods_are_for_those_who_may(w):
    w.configure(CONFIG)
    w.modules()
    w.start()
    for path, interface, method, args in (
            ("/org/bacs1", "Manager", "Reload", ()),
            ("/org/bacs1/bus/bacsA", "Bus", "Rescan", ()),
            ("/org/bacs1/bus/bacsA", "Bus", "SetScanPeriod", ("u", "2000")),
            ("/org/bacs1/bus/bacsA/1", "Module", "Identify", ("b", "true")),
            ("/org/bacs1/bus/bacsA/1", "Module",
             "StartResistanceMeasurement", ()),
            ("/org/bacs1/bus/bacsA/1", "Module", "Forget", ())):
        user = None
        if os.getuid() == 0:
            user = pwd.getpwnam("nobody").pw_uid
        uid = os.getuid() if user is None else user
        r = w.call(path, interface, method, *args, user=user, check=False)
        assert r.returncode and "Access denied" in r.stderr, r.stderr
        wait_for("the record", lambda: w.said(f"User {uid} was refused "
                                              f"{method}"))
    wait_for("the rows", lambda: w.sql(
        "SELECT count(*) FROM event WHERE kind = 'access-denied'")
        == [(6,)])
    # reading is free
    if os.getuid() == 0:
        r = w.call("/org/bacs1", "Manager", "GetSnapshot", check=False,
                   user=pwd.getpwnam("nobody").pw_uid)
        assert r.returncode == 0, r.stderr
    w.stop()


def root_may_without_polkit(w):
    if os.getuid():
        raise Skip("needs root")
    w.configure(CONFIG)
    w.modules()
    w.start()
    module = "/org/bacs1/bus/bacsA/1"
    w.call(module, "Module", "Identify", "b", "true")
    pid = wait_for("control", lambda: w.get(
        "ControllerPID", "/org/bacs1/bus/bacsA", "Bus"))
    assert pid
    w.call(module, "Module", "StartResistanceMeasurement")
    w.call("/org/bacs1/bus/bacsA", "Bus", "SetScanPeriod", "u", "2000")
    wait_for("the period", lambda: w.get(
        "ScanPeriodMSec", "/org/bacs1/bus/bacsA", "Bus") == 2000)
    r = w.call("/org/bacs1/bus/bacsA", "Bus", "SetScanPeriod", "u", "60001",
               check=False)
    assert "1 to 60000 ms is allowed" in r.stderr, r.stderr
    r = w.call(module, "Module", "Forget", check=False)
    assert "named in the configuration" in r.stderr, r.stderr
    assert w.said("User 0 switched the identification LED of 1S2 on")
    w.stop()


def polkit_decides_where_it_is(w):
    w.configure(CONFIG)
    w.modules()
    w.start()
    module = "/org/bacs1/bus/bacsA/1"
    user = None
    if os.getuid() == 0:
        user = pwd.getpwnam("nobody").pw_uid
    uid = os.getuid() if user is None else user
    w.polkit("yes")
    r = w.call(module, "Module", "Identify", "b", "true", user=user,
               check=False)
    assert r.returncode == 0, r.stderr
    asked = w.authority.stdout.readline().split()
    assert asked[:2] == ["org.bacs1.operate", str(uid)], asked
    assert w.said(f"User {uid} switched the identification LED of 1S2 on")
    r = w.call("/org/bacs1", "Manager", "Reload", user=user, check=False)
    assert r.returncode == 0, r.stderr
    assert w.authority.stdout.readline().startswith("org.bacs1.configure ")
    r = w.call(module, "Module", "Forget", user=user, check=False)
    assert "named in the configuration" in r.stderr, r.stderr
    assert w.authority.stdout.readline().startswith("org.bacs1.setup ")
    # what is not "yes" is no, for root too
    for answer, why in (("no", "polkit says no"),
                        ("challenge", "wants a password"),
                        ("error", "out of order")):
        w.polkit(answer)
        for who in {user, None}:
            r = w.call(module, "Module", "Identify", "b", "true", user=who,
                       check=False)
            assert r.returncode and "Access denied" in r.stderr, r.stderr
        wait_for("the record", lambda: w.said("was refused Identify", why))
    # one that never answers holds up nobody but its caller
    w.polkit("slow")
    slow = threading.Thread(target=lambda: w.call(
        module, "Module", "Identify", "b", "true", user=user, check=False))
    slow.start()
    assert w.authority.stdout.readline()
    w.step("state bacsA 2 lost")
    wait_for("loss", lambda: w.module(2, "State") == "lost")
    w.no_polkit()
    slow.join(DEADLINE)
    w.stop()


def a_module_of_an_earlier_run_is_expected_until_forgotten(w):
    w.modules()
    w.start()
    w.step("scan bacsA")
    wait_for("values", lambda: w.snapshot()["bacsA", 4]["values"])
    w.stop()
    w.step("unload", "load")
    w.start()
    assert w.module(4, "State") == "unpolled", w.module(4, "State")
    assert w.module(4, "Serial") == 1004, w.module(4, "Serial")
    wait_for("armed", lambda: w.get("Armed"))
    assert w.module(4, "State") == "absent"
    wait_for("the alarm", lambda: w.said("alarm", "bacsA", "is expected"))
    if os.getuid() == 0:
        w.call("/org/bacs1/bus/bacsA/4", "Module", "Forget")
        assert ("bacsA", 4) not in w.snapshot()
        w.stop()
        w.start()
        assert ("bacsA", 4) not in w.snapshot()
        assert ("bacsA", 3) in w.snapshot()
    w.stop()


def sigterm_writes_what_is_in_memory(w):
    w.configure(CONFIG)
    w.modules()
    w.start()
    for _ in range(10):
        w.step("scan bacsA")
    w.step("sample bacsA 2 resistance_uohm=4321 ri_sequence=7", "end bacsA")
    wait_for("values", lambda: w.module(2, "Values").get("ri_sequence"))
    w.stop()
    rows = w.sql("SELECT sum(scans), min(voltage_mv) FROM history "
                 "WHERE address = 1")
    assert rows == [(10, 13500)], rows
    rows = w.sql("SELECT resistance_uohm, sequence, voltage_mv FROM "
                 "resistance")
    assert rows == [(4321, 7, 13500)], rows


def a_full_disk_degrades_the_history_alone(w):
    w.configure(CONFIG)
    w.modules()
    w.start()
    w.step("scan bacsA")
    wait_for("values", lambda: w.module(2, "Values"))
    # from now on no file may grow beyond what it is: writes fail
    subprocess.run(["prlimit", f"--pid={w.daemon.pid}", "--fsize=4096:unlimited"],
                   check=True)
    w.step("state bacsA 2 lost")
    wait_for("trouble", lambda: w.get("HistoryState") == "degraded")
    assert w.get("HistoryQueued") > 0
    assert w.get("HistoryDropped") == 0
    assert len(w.said("alarm", "History", "cannot be written")) == 1
    # monitoring goes on
    w.step("scan bacsA voltage_mv=13001")
    wait_for("values", lambda: w.module(1, "Values")
             .get("voltage_mv") == 13001)
    assert "history degraded" in [m for m in w.messages
                                  if m.startswith("STATUS")][-1] \
        or wait_for("status", lambda: w.told("STATUS=") and "degraded" in
                    [m for m in w.messages if m.startswith("STATUS")][-1])
    subprocess.run(["prlimit", f"--pid={w.daemon.pid}",
                    "--fsize=unlimited:unlimited"], check=True)
    wait_for("recovery", lambda: w.get("HistoryState") == "ok", 60)
    wait_for("the row", lambda: w.sql(
        "SELECT 1 FROM event WHERE kind = 'module-lost'"))
    wait_for("the notice", lambda: w.said("nothing was lost"))
    w.stop()


def strings_tell_their_state_and_why(w):
    w.configure(CONFIG.replace("Modules=1-4", "Modules=1-4,200", 1)
                .replace("Number=2", "Number=2\nSensor=bacsA:200") +
                "[String South Wall]\nBus=bacsA\nModules=201-202\n"
                .replace("bacsA", "bacsB") + "[Bus bacsB]\n")
    r = w.bacsctl("strings")
    assert r.returncode == 3 and "bacsd does not run" in r.stderr, r
    # before the modules: their states begin by this clock
    w.step("clock 1000000000000 1770000000000000000")
    w.modules()
    w.step("module bacsA 200 state=ok class=string serial=9 model=S "
           "sample.current_ma=120 sample.voltage_mv=54100")
    w.start()
    north = "/org/bacs1/string/North"

    def state(path=north):
        return w.get("State", path, "String")

    def scans(*values):
        w.beat("advance 1000000000",
               *[f"sample bacsA {a} voltage_mv={v} temperature_mc=21000"
                 for a, v in enumerate(values, 1)],
               "sample bacsA 200 current_ma=120 voltage_mv=54100",
               "end bacsA")

    scans(13500, 13520, 13000, 13480)
    wait_for("float", lambda: state() == "float")
    assert w.get("Strings") == ["/org/bacs1/string/South_20Wall", north]
    wait_for("the loss", lambda:
             state("/org/bacs1/string/South_20Wall") == "offline")
    assert w.get("Values", north, "String") == {
        "voltage_mv": 53500, "cell_mean_mv": 2229, "cell_median_mv": 2248,
        "cell_lowest_mv": 2167, "cell_highest_mv": 2253,
        "temperature_mc": 21000, "current_ma": 120,
        "sensor_voltage_mv": 54100}
    assert w.get("LowestModule", north, "String") == "3S2"
    assert w.get("Cells", north, "String")[2] == [3, 3, "3S2", True, 2167]
    # one block is lost: no sum, no mean, the same state
    w.stop_beat()
    w.step("state bacsA 4 lost")
    scans(13500, 13520, 13000)
    wait_for("the loss", lambda: w.get("ModulesMissing", north, "String") == 1)
    assert "voltage_mv" not in w.get("Values", north, "String")
    assert state() == "float"
    listen = subprocess.Popen(
        ["busctl", f"--address=unix:path={w.dir}/bus", "--json=short",
         f"--match=type='signal',path='{north}'", "monitor"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    signals = []
    try:
        assert "Monitoring" in listen.stderr.readline()
        threading.Thread(target=lambda: signals.extend(listen.stdout),
                         daemon=True).start()
        # two steep scans; the sensor contradicts and is named
        scans(12000, 12010, 11900)
        wait_for("the discharge", lambda: state() == "discharge")
    finally:
        # what it printed is read to its end
        listen.terminate()
        listen.wait()
    wait_for("the signal", lambda: any(
        '"PropertiesChanged"' in s and '"discharge"' in s for s in signals))
    assert state() == "discharge"
    assert "check it" in w.get("Evidence", north, "String")
    assert w.said("info", "String North: discharge, was float: median fell")
    wait_for("the row", lambda: w.sql(
        "SELECT 1 FROM event WHERE kind = 'string-state' AND name = 'North' "
        "AND text LIKE '%discharge, was float%'"))
    w.stop_beat()
    r = w.bacsctl("strings", "--json")
    assert r.returncode == 0, r
    rows = json.loads(r.stdout)
    assert rows["version"] == 1
    south, row = rows["strings"]
    assert row["name"] == "North" and row["state"] == "discharge", row
    assert row["modules"] == 4 and row["modules_valid"] == 3, row
    assert row["voltage_mv"] is None and row["cell_median_mv"] == 2000, row
    assert "40 mV/cell in 2 scans" in row["evidence"], row
    assert south["state"] == "offline" and south["evidence"], south
    r = w.bacsctl("strings")
    assert r.returncode == 0 and "3/4" in r.stdout, r
    assert "median fell" in r.stdout and "1.983 V (3S2)" in r.stdout, r
    # a reload keeps the state, and takes what it does not name any more
    w.configure(CONFIG)
    w.daemon.send_signal(signal.SIGHUP)
    wait_for("the reload", lambda: w.get("Strings") == [north])
    assert state() == "discharge"
    w.stop()


def equalizing_is_leased_and_ends_with_its_reasons(w):
    north = "/org/bacs1/string/North"
    keys = "Equalize=yes\nCapacity=100Ah\nCalibrated=yes\nEqualizeDelay=0s\n"
    config = CONFIG.replace("NominalVoltage=12V\n", "NominalVoltage=12V\n" + keys)
    w.configure(config)
    w.step("clock 1000000000000 1770000000000000000")
    w.modules()

    def get(name):
        return w.get(name, north, "String")

    def seconds(n, *values):
        for i in range(n):
            w.step("advance 1000000000",
                   *[f"sample bacsA {a} voltage_mv={v} temperature_mc=21000"
                     for a, v in enumerate(values, 1)], "end bacsA")
            # the clock must not run away from who reads it
            if i % 3 == 2:
                get("Equalizing")

    def targets():
        rows = json.loads(w.bacsctl("modules", "--json").stdout)["modules"]
        return [r["equalizer_target_permille"] for r in rows]

    def lease():
        return json.loads(w.bacsctl("bus", "--json").stdout)[
            "bus"][0]["lease_left_ms"]

    w.start()
    wait_for("control", lambda: w.get(
        "ControllerPID", "/org/bacs1/bus/bacsA", "Bus") != 0)
    seconds(40, 13460, 13460, 13700, 13460)
    wait_for("float", lambda: get("State") == "float")
    wait_for("the rules", lambda: get("Equalizing") == "ready")
    assert lease() == 0 and not any(targets())
    seconds(320, 13460, 13460, 13700, 13460)
    wait_for("bypass", lambda: get("Equalizing") == "active")
    duties = wait_for("the driver", lambda: any(targets()) and targets())
    assert duties[2] > 0 and duties[:2] + duties[3:] == [0, 0, 0], duties
    assert lease() == 60000
    assert get("EqualizingFloatSource") == "assumed"
    values = get("EqualizingValues")
    assert values["target_uv"] == 2253333 and values["window_low_uv"] == 2170000
    assert values["spread_uv"] == 40000 and values["finish_s"] > 3600, values
    row = get("EqualizingModules")[2]
    assert row[:4] == [3, 3, "3S2", "active"] and row[5], row
    assert row[8] == duties[2] <= row[9] == 240, row
    # what people see
    r = w.bacsctl("equalize")
    assert r.returncode == 0, r
    assert "String North: active, 1 of 4 jars bypassed" in r.stdout, r
    assert "to go" in r.stdout and "above target 2.253 V/cell" in r.stdout, r
    rows = json.loads(w.bacsctl("equalize", "--json").stdout)["equalize"]
    assert [r["state"] for r in rows] == ["ready", "ready", "active", "ready"]
    assert rows[2]["equalizer_duty_permille"] == duties[2], rows
    r = w.bacsctl("equalize", "South")
    assert r.returncode == 1 and "no string 'South'" in r.stderr, r
    r = w.bacsctl("strings")
    assert "2.253 V target" in r.stdout and "2.17-2.40 V" in r.stdout, r
    # off and on by hand, for those who may
    r = w.busctl("call", "org.bacs1", north, "org.bacs1.String",
                 "SetEqualizing", "b", "false", user=65534, check=False)
    assert r.returncode != 0 and get("Equalizing") == "active", r
    r = w.bacsctl("equalize", "off", "North")
    assert r.returncode == 0 and "is off until" in r.stdout, r
    wait_for("0 %", lambda: not any(targets()))
    # nothing is claimed for what is off
    wait_for("release", lambda: w.get(
        "ControllerPID", "/org/bacs1/bus/bacsA", "Bus") == 0)
    r = w.bacsctl("equalize", "on", "North")
    assert r.returncode == 0, r
    wait_for("control", lambda: w.get(
        "ControllerPID", "/org/bacs1/bus/bacsA", "Bus") != 0)
    seconds(320, 13460, 13460, 13700, 13460)
    wait_for("the driver", lambda: any(targets()))
    # one falls silent: hold, then 0 %
    w.step("state bacsA 1 lost")
    def without_first(n):
        for i in range(n):
            w.step("advance 1000000000",
                   *[f"sample bacsA {a} voltage_mv=13460 temperature_mc=21000"
                     for a in (2, 3, 4)], "end bacsA")
            if i % 3 == 2:
                get("Equalizing")
    without_first(20)
    assert "the duties hold" in get("EqualizingReason")
    assert get("EqualizingModule") == "1S2" and targets()[2] > 0
    without_first(50)
    wait_for("0 %", lambda: not any(targets()))
    assert get("Equalizing") == "suspended"
    # without Capacity= there is nothing to be switched on
    w.stop()
    w.step("state bacsA 1 ok")
    w.configure(CONFIG)
    w.start()
    wait_for("float", lambda: get("Equalizing") == "off")
    seconds(30, 13460, 13460, 13700, 13460)
    assert w.get("ControllerPID", "/org/bacs1/bus/bacsA", "Bus") == 0
    r = w.bacsctl("equalize", "on", "North")
    assert r.returncode == 1 and "Capacity=" in r.stderr, r
    # a daemon that only monitors equalizes nothing
    w.stop()
    w.configure(config)
    w.start()
    w.stop()
    w.configure(config + "[Nonsense]\n")
    w.start()
    wait_for("the rules", lambda: "only monitors" in get("EqualizingReason"))
    assert w.get("ControllerPID", "/org/bacs1/bus/bacsA", "Bus") == 0
    w.stop()


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
    assert len(w.said("Process 77 wrote other limits to 2S2")) == 1
    # a discharge has other limits, and the upper ones limit nothing
    scans(12000)
    wait_for("its limits", lambda: driver_limits(w, 2)["voltage_min_mv"]
             == 10200)
    # longer than a dip
    w.stop_beat()
    w.step(*["advance 1000000000", "scan bacsA voltage_mv=11900"] * 70)
    assert driver_limits(w, 2)["voltage_crit_mv"] == 65535
    assert limits()[1]["voltage_crit_mv"] is None
    assert w.module(2, "Colour") == "green", w.module(2, "Reason")
    scans(13500)
    wait_for("recharge", lambda: driver_limits(w, 2)["voltage_min_mv"]
             == 12000, 60)
    assert not w.said("voltage-low")
    assert len(w.said("wrote other limits to")) == 1
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
    assert limits()[1]["voltage_min_mv"] == 11500
    w.stop()


def config_is_checked_shown_and_compared(w):
    w.ship_profiles()
    w.configure(AGM)
    root = f"--root={w.dir}/root"
    r = w.bacsctl("config", "check", root)
    assert r.returncode == 0 and "1 buses, 1 strings" in r.stdout, r
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


def a_bus_of_another_program_is_not_equalized_but_named(w):
    north = "/org/bacs1/string/North"
    w.configure(CONFIG.replace(
        "NominalVoltage=12V\n", "NominalVoltage=12V\nEqualize=yes\n"
        "Capacity=100Ah\nCalibrated=yes\nEqualizeDelay=0s\n"))
    w.step("clock 1000000000000 1770000000000000000")
    w.modules()
    other = subprocess.Popen(
        [pathlib.Path(BACSD).with_name("claim-fake"), "bacsA"], text=True,
        env=w.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert other.stdout.readline() == "claimed\n"
        w.start()
        pid = w.get("ControllerPID", "/org/bacs1/bus/bacsA", "Bus")
        wait_for("the reason", lambda: f"bus bacsA is controlled by process "
                 f"{pid}: end it first" in
                 w.get("EqualizingReason", north, "String"))
        assert w.get("Equalizing", north, "String") == "suspended"
    finally:
        other.communicate("")
    # it is tried again, 20 s later
    w.step("advance 21000000000")
    wait_for("control", lambda: "controlled by" not in
             w.get("EqualizingReason", north, "String"))
    assert w.get("ControllerPID", "/org/bacs1/bus/bacsA", "Bus") != 0
    w.stop()


def flatten(node):
    """What an interface is, in a form that can be compared."""
    emits = "org.freedesktop.DBus.Property.EmitsChangedSignal"
    found = {}
    for interface in node.iter("interface"):
        if not interface.get("name").startswith("org.bacs1."):
            continue
        members = found[interface.get("name")] = {}
        for member in interface:
            notes = {a.get("name"): a.get("value")
                     for a in member.findall("annotation")}
            args = [(a.get("name"), a.get("type"),
                     a.get("direction", "out" if member.tag == "signal"
                           else "in")) for a in member.findall("arg")]
            members[member.tag, member.get("name")] = (
                args, member.get("type"), member.get("access"),
                notes.get(emits, "true"))
    return found


def the_running_daemon_is_what_the_xml_says(w):
    w.configure(CONFIG)
    w.start()
    written = flatten(ET.parse(f"{SOURCE}/Documentation/dbus/org.bacs1.xml"))
    seen = {}
    for path in ("/org/bacs1", "/org/bacs1/bus/bacsA",
                 "/org/bacs1/bus/bacsA/1", "/org/bacs1/string/North"):
        text = subprocess.run(
            ["busctl", f"--address=unix:path={w.dir}/bus", "--xml-interface",
             "introspect", "org.bacs1", path], check=True, text=True,
            capture_output=True).stdout
        seen.update(flatten(ET.fromstring(text)))
    assert written.keys() == seen.keys(), (written.keys(), seen.keys())
    for name in written:
        assert written[name] == seen[name], \
            set(map(str, written[name].items())) \
            ^ set(map(str, seen[name].items()))
    # the system bus lets them through: the bus of this test lets all
    conf = pathlib.Path(SOURCE, "daemon/data/org.bacs1.conf").read_text()
    for name in written:
        assert f'send_interface="{name}"' in conf, name
    # and every member stands in the manual page
    page = pathlib.Path(SOURCE, "Documentation/man/org.bacs1.5").read_text()
    for name, members in written.items():
        assert name in page, name
        for _, member in members:
            assert f" {member}" in page, f"{name}.{member} is not in the page"
    w.stop()


def every_action_asked_for_is_in_the_policy_file(_):
    actions = {}
    for action in ET.parse(f"{SOURCE}/daemon/data/org.bacs1.policy") \
            .iter("action"):
        notes = {a.get("key"): a.text for a in action.iter("annotate")}
        actions[action.get("id")] = notes
    asked = set()
    for source in pathlib.Path(SOURCE, "daemon").glob("bus-*.c"):
        asked |= set(re.findall(r'"(org\.bacs1\.[a-z]+)"',
                                source.read_text()))
    assert asked and asked <= actions.keys(), asked - actions.keys()
    assert {f"org.bacs1.{a}" for a in ("read", "acknowledge", "operate",
            "configure", "setup", "arm")} == actions.keys()
    # without it polkit refuses to answer anybody but root
    for action, notes in actions.items():
        assert notes.get("org.freedesktop.policykit.owner") \
            == "unix-user:bacs", action


def a_lost_bus_connection_is_made_again(w):
    w.configure(CONFIG)
    w.modules()
    w.start()
    w.bus.terminate()
    w.bus.wait()
    wait_for("the loss", lambda: w.said("connection to the bus is lost"))
    os.unlink(w.dir / "bus") if (w.dir / "bus").exists() else None
    w.bus = subprocess.Popen(
        ["dbus-daemon", f"--config-file={w.dir}/bus.conf", "--nofork"],
        stderr=subprocess.DEVNULL)
    wait_for("the bus", (w.dir / "bus").exists)
    wait_for("the name", lambda: w.busctl(
        "get-property", "org.bacs1", "/org/bacs1", "org.bacs1.Manager",
        "Driver", check=False).returncode == 0)
    w.step("state bacsA 1 lost")
    wait_for("the loss", lambda: w.module(1, "State") == "lost")
    w.stop()


TESTS = [
    a_missing_driver_is_a_state_that_is_shown,
    values_states_and_names_are_one_call_away,
    a_lost_module_is_red_has_no_value_and_returns,
    a_breach_of_a_limit_takes_two_samples,
    samples_that_stop_starve_the_watchdog,
    malformed_messages_and_overruns_leave_the_model_right,
    a_clock_that_starts_in_1970_and_jumps_dates_everything,
    a_bad_file_at_reload_leaves_the_old_one_in_force,
    a_bad_file_at_boot_means_the_last_good_copy,
    a_second_daemon_is_refused,
    changing_methods_are_for_those_who_may,
    root_may_without_polkit,
    polkit_decides_where_it_is,
    a_module_of_an_earlier_run_is_expected_until_forgotten,
    sigterm_writes_what_is_in_memory,
    a_full_disk_degrades_the_history_alone,
    strings_tell_their_state_and_why,
    limits_follow_the_state_and_what_others_write,
    config_is_checked_shown_and_compared,
    equalizing_is_leased_and_ends_with_its_reasons,
    a_bus_of_another_program_is_not_equalized_but_named,
    the_running_daemon_is_what_the_xml_says,
    every_action_asked_for_is_in_the_policy_file,
    a_lost_bus_connection_is_made_again,
]


main(TESTS)
