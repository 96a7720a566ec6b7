#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""bacsd on D-Bus: who may do what, and whether it is what its XML says.

Arguments as for live.py.
"""
import os
import pathlib
import pwd
import re
import subprocess
import threading
import xml.etree.ElementTree as ET

from world import CONFIG, DEADLINE, SOURCE, Skip, main, wait_for


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
    assert w.heard("User 0 switched the identification LED of 1S2 on")
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
    assert w.heard(f"User {uid} switched the identification LED of 1S2 on")
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
    changing_methods_are_for_those_who_may,
    root_may_without_polkit,
    polkit_decides_where_it_is,
    the_running_daemon_is_what_the_xml_says,
    every_action_asked_for_is_in_the_policy_file,
    a_lost_bus_connection_is_made_again,
]


main(TESTS)
