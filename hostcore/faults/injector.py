"""The faults that are on, and the wrappers that make them around devices of any backend."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from hostcore.backends.base import GpioLine, I2cBus, Iio, Uart
from hostcore.backends.spi import SpiDevice
from hostcore.clock import NS_PER_S, Clock
from hostcore.faults.active import Waiting
from hostcore.faults.i2c import FaultyI2cBus
from hostcore.faults.line import FaultyLine
from hostcore.faults.model import Fault
from hostcore.faults.others import FaultyIio, FaultyUart
from hostcore.faults.schedule import Schedule
from hostcore.faults.site import SiteFacts, facts_of
from hostcore.faults.spi import FaultySpiDevice
from hostcore.place import BusKind, BusName, Place

D = TypeVar("D")


class Injector:
    """Makes faults. While there are none, devices stay as they are, and a transfer costs nothing more.

    Thread-safe. Only the transfers of its wrappers block.

    Args:
        clock: the clock of the host. The times of faults count from now on.
        seed: equal seeds, faults and transfers give equal strikes.
        facts: returns what a fault needs to know of the chip at an address.
    """

    def __init__(
        self,
        clock: Clock,
        seed: int = 1,
        facts: Callable[[Fault, BusName, int], SiteFacts] = lambda fault, _bus, _address: facts_of(fault),
    ) -> None:
        self._clock, self._seed, self._facts = clock, seed, facts
        self._started_ns = clock.monotonic_ns()
        self._ending = threading.Event()
        self._schedules: tuple[Schedule, ...] = ()

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults that are set."""
        return tuple(each.fault for each in self._schedules)

    @property
    def elapsed_s(self) -> float:
        """The seconds since the host started, from which the times of faults count."""
        return (self._clock.monotonic_ns() - self._started_ns) / NS_PER_S

    def set(self, faults: Sequence[Fault]) -> None:
        """Replace all faults. Devices that are wrapped already keep the faults that they had."""
        self._schedules = tuple(
            Schedule(fault, f"{self._seed} {position} {fault.kind}", self._started_ns)
            for position, fault in enumerate(faults)
        )

    def stop(self) -> None:
        """End all waits of faults, now and later."""
        self._ending.set()

    def wrapped(self, place: Place, device: D) -> D:
        """Return the device at a place with its faults around it; the device itself if it has none."""
        here = [each for each in self._schedules if _strikes(each.fault, place)]
        return cast(D, self._wrap(place, device, here)) if here else device

    def _wrap(self, place: Place, device: Any, schedules: Sequence[Schedule]) -> object:
        waiting = Waiting(self._clock, self._ending)
        match device:
            case I2cBus():
                bus = place.bus

                def facts(fault: Fault, address: int) -> SiteFacts:
                    return self._facts(fault, bus, address)

                return FaultyI2cBus(device, bus, schedules, waiting, facts)
            case SpiDevice():
                return FaultySpiDevice(device, schedules, waiting)
            case GpioLine():
                return FaultyLine(device, schedules, waiting)
            case Uart():
                return FaultyUart(device, schedules, waiting)
            case Iio():
                return FaultyIio(device, schedules, waiting)
        return device


def _strikes(fault: Fault, place: Place) -> bool:
    """Whether a fault may strike transfers with the device at a place. An I2C bus is one device."""
    if fault.bus != place.bus:
        return False
    return place.bus.kind is BusKind.I2C or fault.address in {None, place.address}
