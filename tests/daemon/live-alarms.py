#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Alarms of the real bacsd: operated by bacsctl, killed at random instants.

live-alarms.py BACSD FAKE-KERNEL FAKE-POLKIT BACSCTL SOURCE [TEST...]
BACS_KILLS: instants of the kill tests, 3 if not given; BACS_SEED: their seed.
"""
import json
import os
import random
import sqlite3
import time

from world import CONFIG, Skip, main, wait_for

ROOT = "/org/bacs1"
KILLS = int(os.environ.get("BACS_KILLS", "3"))
SEED = int(os.environ.get("BACS_SEED", "20261122"))


def listed(w, method="List"):
    """The alarms, each a dict, by kind and name."""
    rows = w.call(ROOT, "Alarms", method)["data"][0]
    return {(r.get("kind", {}).get("data", "out"), r["name"]["data"]):
            {k: v["data"] for k, v in r.items()} for r in rows}


def alarm(w, kind, name):
    return listed(w).get((kind, name), {"state": "normal"})


def state_is(w, kind, name, state):
    wait_for(f"{kind} of {name} {state}",
             lambda: alarm(w, kind, name)["state"] == state)


def low(address):
    """What a low block sends, again and again."""
    return [f"sample bacsA {address} voltage_mv=11000 temperature_mc=21000",
            "end bacsA"]


# three low blocks of twelve are faults of theirs, of four a discharge
MANY = CONFIG.replace("Modules=1-4", "Modules=1-12")


def scene(low=3):
    return [f"sample bacsA {i} voltage_mv={11000 if i <= low else 13500} "
            "temperature_mc=21000" for i in range(1, 13)] + ["end bacsA"]


def root_only():
    if os.getuid():
        raise Skip("needs root, as whom everything may be done")


def run(w, *args, code=0):
    r = w.bacsctl("alarms", *args)
    assert r.returncode == code, r
    return r.stdout + r.stderr


def alarms_are_shown_and_operated(w):
    root_only()
    r = w.bacsctl("alarms")
    assert r.returncode == 3 and "bacsd does not run" in r.stderr, r
    w.configure(MANY)
    w.modules(12)
    w.start()
    assert "No alarm." in run(w)
    assert json.loads(run(w, "--json")) == {"version": 1, "alarms": []}
    w.beat(*scene(1))
    state_is(w, "voltage-low", "1S2", "unacknowledged")
    a, = json.loads(run(w, "--json"))["alarms"]
    assert a["level"] == "alarm" and a["active"] is True, a
    assert a["address"] == 1 and a["string"] == "North", a
    assert "11.000 V is below the alarm limit of 12.000 V" in a["evidence"], a
    assert "nobody" in a["why"] and a["remedy"], a
    assert abs(a["raised_wall_usec"] / 1e6 - time.time()) < 30, a
    assert a["acknowledged_wall_usec"] is None, a
    text = run(w)
    assert "1S2" in text and "voltage-low" in text, text
    number = str(a["id"])
    assert "1 acknowledged" in run(w, "ack", number)
    a = alarm(w, "voltage-low", "1S2")
    assert a["state"] == "acknowledged" and a["why"].endswith("user 0"), a
    # shelve needs a reason and a time within bounds
    run(w, "shelve", number, "--for=1h", code=2)
    run(w, "shelve", number, "--reason=x", code=2)
    assert "out of range" in run(w, "shelve", number, "--for=8d",
                                 "--reason=x", code=1)
    run(w, "shelve", "4711", "--for=1h", "--reason=x", code=1)
    run(w, "shelve", number, "--for=2h", "--reason=block is on order")
    a = alarm(w, "voltage-low", "1S2")
    assert a["state"] == "shelved" and "block is on order" in a["why"], a
    assert abs(a["shelved_until_wall_usec"] / 1e6 - time.time() - 7200) < 30
    assert w.get("Shelved", interface="Alarms") == 1
    run(w, "unshelve", number)
    state_is(w, "voltage-low", "1S2", "unacknowledged")
    def outputs():
        return {name: state for name, state, _ in
                w.get("Outputs", interface="Alarms")}
    # they follow a moment later
    wait_for("the outputs", lambda: outputs()["buzzer"] == "on"
             and outputs()["contact-1"] == "on")
    assert outputs()["led"] == "red" and outputs()["contact-3"] == "off"
    run(w, "mute")
    assert "Muted by user 0" in run(w)
    wait_for("silence", lambda: outputs()["buzzer"] == "off")
    assert outputs()["led"] == "yellow", outputs()
    run(w, "mute", code=1)
    # a new one ends the mute
    w.beat(*scene(2))
    state_is(w, "voltage-low", "2S2", "unacknowledged")
    assert not w.get("Muted", interface="Alarms")
    # words of any length and script keep the list readable
    run(w, "out-of-service", "2S2", "--reason=" + "\u00fcx" * 400)
    assert alarm(w, "voltage-low", "2S2")["state"] == "out-of-service"
    run(w, "in-service", "2S2")
    run(w, "out-of-service", "2S2", code=2)
    assert "not there" in run(w, "out-of-service", "9S9", "--reason=x", code=1)
    run(w, "out-of-service", "2S2", "--reason=new block", "--for=1h")
    a = alarm(w, "voltage-low", "2S2")
    assert a["state"] == "out-of-service" and "new block" in a["why"], a
    out, = json.loads(run(w, "out-of-service", "--json"))["out_of_service"]
    assert out["name"] == "2S2" and out["who"] == "user 0", out
    run(w, "out-of-service", "North", "--reason=capacity test")
    assert alarm(w, "voltage-low", "1S2")["state"] == "out-of-service"
    run(w, "in-service", "North")
    assert alarm(w, "voltage-low", "1S2")["state"] == "unacknowledged"
    assert alarm(w, "voltage-low", "2S2")["state"] == "out-of-service"
    run(w, "in-service", "bacsA:2")
    assert alarm(w, "voltage-low", "2S2")["state"] == "unacknowledged"
    run(w, "in-service", "2S2", code=1)
    # gone, and seen afterwards
    w.beat(*scene(0))
    state_is(w, "voltage-low", "1S2", "returned")
    state_is(w, "voltage-low", "2S2", "returned")
    assert "2 acknowledged" in run(w, "ack", "--all")
    assert listed(w) == {}
    run(w, "test", "--level=warning", "--for=1s")
    assert alarm(w, "test", "site")["level"] == "warning"
    state_is(w, "test", "site", "normal")
    run(w, "test", "--level=none", code=2)
    run(w, "test", "--for=11m", code=1)
    w.stop_beat()
    w.stop()
    told = w.sql("SELECT kind, alarm, name FROM event WHERE alarm != '' "
                 "AND name = '1S2' ORDER BY id")
    assert told[0] == ("alarm-raised", "voltage-low", "1S2"), told
    assert [k for k, _, _ in told] == [
        "alarm-raised", "alarm-acknowledged", "alarm-shelved",
        "alarm-unshelved", "alarm-raised", "alarm-raised", "alarm-returned",
        "alarm-acknowledged"], told


def only_those_who_may_operate_alarms(w):
    root_only()
    w.configure(CONFIG)
    w.modules()
    w.start()
    w.beat(*low(1))
    state_is(w, "voltage-low", "1S2", "unacknowledged")
    number = str(alarm(w, "voltage-low", "1S2")["id"])
    for method, *args in (
            ("Acknowledge", "at", "0"), ("Shelve", "tus", number, "9", "x"),
            ("Unshelve", "t", number), ("Mute",),
            ("TakeOutOfService", "sus", "1S2", "0", "x"),
            ("ReturnToService", "s", "1S2"), ("Test", "su", "alarm", "1")):
        r = w.call(ROOT, "Alarms", method, *args, user=65534, check=False)
        assert "Access denied" in r.stderr, (method, r)
    # looking is free
    w.call(ROOT, "Alarms", "List", user=65534)
    assert alarm(w, "voltage-low", "1S2")["state"] == "unacknowledged"
    # polkit is asked for the action of each
    w.polkit("no")
    w.call(ROOT, "Alarms", "Acknowledge", "at", "0", user=65534, check=False)
    w.call(ROOT, "Alarms", "Mute", user=65534, check=False)
    asked = [w.authority.stdout.readline().split()[0] for _ in range(2)]
    assert asked == ["org.bacs1.acknowledge", "org.bacs1.operate"], asked
    w.stop_beat()
    w.stop()


def a_dead_bus_is_one_alarm_and_shows_what_it_hides(w):
    w.configure(CONFIG)
    w.modules()
    w.start()
    w.step("scan bacsA")
    wait_for("armed", lambda: w.get("Armed"))
    w.step("busstate bacsA lost", *[f"state bacsA {i} lost"
                                    for i in range(1, 5)])
    wait_for("five alarms", lambda: len(listed(w)) == 5)
    assert alarm(w, "bus-lost", "bacsA")["state"] == "unacknowledged"
    a = alarm(w, "module-lost", "3S2")
    assert a["state"] == "suppressed", a
    assert "nobody answers on bus bacsA" in a["why"], a
    assert w.get("Suppressed", interface="Alarms") == 4
    assert len(w.said("module-lost")) == 0
    w.step("busstate bacsA running", *[f"state bacsA {i} ok"
                                       for i in range(1, 5)])
    wait_for("one alarm", lambda: len(listed(w)) == 1)
    state_is(w, "bus-lost", "bacsA", "returned")
    w.stop()


def a_clock_that_jumps_is_an_advisory(w):
    w.modules()
    w.step("clock 1000000000000 1770000000000000000")
    w.start()
    w.step("clock 1000000000000 1770000120000000000")
    state_is(w, "clock-stepped", "site", "returned")
    a = alarm(w, "clock-stepped", "site")
    assert a["level"] == "advisory" and "120 s forward" in a["evidence"], a
    w.stop()


def set_the_scene(w, *clock):
    """One alarm in each state, and a mute."""
    w.configure(MANY)
    w.modules(12)
    w.start()
    w.beat(*clock, *scene())
    for name in ("1S2", "2S2", "3S2"):
        state_is(w, "voltage-low", name, "unacknowledged")
    run(w, "ack", str(alarm(w, "voltage-low", "1S2")["id"]))
    run(w, "shelve", str(alarm(w, "voltage-low", "2S2")["id"]), "--for=1d",
        "--reason=block is on order")
    w.step("state bacsA 4 lost")
    state_is(w, "module-lost", "4S2", "unacknowledged")
    w.step("state bacsA 4 ok")
    state_is(w, "module-lost", "4S2", "returned")
    run(w, "out-of-service", "3S2", "--reason=new block")
    run(w, "mute")


def kill(w):
    w.daemon.kill()
    w.daemon.wait()


def raised(w):
    return w.sql("SELECT count(*) FROM event WHERE kind IN ('alarm-raised', "
                 "'alarm-returned', 'alarm-lowered', 'module-lost', "
                 "'module-returned', 'bus-missing')")


def sigkill_at_any_instant_changes_no_alarm(w):
    root_only()
    dice = random.Random(SEED)
    set_the_scene(w)
    before = listed(w), listed(w, "ListOutOfService")
    assert sorted(a["state"] for a in before[0].values()) == [
        "acknowledged", "out-of-service", "returned", "shelved"], before
    told = raised(w)
    for i in range(KILLS):
        time.sleep(dice.uniform(0, 1.5))	# the instant, not a wait
        kill(w)
        w.start()
        # before anything could be judged
        assert (listed(w), listed(w, "ListOutOfService")) == before, i
        assert w.get("Muted", interface="Alarms"), i
        # and when everything was
        wait_for("samples", lambda: w.module(1, "Values"))
        wait_for("armed", lambda: w.get("Armed"))
        seen = w.told("WATCHDOG=1")
        wait_for("scans", lambda: w.told("WATCHDOG=1") > seen + 2)
        assert (listed(w), listed(w, "ListOutOfService")) == before, i
        assert raised(w) == told, i
    w.stop_beat()
    w.stop()


def another_boot_finds_the_same_alarms(w):
    """What a power cut leaves: the files, another boot, a clock that went on."""
    root_only()
    dice = random.Random(SEED)
    wall = 1770000000
    w.step(f"clock 1000000000000 {wall}000000000")
    set_the_scene(w, "advance 500000000")
    w.stop_beat()
    before = listed(w), listed(w, "ListOutOfService")
    told = raised(w)
    for i in range(KILLS):
        kill(w)
        # the boot id is the machine's: make the file one of another boot
        db = sqlite3.connect(w.dir / "state/history.db")
        db.execute("UPDATE alarm_site SET boot = 'another'")
        db.commit()
        db.close()
        off = dice.randrange(1, 3600)
        wall += off
        w.step("unload", f"clock {dice.randrange(5, 500)}000000000 "
               f"{wall}000000000")
        w.modules(12)
        w.start()
        assert (listed(w), listed(w, "ListOutOfService")) == before, (i, off)
        w.beat("advance 500000000", *scene())
        wait_for("values", lambda: w.module(1, "Values"))
        wait_for("armed", lambda: w.get("Armed"))
        seen = w.told("WATCHDOG=1")
        wait_for("scans", lambda: w.told("WATCHDOG=1") > seen + 2)
        w.stop_beat()
        assert (listed(w), listed(w, "ListOutOfService")) == before, (i, off)
        assert raised(w) == told, i
    # a day and more later the shelf is over, by the wall clock
    kill(w)
    db = sqlite3.connect(w.dir / "state/history.db")
    db.execute("UPDATE alarm_site SET boot = 'another'")
    db.commit()
    db.close()
    w.step("unload", f"clock 7000000000 {wall + 2 * 86400}000000000")
    w.modules(12)
    w.start()
    state_is(w, "voltage-low", "2S2", "unacknowledged")
    w.stop()


def what_could_not_be_read_is_not_written_over(w):
    """A history that comes late: its alarms join those that are there."""
    root_only()
    w.step("clock 1000000000000 1770000000000000000")
    set_the_scene(w, "advance 500000000")
    before = listed(w), listed(w, "ListOutOfService")
    kill(w)
    history, kept = w.dir / "state/history.db", w.dir / "state/kept"
    history.rename(kept)
    history.mkdir()
    w.start()
    wait_for("trouble", lambda: w.get("HistoryState") == "degraded")
    assert w.heard("left as they are and join when they can")
    # everything is found again, and nobody has seen it
    for name in ("1S2", "2S2", "3S2"):
        state_is(w, "voltage-low", name, "unacknowledged")
    assert not listed(w, "ListOutOfService")
    history.rmdir()
    kept.rename(history)
    rows = "SELECT id, kind, name, acknowledged FROM alarm ORDER BY id"
    saved = w.sql(rows)
    w.step("advance 31000000000")
    wait_for("the merge", lambda: w.said("could be read now"))
    state_is(w, "history-degraded", "site", "returned")

    def same():
        now = listed(w)
        trouble = now.pop(("history-degraded", "site"))
        assert trouble["id"] > max(a["id"] for a in now.values()), trouble
        assert now == before[0], now
        assert listed(w, "ListOutOfService") == before[1]

    same()
    wait_for("the rows", lambda: [r for r in w.sql(rows)
                                  if r[1] != "history-degraded"] == saved)
    kill(w)
    w.start()
    same()
    w.stop_beat()
    w.stop()


def the_driver_may_go_and_come(w):
    """What its absence hides is hidden, and is the same afterwards."""
    root_only()
    set_the_scene(w)
    before = listed(w)
    w.stop_beat()
    w.step("unload")
    state_is(w, "driver-missing", "site", "unacknowledged")
    now = listed(w)
    for key in before:
        if key[0] == "voltage-low":
            assert now[key] == before[key], key
    assert now["bus-missing", "bacsA"]["state"] == "suppressed", now
    assert now["module-lost", "1S2"]["state"] == "suppressed", now
    kill(w)
    w.start()
    assert listed(w) == now
    w.modules(12)
    w.step("start bacsA")
    w.beat(*scene())
    state_is(w, "driver-missing", "site", "returned")
    wait_for("the rest to return", lambda: len(listed(w)) ==
             len(before) + 1)
    wait_for("armed", lambda: w.get("Armed"))
    now = listed(w)
    now.pop(("driver-missing", "site"))
    # it was lost once more, and still nobody has seen that
    lost = now.pop(("module-lost", "4S2"))
    assert lost["state"] == "returned", lost
    before.pop(("module-lost", "4S2"))
    assert now == before, (now, before)
    w.stop_beat()
    w.stop()


def self_test(address, failed):
    return [f"sample bacsA {address} voltage_mv=13500 temperature_mc=21000 "
            f"flags={0x800 if failed else 0}", "end bacsA"]


def what_is_seen_was_written(w):
    """A kill in the very moment an alarm is seen does not lose it."""
    root_only()
    dice = random.Random(SEED)
    w.configure(CONFIG)
    w.modules()
    w.start()
    for i in range(KILLS):
        address = i % 4 + 1
        name = f"{address}S2"
        seen = "unacknowledged"
        w.beat(*self_test(address, True))
        wait_for("the alarm", lambda: alarm(
            w, "self-test", name)["state"] == seen)
        if dice.random() < 0.5:
            w.call(ROOT, "Alarms", "Acknowledge", "at", "0")
            seen = "acknowledged"
        before = listed(w)
        kill(w)
        w.start()
        assert listed(w) == before, i
        assert alarm(w, "self-test", name)["state"] == seen
        w.beat(*self_test(address, False))
        wait_for("the end", lambda: not alarm(
            w, "self-test", name).get("active"))
        w.call(ROOT, "Alarms", "Acknowledge", "at", "0")
    w.stop_beat()
    w.stop()


main([
    alarms_are_shown_and_operated,
    only_those_who_may_operate_alarms,
    a_dead_bus_is_one_alarm_and_shows_what_it_hides,
    a_clock_that_jumps_is_an_advisory,
    sigkill_at_any_instant_changes_no_alarm,
    another_boot_finds_the_same_alarms,
    what_could_not_be_read_is_not_written_over,
    the_driver_may_go_and_come,
    what_is_seen_was_written,
])
