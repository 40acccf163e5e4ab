"""A session that only looks: it passes on what changes nothing, and refuses everything else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hostcore.actuation import SwitchRelay
from hostcore.driver_wish import DriverKind, DriverWish
from hostcore.errors import HostError, ReadOnlyError
from hostcore.events.facts import ScanMode
from hostcore.events.history import HistoryQuery
from hostcore.permissions import parse_permission
from hostcore.read_only import ReadOnlySession, read_only_reason
from hostcore.session import Order, Session
from hostcore.settings_wish import Calibration
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts

WHY = "This screen is read-only."
LOOKS: dict[str, Callable[[Session], object]] = {
    "facts": lambda session: session.facts,
    "subscribe": lambda session: session.subscribe(str, capacity=7).close(),
    "earlier": lambda session: session.earlier(),
    "plugins": lambda session: session.plugins(),
    "source": lambda session: session.source("light", "", 1),
    "driver_file": lambda session: session.driver_file("light"),
    "recording": lambda session: session.recording("light"),
    "history": lambda session: session.history(HistoryQuery("light", ("lux",), 0, 1, 1)),
}
CHANGES: dict[str, Callable[[Session], object]] = {
    "order": lambda session: session.order("light", Order.STOP),
    "grant": lambda session: session.grant("light", (parse_permission("gpio:4:in"),)),
    "fetch": lambda session: session.fetch("light"),
    "keep_recording": lambda session: session.keep_recording("light"),
    "add_driver": lambda session: session.add_driver(DriverWish(DriverKind.EMPTY)),
    "replace_driver": lambda session: session.replace_driver("light", "def read(): ...", "new"),
    "scan": lambda session: session.scan(1, ScanMode.AUTO),
    "identify": lambda session: session.identify(1, 0x23),
    "set_faults": lambda session: session.set_faults(()),
    "hold": lambda session: session.hold("temperature", 30.0),
    "acknowledge": lambda session: session.acknowledge("warm"),
    "change_settings": lambda session: session.change_settings(Calibration("light", ("lux",), 1.0)),
    "actuate": lambda session: session.actuate(SwitchRelay("fan", True)),
}


def scripted(kind: str = "linux") -> ScriptedSession:
    return ScriptedSession(
        facts=host_facts(kind=kind),
        known=[plugin_facts("light")],
        sources={("light", ""): "def read(): ..."},
        recordings={("light", 0): b"all of it"},
    )


def test_each_method_of_a_session_is_known_to_look_or_to_change() -> None:
    members = {name for name in vars(Session) if not name.startswith("_")}
    assert members == LOOKS.keys() | CHANGES.keys(), "decide what a read-only session does with a new method"


@pytest.mark.parametrize("name", LOOKS)
def test_what_only_looks_is_passed_on(name: str) -> None:
    session = scripted()
    assert LOOKS[name](ReadOnlySession(session, WHY)) == LOOKS[name](session)


@pytest.mark.parametrize("name", CHANGES)
def test_what_changes_something_is_refused_with_the_reason(name: str) -> None:
    session = scripted()
    with pytest.raises(ReadOnlyError, match=WHY):
        CHANGES[name](ReadOnlySession(session, WHY))
    assert not session.changes


def test_a_method_that_nobody_decided_about_is_not_passed_on() -> None:
    session = scripted()
    session.reboot = lambda: None  # type: ignore[attr-defined]
    assert not hasattr(ReadOnlySession(session, WHY), "reboot")


def test_a_simulated_bus_may_be_probed_because_no_chip_can_be_disturbed() -> None:
    session = scripted("simulated")
    looking = ReadOnlySession(session, WHY)
    looking.scan(1, ScanMode.AUTO)
    looking.identify(1, 0x23)
    assert (session.scans, session.identified) == ([(1, ScanMode.AUTO)], [(1, 0x23)])
    with pytest.raises(ReadOnlyError):
        looking.scan(7, ScanMode.AUTO)


def test_errors_of_the_host_stay_what_they_are() -> None:
    with pytest.raises(HostError, match="there is no source"):
        ReadOnlySession(scripted(), WHY).source("nobody", "", 1)


def test_the_person_or_the_settings_make_a_screen_read_only() -> None:
    facts = replace(host_facts(), config_file=Path("/etc/host.toml"))
    assert read_only_reason(facts, is_asked=False) == ""
    assert "--read-only" in read_only_reason(facts, is_asked=True)
    assert "/etc/host.toml has read_only" in read_only_reason(replace(facts, is_read_only=True), is_asked=False)
