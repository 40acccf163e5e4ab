"""A command that runs a host ends by a signal, even if Python has dropped the signal's exception."""

from __future__ import annotations

import signal

import pytest

from hostcore.cli import running
from hostcore.clock import VirtualClock
from hostcore.events import Level, LogWritten
from hostcore.events.stream import EventStream


@pytest.fixture(autouse=True)
def no_signal_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_came", [])
    monkeypatch.setattr(running, "LOOK_SECONDS", 0.0)


def test_events_are_taken_as_they_come() -> None:
    stream = EventStream(VirtualClock())
    events = stream.subscribe(LogWritten)
    stream.publish(LogWritten(1, "light", Level.INFO, "hello"))
    assert [each.event.text for each in running.taken(events)] == ["hello"]


def test_a_signal_whose_exception_was_dropped_ends_the_wait_for_events() -> None:
    events = EventStream(VirtualClock()).subscribe(LogWritten)
    with pytest.raises(KeyboardInterrupt):
        running._interrupt(signal.SIGTERM, None)
    with pytest.raises(KeyboardInterrupt):
        running.taken(events)
