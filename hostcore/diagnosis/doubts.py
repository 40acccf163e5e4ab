"""Holds back what says nothing about a chip, because something may have held a line of its I2C bus low.

Where SDA is held low, a Pi takes that for an acknowledge of every address, and for bytes of zeros. Where SCL is held
low, every transfer fails. The host measures the levels, but only some time after the first such transfer. So what such
a line could have caused waits here until something proves that the bus works, or until the levels were measured.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

from hostcore.clock import NS_PER_S
from hostcore.events import (
    BusHealthMeasured,
    ChipIdentified,
    Event,
    EventsDropped,
    InstanceRecycled,
    Outcome,
    PluginReloaded,
    Presence,
    ReadingFailed,
    ReadingPublished,
    ScanCompleted,
    State,
    StateChanged,
    TransferCompleted,
)
from hostcore.place import BusName
from hostcore.quick_dataclass import dataclass, field

WAIT_NS = 6 * NS_PER_S
"""Nanoseconds for which an event waits. The host measures the levels of each bus every 5 s
(`hostcore.buses.health_watch.LOOK_SECONDS`)."""
MOST_WAITING = 512
"""Events of one bus that wait. Beyond that, the oldest counts."""

OnBus = TransferCompleted | ScanCompleted | ChipIdentified


@dataclass(frozen=True, slots=True)
class Blind:
    """The transfers with one address while a line was held low."""

    count: int
    last: TransferCompleted


class Doubts:
    """Tells which events count as evidence about chips, and when. It judges only buses whose levels can be read."""

    def __init__(self) -> None:
        self._buses: dict[BusName, _Bus] = {}

    def sift(self, event: Event) -> Iterator[Event]:
        """Take in an event. Yields the events that count from now on, in the order in which they came."""
        match event:
            case BusHealthMeasured():
                yield from self._buses.setdefault(event.bus, _Bus()).measure(event)
            case TransferCompleted() | ScanCompleted() | ChipIdentified():
                bus = self._buses.get(event.bus)
                yield from bus.take(event) if bus else (event,)
            case ReadingPublished() | ReadingFailed():
                bus = next((each for each in self._buses.values() if each.concerns(event.plugin)), None)
                yield from bus.take_reading(event) if bus else (event,)
            case _:
                self._begin_again(event)
                yield event

    def due(self, now_ns: int) -> Iterator[Event]:
        """Yield the events that have waited for long enough: nobody found that a line was held low."""
        for bus in self._buses.values():
            yield from bus.due(now_ns)

    def low_lines(self, bus: BusName) -> tuple[str, ...]:
        """Return the lines of a bus that something holds low; none if it has worked since they were measured."""
        return self._buses[bus].low_lines if bus in self._buses else ()

    def blind(self, bus: BusName) -> Mapping[int | None, Blind]:
        """Return by address the transfers since a line of the bus is held low."""
        return self._buses[bus].blind if bus in self._buses else {}

    def _begin_again(self, event: Event) -> None:
        """Let nothing that waits from before a gap, or from a plugin's last instance, count after it."""
        is_load = isinstance(event, StateChanged) and event.after is State.LOADING
        if isinstance(event, EventsDropped):
            for bus in self._buses.values():
                bus.forget(None)
        elif isinstance(event, PluginReloaded | InstanceRecycled) or (is_load and isinstance(event, StateChanged)):
            for bus in self._buses.values():
                bus.forget(event.plugin)


@dataclass(slots=True, eq=False)
class _Bus:
    """One bus."""

    measured: BusHealthMeasured | None = None
    low_lines: tuple[str, ...] = ()
    waiting: deque[OnBus | ReadingPublished | ReadingFailed] = field(default_factory=deque)
    blind: dict[int | None, Blind] = field(default_factory=dict)
    blind_plugins: set[str] = field(default_factory=set)

    def measure(self, event: BusHealthMeasured) -> Iterator[Event]:
        self.measured = event
        if event.is_stuck:
            self.low_lines = event.stuck_lines
            for each in self.waiting:
                self._discard(each)
            self.waiting.clear()
        else:
            self._recover()
            while self.waiting and _end_ns(self.waiting[0]) < event.time_ns:
                yield self.waiting.popleft()
        yield event

    def take(self, event: OnBus) -> Iterator[Event]:
        if self.measured is None or self.measured.sda is None:
            yield event
        elif _proves(event) and (not self.low_lines or event.time_ns > self.measured.time_ns):
            self._recover()
            yield from self.waiting
            self.waiting.clear()
            yield event
        elif self.low_lines:
            self._discard(event)
        else:
            yield from self._wait(event)

    def concerns(self, plugin: str) -> bool:
        """Whether a plugin's reading may come from transfers that say nothing."""
        return plugin in self.blind_plugins or any(
            isinstance(each, TransferCompleted) and each.plugin == plugin for each in self.waiting
        )

    def take_reading(self, event: ReadingPublished | ReadingFailed) -> Iterator[Event]:
        if not self.low_lines:
            yield from self._wait(event)

    def due(self, now_ns: int) -> Iterator[Event]:
        while self.waiting and not 0 <= now_ns - self.waiting[0].time_ns < WAIT_NS:
            yield self.waiting.popleft()

    def forget(self, plugin: str | None) -> None:
        """Forget what waits: that of one plugin, or all."""
        kept = (each for each in self.waiting if plugin is not None and getattr(each, "plugin", "") != plugin)
        self.waiting = deque(kept)

    def _wait(self, event: OnBus | ReadingPublished | ReadingFailed) -> Iterator[Event]:
        self.waiting.append(event)
        if len(self.waiting) > MOST_WAITING:
            yield self.waiting.popleft()

    def _discard(self, event: object) -> None:
        if isinstance(event, TransferCompleted):
            before = self.blind.get(event.address)
            self.blind[event.address] = Blind(before.count + 1 if before else 1, event)
            self.blind_plugins.add(event.plugin)

    def _recover(self) -> None:
        self.low_lines = ()
        self.blind.clear()
        self.blind_plugins.clear()


def _proves(event: OnBus) -> bool:
    """Whether an event cannot be if a line is held low: nobody acknowledged, or a 1 was read."""
    if isinstance(event, ScanCompleted):
        return any(each.presence is Presence.ABSENT for each in event.probed)
    if isinstance(event, ChipIdentified):
        return bool(event.chips)
    return event.outcome is Outcome.NO_ACKNOWLEDGE or event.reads_ones


def _end_ns(event: OnBus | ReadingPublished | ReadingFailed) -> int:
    return event.left_bus_ns if isinstance(event, TransferCompleted) else event.time_ns
