"""The machine's hardware as all plugins share it: every device opened once, one lock a bus or line."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from hostcore.backends.base import Factory, GpioLine, I2cBus, SpiDevice, System, Uart
from hostcore.call_limit import CallLimit
from hostcore.clock import Clock
from hostcore.errors import UnsupportedError

LOCK_SLICE = 0.05
"""Seconds between two looks at the call's limit while a bus is taken."""

D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an access goes."""

    bus: str
    """As host.toml names it: ``i2c-1``, ``spi-0``, ``gpio``, ``uart-serial0``, ``system``."""
    address: int | None
    """7-bit I2C address, SPI chip select or GPIO line; None where there is only one."""

    @property
    def number(self) -> int:
        """N of ``i2c-N`` and ``spi-N``."""
        return int(self.bus.rpartition("-")[2])


class Hardware:
    """All buses of this machine, by the names that host.toml gives them.

    Each opener raises `UnsupportedError` where host.toml has no such bus, or the backend no such device.

    Args:
        sources: where each bus comes from, by name, in the order of host.toml.
        clock: times the transfers.
    """

    def __init__(self, sources: Mapping[str, Factory], clock: Clock) -> None:
        self.clock = clock
        self._sources = dict(sources)
        self._locks: defaultdict[Place, threading.Lock] = defaultdict(threading.Lock)
        self._devices: dict[Place, Any] = {}
        self._opening = threading.Lock()
        self.default_i2c = next((int(name[4:]) for name in sources if name.startswith("i2c-")), None)

    def i2c_bus(self, place: Place) -> I2cBus:
        """The whole bus."""
        return self._open(Place(place.bus, None), lambda source: source.i2c_bus(place.number))

    def spi_device(self, place: Place) -> SpiDevice:
        """The device behind a chip select."""
        return self._open(place, lambda source: source.spi_device(place.number, place.address or 0))

    def gpio_line(self, place: Place) -> GpioLine:
        """One line."""
        return self._open(place, lambda source: source.gpio_line(place.address or 0))

    def uart(self, place: Place) -> Uart:
        """One serial port."""
        return self._open(place, lambda source: source.uart(place.bus.removeprefix("uart-")))

    def system(self, place: Place) -> System:
        """The computer."""
        return self._open(place, lambda source: source.system())

    @contextmanager
    def held(self, place: Place, limit: CallLimit | None = None) -> Iterator[None]:
        """Hold a bus, or a single GPIO line, for one access; waiting counts against the limit of a plugin's call."""
        lock = self._locks[place if place.bus == "gpio" else Place(place.bus, None)]
        while not lock.acquire(timeout=LOCK_SLICE):
            if limit is not None:
                limit.check()
        try:
            yield
        finally:
            lock.release()

    def close(self) -> None:
        """Give all devices back."""
        for source in set(self._sources.values()):
            source.close()

    def _open(self, place: Place, opener: Callable[[Factory], D]) -> D:
        device: D | None = self._devices.get(place)
        if device is None:
            with self._opening:
                device = self._devices.setdefault(place, opener(self._source(place.bus)))
        return device

    def _source(self, bus: str) -> Factory:
        source = self._sources.get(bus)
        if source is None:
            raise UnsupportedError(
                f"{bus} is not in host.toml, which has {', '.join(self._sources) or 'no buses'}; "
                f"add [buses.{bus}] there, or use one of those"
            )
        return source
