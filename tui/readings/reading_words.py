"""A reading as the screen writes it: its key, its value and how it went."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import ClassVar

from hostcore.quick_dataclass import dataclass
from hostcore.view.readings import Item, Path, is_group
from tui.text import number, safe

LONGEST_TEXT = 400
"""Characters of a text that are shown."""
LONGEST_LABEL = 60
"""Characters of a key that are shown."""
LEVELS = "▁▂▃▄▅▆▇█"
LEAST_LABEL, MOST_LABEL = 20, 34
"""Cells for the keys."""
LEAST_TREND = 8
"""Cells for a sparkline and the gap before it. If there are fewer, there is no sparkline."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The widths of a row's columns, in cells."""

    label: int
    trend: int
    extremes: int
    value: ClassVar[int] = 10
    unit: ClassVar[int] = 4
    age: ClassVar[int] = 5

    @classmethod
    def within(cls, width: int) -> Columns:
        """Divide a row of `width` cells. A narrow row has no extremes, an even narrower one no trend.

        What the others do not need is the trend's.
        """
        left = width - 1 - cls.value - cls.unit - cls.age
        extremes = 24 if left >= 58 else 0
        label = min(max(LEAST_LABEL, left - extremes - 24), MOST_LABEL, left)
        trend = left - extremes - label
        return cls(label, trend=trend if trend >= LEAST_TREND else 0, extremes=extremes)


def label_of(item: Item) -> str:
    """The last key of its path."""
    return safe(item.path[-1], LONGEST_LABEL)


def key_of(path: Path) -> str:
    """The plugin and the keys of a value."""
    return ".".join(safe(each, LONGEST_LABEL) for each in path)


def scale_of(item: Item) -> str:
    """The name of a number's scale: its unit, or its key if it has none. Numbers of one unit share a scale."""
    return item.quantity.unit or label_of(item)


def error_of(text: str) -> str:
    """The error of a driver, fit for a terminal."""
    return safe(text, LONGEST_TEXT)


def value_of(item: Item) -> str:
    """The value without its unit; "" for a heading."""
    value = item.raw
    if item.is_group:
        return ""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number(value, item.decimals if isinstance(value, float) else None)
    if isinstance(value, str):
        return safe(value, LONGEST_TEXT)
    return "(nested deeper)" if is_group(value) else "(empty)"


def as_json(value: object, indent: int | None = None) -> str:
    """A value as JSON for a clipboard. What a terminal or an editor would act on when it is pasted is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return text if text.isprintable() else "".join(map(_harmless, text))


def _harmless(character: str) -> str:
    return character if character.isprintable() or character == "\n" else json.dumps(character)[1:-1]


def quantity_of(item: Item) -> str:
    """What a value measures, and who says so; "" for a text of which the driver states nothing."""
    quantity = item.quantity
    if quantity.is_guessed and item.series is None:
        return ""
    words = [safe(each, LONGEST_LABEL) for each in (quantity.name, quantity.unit) if each]
    words += [f"class {quantity.device_class}"] if quantity.device_class else []
    words += [quantity.state_class.replace("_", " ")] if quantity.state_class else []
    if quantity.is_set:
        return f"{', '.join(words) or 'no unit'} (set in host.toml)"
    if not quantity.is_guessed:
        return f"{', '.join(words) or 'no unit'} (stated by the driver)"
    if not words:
        return "no unit is known: the driver states none, and the key names none"
    return f"{', '.join(words)} (guessed from the key)"


def adjusted_of(item: Item) -> str:
    """How a number differs from what its driver measured; "" if host.toml does not adjust it."""
    if item.adjusted is None:
        return ""
    held = " and held" if item.adjusted.is_held else ""
    return f"adjusted{held}, raw {number(item.adjusted.measured)}"


def sparkline(values: Sequence[float], width: int) -> str:
    """`values` as a row of bars, right-aligned in `width` cells; a line that does not move lies in the middle."""
    if not values:
        return " " * width
    low, high = min(values), max(values)
    reach = high - low
    if reach <= 0:
        return (LEVELS[3] * len(values)).rjust(width)
    top = len(LEVELS) - 1
    return "".join(LEVELS[round((value - low) / reach * top)] for value in values).rjust(width)


def value_at(value: object, path: Path) -> object:
    """Return the value at `path` in a reading; None if there is none."""
    for key in path:
        if isinstance(value, list | tuple):
            value = value[int(key)] if key.isdecimal() and int(key) < len(value) else None
        else:
            value = value.get(key) if hasattr(value, "get") else None
    return value
