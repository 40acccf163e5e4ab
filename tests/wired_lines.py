"""Two GPIO lines and the wire between them, or no wire."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from hostcore.backends.base import Edge, GpioLine, Pull
from hostcore.clock import NS_PER_S
from hostcore.pulse import Pulse


class Wire:
    """What connects lines, and what drives it.

    Attributes:
        driven: the levels that were driven, in order.
    """

    def __init__(self) -> None:
        self.driven: list[bool] = []
        self._drivers: dict[int, bool] = {}
        self._pulls: dict[int, Pull] = {}
        self._level = False
        self._edges: list[bool] = []
        self._changed = threading.Condition()

    def level(self) -> bool:
        """The level that all lines on the wire show."""
        with self._changed:
            pulls = {pull for pull in self._pulls.values() if pull is not Pull.NONE}
            before = self._level
            if self._drivers:
                self._level = next(iter(self._drivers.values()))
            elif len(pulls) == 1:
                self._level = Pull.UP in pulls
            if self._level is not before:
                self._edges.append(self._level)
                self._changed.notify_all()
            return self._level

    def set(self, line: int, pull: Pull | None, level: bool | None) -> bool:
        """Pull or drive the wire with a line. Returns the level."""
        with self._changed:
            self._drivers.pop(line, None)
            self._pulls.pop(line, None)
            if pull is not None:
                self._pulls[line] = pull
            if level is not None:
                self._drivers[line] = level
                self.driven.append(level)
        return self.level()

    def edges(self, count: int, seconds: float) -> list[bool]:
        """The next edges. Blocks until all have come, or the time is over."""
        with self._changed:
            self._edges.clear()
            self._changed.wait_for(lambda: len(self._edges) >= count, seconds)
            return self._edges[:count]


class WiredLine(GpioLine):
    """A GPIO line.

    Args:
        number: its number.
        wire: what it is wired to.
        is_broken: whether it cannot drive.
    """

    def __init__(self, number: int, wire: Wire, *, is_broken: bool = False) -> None:
        self._number, self._wire, self._is_broken = number, wire, is_broken

    def read(self, pull: Pull) -> bool:
        return self._wire.set(self._number, pull, None)

    def write(self, level: bool) -> None:
        self._wire.set(self._number, None, False if self._is_broken else level)

    def capture(self, drive: Sequence[Pulse], timeout_ns: int, max_edges: int) -> tuple[Edge, ...]:
        self.read(Pull.NONE)
        seen = self._wire.edges(max_edges, timeout_ns / NS_PER_S)
        return tuple(Edge(number, rising) for number, rising in enumerate(seen, 1))
