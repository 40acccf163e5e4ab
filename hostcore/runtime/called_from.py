"""The place in a plugin's code that makes a call: a line of its file, and perhaps one of a library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hostcore.errors import BusError
from hostcore.events import LibraryLine
from hostcore.plugin.gate import Gate
from hostcore.runtime.library_modules import Modules

LINE_BITS = 24
"""Bits of a line in `called-from` (wit/python.wit)."""
LAST_LINE = (1 << LINE_BITS) - 1
"""The highest line in it, and the mask of the line."""
MOST_LINES = 4_096
"""Library lines that are kept, so that the events of one line share an object."""


class CalledFrom:
    """Tells a gate where each call comes from.

    Args:
        gate: the gate of the calls.
        modules: know the files of the libraries.
    """

    def __init__(self, gate: Gate, modules: Modules) -> None:
        self._gate, self._modules = gate, modules
        self._lines: dict[int, LibraryLine | None] = {}

    def telling(self, function: Callable[..., Any], answer: Callable[[BusError], Any]) -> Callable[..., Any]:
        """Give `function` a first argument: `called-from`, whose lines the call's events name.

        Args:
            function: does the call.
            answer: returns the answer to the guest if `function` raises a `BusError`. It is called from here, because
                one more function around this one would cost each transfer a third of a microsecond.
        """
        gate = self._gate

        def called(place: int, *arguments: Any) -> Any:
            gate.source_line = place & LAST_LINE
            if place > LAST_LINE:
                gate.library = self._library(place >> LINE_BITS)
            try:
                return function(*arguments)
            except BusError as error:
                return answer(error)
            finally:
                gate.source_line, gate.library = 0, None

        return called

    def _library(self, place: int) -> LibraryLine | None:
        """The line of a library. A plugin may send any number, so what is kept has a bound."""
        if place not in self._lines:
            if len(self._lines) >= MOST_LINES:
                self._lines.clear()
            file = self._modules.file(place >> LINE_BITS)
            self._lines[place] = LibraryLine(file, place & LAST_LINE) if file else None
        return self._lines[place]
