"""The pump: it carries events to the screen in batches."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import pytest

from hostcore.clock import RealClock
from hostcore.events import Event, Level, LogWritten
from hostcore.events.stream import EventStream
from tests.waiting import until
from tui import pump
from tui.pump import Pump


class Screen:
    """Takes batches, when the test says so."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.stream = EventStream(RealClock())
        self.pump = Pump(self.stream.subscribe(LogWritten), self.take, pace=60.0)

    def take(self, batch: Sequence[Event]) -> None:
        self.batches.append([each.text for each in batch if isinstance(each, LogWritten)])

    def write(self, text: str) -> None:
        self.stream.publish(LogWritten(1, "light", Level.INFO, text))


@pytest.fixture
def screen() -> Iterator[Screen]:
    made = Screen()
    yield made
    made.pump.stop()


def test_events_that_come_together_are_delivered_together(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    gathering, ended = threading.Event(), threading.Event()

    def wait(_seconds: float) -> bool:
        gathering.set()
        return ended.wait(20)

    monkeypatch.setattr(screen.pump._ended, "wait", wait)
    screen.pump.start()
    screen.write("first")
    assert gathering.wait(20)
    screen.write("second")
    ended.set()
    until(lambda: bool(screen.batches), 20)
    assert screen.batches == [["first", "second"]]


def test_who_catches_up_does_not_wait_for_others(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pump, "GATHER", 60.0)
    screen.pump.taken(hurry=True)
    screen.pump.start()
    screen.write("first")
    until(lambda: bool(screen.batches), 20)
    screen.pump.taken(hurry=True)
    screen.write("second")
    until(lambda: len(screen.batches) == 2, 20)
    assert screen.batches == [["first"], ["second"]]
