"""BusScans that a person asks a running host for: one at a time, and every one ends with an event."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import pytest

from hostcore.backends.base import BackendKind, I2cBus, I2cOperation
from hostcore.buses.scans import BusScans
from hostcore.clock import VirtualClock
from hostcore.errors import HostError, NoAcknowledgeError
from hostcore.events import Event, ScanCompleted, ScanFailed, ScanProgressed
from hostcore.events.facts import BusFacts, ScanMode
from hostcore.place import BusName, Place

PATIENCE = 10.0


class Bus(I2cBus):
    """Nobody answers on it, unless something else is to happen."""

    def __init__(self, happens: Callable[[], object]) -> None:
        self._happens = happens

    def transaction(self, address: int, _operations: Sequence[I2cOperation]) -> tuple[bytes, ...]:
        self._happens()
        raise NoAcknowledgeError(f"0x{address:02x}: nobody")


class OneBus:
    """The hardware, as far as scans need it."""

    def __init__(self, bus: I2cBus) -> None:
        self.clock = VirtualClock()
        self._bus = bus

    def i2c_bus(self, _place: Place) -> I2cBus:
        return self._bus

    def held(self, _place: Place) -> nullcontext[None]:
        return nullcontext()


class Desk:
    """BusScans of one bus, and what they tell."""

    def __init__(self, happens: Callable[[], object] = lambda: None) -> None:
        self.told: list[Event] = []
        self.warned: list[str] = []
        self._ended = threading.Event()
        hardware: Any = OneBus(Bus(happens))
        facts = (BusFacts(BusName("i2c-1"), BackendKind.SIMULATED),)
        self.scans = BusScans(
            hardware, facts, None, publish=self._tell, warn=self.warned.append, stopping=threading.Event()
        )

    def _tell(self, event: Event) -> None:
        self.told.append(event)
        if not isinstance(event, ScanProgressed):
            self._ended.set()

    def ended(self) -> Event:
        assert self._ended.wait(PATIENCE)
        return self.told[-1]


def test_a_scan_ends_with_its_result() -> None:
    desk = Desk()
    desk.scans.start(1, ScanMode.AUTO)
    ended = desk.ended()
    assert isinstance(ended, ScanCompleted)
    assert (ended.bus, len(ended.probed), desk.warned) == ("i2c-1", 112, [])
    assert ended.is_simulated


def test_a_scan_tells_its_progress_some_times_a_second() -> None:
    desk = Desk()
    desk.scans.start(1, ScanMode.AUTO)
    desk.ended()
    told = [event for event in desk.told if isinstance(event, ScanProgressed)]
    assert [(event.address, event.done) for event in told] == [(0x08, 0), (0x6C, 100), (0x60, 200), (0x54, 300)]
    assert {(event.bus, event.whole, event.is_simulated) for event in told} == {("i2c-1", 336, True)}


def test_a_scan_that_fails_ends_too() -> None:
    def gone() -> None:
        raise OSError("the adapter\x1b[2J is gone")

    desk = Desk(gone)
    desk.scans.start(1, ScanMode.AUTO)
    ended = desk.ended()
    assert isinstance(ended, ScanFailed)
    assert ended.is_simulated
    assert (ended.bus, ended.problem) == ("i2c-1", r"the adapter\x1b[2J is gone")
    assert desk.warned == [r"the scan of i2c-1 failed: the adapter\x1b[2J is gone"]


def test_a_second_scan_waits_for_nobody_and_is_refused() -> None:
    under_way, may_end = threading.Event(), threading.Event()

    def hang() -> None:
        under_way.set()
        may_end.wait(PATIENCE)

    desk = Desk(hang)
    desk.scans.start(1, ScanMode.AUTO)
    assert under_way.wait(PATIENCE)
    with pytest.raises(HostError, match="another scan is running"):
        desk.scans.start(1, ScanMode.AUTO)
    may_end.set()
    assert isinstance(desk.ended(), ScanCompleted)
