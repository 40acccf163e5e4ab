"""Sets single values in the text of host.toml. All other text stays as it is.

As in `hostcore.config.edit`, all edits are tried, and the first one is used whose result means what it should.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

import tomli

from hostcore.config.edit import end_of_tables, insert, means, table_text
from hostcore.toml.lines import KeyPath, offsets_of, string_end

MOST_ENDS = 200
"""How many brackets are tried as the end of an array."""
_BARE_KEY = re.compile("[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^\s,#\]}]+")


def with_value(text: str, path: KeyPath, value: object) -> str | None:
    """Return `text` with a value set. Adds the tables that it needs.

    Args:
        text: valid settings.
        path: the keys down to the value; places of tables in arrays, from 0, if the value is there already.
        value: a text, a number, true or false, or an array or a table of these.

    Returns:
        The new text; None if `text` has a form that this cannot edit.
    """
    expected = deepcopy(tomli.loads(text))
    holder: Any = expected
    try:
        for key in path[:-1]:
            holder = holder[key] if isinstance(key, int) else holder.setdefault(key, {})
        holder[path[-1]] = value
    except (TypeError, KeyError, IndexError, AttributeError):  # something else stands there
        return None
    return _first_that_means(_settings_of(text, path, value), expected)


def with_element(text: str, path: KeyPath, value: object) -> str | None:
    """Return `text` with an element added at the end of an array that is there already; None if this cannot do it."""
    expected = deepcopy(tomli.loads(text))
    holder: Any = expected
    for key in path:
        holder = holder[key]
    holder.append(value)
    return _first_that_means(_longer_arrays(text, path, value), expected)


def without(text: str, path: KeyPath) -> str | None:
    """Return `text` without a value that has a line of its own, or without a table; None if this cannot do it."""
    expected = deepcopy(tomli.loads(text))
    holder: Any = expected
    for key in path[:-1]:
        holder = holder[key]
    del holder[path[-1]]
    offsets = offsets_of(text)
    if path not in offsets:
        return None
    start = text.rfind("\n", 0, offsets[path]) + 1
    line_end = text.find("\n", start) + 1 or len(text)
    cuts = [text[:start] + text[end:] for end in (line_end, end_of_tables(text, offsets, path))]
    # The last table of its kind leaves no trace of the table around it.
    return _first_that_means(cuts, expected) or _first_that_means(cuts, _without_empty(expected, path[:-1]))


def _without_empty(settings: Mapping[str, Any], path: KeyPath) -> Mapping[str, Any]:
    return {key: value for key, value in settings.items() if (key,) != path or value}


def literal(value: object) -> str:
    """Write a value as TOML, on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _quoted(value)
        case dict():
            return "{ " + ", ".join(f"{key_text(key)} = {literal(each)}" for key, each in value.items()) + " }"
        case list() | tuple():
            return f"[{', '.join(map(literal, value))}]"
    return repr(value)


def key_text(key: str) -> str:
    """Write a key as TOML, in quotes if it needs them."""
    return key if _BARE_KEY.fullmatch(key) else _quoted(key)


def _quoted(text: str) -> str:
    """Write a text in quotes, with escapes only if it has characters that cannot be seen."""
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _first_that_means(texts: Iterable[str], expected: Mapping[str, Any]) -> str | None:
    return next((each for each in texts if means(each, expected)), None)


def _settings_of(text: str, path: KeyPath, value: object) -> Iterator[str]:
    """Replace the value, or else write it below the header of its table, or into a new table."""
    offsets, written = offsets_of(text), literal(value)
    if path in offsets:
        start = _value_start(text, offsets[path])
        yield from (text[:start] + written + text[end:] for end in _ends(text, start))
        return
    *table, key = (str(each) for each in path)
    newline = "\r\n" if "\r\n" in text else "\n"
    setting = f"{key_text(key)} = {written}"
    header = offsets.get(tuple(table))
    if header is not None:
        yield insert(text, text.find("\n", header) + 1 or len(text), f"{setting}{newline}")
    for depth in range(len(table), 0, -1):
        if any(each[:depth] == tuple(table[:depth]) for each in offsets):
            yield _new_table(text, end_of_tables(text, offsets, tuple(table[:depth])), table, setting, newline)
    yield _new_table(text, len(text), table, setting, newline)


def _new_table(text: str, offset: int, table: Iterable[str], setting: str, newline: str) -> str:
    return insert(text, offset, table_text(text[:offset], ".".join(map(key_text, table)), setting, newline))


def _longer_arrays(text: str, path: KeyPath, value: object) -> Iterator[str]:
    offsets = offsets_of(text)
    if path not in offsets:
        return
    for end in _ends(text, _value_start(text, offsets[path])):
        before = text[: end - 1].rstrip()
        for gap in (", ", " ", ""):
            yield before + gap + literal(value) + text[end - 1 :]


def _value_start(text: str, key: int) -> int:
    """The offset of the value whose key begins at `key`."""
    start = text.find("=", key) + 1
    return start + len(text[start:]) - len(text[start:].lstrip(" \t"))


def _ends(text: str, start: int) -> Iterator[int]:
    """The offsets where the value at `start` may end: an array at each of the next brackets."""
    if text[start : start + 1] == "[":
        found = re.finditer(r"\]", text[start:])
        yield from (start + each.end() for each, _ in zip(found, range(MOST_ENDS), strict=False))
    elif text[start : start + 1] in ("'", '"'):
        yield string_end(text, start)
    elif bare := _BARE_VALUE.match(text, start):
        yield bare.end()
