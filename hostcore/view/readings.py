"""The readings as a tree of rows that keep their places while their values change."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any, TypeGuard

from hostcore.events import AdjustedValue, ReadingFailed, ReadingPublished, RoundCompleted, ValuesDescribed
from hostcore.events.facts import PluginFacts
from hostcore.events.readings import marked
from hostcore.place import BusName
from hostcore.quantities import Catalog, Quantity
from hostcore.quick_dataclass import dataclass, field
from hostcore.view.part import Part, Takers
from hostcore.view.series import Series

MOST_ROWS = 200
"""Rows of one plugin; what goes beyond is counted."""
DEEPEST = 8
"""Levels of one reading that become rows; what lies deeper is shown as one text."""
MOST_DECIMALS = 4
"""Digits after the point that count."""
SIGNIFICANT = 5
"""Digits of a number that its driver has not rounded."""
LONGEST_ROUNDED = 13
"""Characters of a number that may have been rounded. A float that was not has 16 digits or so."""

Path = tuple[str, ...]
"""The place of a value: the plugin's name, then the keys."""


@dataclass(slots=True)
class Item:
    """One row: a number, a text, or the heading of what lies in it."""

    path: Path
    quantity: Quantity = Quantity()
    """What it measures."""
    raw: object = None
    """The value as it was published; None for a heading."""
    is_group: bool = False
    time_ns: int = 0
    """When the last reading came that had this value."""
    changed_ns: int = 0
    """When its value last changed."""
    series: Series | None = None
    """Its past values, if it is a number."""
    is_simulated: bool = False
    """Whether the last reading that had this value may depend on a simulated bus."""
    is_faulty: bool = False
    """Whether faults on demand had struck the driver when that reading came."""
    adjusted: AdjustedValue | None = None
    """What the driver measured, if host.toml adjusts the number; None if the number is the driver's own."""
    most_decimals: int = 0
    """The most digits after the point that it ever had, at most `MOST_DECIMALS`."""

    @property
    def decimals(self) -> int:
        """Digits after the point to show: those that its driver asks for, or else the most that it ever had."""
        stated = self.quantity.decimals
        return self.most_decimals if stated is None else stated

    @property
    def depth(self) -> int:
        """0 for a plugin."""
        return len(self.path) - 1


@dataclass(slots=True)
class Source:
    """One driver and its rows."""

    plugin: str
    heading: Item
    items: dict[Path, Item] = field(default_factory=dict)
    """In the order in which they are shown."""
    time_ns: int = 0
    """When its last reading came; 0 before the first."""
    error: str = ""
    """The error of its last reading; "" if that succeeded."""
    simulated: tuple[BusName, ...] = ()
    """The simulated buses that it had used when its last reading or error came."""
    faulty: tuple[BusName, ...] = ()
    """The buses on which faults on demand had struck it then."""
    left_out: int = 0
    """Values of the last reading beyond `MOST_ROWS`."""
    is_left_out: bool = False
    """The last round had no room for its reading: displays and pages did not get it."""


class Readings(Part):
    """The last readings of all drivers.

    Args:
        with_series: whether to keep the past values of numbers. A front end that asks the history does without.

    Attributes:
        structure: grows whenever a row comes or goes.
    """

    def __init__(self, *, with_series: bool = True) -> None:
        self.structure = 0
        self._with_series = with_series
        self._order: tuple[str, ...] = ()
        self._sources: dict[str, Source] = {}
        self._latest: dict[str, Any] = {}
        self._catalog = Catalog()

    def takes(self) -> Takers:
        return {
            ReadingPublished: self.publish,
            ValuesDescribed: self.describe,
            ReadingFailed: self.fail,
            RoundCompleted: self.complete,
        }

    @property
    def latest(self) -> Mapping[str, Any]:
        """The newest reading of each driver as it leaves the host; an error where it failed."""
        return self._latest

    def sources(self) -> tuple[Source, ...]:
        """The drivers, in the plugins' order."""
        return tuple(self._sources.values())

    def source(self, plugin: str) -> Source | None:
        """One driver, if it has read or failed."""
        return self._sources.get(plugin)

    def item(self, path: Path) -> Item | None:
        """The row of a value; None if there is none."""
        source = self._sources.get(path[0]) if path else None
        return source.items.get(path) if source else None

    def know(self, plugins: tuple[PluginFacts, ...]) -> None:
        """Forget drivers that are gone, and put the others in the plugins' order."""
        self._order = tuple(each.name for each in plugins)
        self._sources = {name: self._sources[name] for name in self._order if name in self._sources}
        self._latest = {name: self._latest[name] for name in self._order if name in self._latest}
        self._catalog.keep(self._order)
        self.structure += 1

    def reset_statistics(self) -> None:
        """Measure the extremes of all numbers from now on."""
        for source in self._sources.values():
            for item in source.items.values():
                if item.series is not None:
                    item.series.forget_extremes()

    def publish(self, event: ReadingPublished) -> None:
        """A driver has read."""
        source = self._source_of(event.plugin)
        source.time_ns, source.error = event.time_ns, ""
        source.simulated, source.faulty = event.simulated, event.faulty
        self._latest[event.plugin] = marked(event.reading, event.simulated, event.faulty, event.adjusted)
        everything = flatten(event.plugin, event.reading)
        entries = list(islice(everything, MOST_ROWS))
        source.left_out = sum(1 for _ in everything)
        if len(source.items) + len(entries) > MOST_ROWS:
            self._make_room(source, {path for path, _ in entries})
        adjusted = {(event.plugin, *each.path): each for each in event.adjusted}
        before: Item | None = None
        for path, value in entries:
            item = source.items.get(path)
            if item is None:
                item = Item(path, self._catalog.of(event.plugin, path[1:]))
                _insert(source.items, item, before)
                self.structure += 1
            item.is_simulated, item.is_faulty = bool(event.simulated), bool(event.faulty)
            item.adjusted = adjusted.get(path)
            if not (item.adjusted and item.adjusted.is_held and item.time_ns):  # a held value grows old
                _update(item, value, event.time_ns)
                self._measure(item, value, event.time_ns)
            before = item

    def _measure(self, item: Item, value: object, time_ns: int) -> None:
        """Give a number's past its newest value."""
        if not self._with_series or not is_number(value):
            return
        if item.series is None:
            item.series = Series()
        with suppress(OverflowError):  # an integer that no float can hold is shown, not drawn
            item.series.add(time_ns, float(value))

    def describe(self, event: ValuesDescribed) -> None:
        """A driver has stated what its values measure. This holds for its rows at once, also for the old ones."""
        self._catalog.describe(event.plugin, event.values)
        source = self._sources.get(event.plugin)
        for item in source.items.values() if source else ():
            item.quantity = self._catalog.of(event.plugin, item.path[1:])

    def fail(self, event: ReadingFailed) -> None:
        """A driver has failed. Its last values stay, and grow old."""
        source = self._source_of(event.plugin)
        source.error = event.error or "failed"
        source.simulated, source.faulty = event.simulated, event.faulty
        self._latest[event.plugin] = marked({"error": event.error}, event.simulated, event.faulty)

    def complete(self, event: RoundCompleted) -> None:
        """A round is complete, perhaps without the largest readings."""
        missing = {each.plugin for each in event.left_out}
        for source in self._sources.values():
            source.is_left_out = source.plugin in missing

    def _source_of(self, plugin: str) -> Source:
        if plugin not in self._sources:
            self._sources[plugin] = Source(plugin, Item((plugin,), is_group=True))
            places = {name: place for place, name in enumerate(self._order)}
            self._sources = dict(sorted(self._sources.items(), key=lambda each: places.get(each[0], len(places))))
            self.structure += 1
        return self._sources[plugin]

    def _make_room(self, source: Source, wanted: set[Path]) -> None:
        """If there are too many rows, drop those that the newest reading does not have."""
        if len(source.items.keys() | wanted) > MOST_ROWS:
            source.items = {path: item for path, item in source.items.items() if path in wanted}
            self.structure += 1


def flatten(plugin: str, reading: Mapping[str, Any]) -> Iterator[tuple[Path, object]]:
    """Every value with its path; a dictionary or list comes before what is in it."""
    waiting: list[Iterator[tuple[Path, object]]] = [_children((plugin,), reading)]
    while waiting:
        entry = next(waiting[-1], None)
        if entry is None:
            waiting.pop()
            continue
        yield entry
        path, value = entry
        if is_group(value) and len(path) < DEEPEST:
            waiting.append(_children(path, value))


def _children(path: Path, value: Any) -> Iterator[tuple[Path, object]]:
    pairs = value.items() if isinstance(value, Mapping) else enumerate(value)
    return (((*path, str(key)), child) for key, child in pairs)


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_group(value: object) -> bool:
    """Whether a value has values in it."""
    return isinstance(value, Mapping | list | tuple) and bool(value)


def _insert(items: dict[Path, Item], item: Item, before: Item | None) -> None:
    """Put `item` after `before` and all that is below that, at the top where there is none."""
    order = list(items.values())
    place = 0
    if before is not None:
        place = order.index(before) + 1
        while place < len(order) and order[place].depth > item.depth and before.depth >= item.depth:
            place += 1
    order.insert(place, item)
    items.clear()
    items.update((each.path, each) for each in order)


def _update(item: Item, value: Any, time_ns: int) -> None:
    """Give `item` its newest value."""
    item.time_ns = time_ns
    item.is_group = is_group(value) and len(item.path) < DEEPEST
    if item.is_group:
        item.raw = None
        return
    if value != item.raw or type(value) is not type(item.raw):
        item.changed_ns = time_ns
    item.raw = value
    if is_number(value) and item.most_decimals < MOST_DECIMALS:
        item.most_decimals = max(item.most_decimals, decimals_of(value))


def decimals_of(value: float) -> int:
    """The number of digits after the point that `value` needs, at most `MOST_DECIMALS`.

    The result of a division has digits that nobody measured, so that it is told with `SIGNIFICANT` digits.
    """
    if isinstance(value, int) or not math.isfinite(value):
        return 0
    most = MOST_DECIMALS
    if len(repr(value)) > LONGEST_ROUNDED:
        before = len(str(int(abs(value))))
        most = max(0, min(most, SIGNIFICANT - before))
    _, _, digits = f"{value:.{most}f}".partition(".")
    return len(digits.rstrip("0"))
