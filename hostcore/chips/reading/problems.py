"""Finds all that is wrong with a chip file, not only the first mistake."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path

from hostcore.chips.reading.chip_file import chip_of, read_text_of
from hostcore.errors import ConfigError
from hostcore.toml.document import parse

MOST_PROBLEMS = 50
"""The most mistakes that are found in one file. More would not help."""
_STAND_INS: Mapping[str, object] = {
    **dict.fromkeys(("name", "maker", "purpose", "source"), "unknown"),
    "addresses": [0x08],
    "bus": {"register_bytes": 2, "source": "unknown"},
}
"""Values in place of wrong ones that every file needs."""
_LINKED = ("identity", "measurement")
"""The tables that name registers and commands."""
_COUNTING = ("bus", "numbers")
"""The key that says which numbers a register has. Without it, registers seem to overlap."""


def problems_of(path: Path) -> tuple[ConfigError, ...]:
    """Return the mistakes in a chip file, in the order of its lines. Blocks while it reads the file.

    After each mistake it reads the file again without the wrong part. It does not report what is wrong only because of
    that: a key that is then missing, or a register that another table names.
    """
    found: list[ConfigError] = []
    try:
        at = read_text_of(path)
        tables = parse(at)
    except ConfigError as error:
        return (error,)
    removed: set[tuple[str | int, ...]] = set()
    while len(found) < MOST_PROBLEMS:
        try:
            chip_of(path.stem, copy.deepcopy(tables), at)
            break
        except ConfigError as error:
            if not _follows_from(error, removed):
                found.append(error)
            path_removed = _remove(tables, error.path)
            if not path_removed:
                break
            removed.add(path_removed)
    return tuple(sorted(found, key=lambda error: error.line or 0))


def _follows_from(error: ConfigError, removed: set[tuple[str | int, ...]]) -> bool:
    """Return whether something is wrong only because another wrong part was removed."""
    lacks_removed = any(path[: len(error.path)] == error.path for path in removed)
    named_removed = any(len(path) == 2 for path in removed) and error.path[:1] in {(table,) for table in _LINKED}
    seems_to_overlap = _COUNTING in removed and error.path[:1] == ("registers",) and error.path[-1] == "address"
    return lacks_removed or named_removed or seems_to_overlap


def _remove(tables: dict[str, object], path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Remove the part of the tables at `path`, or the whole array around it, because indices must stay true.

    Returns:
        The path of what was removed; empty if there is nothing to remove.
    """
    place: object = tables
    for depth, step in enumerate(path):
        assert isinstance(place, dict)
        inner = place.get(step)
        if depth + 1 == len(path) or not isinstance(inner, dict) or path[depth + 1] not in inner:
            if step not in place:
                return ()
            removed = place.pop(step)
            if depth == 0 and step in _STAND_INS:
                place[step] = _stand_in(str(step), removed)
            return path[: depth + 1]
        place = inner
    return ()


def _stand_in(key: str, removed: object) -> object:
    """Return a value in place of a wrong one. A table keeps what others depend on."""
    stand_in = copy.deepcopy(_STAND_INS[key])
    if isinstance(stand_in, dict) and isinstance(removed, dict):
        kept = (*stand_in, _COUNTING[1])
        stand_in |= {each: removed[each] for each in kept if each in removed}
    return stand_in
