"""Readings of drivers, and the pages made from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from hostcore.events.event_json import json_text
from hostcore.place import BusName
from hostcore.quantities import DescribedValue
from hostcore.quick_dataclass import dataclass

Reading = Mapping[str, Any]
"""The JSON object that a driver measured. Never changed after publication."""


MARK = "simulated"
"""The key of a reading that the host sets: the names of the simulated buses that its driver has used."""
FAULTY = "injected"
"""The key of a reading that the host sets: the names of the buses on which faults on demand have struck its driver."""
STALE = "stale"
"""The key of a reading in a round that the host sets: how many whole seconds ago it was read, if the next one should
have come."""
ADJUSTED = "adjusted"
"""The key of a reading that the host sets: what the driver measured, by the keys of each number that host.toml
adjusts, with points between them."""
MARKS = frozenset({MARK, FAULTY, STALE, ADJUSTED})
"""The keys that only the host sets."""
PATIENCE = 2.5
"""Intervals without a reading after which the last one is stale."""
MARGIN = 1.0
"""Seconds on top, because a reading takes time."""


def fresh_seconds(interval: float) -> float:
    """Return the seconds after which a reading is stale, if its driver reads once in `interval` seconds."""
    return PATIENCE * interval + MARGIN


def marked(
    reading: Reading,
    simulated: Sequence[BusName],
    faulty: Sequence[BusName] = (),
    adjusted: Iterable[AdjustedValue] = (),
) -> Reading:
    """Return a reading as it leaves the host: with `MARK`, `FAULTY` and `ADJUSTED`, each only if it has content.

    A driver's own values under the keys of `MARKS` are dropped, because only the host knows.
    """
    measured = {".".join(each.path): each.measured for each in adjusted}
    if not (simulated or faulty or measured) and MARKS.isdisjoint(reading):
        return reading
    return {
        **unmarked(reading),
        **({MARK: [*simulated]} if simulated else {}),
        **({FAULTY: [*faulty]} if faulty else {}),
        **({ADJUSTED: measured} if measured else {}),
    }


def unmarked(reading: Reading) -> Reading:
    """Return a reading without the keys of `MARKS`."""
    return {key: value for key, value in reading.items() if key not in MARKS}


def is_error(reading: Reading) -> bool:
    """Whether a reading of a round is an error in the place of the values."""
    return unmarked(reading).keys() == {"error"}


def values_in(reading: Reading, deepest: int) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield each number, text, true, false and null of a reading, with the keys down to it, in the reading's order.

    A place in a list is its number, as text. What has more than `deepest` keys is left out.
    """
    waiting: list[tuple[tuple[str, ...], object]] = [((), reading)]
    while waiting:
        path, value = waiting.pop()
        if not isinstance(value, Mapping | list | tuple):
            yield path, value
        elif len(path) < deepest:
            within = value.items() if isinstance(value, Mapping) else enumerate(value)
            waiting += reversed([((*path, str(key)), each) for key, each in within])


def buses_behind(readings: Reading) -> set[BusName]:
    """Return the simulated buses on which the readings of a round depend."""
    return {name for each in readings.values() if isinstance(each, Mapping) for name in each.get(MARK, ())}


@dataclass(frozen=True, slots=True)
class AdjustedValue:
    """A number of a reading that is not as the driver measured it, because host.toml adjusts it."""

    path: tuple[str, ...]
    """The keys down to it in the published reading."""
    measured: float
    """What the driver measured."""
    is_held: bool = False
    """Whether the published number is older than the reading: a filter lets no newer one through yet."""


@dataclass(frozen=True, slots=True)
class ReadingPublished:
    """A driver's `read` returned."""

    time_ns: int
    plugin: str
    reading: Reading
    """As host.toml adjusts it; otherwise as the driver measured."""
    simulated: tuple[BusName, ...] = ()
    """The simulated buses that the driver has used since it was loaded. Its values may be invented. If it is also a
    display or page, these include the simulated buses of the rounds that it was shown."""
    faulty: tuple[BusName, ...] = ()
    """The buses on which faults on demand have struck the driver since it was loaded. Its values may be wrong by them,
    even after the faults have ended: a driver may keep what it read once."""
    adjusted: tuple[AdjustedValue, ...] = ()
    """The numbers that are adjusted, and what was measured."""


@dataclass(frozen=True, slots=True)
class ValuesDescribed:
    """A driver has stated what its values measure. Comes before the first reading for which it holds."""

    time_ns: int
    plugin: str
    values: tuple[DescribedValue, ...]
    """Everything that is stated now; it replaces all that was stated before. The quantities of all other values are
    guessed. At most `hostcore.quantities.catalog.MOST_VALUES`. Their texts are printable; the keys may be any text."""


@dataclass(frozen=True, slots=True)
class ReadingFailed:
    """A driver's `read` reported an error, or crashed."""

    time_ns: int
    plugin: str
    error: str
    simulated: tuple[BusName, ...] = ()
    """As in `ReadingPublished`."""
    faulty: tuple[BusName, ...] = ()
    """As in `ReadingPublished`."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A reading that is missing in a round, because the round would be too large with it."""

    plugin: str
    bytes: int
    """Bytes of its JSON."""
    values: int
    """Its values, counted at every level."""
    problem: str
    """The reading's size and the bounds of a round, in one line of text."""


@dataclass(frozen=True)  # no slots, for the text that is kept
class RoundCompleted:
    """Every driver has had its turn. Displays, pages and front ends receive the readings of all drivers."""

    time_ns: int
    number: int
    """Counts from 1."""
    readings: Reading
    """One key for each plugin, ``timestamp`` (RFC 3339, UTC), and the keys that demo:plugin pages look up.
    A reading that failed or is left out is an object with ``error``. The readings are `marked`, and those that are old
    have `STALE`."""
    left_out: tuple[LeftOut, ...] = ()
    """The readings that are missing, the largest first."""

    @cached_property
    def text(self) -> str:
        """The readings as ASCII JSON on one line. Encoded once, for all readers."""
        return json_text(self.readings)


@dataclass(frozen=True, slots=True)
class PageRendered:
    """A page plugin rendered a page from a round's readings."""

    time_ns: int
    plugin: str
    number: int
    """The round's."""
    html: str
    """The page exactly as the plugin wrote it. Never trust it."""
