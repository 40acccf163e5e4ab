"""Finds the lines of a traceback in output that comes line by line."""

from __future__ import annotations

from enum import Enum, auto

TRACEBACK = "Traceback (most recent call last):"
"""The first line of a traceback of Python."""
_LINKS = frozenset(
    {
        "During handling of the above exception, another exception occurred:",
        "The above exception was the direct cause of the following exception:",
    }
)
"""The lines between two tracebacks of one error. Source: Lib/traceback.py of CPython."""


class _Place(Enum):
    OUTSIDE = auto()
    INSIDE = auto()
    """Behind a first line. The calls are indented; the next line that is not names the error."""
    BEHIND = auto()
    """Behind the name of the error."""
    LINKED = auto()
    """Behind a line that links the traceback to another one of the same error."""


class TracebackLines:
    """Tells which lines go on with the traceback before them. For the lines of one stream."""

    def __init__(self) -> None:
        self._place = _Place.OUTSIDE

    def take(self, line: str) -> bool:
        """Take in the next line. Return whether it goes on with a traceback."""
        before = self._place
        self._place = self._after(line)
        is_first = line == TRACEBACK and before is not _Place.LINKED
        return _Place.OUTSIDE not in (before, self._place) and not is_first

    def end(self) -> None:
        """Take in that no further line goes on with the traceback."""
        self._place = _Place.OUTSIDE

    def _after(self, line: str) -> _Place:
        if line == TRACEBACK:
            return _Place.INSIDE
        match self._place:
            case _Place.INSIDE:
                return _Place.INSIDE if line.startswith(" ") else _Place.BEHIND
            case _Place.BEHIND if line in _LINKS:
                return _Place.LINKED
            case _Place.BEHIND | _Place.LINKED if not line:
                return self._place
        return _Place.OUTSIDE
