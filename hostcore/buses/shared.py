"""The machine's buses, which all plugins share. Each device is opened once, and each bus or GPIO line has one lock."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from hostcore.backends.base import (
    BackendKind,
    Factory,
    GpioLine,
    I2cBus,
    Iio,
    PwmOutput,
    System,
    Uart,
)
from hostcore.backends.spi import SpiDevice
from hostcore.buses.call_limit import CallLimit
from hostcore.buses.fair_lock import FairLock
from hostcore.clock import Clock
from hostcore.errors import UnsupportedError
from hostcore.faults.injector import Injector
from hostcore.faults.model import Fault
from hostcore.place import BusKind, BusName, Place

D = TypeVar("D")


class Buses:
    """All buses of this machine, by their names in host.toml.

    The methods that open a device raise `UnsupportedError` if host.toml has no such bus or the backend has no such
    device.

    Args:
        sources: the factory of each bus, by name, in the order of host.toml.
        clock: the clock that times transfers.
        injector: makes the faults on demand; by default one that has none.

    Attributes:
        clock: the same.
        injector: the same.
        faulty: the buses with faults on demand.
    """

    def __init__(self, sources: Mapping[BusName, Factory], clock: Clock, injector: Injector | None = None) -> None:
        self.clock = clock
        self.injector = injector or Injector(clock)
        self.faulty: frozenset[BusName] = frozenset()
        self._sources = dict(sources)
        self._locks: dict[BusName | tuple[BusName, int | None], FairLock] = {}
        self._devices: dict[tuple[BusName, int | None, str], Any] = {}
        self._sequence = itertools.count(1)
        self._opening = threading.Lock()
        self.names = tuple(sources)
        """The buses of host.toml, in its order."""
        self.first: Mapping[BusKind, BusName] = {name.kind: name for name in reversed(tuple(sources))}
        """The first bus of each kind in host.toml."""
        self.i2c_numbers = tuple(sorted(name.number for name in sources if name.kind is BusKind.I2C))
        """The numbers of the I2C buses in host.toml."""
        self.simulated = frozenset(name for name, source in sources.items() if source.kind is BackendKind.SIMULATED)
        """The buses of the simulated Pi."""

    def i2c_bus(self, place: Place) -> I2cBus:
        """Return the bus. Opens it at the first request, like all methods below."""
        found: I2cBus | None = self._devices.get((place.bus, None, ""))  # every transfer comes here
        return found or self.open(Place(place.bus), lambda source: source.i2c_bus(place.bus.number))

    def spi_device(self, place: Place) -> SpiDevice:
        """Return the device with a chip select."""
        return self.open(place, lambda source: source.spi_device(place.bus.number, place.address or 0))

    def gpio_line(self, place: Place) -> GpioLine:
        """Return a GPIO line."""
        return self.open(place, lambda source: source.gpio_line(place.address or 0))

    def pwm(self, place: Place) -> PwmOutput:
        """Return the pulse-width modulation of a GPIO line."""
        return self.open(place, lambda source: source.pwm(place.address or 0), use="pwm")

    def uart(self, place: Place) -> Uart:
        """Return a serial port."""
        return self.open(place, lambda source: source.uart(place.bus.unit))

    def iio(self, place: Place) -> Iio:
        """Return the sensors that kernel drivers read."""
        return self.open(place, lambda source: source.iio())

    def system(self, place: Place) -> System:
        """Return the computer's own state."""
        return self.open(place, lambda source: source.system())

    @contextmanager
    def held(self, place: Place, limit: CallLimit | None = None) -> Iterator[None]:
        """Hold a bus or a single GPIO line for one access. Blocks until earlier requests are done.

        The wait ends when `limit` says so. It counts as time of the plugin's call.
        """
        lock = self.lock(place)
        lock.acquire(_wait_on if limit is None else limit.check)
        try:
            yield
        finally:
            lock.release()

    def set_faults(self, faults: Sequence[Fault]) -> None:
        """Replace all faults on demand. A transfer that is under way ends as it began."""
        with self._opening:
            self.injector.set(faults)
            self.faulty = frozenset(each.bus for each in faults)
            self._devices = {}  # a factory returns the same device again, which is then wrapped, or not any more

    def close(self) -> None:
        """Close all devices."""
        for source in set(self._sources.values()):
            source.close()

    def lock(self, place: Place) -> FairLock:
        """Return the lock of a bus or of a single GPIO line."""
        owner = (place.bus, place.address) if place.bus.kind is BusKind.GPIO else place.bus
        lock = self._locks.get(owner)
        return self._locks.setdefault(owner, FairLock()) if lock is None else lock

    def next_sequence(self) -> int:
        """Return the number of the next access on all buses, from 1 on. Call it while holding the bus."""
        return next(self._sequence)

    def open(self, place: Place, opener: Callable[[Factory], D], use: str = "") -> D:
        """Return the device at a place. Opens it at its first use. Blocks while another thread opens a device.

        Args:
            place: the place of the device.
            opener: opens the device.
            use: distinguishes two uses of one place, such as a line's level and its pulse-width modulation.
        """
        key = (place.bus, place.address, use)
        device: D | None = self._devices.get(key)
        if device is None:
            with self._opening:
                device = self._devices.get(key)
                if device is None:
                    device = self.injector.wrapped(place, opener(self._source(place.bus)))
                    self._devices[key] = device
        return device

    def _source(self, bus: BusName) -> Factory:
        source = self._sources.get(bus)
        if source is None:
            raise UnsupportedError(
                f"{bus} is not in host.toml, which has {', '.join(self._sources) or 'no buses'}; "
                f"add [buses.{bus}] there, or use one of those"
            )
        return source


def _wait_on() -> None:
    """Let the wait go on."""
