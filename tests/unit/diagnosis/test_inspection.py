"""The diagnosis looks at simulated buses by itself when a rule needs it, and never at real ones."""

from __future__ import annotations

from dataclasses import dataclass, field

from hostcore.diagnosis.inspection import Inspection
from hostcore.errors import HostError
from hostcore.events.facts import ScanMode
from tests.evidence import Bench, a_host, a_plugin

AIR = a_plugin("air", "i2c:1:0x77")


@dataclass
class Scanner:
    """Notes what was asked for."""

    asked: list[str] = field(default_factory=list)
    is_busy: bool = False

    def scan(self, bus: int, mode: ScanMode) -> None:
        self._ask(f"scan {bus} {mode}")

    def identify(self, bus: int, address: int) -> None:
        self._ask(f"identify {bus} 0x{address:02x}")

    def _ask(self, what: str) -> None:
        if self.is_busy:
            raise HostError("another scan is running")
        self.asked.append(what)


class Room:
    """A bench with an inspection."""

    def __init__(self, *, real: bool = False) -> None:
        self.bench = Bench(AIR, facts=a_host(real=real))
        self.scanner, self.told = Scanner(), list[str]()
        self.inspection = Inspection(self.bench.case, self.scanner, self.told.append)

    def be_silent(self) -> None:
        for _ in range(3):
            self.bench.silence("air", 0x77)
        self.bench.wait(11)
        self.bench.case.at(self.bench.now_ns)

    def inspect(self) -> list[str]:
        self.scanner.asked.clear()
        self.inspection.inspect()
        return list(self.scanner.asked)


def test_a_simulated_bus_is_scanned_once_when_an_address_is_silent() -> None:
    room = Room()
    assert room.inspect() == []
    room.be_silent()
    assert room.inspect() == ["scan 1 auto"]
    assert room.inspect() == []
    assert room.told == ["the diagnosis scans i2c-1, because an address is silent there and the bus is simulated"]


def test_a_real_bus_is_never_scanned_without_a_person() -> None:
    room = Room(real=True)
    room.be_silent()
    assert room.inspect() == []


def test_after_the_scan_each_chip_that_nobody_uses_is_asked_who_it_is() -> None:
    room = Room()
    room.be_silent()
    room.bench.scan([0x23, 0x76])
    assert [room.inspect(), room.inspect(), room.inspect()] == [["identify 1 0x23"], ["identify 1 0x76"], []]


def test_a_chip_that_a_plugin_uses_is_not_disturbed() -> None:
    room = Room()
    room.bench.transfer("light", 0x23, "20")
    room.be_silent()
    room.bench.scan([0x23])
    assert room.inspect() == []


def test_while_another_scan_runs_it_waits() -> None:
    room = Room()
    room.be_silent()
    room.scanner.is_busy = True
    assert room.inspect() == []
    room.scanner.is_busy = False
    assert room.inspect() == ["scan 1 auto"]


def test_when_a_device_falls_silent_again_the_bus_is_scanned_again() -> None:
    room = Room()
    room.be_silent()
    assert room.inspect() == ["scan 1 auto"]
    room.bench.scan([])
    room.bench.wait(1)
    room.bench.transfer("air", 0x77, "00")
    room.bench.wait(1)
    room.be_silent()
    assert room.inspect() == ["scan 1 auto"]
