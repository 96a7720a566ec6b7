#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""bacsd as a whole, against the fake kernel on a bus of its own; no root.

live.py BACSD FAKE-KERNEL FAKE-POLKIT BACSCTL SOURCE [TEST...]
"""
import time

from world import CONFIG, DEADLINE, main, wait_for


def a_missing_driver_is_a_state_that_is_shown(w):
    w.configure(CONFIG)
    w.start()
    assert w.get("Driver") == "missing"
    wait_for("the status", lambda: w.told("STATUS=driver is not loaded"))
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
    assert w.heard("2S2", "does not answer any more") == 1
    # an event is in the file at once, not at the next batch
    wait_for("the row", lambda: w.sql(
        "SELECT 1 FROM event WHERE kind = 'module-lost' AND address = 2 "
        "AND name = '2S2' AND severity = 2"))
    w.step("state bacsA 2 ok", "sample bacsA 2 voltage_mv=13111", "end bacsA")
    wait_for("value", lambda: w.module(2, "Values").get("voltage_mv") == 13111)
    assert w.heard("2S2", "answers again")
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
    assert w.heard("alarm", "1S2", "11.000") == 1
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
    w.step("clock 1000000000000 1770000000000000000")
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
    assert w.heard("messages of the driver were lost",
                   "socket full: 1, numbers missing: 0") == 1
    w.step("interrupt 2", "module bacsA 4 state=lost", "overrun")
    wait_for("the loss", lambda: w.module(4, "State") == "lost")
    w.step("advance 1000000000", "scan bacsA", "skip bacsA samples 1000",
           "advance 1000000000", "scan bacsA voltage_mv=13000")
    wait_for("values", lambda: w.module(1, "Values")
             .get("voltage_mv") == 13000)
    # told once a minute, and then of both
    assert w.heard("messages of the driver were lost") == 1
    w.step("advance 61000000000", "scan bacsA")
    w.heard("messages of the driver were lost",
            "socket full: 1, numbers missing: 1000")
    assert w.daemon.poll() is None
    w.stop()
    assert w.sql("SELECT count(*) FROM event WHERE kind = 'messages-lost'") \
        == [(2,)]


def raw_requests_are_recorded_whoever_sends_them(w):
    w.configure(CONFIG)
    w.modules()
    w.start()
    w.step("transact 0 04020001")
    r = w.bacsctl("bus", "transact", "bacsA", "1", "0400010001")
    assert r.returncode == 0, r
    wait_for("the record", lambda: w.said("1S2", "command transact done",
                                          "raw request of process 4711"))
    w.step("transact -110")
    r = w.bacsctl("bus", "transact", "bacsA", "2", "0400010001")
    assert r.returncode == 1, r
    wait_for("the failure", lambda: w.said("2S2", "command transact failed",
                                           "raw request of process 4711"))
    # commands of bacsd's own are told by who asked for them
    w.polkit("yes")
    w.call("/org/bacs1/bus/bacsA/3", "Module", "Identify", "b", "true")
    w.stop()
    rows = w.sql("SELECT address, text FROM event WHERE kind = 'command' "
                 "ORDER BY id")
    assert [a for a, _ in rows] == [1, 2, 3], rows
    assert "switched the identification LED" in rows[2][1], rows


def a_second_daemon_is_refused(w):
    w.start()
    second = w.spawn()
    _, err = second.communicate(timeout=DEADLINE)
    assert second.returncode == 1
    assert f"process {w.daemon.pid}" in err and "only one may" in err, err
    w.stop()
    w.start()
    w.stop()


TESTS = [
    a_missing_driver_is_a_state_that_is_shown,
    values_states_and_names_are_one_call_away,
    a_lost_module_is_red_has_no_value_and_returns,
    a_breach_of_a_limit_takes_two_samples,
    samples_that_stop_starve_the_watchdog,
    malformed_messages_and_overruns_leave_the_model_right,
    raw_requests_are_recorded_whoever_sends_them,
    a_second_daemon_is_refused,
]


main(TESTS)
