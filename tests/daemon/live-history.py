#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What bacsd keeps over restarts, and when the disk or the clock fail it.

Arguments as for live.py.
"""
import os
import sqlite3
import subprocess

from world import CONFIG, main, wait_for


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
    assert w.heard("alarm", "History", "cannot be written") == 1
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


def what_was_learnt_outlasts_a_stop(w):
    w.configure(CONFIG)
    w.modules()
    w.start()
    for _ in range(5):
        w.step("scan bacsA")
    # a string is written when its state changes, not hours later
    wait_for("the string", lambda: w.sql(
        "SELECT 1 FROM learnt WHERE string = 'North' AND position = 0"))
    w.stop()
    rows = w.sql("SELECT string, position, serial FROM learnt "
                 "ORDER BY string, position")
    assert [r[:2] for r in rows] == [("", 0)] + \
        [("North", i) for i in range(5)], rows
    assert int(rows[2][2], 16) == 1001, rows
    with sqlite3.connect(f"{w.dir}/state/history.db") as db:
        db.execute("UPDATE learnt SET state = state || ' duty=5' "
                   "WHERE position = 3")
    w.start()
    wait_for("what was learnt", lambda: w.said("is taken over (5 records)"))
    assert w.heard("dropped", "3S2", "damaged") == 1
    w.step("scan bacsA")
    wait_for("values", lambda: w.module(2, "Values"))
    wait_for("both", lambda: len(w.said("rules had learnt")) == 2)
    w.stop()
    # mended by what is written anew
    w.start()
    wait_for("all", lambda: w.said("is taken over (6 records)"))
    w.stop()


TESTS = [
    what_was_learnt_outlasts_a_stop,
    a_clock_that_starts_in_1970_and_jumps_dates_everything,
    a_module_of_an_earlier_run_is_expected_until_forgotten,
    sigterm_writes_what_is_in_memory,
    a_full_disk_degrades_the_history_alone,
]


main(TESTS)
