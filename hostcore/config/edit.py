"""Adds permissions to the text of host.toml, by inserting them: whatever else stands there stays as it is.

There is one way for each way to write a table. All are tried, and the first is taken whose result means what it should,
which is the settings as they were with the permissions added; so a way that does not fit the text does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import tomli

from hostcore.config.lines import KeyPath, offsets_of, string_end

_REST_OF_LINE = re.compile(r"[ \t]*(,?)[ \t]*(?:#[^\r\n]*)?(?=\r?\n)")
"""What follows the last array element of a line: a comma or none, and a comment or none."""
_HEADER = r"""^(?P<indent>[ \t]*)\[[ \t]*(["']?)plugins\2[ \t]*\.[ \t]*(["']?){}\3[ \t]*\][^\r\n]*"""


def with_permissions(text: str, plugin: str, permissions: Sequence[str]) -> str | None:
    """`text` with `permissions` added to those of `plugin`; its table is added where there is none.

    Args:
        text: valid settings.
        plugin: a valid name.
        permissions: as host.toml writes them.

    Returns:
        None where the text is of a form that this cannot edit.
    """
    expected = tomli.loads(text)
    expected.setdefault("plugins", {}).setdefault(plugin, {}).setdefault("permissions", []).extend(permissions)
    quoted = [f'"{permission}"' for permission in permissions]
    return next((edited for edited in _attempts(text, plugin, quoted) if _means(edited, expected)), None)


def _means(text: str, expected: Mapping[str, Any]) -> bool:
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
    for offset in (_end_of_plugins(text, offsets), len(text)):
        yield _as_table(text, offset, plugin, setting, newline)
    if table in offsets:
        yield from _dotted(text, offsets[table], plugin, setting, newline)


def _insert(text: str, offset: int, addition: str) -> str:
    return text[:offset] + addition + text[offset:]


def _in_array(text: str, offsets: Mapping[KeyPath, int], key: KeyPath, quoted: Sequence[str], newline: str) -> str:
    """Behind the array's last element, on lines of their own where that one has its own."""
    starts = [offset for path, offset in offsets.items() if path[:-1] == key]
    if not starts:
        return _insert(text, text.index("[", offsets[key]) + 1, ", ".join(quoted))
    start = max(starts)
    end = string_end(text, start)
    indent = text[text.rfind("\n", 0, start) + 1 : start]
    rest = _REST_OF_LINE.match(text, end)
    if indent.strip() or rest is None:
        return _insert(text, end, "".join(f", {each}" for each in quoted))
    comma = rest[1]
    lines = f",{newline}{indent}".join(quoted) + comma
    with_lines = _insert(text, rest.end(), f"{newline}{indent}{lines}")
    return with_lines if comma else _insert(with_lines, end, ",")


def _below_header(text: str, plugin: str, setting: str, newline: str) -> Iterator[str]:
    """Below ``[plugins.NAME]``, wherever there is something like it."""
    for header in re.finditer(_HEADER.format(plugin), text, re.MULTILINE):
        yield _insert(text, header.end(), f"{newline}{header['indent']}{setting}")


def _in_braces(text: str, offset: int, setting: str) -> Iterator[str]:
    """Within ``NAME = { ... }``, if that begins at `offset`."""
    brace = text.find("{", offset) + 1
    space = "" if text[brace : brace + 1] == " " else " "
    yield _insert(text, brace, f" {setting}{space}")
    yield _insert(text, brace, f" {setting},{space}")


def _dotted(text: str, offset: int, plugin: str, setting: str, newline: str) -> Iterator[str]:
    """Above ``NAME.key = ...`` or ``plugins.NAME.key = ...``, whichever begins at `offset`."""
    indent = text[text.rfind("\n", 0, offset) + 1 : offset]
    for prefix in (plugin, f"plugins.{plugin}"):
        yield _insert(text, offset, f"{prefix}.{setting}{newline}{indent}")


def _end_of_plugins(text: str, offsets: Mapping[KeyPath, int]) -> int:
    """Where the last plugin's table ends: before the next one, and before the comment and blank lines above that."""
    last = max((offset for path, offset in offsets.items() if path[0] == "plugins"), default=len(text))
    following = min((offset for offset in offsets.values() if offset > last), default=None)
    if following is None:
        return len(text)
    lines = text[: text.rfind("\n", 0, following) + 1].splitlines(keepends=True)
    while lines and lines[-1].lstrip().startswith("#"):
        lines.pop()
    while lines and not lines[-1].strip():
        lines.pop()
    return sum(map(len, lines))


def _as_table(text: str, offset: int, plugin: str, setting: str, newline: str) -> str:
    above = text[:offset]
    gap = newline * ((not above.endswith("\n")) + 1) if above.strip() else ""
    return _insert(text, offset, f"{gap}[plugins.{plugin}]{newline}{setting}{newline}")
