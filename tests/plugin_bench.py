"""A plugin's hardware without the plugin, on the simulated Pi."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hostcore.access.decisions import Access
from hostcore.backends.base import I2cRead, I2cWrite
from hostcore.buses.call_limit import CallLimit, TimeLimit
from hostcore.buses.share import BusShare
from hostcore.buses.shared import Buses
from hostcore.clock import Clock, VirtualClock
from hostcore.events import Event, TransferCompleted
from hostcore.permissions import parse_permission
from hostcore.place import BusName
from hostcore.plugin.buses import PluginBuses
from hostcore.plugin.gate import Gate
from hostcore.plugin.kit import Kit
from tests.sandbox import BUSES, simulated_pi

LINES = [f"gpio:{line}:{mode}" for line in (4, 17) for mode in ("in", "out", "pulses")]
ALL = ("i2c:1:0x08-0x77", "i2c:3:0x08-0x77", "spi:0.0", "uart:serial0", "iio:bme280", "system", *LINES)
CHIP_ID = [I2cWrite(b"\xd0"), I2cRead(1)]
"""Asks a BME680 who it is."""


class Bench:
    """A plugin's hardware without the plugin.

    Attributes:
        told: its accesses.
    """

    def __init__(self, *permissions: str, clock: Clock | None = None, buses: Sequence[str] = BUSES) -> None:
        self.clock = clock or VirtualClock()
        self.machine = simulated_pi(self.clock)
        self.shared = Buses(dict.fromkeys(map(BusName, buses), self.machine), self.clock)
        self.told: list[Event] = []
        self.limit = TimeLimit(self.clock, 5.0)
        self.limit.begin()
        self.hardware = self.neighbour(permissions or ALL, self.limit, self.told)

    def neighbour(self, permissions: Sequence[str], limit: CallLimit, told: list[Event]) -> PluginBuses:
        """Another plugin's hands on the same hardware."""
        kit = Kit(
            Access("probe", [*map(parse_permission, permissions)]),
            BusShare(1.0, self.clock.monotonic_ns()),
            limit,
            told.append,
        )
        return PluginBuses(Gate(self.shared, "probe", kit))

    def last(self) -> TransferCompleted:
        transfer = self.told[-1]
        assert isinstance(transfer, TransferCompleted)
        return transfer


class Watched(TimeLimit):
    """A limit that does something of a test's whenever a plugin waits for a bus."""

    def __init__(self, check: Callable[[], object]) -> None:
        super().__init__(VirtualClock(), 5.0)
        self.check = check  # type: ignore[method-assign, assignment]
