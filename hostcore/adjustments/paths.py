"""Values in a reading by the keys that lead to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

ABSENT = object()
"""Stands for a value that is not there."""


def value_at(reading: Any, path: Sequence[str]) -> Any:
    """Return the value at `path`, `ABSENT` if there is none. A place in a list is its number, as text."""
    for key in path:
        if isinstance(reading, Mapping):
            reading = reading.get(key, ABSENT)
        elif isinstance(reading, list) and key.isdecimal() and int(key) < len(reading):
            reading = reading[int(key)]
        else:
            return ABSENT
    return reading


def with_value(reading: Any, path: Sequence[str], key: str, value: Any) -> Any:
    """Return `reading` with another value at `path`, under the last key `key`. Everything keeps its place.

    The value must be there. `reading` itself is not changed. A place in a list keeps its number.
    """
    first, *rest = path
    if isinstance(reading, Mapping):
        new = with_value(reading[first], rest, key, value) if rest else value
        return {
            (key if each == first and not rest else each): new if each == first else reading[each] for each in reading
        }
    place = int(first)
    new = with_value(reading[place], rest, key, value) if rest else value
    return [*reading[:place], new, *reading[place + 1 :]]
