"""On whose account an actuator is used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hostcore.buses.call_limit import CallLimit
from hostcore.buses.share import BusShare
from hostcore.buses.shared import Hardware
from hostcore.clock import Clock
from hostcore.place import Place

HOST = "host"
"""Who speaks in the log where no plugin does."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A plugin, or the host itself."""

    plugin: str
    """Who: events say it."""
    limit: CallLimit
    """How long it may wait for a bus."""
    share: BusShare | None = None
    """Pays for the time it holds one; None for the host."""

    @contextmanager
    def holding(self, hardware: Hardware, place: Place) -> Iterator[None]:
        """Hold a bus or a line for one access."""
        with hardware.held(place, self.limit):
            began = hardware.clock.monotonic_ns()
            try:
                yield
            finally:
                if self.share is not None:
                    self.share.spend(hardware.clock.monotonic_ns() - began)


def the_host(clock: Clock, plugin: str = "") -> Caller:
    """The host, on its own account or a plugin's: it waits no time for a taken bus, but traps."""
    limit = CallLimit(clock, 0)
    limit.begin()
    return Caller(plugin, limit)
