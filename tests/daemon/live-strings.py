#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""States and equalizing of strings, as bacsd tells and does them.

Arguments as for live.py.
"""
import json
import os
import pathlib
import signal
import subprocess
import threading

from world import BACSD, CONFIG, Skip, main, wait_for


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
        # it is told a moment later than it is known
        wait_for("the signal", lambda: any(
            '"PropertiesChanged"' in s and '"discharge"' in s
            for s in list(signals)))
    finally:
        listen.terminate()
        listen.wait()
    assert state() == "discharge"
    assert "check it" in w.get("Evidence", north, "String")
    assert w.heard("info", "String North: discharge, was float: median fell")
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
    assert r.returncode == 0 and "is off, also after reload and" in r.stdout, r
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


def what_an_operator_switched_stays_so(w):
    if os.getuid():
        raise Skip("needs root")
    north = "/org/bacs1/string/North"
    yes = CONFIG.replace("NominalVoltage=12V\n", "NominalVoltage=12V\n"
                         "Equalize=yes\nCapacity=100Ah\n")
    no = yes.replace("Equalize=yes", "Equalize=no")

    def get(name):
        return w.get(name, north, "String")

    def reload(config):
        w.configure(config)
        w.call("/org/bacs1", "Manager", "Reload")

    def kept():
        return w.sql("SELECT kind, object, value, who FROM kept")

    def switch(word):
        r = w.bacsctl("equalize", word, "North")
        assert r.returncode == 0, r
        return r.stdout

    w.configure(yes)
    w.modules()
    w.start()
    wait_for("it", lambda: get("Equalizing") == "suspended")
    assert "until 'bacsctl equalize on North'" in switch("off")
    off = [("equalize", "North", "off", "user 0")]
    assert kept() == off
    reason = ("switched off; user 0 switched it off, "
              "the configuration says Equalize=yes")
    assert get("EqualizingReason") == reason
    # nobody's reload and no restart switches it on again
    reload(yes + "[Site]\nVoltageOffset=0mV\n")
    assert get("EqualizingReason") == reason
    w.daemon.kill()
    w.daemon.wait()
    w.start()
    assert get("Equalizing") == "off" and get("EqualizingReason") == reason
    assert get("EqualizingOperator") == "user 0"
    # the configuration says the same: from now on it is its word alone
    reload(no)
    assert get("Equalizing") == "off" and get("EqualizingOperator") == ""
    assert kept() == []
    reload(yes)
    wait_for("it", lambda: get("Equalizing") == "suspended")
    # against a no, for as long as it can be done
    reload(no)
    assert "Equalize= in [String North] says no" in switch("on")
    w.stop()
    w.start()
    wait_for("it", lambda: get("Equalizing") == "suspended")
    reload(CONFIG)
    assert get("Equalizing") == "off" and kept() == []
    reload(no)
    assert get("Equalizing") == "off"
    assert "as Equalize= in [String North] says" in switch("off")
    # a string that goes takes it along
    switch("on")
    reload(CONFIG.replace("North", "South"))
    wait_for("nothing", lambda: kept() == [])
    reload(no)
    assert get("Equalizing") == "off"
    # what cannot be read is no "yes"
    reload(yes)
    switch("off")
    w.stop()
    history, aside = w.dir / "state/history.db", w.dir / "state/aside"
    history.rename(aside)
    history.mkdir()
    w.step("clock 1000000000000 1770000000000000000")
    w.start()
    wait_for("it", lambda: "cannot be read" in get("EqualizingReason"))
    assert get("Equalizing") == "suspended"
    history.rmdir()
    aside.rename(history)
    w.step("advance 31000000000")
    wait_for("the word", lambda: get("EqualizingReason") == reason)
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


def the_room_of_the_host_is_shown(w):
    chip = w.dir / "sys/class/hwmon/hwmon3"
    chip.mkdir(parents=True)
    (chip / "name").write_text("jc42\n")
    w.fake_sys = w.dir / "sys"
    w.step("clock 1000000000000 1770000000000000000")
    w.modules()

    def rooms():
        rows = json.loads(w.bacsctl("strings", "--json").stdout)["strings"]
        return [row["room_temperature_mc"] for row in rows]

    w.configure(CONFIG)
    w.start()
    assert w.get("RoomSensor") == "" and w.get("RoomReason") == ""
    assert rooms() == [None]
    assert "Room" not in w.bacsctl("strings").stdout
    w.configure(CONFIG.replace("[Bus", "RoomSensor=jc42:temp1\n[Bus", 1))
    w.call("/org/bacs1", "Manager", "Reload")
    wait_for("the sensor", lambda: w.get("RoomSensor") == "jc42:temp1")
    assert w.get("RoomReason") == "chip jc42 has no sensor temp1"
    assert w.get("RoomValues") == {} and rooms() == [None]
    assert w.bacsctl("strings").stdout.startswith(
        "Room: no value, RoomSensor=jc42:temp1: chip jc42 has no sensor temp1\n")
    (chip / "temp1_input").write_text("-1500\n")
    w.step("advance 31000000000")
    wait_for("a value", lambda: w.get("RoomValues") == {"temperature_mc": -1500})
    assert w.get("RoomReason") == "" and rooms() == [-1500]
    r = w.bacsctl("strings")
    assert r.stdout.startswith("Room: -1.5 C, RoomSensor=jc42:temp1\n"), r
    (chip / "temp1_input").write_text("99000\n")
    w.step("advance 31000000000")
    wait_for("its loss", lambda: w.get("RoomValues") == {})
    assert "99000 m°C, a room has" in w.get("RoomReason")
    w.stop()


TESTS = [
    the_room_of_the_host_is_shown,
    strings_tell_their_state_and_why,
    equalizing_is_leased_and_ends_with_its_reasons,
    what_an_operator_switched_stays_so,
    a_bus_of_another_program_is_not_equalized_but_named,
]


main(TESTS)
