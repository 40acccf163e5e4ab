"""Adds permissions to the text of host.toml. All other text stays as it is.

TOML has several forms of a table, and each form needs its own edit. All edits are tried, and the first one is used
whose result means the old settings with the permissions added. An edit that does not fit the text does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import tomli

from hostcore.toml.lines import KeyPath, offsets_of, string_end

_REST_OF_LINE = re.compile(r"[ \t]*(,?)[ \t]*(?:#[^\r\n]*)?(?=\r?\n)")
"""The rest of a line after its last array element: an optional comma and an optional comment."""
_HEADER = r"""^(?P<indent>[ \t]*)\[[ \t]*(["']?)plugins\2[ \t]*\.[ \t]*(["']?){}\3[ \t]*\][^\r\n]*"""


def with_permissions(text: str, plugin: str, permissions: Sequence[str]) -> str | None:
    """Return `text` with `permissions` added to those of `plugin`. Adds the plugin's table if there is none.

    Args:
        text: valid settings.
        plugin: a valid name.
        permissions: the permissions as text.

    Returns:
        The new text; None if `text` has a form that this cannot edit.
    """
    expected = tomli.loads(text)
    expected.setdefault("plugins", {}).setdefault(plugin, {}).setdefault("permissions", []).extend(permissions)
    quoted = [f'"{permission}"' for permission in permissions]
    return next((edited for edited in _attempts(text, plugin, quoted) if means(edited, expected)), None)


def means(text: str, expected: Mapping[str, Any]) -> bool:
    """Return whether `text` is valid TOML with exactly these values."""
    try:
        return tomli.loads(text) == expected
    except ValueError:
        return False


def _attempts(text: str, plugin: str, quoted: Sequence[str]) -> Iterator[str]:
    offsets = offsets_of(text)
    newline = "\r\n" if "\r\n" in text else "\n"
    table: KeyPath = ("plugins", plugin)
    key: KeyPath = (*table, "permissions")
    setting = f"permissions = [{', '.join(quoted)}]"
    if key in offsets:
        yield _in_array(text, offsets, key, quoted, newline)
    yield from _below_header(text, plugin, setting, newline)
    if table in offsets:
        yield from _in_braces(text, offsets[table], setting)
    for offset in (end_of_tables(text, offsets, ("plugins",)), len(text)):
        yield insert(text, offset, table_text(text[:offset], f"plugins.{plugin}", setting, newline))
    if table in offsets:
        yield from _dotted(text, offsets[table], plugin, setting, newline)


def insert(text: str, offset: int, addition: str) -> str:
    """Return `text` with an addition at an offset."""
    return text[:offset] + addition + text[offset:]


def _in_array(text: str, offsets: Mapping[KeyPath, int], key: KeyPath, quoted: Sequence[str], newline: str) -> str:
    """Insert after the last element of the array, on new lines if that element has a line of its own."""
    starts = [offset for path, offset in offsets.items() if path[:-1] == key]
    if not starts:
        return insert(text, text.index("[", offsets[key]) + 1, ", ".join(quoted))
    start = max(starts)
    end = string_end(text, start)
    indent = text[text.rfind("\n", 0, start) + 1 : start]
    rest = _REST_OF_LINE.match(text, end)
    if indent.strip() or rest is None:
        return insert(text, end, "".join(f", {each}" for each in quoted))
    comma = rest[1]
    lines = f",{newline}{indent}".join(quoted) + comma
    with_lines = insert(text, rest.end(), f"{newline}{indent}{lines}")
    return with_lines if comma else insert(with_lines, end, ",")


def _below_header(text: str, plugin: str, setting: str, newline: str) -> Iterator[str]:
    """Insert below each line that looks like ``[plugins.NAME]``."""
    for header in re.finditer(_HEADER.format(plugin), text, re.MULTILINE):
        yield insert(text, header.end(), f"{newline}{header['indent']}{setting}")


def _in_braces(text: str, offset: int, setting: str) -> Iterator[str]:
    """Insert into ``NAME = { ... }``, which may begin at `offset`."""
    brace = text.find("{", offset) + 1
    space = "" if text[brace : brace + 1] == " " else " "
    yield insert(text, brace, f" {setting}{space}")
    yield insert(text, brace, f" {setting},{space}")


def _dotted(text: str, offset: int, plugin: str, setting: str, newline: str) -> Iterator[str]:
    """Insert above ``NAME.key = ...`` or ``plugins.NAME.key = ...``, one of which may begin at `offset`."""
    indent = text[text.rfind("\n", 0, offset) + 1 : offset]
    for prefix in (plugin, f"plugins.{plugin}"):
        yield insert(text, offset, f"{prefix}.{setting}{newline}{indent}")


def end_of_tables(text: str, offsets: Mapping[KeyPath, int], prefix: KeyPath) -> int:
    """Return the end of the last table with this prefix: before the next table, and the comment and blank lines there.

    Args:
        text: valid settings.
        offsets: `offsets_of` the text.
        prefix: the first keys of the tables. Without such a table, the end is that of the text.
    """
    mine = [offset for path, offset in offsets.items() if path[: len(prefix)] == prefix]
    last = max(mine, default=len(text))
    following = min((offset for offset in offsets.values() if offset > last), default=None)
    if following is None:
        return len(text)
    lines = text[: text.rfind("\n", 0, following) + 1].splitlines(keepends=True)
    while lines and lines[-1].lstrip().startswith("#"):
        lines.pop()
    while lines and not lines[-1].strip():
        lines.pop()
    return sum(map(len, lines))


def table_text(above: str, table: str, setting: str, newline: str) -> str:
    """Return a new table, with a blank line before it.

    Args:
        above: the text before it.
        table: the table's name as TOML.
        setting: its first line.
        newline: the end of a line.
    """
    gap = newline * ((not above.endswith("\n")) + 1) if above.strip() else ""
    return f"{gap}[{table}]{newline}{setting}{newline}"
