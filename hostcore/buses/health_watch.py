"""Watches the health of the I2C buses and of the computer's supply. Nothing of it goes over the wires."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator

from hostcore.backends.base import I2cBus
from hostcore.backends.i2c import IDLE, I2cSettings, Levels
from hostcore.buses.shared import Buses
from hostcore.buses.speed import BusSpeed
from hostcore.clock import NS_PER_S
from hostcore.errors import BusError
from hostcore.events import AddressFailures, BusHealthMeasured, MachineMeasured, Outcome, TransferCompleted
from hostcore.events.stream import EventStream
from hostcore.events.transfers import WIRE_FAULTS
from hostcore.place import BusName, Place
from hostcore.quick_dataclass import replace
from hostcore.rates import Reliability
from hostcore.threads import HostThread

LOOK_SECONDS = 5.0
"""Seconds between two measurements of everything."""
FAULT_SECONDS = 0.5
"""Seconds within which a bus is looked at after a transfer raised a suspicion, and again while it is stuck."""
WAITING = 2_000
"""Transfers that can wait to be looked at. The oldest are lost beyond that."""
SAMPLES = 5
"""How often a line must be low in a row, `SAMPLE_NS` apart, to be held low. Another program's transfer may pull it low,
too, but for a bit or a byte."""
SAMPLE_NS = 1_000_000
HELD_NS = NS_PER_S
"""Nanoseconds after which a transfer that still holds the bus does not keep this from looking at the lines. The longest
message, 8,192 bytes at 100 kHz, takes less."""
RESTATE_NS = 30 * NS_PER_S
"""Nanoseconds after which a measurement is published again although nothing has changed."""
STEADY = 0.1
"""The part by which a measured clock must change to be told."""


class HealthWatch:
    """Publishes a `BusHealthMeasured` for each I2C bus, and a `MachineMeasured`.

    It does so at first, when something changed, and every half minute, for front ends that have lost events.

    Args:
        buses: all buses.
        stream: tells of the transfers, and takes the events.
        undervoltage: tells whether the supply was too low just now; None if that is not known.
    """

    def __init__(
        self, buses: Buses, stream: EventStream, undervoltage: Callable[[], bool | None] | None = None
    ) -> None:
        self._buses, self._stream = buses, stream
        self._undervoltage = undervoltage or _undervoltage
        self._transfers = stream.subscribe(TransferCompleted, capacity=WAITING)
        self._watched = {BusName.i2c(number): _Watched() for number in buses.i2c_numbers}
        self._machine = MachineMeasured(0)
        self._following = threading.Lock()
        self._stopping = threading.Event()
        self._thread = HostThread(self._run, "health")

    def start(self) -> None:
        """Start to watch. Returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Stop within some milliseconds."""
        self._stopping.set()
        self._transfers.close()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> None:
        """Measure everything, and publish what has changed. Blocks for up to a second for each bus that is in use."""
        self._take_transfers()
        for name, watched in self._watched.items():
            self._look_at(name, watched, is_whole=True)
        self._look_at_machine()

    def look_at_faults(self) -> None:
        """Measure the levels of the buses that are stuck, or whose transfers since the last look raise a suspicion."""
        self._take_transfers()
        for name, watched in self._watched.items():
            if watched.is_suspicious or watched.is_stuck:
                self._look_at(name, watched, is_whole=False)

    def report(self) -> tuple[tuple[BusHealthMeasured, ...], MachineMeasured, tuple[AddressFailures, ...]]:
        """Return the last measurements, and how many transfers fail at each address. Thread-safe; does not block."""
        now = self._buses.clock.wall_ns()
        with self._following:
            measured = tuple(each.told for each in self._watched.values() if each.told)
            failures = tuple(each for name, watched in self._watched.items() for each in watched.failures(name, now))
        return measured, self._machine, failures

    def _run(self) -> None:
        due = 0.0
        while not self._stopping.wait(FAULT_SECONDS):
            due -= FAULT_SECONDS
            try:
                if due <= 0:
                    due = LOOK_SECONDS
                    self.look()
                else:
                    self.look_at_faults()
            except _StoppedError:
                return

    def _take_transfers(self) -> None:
        with self._following:
            for numbered in self._transfers.take(0):
                event = numbered.event
                if isinstance(event, TransferCompleted) and (watched := self._watched.get(event.bus)):
                    watched.follow(event)

    def _look_at(self, name: BusName, watched: _Watched, *, is_whole: bool) -> None:
        watched.is_suspicious = False
        place = Place(name)
        try:
            bus = self._buses.i2c_bus(place)
            if is_whole or watched.settings is None:
                watched.settings = bus.settings()
            levels = self._levels(place, bus)
        except BusError:  # it does not exist yet, or was unplugged
            watched.settings, levels = I2cSettings(), None
        settings = watched.settings
        watched.tell(
            BusHealthMeasured(
                self._buses.clock.wall_ns(),
                name,
                settings.clock_hz,
                watched.speed.hz,
                levels.sda if levels else None,
                levels.scl if levels else None,
                settings.stretch_limit_ms,
                settings.kernel_devices,
                settings.adapter,
                name in self._buses.simulated,
            ),
            self._stream.publish,
        )

    def _levels(self, place: Place, bus: I2cBus) -> Levels | None:
        """Return the levels of a bus while nobody uses it, or while a transfer does not end."""
        lock, deadline = self._buses.lock(place), self._buses.clock.monotonic_ns() + HELD_NS
        try:
            lock.acquire(lambda: self._wait_on(deadline))
        except _OverdueError:
            return self._steady_levels(bus)
        try:
            return self._steady_levels(bus)
        finally:
            lock.release()

    def _steady_levels(self, bus: I2cBus) -> Levels | None:
        """Return the levels of a bus. A line that is high once is not held low."""
        sda = scl = False
        for _ in range(SAMPLES):
            levels = bus.levels()
            if levels is None:
                return None
            sda, scl = sda or levels.sda, scl or levels.scl
            if sda and scl:
                return IDLE
            self._buses.clock.wait_until(self._buses.clock.monotonic_ns() + SAMPLE_NS, self._stopping)
        return Levels(sda, scl)

    def _wait_on(self, deadline_ns: int) -> None:
        if self._stopping.is_set():
            raise _StoppedError("the host is stopping")
        if self._buses.clock.monotonic_ns() >= deadline_ns:
            raise _OverdueError("a transfer holds the bus")

    def _look_at_machine(self) -> None:
        now = self._undervoltage()
        ever = None if now is None else bool(now or self._machine.was_undervoltage)
        measured = MachineMeasured(self._buses.clock.wall_ns(), now, ever)
        is_due = now is not None and _is_old(self._machine.time_ns, measured.time_ns)
        if is_due or replace(measured, time_ns=self._machine.time_ns) != self._machine:
            self._machine = measured
            self._stream.publish(measured)


class _StoppedError(Exception):
    """The watch ends."""


class _OverdueError(Exception):
    """A transfer has held the bus for too long."""


class _Watched:
    """What is known of one bus."""

    def __init__(self) -> None:
        self.speed = BusSpeed()
        self.is_suspicious = False
        self.settings: I2cSettings | None = None
        self.told: BusHealthMeasured | None = None
        """The measurement that was published last."""
        self._addresses: dict[int, Reliability] = {}

    def follow(self, event: TransferCompleted) -> None:
        """A transfer ended on the bus. Where SDA is held low, a Pi takes it for an acknowledge and for zeros."""
        self.speed.take(event)
        has_failed = event.outcome in WIRE_FAULTS
        self.is_suspicious |= has_failed or _reads_only_zeros(event)
        if self.is_stuck or event.address is None:
            return  # on a stuck bus, it tells nothing of the address
        if has_failed or event.outcome is Outcome.OK:
            address = self._addresses.setdefault(event.address, Reliability())
            address.take(event.time_ns, event.detail if has_failed else None)

    def failures(self, bus: BusName, now_ns: int) -> Iterator[AddressFailures]:
        """Yield how many transfers fail at each address."""
        for address, each in sorted(self._addresses.items()):
            one, ten = each.history.minutes(1, now_ns), each.history.minutes(10, now_ns)
            yield AddressFailures(
                bus, address, one.total, one.failed, ten.total, ten.failed, each.history.trend(now_ns),
                each.last_good_ns, each.last_error,
            )  # fmt: skip

    @property
    def is_stuck(self) -> bool:
        """Whether a line was held low at the last look."""
        return self.told is not None and self.told.is_stuck

    def tell(self, measured: BusHealthMeasured, publish: Callable[[BusHealthMeasured], None]) -> None:
        """Publish a measurement, if it is not the one that was published last, or if that was long ago."""
        told = self.told
        if told is not None and _is_steady(told.measured_hz, measured.measured_hz):
            measured = replace(measured, measured_hz=told.measured_hz)
        if told is None or _is_old(told.time_ns, measured.time_ns) or replace(measured, time_ns=told.time_ns) != told:
            self.told = measured
            publish(measured)


def _is_old(told_ns: int, now_ns: int) -> bool:
    return not 0 <= now_ns - told_ns < RESTATE_NS


def _is_steady(before: int | None, now: int | None) -> bool:
    return before is not None and now is not None and abs(now - before) <= STEADY * before


def _undervoltage() -> bool | None:
    if sys.platform != "linux":
        return None
    from hostcore.backends.linux.supply import is_undervoltage  # noqa: PLC0415 - Linux only

    return is_undervoltage()


def _reads_only_zeros(event: TransferCompleted) -> bool:
    reads = [each.data for each in event.messages if not each.written]
    return bool(reads) and not any(map(any, reads))
