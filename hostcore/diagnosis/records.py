"""What is remembered of a device, a plugin and a bus: bounded evidence for the rules."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Container, Iterator, Mapping
from typing import Any

from hostcore.clock import NS_PER_S
from hostcore.diagnosis.capture_record import CAPTURES, Capture, capture_of
from hostcore.diagnosis.display_record import DisplayRecord, is_display_address
from hostcore.diagnosis.memory_record import MemoryRecord
from hostcore.events import (
    AccessDenied,
    BusHealthMeasured,
    ChipIdentified,
    Counters,
    LogWritten,
    Outcome,
    PluginCrashed,
    Probed,
    ReadingFailed,
    ReadingPublished,
    ScanCompleted,
    State,
    StateChanged,
    TransferCompleted,
)
from hostcore.events.facts import BusFacts, PluginFacts
from hostcore.permissions import Permission
from hostcore.place import BusName
from hostcore.quick_dataclass import dataclass, field
from hostcore.rates import RateHistory
from hostcore.ring import Ring

TRANSFERS = 64
"""Transfers of one device that are kept. One that carries more than `TRANSFER_BYTES` counts for several."""
TRANSFER_BYTES = 1024
EDGE_BYTES = 90
"""Bytes that an edge of a capture takes."""
READINGS = 120
"""Readings of one plugin that are kept."""
MOST_NUMBERS = 64
"""Numbers of one reading that are kept."""
LARGEST = 1e300
"""Numbers of a reading that are larger are left out, as those that are none: rules multiply them."""
AT_WORK = (State.LOADING, State.RUNNING, State.BACKOFF, State.QUARANTINED)
"""States of a plugin whose devices are of interest."""
LONGEST_KEY = 120
"""Characters of a key that are kept."""
SAMPLE_NS = 5 * NS_PER_S
"""The least time between two of the counters that are kept, in nanoseconds."""


class DeviceRecord:
    """One device: an I2C address, an SPI chip select or a GPIO line. Denied accesses are not among its transfers.

    Attributes:
        bus: the bus.
        address: the address on it; None for a serial port.
        transfers: the newest transfers.
        last: the newest transfer; None before the first.
        total: all transfers.
        outcomes: how many ended in which way.
        rates: how many there were, and failed, in the last ten minutes.
        plugins: the plugins that used it, in the order in which they came.
        streak: how many transfers in a row ended in the same way as the last one.
        streak_ns: when the first of those began.
        broke_ns: when it began to fail after it had answered: the last 8 times.
        spoilt_ns: when a reading failed, its last transfer with this device having failed: the last 8 times.
        first_ns: when the first one began.
        last_ok_ns: when the last one without an error began; 0 if there was none.
        has_spoken: whether a 1 was ever read from it. Where SDA is held low, every address seems to acknowledge, and
            zeros are read.
        captures: what came back when it was captured, if it is a GPIO line; the newest last.
        display: what it was told, if it is at an address of an OLED display.
    """

    def __init__(self, bus: BusName, address: int | None) -> None:
        self.bus, self.address = bus, address
        self.transfers: Ring[TransferCompleted] = Ring(TRANSFERS, _weight)
        self.last: TransferCompleted | None = None
        self.total = 0
        self.outcomes: Counter[Outcome] = Counter()
        self.rates = RateHistory()
        self.plugins: dict[str, None] = {}
        self.streak = 0
        self.streak_ns = 0
        self.broke_ns: deque[int] = deque(maxlen=8)
        self.spoilt_ns: deque[int] = deque(maxlen=8)
        self.first_ns = 0
        self.last_ok_ns = 0
        self.has_spoken = False
        self.captures: deque[Capture] = deque(maxlen=CAPTURES)
        self.display = DisplayRecord() if is_display_address(bus, address) else None

    def take(self, event: TransferCompleted) -> None:
        """One more transfer."""
        last = self.last
        if last is None or last.outcome is not event.outcome:
            self.streak, self.streak_ns = 0, event.time_ns
            if last is not None and last.outcome is Outcome.OK:
                self.broke_ns.append(event.time_ns)
        self.streak += 1
        self.first_ns = self.first_ns or event.time_ns
        if event.outcome is Outcome.OK:
            self.last_ok_ns = event.time_ns
            self.has_spoken |= event.reads_ones
            if self.display is not None:
                self.display.take(event)
        if capture := capture_of(event):
            self.captures.append(capture)
        self.total += 1
        self.outcomes[event.outcome] += 1
        self.rates.count(event.time_ns, failed=event.outcome is not Outcome.OK)
        self.plugins[event.plugin] = None
        self.transfers.append(event)
        self.last = event

    def forget_all_but(self, plugins: Container[str]) -> None:
        """Forget the plugins that are gone: no sentence may name them, or take their chips for the wanted ones."""
        self.plugins = {name: None for name in self.plugins if name in plugins}

    @property
    def failed(self) -> int:
        """How many transfers failed."""
        return self.total - self.outcomes[Outcome.OK]

    @property
    def is_simulated(self) -> bool:
        """Whether it is on a bus of the simulated Pi."""
        return self.last is not None and self.last.is_simulated


def _weight(transfer: TransferCompleted) -> int:
    size = sum(len(message.data) for message in transfer.messages) + EDGE_BYTES * len(transfer.edges)
    return 1 + size // TRANSFER_BYTES


@dataclass(frozen=True, slots=True)
class Sample:
    """The numbers of one reading, by dotted key: ``temperature``, ``gas.resistance``."""

    time_ns: int
    numbers: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class CountersSample:
    """A plugin's counters at one moment."""

    time_ns: int
    counters: Counters


@dataclass(slots=True, eq=False)
class PluginRecord:
    """One plugin."""

    name: str
    facts: PluginFacts | None = None
    state: State = State.DISCOVERED
    cause: str = ""
    since_ns: int = 0
    """When this state began."""
    states: deque[StateChanged] = field(default_factory=lambda: deque(maxlen=32))
    readings: deque[Sample] = field(default_factory=lambda: deque(maxlen=READINGS))
    published: int = 0
    """Readings since the host started."""
    failures: deque[ReadingFailed] = field(default_factory=lambda: deque(maxlen=32))
    """The last errors that it reported or died of."""
    failed: int = 0
    """Errors since the last reading that was published."""
    counters: deque[CountersSample] = field(default_factory=lambda: deque(maxlen=64))
    """Its counters at least `SAMPLE_NS` apart; the last entry may be younger."""
    lines: deque[LogWritten] = field(default_factory=lambda: deque(maxlen=32))
    """Its last log lines, its own and the host's about it."""
    line_rates: RateHistory = field(default_factory=RateHistory)
    """How many lines it logged in the last ten minutes."""
    is_script: bool = False
    """Whether it is a script that ran to its end: a call of a script is as long as the script."""
    memory: MemoryRecord = field(default_factory=MemoryRecord)
    """How its memory grew."""
    crashes: deque[PluginCrashed] = field(default_factory=lambda: deque(maxlen=4))
    denied: dict[Permission, AccessDenied] = field(default_factory=dict)
    """Its last denied accesses, by the permission that would allow them. At most 32."""

    @property
    def is_at_work(self) -> bool:
        """Whether its devices are of interest: nobody has stopped it."""
        return self.state in AT_WORK

    @property
    def newest(self) -> Counters:
        """Its newest counters."""
        return self.counters[-1].counters if self.counters else Counters()

    def count(self, time_ns: int, counters: Counters) -> None:
        """Take in its counters."""
        self.memory.take(time_ns, counters)
        if len(self.counters) > 1 and time_ns - self.counters[-2].time_ns < SAMPLE_NS:
            self.counters.pop()
        self.counters.append(CountersSample(time_ns, counters))

    def series(self, key: str) -> list[tuple[int, float]]:
        """Return the times and values of one number of its readings, oldest first."""
        return [(each.time_ns, each.numbers[key]) for each in self.readings if key in each.numbers]


def numbers_of(reading: Mapping[str, Any]) -> Mapping[str, float]:
    """Return the numbers of a reading by dotted key, at most `MOST_NUMBERS`. Elements of arrays are left out."""
    found: dict[str, float] = {}
    for key, value in _walk("", reading):
        found[key] = value
        if len(found) == MOST_NUMBERS:
            break
    return found


def measured_numbers(event: ReadingPublished) -> Mapping[str, float]:
    """Return the numbers of a reading as the driver measured them. Rules judge the sensor, not what host.toml makes of
    its values: a number that a filter holds is no sensor that hangs."""
    numbers = numbers_of(event.reading)
    return {**numbers, **{key: each.measured for each in event.adjusted if (key := ".".join(each.path)) in numbers}}


def _walk(prefix: str, reading: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for key, value in reading.items():
        path = f"{prefix}{key}"[:LONGEST_KEY]
        if isinstance(value, Mapping):
            yield from _walk(f"{path}.", value)
        elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < LARGEST:
            yield path, float(value)


@dataclass(slots=True)
class BusRecord:
    """One bus of host.toml."""

    facts: BusFacts
    scan: ScanCompleted | None = None
    """Its last scan."""
    identities: dict[int, ChipIdentified] = field(default_factory=dict)
    """The answers of chips that were asked for their identity, by address."""
    health: BusHealthMeasured | None = None
    """Its health as it was last measured."""

    @property
    def found(self) -> Mapping[int, Probed]:
        """The results of the last scan by address; empty if there was none."""
        return {each.address: each for each in self.scan.probed} if self.scan else {}
