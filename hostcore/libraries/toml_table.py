"""Reads values of a TOML text with their kinds. What is wrong is a `Mistake`, which names the key."""

from __future__ import annotations

from typing import TypeVar

import tomli

from hostcore.log.safe_text import log_line
from hostcore.reasons import plain_reason

T = TypeVar("T")
_KINDS: dict[type, str] = {str: "a text", int: "a number", list: "an array", dict: "a table"}


class Mistake(Exception):  # noqa: N818 - not an error by itself: the caller knows the file
    """A value that is not allowed.

    Attributes:
        problem: what was found, and what is allowed.
        key: the dotted key, or "" if the text is not TOML.
        line: the line, from 1 on; None if it is not known.
    """

    def __init__(self, problem: str, key: str = "", line: int | None = None) -> None:
        self.problem, self.key, self.line = problem, key, line
        super().__init__(problem)


def parse_toml(text: str) -> dict[str, object]:
    """Parse TOML. Raises Mistake."""
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise Mistake(f"not TOML: {log_line(error.msg, 200)} (column {error.colno})", line=error.lineno) from None
    except (ValueError, RecursionError) as error:  # a number, date or nesting that TOML allows, but Python does not
        raise Mistake(f"cannot be read: {log_line(plain_reason(error), 200)}") from None


class Table:
    """A table whose values are read by kind. Each method raises Mistake if a value is of another kind.

    Args:
        values: the table.
        key: its own key, "" for the whole text.
    """

    def __init__(self, values: dict[str, object], key: str = "") -> None:
        self._values, self.key = values, key

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def key_of(self, name: str) -> str:
        """Return the dotted key of a value."""
        return f"{self.key}.{name}" if self.key else name

    def allow(self, *names: str) -> None:
        """Raise Mistake if there are values with other names."""
        for name in self._values:
            if name not in names:
                raise Mistake(f"unknown; allowed: {', '.join(names)}", self.key_of(log_line(name, 60)))

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text. Without a default it must be there."""
        return self._value(name, str, default)

    def number(self, name: str, most: int) -> int:
        """Return a whole number from 0 to `most`."""
        found = self._value(name, int, None)
        if isinstance(found, bool) or not 0 <= found <= most:
            raise Mistake(
                f"found {log_line(str(found), 40)}, allowed is a number from 0 to {most:,}", self.key_of(name)
            )
        return found

    def texts(self, name: str) -> list[str]:
        """Return an array of texts, empty if it is missing."""
        found: list[object] = self._value(name, list, [])
        for index, each in enumerate(found):
            if not isinstance(each, str):
                raise Mistake(f"found {_kind(each)}, allowed is a text", f"{self.key_of(name)}[{index}]")
        return [str(each) for each in found]

    def table(self, name: str) -> Table:
        """Return a table, empty if it is missing."""
        return Table(self._value(name, dict, {}), self.key_of(name))

    def tables(self, name: str) -> list[Table]:
        """Return an array of tables, empty if it is missing."""
        tables = []
        for index, each in enumerate(self._value(name, list, [])):
            key = f"{self.key_of(name)}[{index}]"
            if not isinstance(each, dict):
                raise Mistake(f"found {_kind(each)}, allowed is a table", key)
            tables.append(Table(each, key))
        return tables

    def _value(self, name: str, kind: type[T], default: T | None) -> T:
        found = self._values.get(name, default)
        if found is None:
            raise Mistake(f"missing; allowed is {_KINDS[kind]}", self.key_of(name))
        if not isinstance(found, kind):
            raise Mistake(f"found {_kind(found)}, allowed is {_KINDS[kind]}", self.key_of(name))
        return found


def _kind(value: object) -> str:
    return next((words for kind, words in _KINDS.items() if isinstance(value, kind)), f"a {type(value).__name__}")
