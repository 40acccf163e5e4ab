"""The faults that are on, and the wrappers that make them around devices of any backend."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar, cast

from hostcore.clock import NS_PER_S, Clock
from hostcore.faults.model import Fault
from hostcore.late_part import LatePart
from hostcore.place import BusKind, Place

if TYPE_CHECKING:
    from hostcore.faults.schedule import Schedule
    from hostcore.faults.site import Sites

D = TypeVar("D")


class Injector:
    """Makes faults. While there are none, devices stay as they are, and a transfer costs nothing more.

    Thread-safe. Only the transfers of its wrappers block.

    Args:
        clock: the clock of the host. The times of faults count from now on.
        seed: equal seeds, faults and transfers give equal strikes.
        sites: makes what knows the chips that faults strike; by default those of this project.
    """

    def __init__(self, clock: Clock, seed: int = 1, sites: Callable[[], Sites] | None = None) -> None:
        self._clock, self._seed, self._sites = clock, seed, LatePart(sites or _shipped_sites)
        self._started_ns = clock.monotonic_ns()
        self._ending = threading.Event()
        self._schedules: tuple[Schedule, ...] = ()

    @property
    def sites(self) -> Sites:
        """What knows the chips that faults strike."""
        return self._sites.part

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
        from hostcore.faults.schedule import Schedule  # noqa: PLC0415 - few hosts have faults

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
        if not here:
            return device
        from hostcore.faults.active import Waiting  # noqa: PLC0415 - few hosts have faults
        from hostcore.faults.wrapping import wrapped  # noqa: PLC0415

        return cast(D, wrapped(place, device, here, Waiting(self._clock, self._ending), self.sites))


def _shipped_sites() -> Sites:
    from hostcore.faults.site import Sites  # noqa: PLC0415 - few hosts have faults

    return Sites()


def _strikes(fault: Fault, place: Place) -> bool:
    """Whether a fault may strike transfers with the device at a place. An I2C bus is one device."""
    if fault.bus != place.bus:
        return False
    return place.bus.kind is BusKind.I2C or fault.address in {None, place.address}
