"""A Pi in virtual time, with drivers in plain CPython on simulated chips, and a diagnosis that watches all of it.

A driver is a function that gets a `Driver`, or a shipped plugin. Its transfers take the way of a plugin's: gate,
buses, and faults on demand. The diagnosis sees their events as they happen, and concludes twice a second::

    pi = Watched()
    pi.plug("bh1750", 0x23)

    def read(driver: Driver) -> dict[str, float]:
        driver.write(0x23, b"\\x20")
        driver.sleep(0.05)  # the data sheet says 0.18
        return {"illuminance": int.from_bytes(driver.read(0x23, 2), "big") / 1.2}

    pi.drive("bh1750", read)
    pi.run(60)
    assert pi.kinds() == ["read-early"]
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from hostcore.access.decisions import Access, Denial, Reservations
from hostcore.backends.base import I2cBus
from hostcore.buses.identifying import identify
from hostcore.buses.scans import BusScans
from hostcore.buses.shared import Buses
from hostcore.chips.library import Library, shipped_library
from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.devices.base import I2cTarget, LineTarget, SpiTarget
from hostcore.devices.catalog import REGISTERS, SimulatedChip, build
from hostcore.devices.environment import DEFAULT_SIGNALS, Quantity, Signal
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.diagnosis import Diagnosis
from hostcore.diagnosis.rules import RULES, Rule
from hostcore.events import (
    AccessDenied,
    ChipIdentified,
    Event,
    Finding,
    FindingCleared,
    FindingRaised,
    State,
    StateChanged,
)
from hostcore.events.facts import PluginFacts, ScanMode
from hostcore.faults.injector import Injector
from hostcore.faults.model import Fault
from hostcore.place import BusName, Place
from tests.evidence import START_NS, a_host, a_plugin
from tests.plain_python import PLUGINS, PlainPlugin
from tests.watched_driver import Driver, Program, Seat, Unlimited
from tests.watched_pi import ClaimedLine, Pi, Through

PACE_NS = NS_PER_S // 2
"""Nanoseconds between two conclusions, as in the host."""
BUSES = ("i2c-1", "i2c-3", "spi-0", "gpio", "system")

__all__ = ["Driver", "Raised", "Watched"]


@dataclass(frozen=True, slots=True)
class Raised:
    """A finding, and when it was raised."""

    seconds: float
    """Since the start."""
    finding: Finding


class Watched:
    """The Pi, its drivers and the diagnosis.

    Args:
        signals: the environment; by default that of the simulated Pi, with its daily curves and its noise.
        rules: the rules; by default all, so that a test also shows which other rules stay silent.
        library: the chip files; by default those of the program.
        speed_hz: the clock of the I2C buses. Every transfer takes its time on the wires.
        real: whether the host takes the buses for real ones.

    Attributes:
        clock: the virtual clock. It starts at 2024-01-01T12:00:00Z.
        pi: the hardware: chips by bus and address, and lines.
        case: the evidence so far.
        raised: every finding that was raised, in order.
        worded: the same, and again each time that a finding got a better sentence.
        cleared: every finding that was cleared, in order.
        access: what each driver may use.
        waits_ns: for how long each driver waits before each transfer, because another one holds the bus. Drivers that
            are called one after the other never wait by themselves.
    """

    def __init__(
        self,
        signals: Mapping[Quantity, Signal] = DEFAULT_SIGNALS,
        *,
        rules: Sequence[Rule] = RULES,
        library: Library | None = None,
        speed_hz: int = 100_000,
        real: bool = True,
    ) -> None:
        self.clock = _Clock(START_NS, self._conclude)
        self.pi = Pi(self.clock, signals, speed_hz, real=real)
        is_still = any(not signal.noise for signal in signals.values())
        self.facts = replace(a_host(*BUSES, real=real), is_still=is_still)
        self.case = Case(self.facts, library)
        self.library = library or shipped_library()
        self.raised: list[Raised] = []
        self.worded: list[Raised] = []
        self.cleared: list[Finding] = []
        self.access: dict[str, Access] = {}
        self.waits_ns: dict[str, int] = {}
        self._reservations = Reservations()
        self._defects: list[str] = []
        self._diagnosis = Diagnosis(self.case, rules, self._defects.append)
        self._seats: dict[str, Seat] = {}
        injector = Injector(self.clock)
        self.buses = Buses({BusName(name): self.pi for name in BUSES}, self.clock, injector)
        nobody, facts = threading.Event(), a_host(*BUSES, real=False).buses  # no kernel is asked what it can probe
        self._scans = BusScans(self.buses, facts, None, publish=self.take, warn=self._defects.append, stopping=nobody)
        self._next_ns = START_NS + PACE_NS

    def plug(self, chip: str | I2cTarget, address: int, bus: int = 1) -> I2cTarget:
        """Connect a chip to an I2C bus: ``bme680``, ``registers:lis3dh``, or a target. It has had power for an hour."""
        target = chip if isinstance(chip, I2cTarget) else self.made(chip, bus=bus, address=address)
        assert isinstance(target, I2cTarget)
        self.pi.chips[bus][address] = target
        return target

    def unplug(self, address: int, bus: int = 1) -> None:
        """Disconnect a chip."""
        del self.pi.chips[bus][address]

    def plug_spi(self, target: SpiTarget, chip_select: int = 0) -> None:
        """Connect a chip to spi-0."""
        self.pi.select(target, chip_select)

    def wire(self, part: str | LineTarget, line: int) -> None:
        """Connect a part to a GPIO line: ``dht22``, or a target."""
        target = part if isinstance(part, LineTarget) else self.made(part, line=line)
        assert isinstance(target, LineTarget)
        self.pi.wire(line, target)

    def disable(self, bus: str, reason: str) -> None:
        """This computer does not offer a bus of host.toml, for this reason."""
        self.case.buses[BusName(bus)].facts = replace(
            self.case.buses[BusName(bus)].facts, is_usable=False, reason=reason
        )

    def claim(self, line: int, owner: str) -> None:
        """Another program, or the kernel, holds a GPIO line."""
        self.pi.lines[line] = ClaimedLine(line, owner)

    def made(self, chip: str, **wiring: Any) -> Any:
        """Make a simulated chip, by its name in host.toml. It has had power for an hour."""
        description = self.library.chip(chip.removeprefix(REGISTERS)) if chip.startswith(REGISTERS) else None
        wired = SimulatedChip(chip, description=description, **wiring)
        powered_ns = self.clock.monotonic_ns() - 3600 * NS_PER_S
        return build(wired, self.clock, self.pi.environment, powered_ns=powered_ns)

    def drive(
        self,
        name: str,
        read: Callable[[Driver], Mapping[str, Any] | None],
        setup: Callable[[Driver], None] | None = None,
        *,
        every: float = 1.0,
        libraries: Sequence[str] = (),
        permissions: Sequence[str] = (),
    ) -> None:
        """Start a driver.

        Args:
            name: the plugin's name. It tells the diagnosis which chip it is for.
            read: returns a reading. It may return None, as a display does. `OSError` and `ValueError` are reported
                errors, as bus errors are; after one, `setup` runs again. Any other exception is a crash.
            setup: runs first.
            every: seconds between two calls.
            libraries: the packages that its metadata names.
            permissions: what host.toml grants it. By default, it may use everything.
        """
        facts = replace(a_plugin(name, *permissions), interval=every, libraries=tuple(libraries))
        if permissions:
            tell = partial(self._denied, name)
            self.access[name] = Access(name, facts.permissions, self._reservations, tell)
        self._seat(Seat(self, name, lambda driver: Program(driver, read, setup), every), facts)

    def drive_shipped(self, name: str, *, every: float = 1.0, kind: str = "read", **settings: Any) -> None:
        """Start a plugin of the folder plugins/. `kind` is the function that is called: ``read`` or ``update``."""

        def make(driver: Driver) -> PlainPlugin:
            return PlainPlugin(PLUGINS / f"{name}.py", Through(driver, self.pi), self.clock, settings)

        self._seat(Seat(self, name, make, every, kind), replace(a_plugin(name), interval=every))

    def fault(self, *faults: Fault) -> None:
        """Set the faults on demand. Their times count from the start."""
        self.buses.set_faults(faults)

    def restart(self, name: str) -> None:
        """A person restarts a driver: it forgets everything, and its `setup` runs again."""
        self._seats[name].restart()

    def stop(self, name: str) -> None:
        """A person stops a driver."""
        self._seats[name].stop()

    def scan(self, bus: int = 1) -> None:
        """A person scans a bus."""
        self._scans.run(bus, ScanMode.AUTO)

    def identify(self, address: int, bus: int = 1) -> None:
        """A person has a chip asked for its identity."""
        place = Place(BusName.i2c(bus))
        device: I2cBus = self.buses.i2c_bus(place)
        found = identify(device, lambda: self.buses.held(place), address, self.library.at(address))
        contradicts = found.is_contradictory
        told = ChipIdentified(self.clock.wall_ns(), place.bus, address, found.chips, found.detail)
        self.take(replace(told, is_contradictory=contradicts))

    def run(self, seconds: float) -> Watched:
        """Let time pass. Returns this."""
        end_ns = self.clock.monotonic_ns() + round(seconds * NS_PER_S)
        while due := [each for each in self._seats.values() if each.is_running and each.due_ns < end_ns]:
            seat = min(due, key=lambda each: each.due_ns)
            self.clock.wait_until(seat.due_ns, threading.Event())
            seat.turn()
        self.clock.wait_until(end_ns, threading.Event())
        assert not self._defects, self._defects
        return self

    def take(self, event: Event) -> None:
        """The diagnosis sees any event."""
        self.case.take(event)

    @property
    def seconds(self) -> float:
        """The seconds since the start."""
        return (self.clock.wall_ns() - START_NS) / NS_PER_S

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The present findings, the surest ones first."""
        return tuple(each.finding for each in self._diagnosis.findings)

    def kinds(self) -> list[str]:
        """The kinds of the present findings."""
        return [each.kind for each in self.findings]

    def sentences(self) -> list[str]:
        """The sentences of all findings that were ever raised, in order."""
        return [each.finding.sentence for each in self.raised]

    def _seat(self, seat: Seat, facts: PluginFacts) -> None:
        self._seats[seat.name] = seat
        self.access.setdefault(seat.name, Unlimited(seat.name, ()))
        earlier = [each.facts for each in self.case.plugins.values() if each.facts is not None]
        self.case.know([*earlier, facts])
        self.take(StateChanged(self.clock.wall_ns(), seat.name, State.LOADING, State.RUNNING, ""))

    def _denied(self, plugin: str, told: Denial) -> None:
        now_ns = self.clock.wall_ns()
        self.take(AccessDenied(now_ns, plugin, told.permission, told.reason, told.count, told.owner))

    def _conclude(self) -> None:
        """Conclude if it is time to."""
        while self.clock.wall_ns() >= self._next_ns:
            for change in self._diagnosis.conclude(self._next_ns):
                self._note(change)
            self._next_ns += PACE_NS

    def _note(self, change: FindingRaised | FindingCleared) -> None:
        if isinstance(change, FindingCleared):
            self.cleared.append(change.finding)
            return
        self.worded.append(Raised((change.time_ns - START_NS) / NS_PER_S, change.finding))
        if change.since_ns == change.time_ns:
            self.raised.append(self.worded[-1])


class _Clock(VirtualClock):
    """A virtual clock that tells when it has moved."""

    def __init__(self, wall_start_ns: int, moved: Callable[[], None]) -> None:
        super().__init__(wall_start_ns=wall_start_ns)
        self._moved = moved

    def wait_until(self, deadline_ns: int, wake: threading.Event) -> bool:
        while not wake.is_set() and self.monotonic_ns() < deadline_ns:
            super().wait_until(min(deadline_ns, self.monotonic_ns() + PACE_NS), wake)
            self._moved()
        return wake.is_set()

    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        self._moved()
