"""Which readings are rows, and in which order: a tree, whose branches can be sorted by a column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hostcore.view.readings import Item, Path, Source
from tui.readings.reading_words import label_of
from tui.sorting import Sorting, SortKey

Row = tuple[Source, Item]
"""A driver, and its heading or one of its values."""


def _name(row: Row) -> tuple[bool, int, str]:
    """A key, or the number of an item in a list, which sorts as a number."""
    key = row[1].path[-1]
    return (False, int(key), "") if key.isascii() and key.isdecimal() and len(key) < 10 else (True, 0, label_of(row[1]))


def _value(row: Row) -> float | None:
    """A number; None for texts and headings."""
    series = row[1].series
    return series.values[-1] if series and series.values and isinstance(row[1].raw, int | float) else None


def _read_ns(row: Row) -> int | None:
    """When it was read; None if it never was."""
    source, item = row
    return (source.time_ns if item is source.heading else item.time_ns) or None


def _range(row: Row) -> float | None:
    """How far the extremes are apart."""
    series = row[1].series
    return series.highest - series.lowest if series and series.values else None


NAME, NOW, AGE, TREND, EXTREMES = "value of", "now", "age", "trend", "least to most"
"""The titles of the columns."""
KEYS: dict[str, SortKey[Row]] = {
    NAME: SortKey(_name, is_descending=False),
    NOW: SortKey(_value),
    AGE: SortKey(_read_ns, is_descending=False),
    EXTREMES: SortKey(_range),
}
"""How each column sorts the values below one heading. The oldest come first. A trend has no order: it is a picture."""


def rows_of(sources: Sequence[Source], wanted: str, folded: set[Path], sorting: Sorting[Row]) -> list[Row]:
    """Return all rows, from top to bottom.

    Args:
        sources: the drivers.
        wanted: the text that keys must contain; "" for all. If there is one, nothing is folded.
        folded: the headings below which nothing is shown.
        sorting: sorts drivers, and the values below each heading.
    """
    headings = sorting.sorted([(source, source.heading) for source in sources])
    return [row for source, _ in headings for row in _rows_of(source, wanted, set() if wanted else folded, sorting)]


def _rows_of(source: Source, wanted: str, folded: set[Path], sorting: Sorting[Row]) -> Iterator[Row]:
    found: set[Path] = set()
    for path in source.items:
        if wanted in ".".join(path).lower():
            found.update(path[:length] for length in range(1, len(path) + 1))
    if wanted and source.heading.path not in found and wanted not in source.plugin:
        return
    below: dict[Path, list[Row]] = {}
    for path, item in source.items.items():
        if path in found:
            below.setdefault(path[:-1], []).append((source, item))
    waiting = [(source, source.heading)]
    while waiting:
        row = waiting.pop()
        yield row
        if row[1].path not in folded:
            waiting += reversed(sorting.sorted(below.get(row[1].path, [])))
