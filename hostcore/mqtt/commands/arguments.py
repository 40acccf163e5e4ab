"""The arguments of a command: each is asked for by its name, and what nobody asked for is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hostcore.errors import RefusedCommandError
from hostcore.mqtt.commands.request import shown, time_in

LONGEST_TEXT = 200
"""The most characters of a text."""
MOST_LEVELS = 16
"""The most keys down to a value of a reading."""


class Arguments:
    """Reads the arguments of one command. All methods raise `RefusedCommandError` for what is not allowed.

    Args:
        found: the object that came, without its transaction and time.
    """

    def __init__(self, found: Mapping[str, Any]) -> None:
        self._found = found
        self._known: list[str] = []

    def text(self, name: str, usual: str | None = None) -> str:
        """Return a printable text. It is needed if `usual` is None."""
        found = self._get(name)
        if found is None and usual is not None:
            return usual
        if (
            not isinstance(found, str)
            or not found.isprintable()
            or len(found) > LONGEST_TEXT
            or not (found or usual == "")
        ):
            raise self._wrong(name, f"a text of 1 to {LONGEST_TEXT} printable characters")
        return found

    def choice(self, name: str, allowed: tuple[str, ...], usual: str | None = None) -> str:
        """Return one of some words. It is needed if `usual` is None."""
        found = self._get(name)
        if found is None and usual is not None:
            return usual
        if not isinstance(found, str) or found not in allowed:
            raise self._wrong(name, f"one of {', '.join(allowed)}")
        return found

    def whole(self, name: str, lowest: int, highest: int, usual: int | None = None) -> int:
        """Return a whole number. It is needed if `usual` is None."""
        found = self._get(name)
        if found is None and usual is not None:
            return usual
        if type(found) is not int or not lowest <= found <= highest:
            raise self._wrong(name, f"a whole number from {lowest} to {highest}")
        return found

    def number(self, name: str, lowest: float, highest: float, usual: float | None = None) -> float:
        """Return a number. It is needed if `usual` is None."""
        found = self._get(name)
        if found is None and usual is not None:
            return usual
        if type(found) not in (int, float) or not lowest <= found <= highest:
            raise self._wrong(name, f"a number from {lowest:g} to {highest:g}")
        return float(found)

    def time(self, name: str, usual_ns: int) -> int:
        """Return a time in nanoseconds since the Unix epoch."""
        found = self._get(name)
        if found is None:
            return usual_ns
        try:
            return time_in(found)
        except RefusedCommandError:
            raise self._wrong(name, "a time: RFC 3339 with a time zone, or Unix seconds") from None

    def keys(self, name: str) -> tuple[str, ...]:
        """Return the keys down to a value of a reading: a text with points between them, or a list of texts."""
        found = self._get(name)
        keys = found.split(".") if isinstance(found, str) else found
        if (
            not isinstance(keys, list)
            or not 0 < len(keys) <= MOST_LEVELS
            or not all(isinstance(each, str) and len(each) <= LONGEST_TEXT for each in keys)
        ):
            raise self._wrong(name, "a key such as temperature, its keys with points between them, or a list of keys")
        return tuple(keys)

    def any(self, name: str) -> Any:
        """Return any value; None if it is missing."""
        return self._get(name)

    def end(self) -> None:
        """Refuse the command if it has arguments that were not asked for."""
        if unknown := [key for key in self._found if key not in self._known]:
            allowed = ", ".join(self._known) or "none"
            raise RefusedCommandError(f"it has an unknown key, {shown(unknown[0])}; allowed are {allowed}")

    def _get(self, name: str) -> Any:
        self._known.append(name)
        return self._found.get(name)

    def _wrong(self, name: str, allowed: str) -> RefusedCommandError:
        return RefusedCommandError(f"its {name} is {shown(self._found.get(name))}; needed is {allowed}")
