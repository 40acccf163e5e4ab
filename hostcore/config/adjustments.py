"""Reads ``[plugins.NAME.adjust]`` of host.toml: what is changed of a driver's values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from hostcore.adjustments.model import Adjustment, Delta, Filter, Line, Median, MovingAverage, Throttle
from hostcore.quantities import Quantity
from hostcore.quantities.catalog import LONGEST_KEY
from hostcore.quantities.check import checked
from hostcore.quantities.quantity import MOST_DECIMALS
from hostcore.quantities.vocabulary import DEVICE_CLASSES
from hostcore.toml.reader import KeyPath, Reader, array, choice, integer, number, read_keys, read_table, read_text

LARGEST = 1e12
"""The largest number of a filter, positive or negative."""
MOST_FILTERS, MOST_POINTS, MOST_ADJUSTMENTS = 10, 100, 100
LONGEST_WINDOW = 1000
LONGEST_NAME = 60
"""Most characters of a new key."""
RESERVED = ("simulated", "injected", "error", "timestamp")
"""Keys of a reading that mean something else."""
ELSEWHERE: Mapping[str, str] = MappingProxyType(
    {"multiply": "scale", "sliding_window_moving_average": "moving_average"}
)
"""ESPHome's names of filters that have another name here."""

_any_number, _window = number(-LARGEST, LARGEST), integer(1, LONGEST_WINDOW, "readings")


def read_adjustments(found: object, at: KeyPath) -> tuple[Adjustment, ...]:
    """Read the table of all adjustments of a plugin. A key is the path of a value, with points."""
    table = read_table(found, at)
    if len(table) > MOST_ADJUSTMENTS:
        raise at.wrong(len(table), f"up to {MOST_ADJUSTMENTS} values")
    adjustments = tuple(_adjustment(key, value, at / key) for key, value in table.items())
    names: dict[tuple[str, ...], str] = {}
    for each in adjustments:
        other = names.setdefault(each.published, ".".join(each.path))
        if other != ".".join(each.path):
            raise (at / ".".join(each.path)).error(
                f"found the published name {'.'.join(each.published)}, allowed is one that no other value has; {other} "
                "has it"
            )
    return adjustments


def _adjustment(key: str, found: object, at: KeyPath) -> Adjustment:
    path = tuple(key.split("."))
    if not all(path) or len(key) > LONGEST_KEY:
        raise at.wrong(key, f"the keys down to a value, joined by points, with up to {LONGEST_KEY} characters")
    for inner, value in read_table(found, at).items():
        if inner not in _READERS and isinstance(value, dict):
            raise (at / inner).error(f'put a key with points into quotes: adjust."{key}.{inner}"')
    read = read_keys(found, at, _READERS)
    _, problems = checked(Quantity(read.get("unit", ""), read.get("device_class", "") if "unit" in read else ""))
    if problems:
        raise at.error(problems[0])
    return Adjustment(path, **read)


def _read_filter(found: object, at: KeyPath) -> Filter:
    """Read a table with one filter: its name, and its number."""
    table = read_table(found, at)
    for name in table.keys() & ELSEWHERE.keys():
        raise (at / name).error(f"unknown filter; here it is called {ELSEWHERE[name]}")
    read = read_keys(found, at, {name: reader for name, (reader, _) in _FILTERS.items()})
    if len(read) != 1:
        raise at.error(
            f"found {len(read)} filters in one table, allowed is one, so that their order is clear: "
            "filters = [{ offset = -1.5 }, { median = 5 }]"
        )
    ((name, value),) = read.items()
    return _FILTERS[name][1](value)


def _read_filters(found: object, at: KeyPath) -> tuple[Filter, ...]:
    filters = array(_read_filter)(found, at)
    if len(filters) > MOST_FILTERS:
        raise at.wrong(len(filters), f"up to {MOST_FILTERS} filters")
    return tuple(filters)


def _read_points(found: object, at: KeyPath) -> tuple[tuple[float, float], ...]:
    points = tuple(array(_read_point)(found, at))
    if not 2 <= len(points) <= MOST_POINTS:
        raise at.wrong(len(points), f"2 to {MOST_POINTS} points, such as [[0.4, 0.0], [99.1, 100.0]]")
    if len({measured for measured, _ in points}) == 1:
        raise at.error("found points with one measured value, allowed are those with at least two")
    return points


def _read_point(found: object, at: KeyPath) -> tuple[float, float]:
    pair = array(_any_number)(found, at)
    if len(pair) != 2:
        raise at.wrong(len(pair), "two numbers: what the driver measured, and what is true")
    return pair[0], pair[1]


def _read_name(found: object, at: KeyPath) -> str:
    name = read_text(found, at)
    if len(name) > LONGEST_NAME or not name.isprintable() or "." in name or name in RESERVED:
        raise at.wrong(
            found, f"a key of up to {LONGEST_NAME} printable characters without points, and not {', '.join(RESERVED)}"
        )
    return name


def _read_unit(found: object, at: KeyPath) -> str:
    if not isinstance(found, str):
        raise at.wrong(found, 'a text, such as "°C"; "" for no unit')
    return found


_FILTERS: Mapping[str, tuple[Reader, Callable[..., Filter]]] = MappingProxyType(
    {
        "offset": (_any_number, lambda amount: Line(intercept=amount)),
        "scale": (_any_number, Line),
        "calibrate_linear": (_read_points, Line.through),
        "median": (_window, Median),
        "moving_average": (_window, MovingAverage),
        "throttle": (number(0.1, 86_400, "seconds"), Throttle),
        "delta": (number(0, LARGEST), Delta),
    }
)
_READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "filters": _read_filters,
        "rename": _read_name,
        "unit": _read_unit,
        "device_class": choice(("", *DEVICE_CLASSES)),
        "decimals": integer(0, MOST_DECIMALS),
    }
)
