"""The scans of a running host: one at a time, between the plugins' transfers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from hostcore.buses.shared import Buses
from hostcore.clock import Clock
from hostcore.errors import HostError, NoThreadError
from hostcore.events import ChipIdentified, Event, Probed, ScanCompleted, ScanFailed, ScanProgressed
from hostcore.events.facts import BusFacts, ScanMode
from hostcore.log.safe_text import log_line
from hostcore.place import BusName, Place
from hostcore.threads import HostThread

REPORT_NS = 100_000_000
"""Nanoseconds between two reports of a scan's progress."""


class BusScans:
    """BusScans I2C buses and identifies chips. Thread-safe.

    Args:
        buses: all buses.
        facts: the facts about each bus.
        chips_folder: the person's own chip files, if any.
        publish: takes the events with the results.
        warn: takes one line for a person if a scan in the background fails.
        stopping: ends a running scan when it is set.
    """

    def __init__(
        self,
        buses: Buses,
        facts: Sequence[BusFacts],
        chips_folder: Path | None,
        *,
        publish: Callable[[Event], None],
        warn: Callable[[str], None],
        stopping: threading.Event,
    ) -> None:
        self._buses, self._facts, self._stopping = buses, facts, stopping
        self._publish, self._warn = publish, warn
        self._chips_folder = chips_folder
        self._busy = threading.Lock()

    def start(self, bus: int, mode: ScanMode) -> None:
        """See `Session.scan`."""
        self._start(bus, lambda place: self._scan(place, mode))

    def start_to_identify(self, bus: int, address: int) -> None:
        """See `Session.identify`."""
        self._start(bus, lambda place: self._identify(place, address))

    def run(self, bus: int, mode: ScanMode) -> tuple[Probed, ...]:
        """Scan a bus and publish the result. Blocks until the scan is complete.

        Raises:
            HostError: there is no such bus, or another scan is running.
        """
        self._begin()
        try:
            return self._scan(Place(BusName.i2c(bus)), mode)
        finally:
            self._busy.release()

    def _begin(self) -> None:
        if not self._busy.acquire(blocking=False):
            raise HostError("another scan is running; wait until it is complete")

    def _start(self, bus: int, work: Callable[[Place], object]) -> None:
        """Do `work` on a new thread."""
        place = Place(BusName.i2c(bus))
        self._buses.i2c_bus(place)
        self._begin()

        def run() -> None:
            try:
                work(place)
            except (HostError, OSError) as error:
                problem = log_line(str(error))
                self._warn(f"the scan of {place.bus} failed: {problem}")
                self._publish(ScanFailed(self._buses.clock.wall_ns(), place.bus, problem, self._is_simulated(place)))
            finally:
                self._busy.release()

        try:
            HostThread(run, "scan").start()
        except NoThreadError:
            self._busy.release()
            raise

    def _scan(self, place: Place, mode: ScanMode) -> tuple[Probed, ...]:
        from hostcore.buses.probing import probes_offered, scan  # noqa: PLC0415 - few sessions scan

        clock = self._buses.clock
        began, wall = clock.monotonic_ns(), clock.wall_ns()
        device = self._buses.i2c_bus(place)
        facts = next(each for each in self._facts if each.name == place.bus)
        probed = scan(
            device,
            lambda: self._buses.held(place),
            mode,
            offered=probes_offered(facts),
            clock=clock,
            stop=self._stopping,
            tell=_Reporter(clock, place.bus, self._publish, is_simulated=not facts.is_real),
        )
        duration_ns = clock.monotonic_ns() - began
        self._publish(ScanCompleted(wall, place.bus, mode, probed, duration_ns, self._is_simulated(place)))
        return probed

    def _identify(self, place: Place, address: int) -> None:
        from hostcore.buses.identifying import identify  # noqa: PLC0415 - few sessions ask
        from hostcore.chips.library import library_with  # noqa: PLC0415

        chips = library_with(self._chips_folder).at(address)
        found = identify(self._buses.i2c_bus(place), lambda: self._buses.held(place), address, chips)
        now, is_simulated = self._buses.clock.wall_ns(), self._is_simulated(place)
        self._publish(
            ChipIdentified(now, place.bus, address, found.chips, found.detail, is_simulated, found.is_contradictory)
        )

    def _is_simulated(self, place: Place) -> bool:
        return any(each.name == place.bus and not each.is_real for each in self._facts)


class _Reporter:
    """Publishes the progress of a scan now and then. It is called before each probe."""

    def __init__(self, clock: Clock, bus: BusName, publish: Callable[[Event], None], *, is_simulated: bool) -> None:
        self._clock, self._bus, self._publish, self._is_simulated = clock, bus, publish, is_simulated
        self._next_ns = 0

    def __call__(self, address: int, done: int, whole: int) -> None:
        now = self._clock.monotonic_ns()
        if now >= self._next_ns:
            self._next_ns = now + REPORT_NS
            self._publish(ScanProgressed(self._clock.wall_ns(), self._bus, address, done, whole, self._is_simulated))
