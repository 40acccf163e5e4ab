"""The health of the I2C buses: levels, clocks, and how many transfers fail at each address."""

from __future__ import annotations

from collections.abc import Iterator

from hostcore.events import BusHealthMeasured, MachineMeasured, Outcome, TransferCompleted
from hostcore.events.transfers import WIRE_FAULTS
from hostcore.permissions import I2cPermission
from hostcore.place import BusKind, BusName
from hostcore.quick_dataclass import dataclass, field
from hostcore.rates import Reliability, Span, Trend
from hostcore.view.part import MayUse, Part, Takers

UNANSWERED = WIRE_FAULTS - {Outcome.NO_ACKNOWLEDGE}
"""Outcomes after which nobody has answered, not even by silence at the right moment."""
STUCK_AFTER = 3
"""A bus whose levels cannot be read looks stuck after this number of unanswered transfers in a row."""
LEAST_FAILURES = 3
"""Failures within a minute that are worth a person's attention."""


@dataclass(slots=True)
class BusStatus:
    """One I2C bus."""

    name: BusName
    measured: BusHealthMeasured | None = None
    """Its last measurement; None before the first one."""
    addresses: dict[int, Reliability] = field(default_factory=dict)
    """The addresses that were used."""
    last_good_ns: int = 0
    """When its last transfer without an error began; 0 if there was none."""
    unanswered: int = 0
    """The last transfers that nobody answered, in a row."""
    stuck_since_ns: int = 0
    """Since when it is stuck; 0 if it is not."""

    @property
    def is_stuck(self) -> bool:
        """Whether no transfer can succeed: a line is held low, or where levels are unknown, nobody answers any more."""
        if self.measured is not None and self.measured.sda is not None:
            return self.measured.is_stuck
        return self.unanswered >= STUCK_AFTER

    @property
    def stuck_words(self) -> str:
        """How it is stuck, in brief: ``SDA LOW``, ``SDA, SCL LOW`` or ``STUCK?``; "" if it is not."""
        if not self.is_stuck:
            return ""
        lines = self.measured.stuck_lines if self.measured else ()
        return f"{', '.join(lines)} LOW" if lines else "STUCK?"

    @property
    def clock_words(self) -> str:
        """The clock that was measured and the one that is set: ``98 of 100 kHz``; "" if neither is known."""
        if self.measured is None:
            return ""
        known = [hz for hz in (self.measured.measured_hz, self.measured.configured_hz) if hz is not None]
        return " of ".join(f"{hz / 1000:.3g}" for hz in known) + " kHz" if known else ""

    @property
    def is_simulated(self) -> bool:
        """Whether it is a bus of the simulated Pi."""
        return self.measured is not None and self.measured.is_simulated

    def last_minute(self, now_ns: int) -> dict[int, Span]:
        """How many transfers there were at each address within the last minute, and how many failed."""
        return {address: each.history.minutes(1, now_ns) for address, each in self.addresses.items()}

    def note_stuck(self, time_ns: int) -> None:
        """Remember when it got stuck, or forget it."""
        self.stuck_since_ns = (self.stuck_since_ns or time_ns) if self.is_stuck else 0


@dataclass(frozen=True, slots=True)
class HealthTrouble:
    """Something about a bus or the supply that is not well, in brief."""

    text: str
    """Such as ``i2c-1 SDA LOW``, ``i2c-1 0x76 12 % fail, rising`` or ``UNDERVOLTAGE``."""
    is_grave: bool
    """Whether nothing on the bus, or nothing on the computer, can be trusted."""


class BusHealth(Part):
    """The health of every I2C bus, and of the computer's supply.

    Attributes:
        machine: the last measurement of the supply; None if this computer does not tell.
    """

    def __init__(self) -> None:
        self.machine: MachineMeasured | None = None
        self._buses: dict[BusName, BusStatus] = {}
        self._buses_of: dict[str, frozenset[BusName]] = {}
        """The I2C buses that each plugin may use."""

    def takes(self) -> Takers:
        return {BusHealthMeasured: self.measure, MachineMeasured: self.measure_machine, TransferCompleted: self.follow}

    def know(self, plugins: tuple[MayUse, ...]) -> None:
        """Learn which plugins may use which bus."""
        self._buses_of = {
            plugin.name: frozenset(each.bus_name for each in plugin.permissions if isinstance(each, I2cPermission))
            for plugin in plugins
        }

    def all(self) -> tuple[BusStatus, ...]:
        """Every I2C bus that was measured or used, by name."""
        return tuple(self._buses[name] for name in sorted(self._buses))

    def of(self, bus: BusName) -> BusStatus | None:
        """One bus, if it was measured or used."""
        return self._buses.get(bus)

    def stuck(self, bus: BusName) -> BusStatus | None:
        """One bus, if it is stuck."""
        status = self._buses.get(bus)
        return status if status is not None and status.is_stuck else None

    def stuck_bus_of(self, plugin: str) -> BusStatus | None:
        """A bus that this plugin may use and that is stuck; None if there is none."""
        names = self._buses_of.get(plugin, frozenset())
        return next((each for each in self._buses.values() if each.name in names and each.is_stuck), None)

    def troubles(self, now_ns: int) -> tuple[HealthTrouble, ...]:
        """What is not well now, the worst first."""
        return (*self._supply(), *self._stuck(), *self._failing(now_ns))

    def measure(self, event: BusHealthMeasured) -> None:
        """A bus was measured."""
        status = self._of(event.bus)
        status.measured = event
        status.note_stuck(event.time_ns)

    def measure_machine(self, event: MachineMeasured) -> None:
        """The supply was measured."""
        self.machine = event

    def follow(self, event: TransferCompleted) -> None:
        """A transfer ended."""
        is_good, has_failed = event.outcome is Outcome.OK, event.outcome in WIRE_FAULTS
        if event.bus.kind is not BusKind.I2C or event.address is None or not (is_good or has_failed):
            return
        status = self._of(event.bus)
        if status.measured is not None and status.measured.is_stuck:
            return  # whether it failed or seemed to succeed tells nothing of the address
        status.addresses.setdefault(event.address, Reliability()).take(event.time_ns, None if is_good else event.detail)
        status.last_good_ns = event.time_ns if is_good else status.last_good_ns
        status.unanswered = status.unanswered + 1 if event.outcome in UNANSWERED else 0
        status.note_stuck(event.time_ns)

    def _of(self, bus: BusName) -> BusStatus:
        return self._buses.setdefault(bus, BusStatus(bus))

    def _supply(self) -> Iterator[HealthTrouble]:
        if self.machine and self.machine.undervoltage:
            yield HealthTrouble("UNDERVOLTAGE", is_grave=True)
        elif self.machine and self.machine.was_undervoltage:
            yield HealthTrouble("was undervoltage", is_grave=False)

    def _stuck(self) -> Iterator[HealthTrouble]:
        for status in self.all():
            if status.is_stuck:
                yield HealthTrouble(f"{status.name} {status.stuck_words}", is_grave=True)

    def _failing(self, now_ns: int) -> Iterator[HealthTrouble]:
        """The address of each bus at which most transfers fail. On a stuck bus that tells nothing of the address."""
        for status in self.all():
            recent = status.last_minute(now_ns).items()
            failing = {address: span.rate for address, span in recent if span.failed >= LEAST_FAILURES}
            if failing and not status.is_stuck:
                worst = max(failing, key=lambda address: failing[address])
                trend = status.addresses[worst].history.trend(now_ns)
                words = f", {trend}" if trend is not Trend.STEADY else ""
                text = f"{status.name} 0x{worst:02x} {percent(failing[worst])} fail{words}"
                yield HealthTrouble(text, is_grave=False)


def percent(rate: float) -> str:
    """A rate from 0 to 1 in percent. Only nothing is 0 %, and only everything is 100 %."""
    value = rate * 100
    if 0 < value < 1:
        return "under 1 %"
    return "over 99 %" if 99 < value < 100 else f"{value:.0f} %"
