"""What has come from the broker and nobody has folded yet: a bounded queue between two threads."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from hostcore.broker.message import Arrived
from hostcore.fleet.folding import Fleet
from hostcore.quick_dataclass import dataclass

MOST_MESSAGES = 20_000
MOST_BYTES = 32 << 20
"""Bytes of the payloads of all messages that wait."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    fold: Callable[[Fleet], None]
    size: int


class Intake:
    """The queue. All methods are thread-safe; `take` alone blocks.

    What finds no room is dropped, and counted: the thread of a connection must not wait.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[_Waiting] = deque()
        self._bytes = 0
        self._lost = self._untold = 0
        """Messages that found no room: since they were asked for, and since they were noted in the queue."""
        self._is_closed = False
        self._last = time.monotonic()

    def put(self, arrived: Arrived, now: float) -> None:
        """Add a message, if there is room."""
        size = len(arrived.payload) + len(arrived.topic)
        with self._changed:
            if arrived.retained:
                self._last = time.monotonic()
            if len(self._waiting) >= MOST_MESSAGES or self._bytes + size > MOST_BYTES:
                self._lost += 1
                self._untold += 1
                return
            self._note_lost()
            self._add(lambda fleet: fleet.fold(arrived, now), size)

    def note(self, change: Callable[[Fleet], None]) -> None:
        """Add a change of the connection, which happens between two messages."""
        with self._changed:
            self._last = time.monotonic()
            self._note_lost()
            self._add(change, 0)

    def take(self, most: int, seconds: float) -> list[Callable[[Fleet], None]]:
        """Return what waits, the oldest first. Blocks until there is something, for up to some seconds.

        Args:
            most: how much to return at most.
            seconds: how long to wait; after that, the list is empty.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closed, seconds)
            found = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
            self._bytes -= sum(each.size for each in found)
            if not self._waiting:
                self._note_lost()
            return [each.fold for each in found]

    def has_lost(self) -> bool:
        """Return whether messages were dropped since it said so before, and none waits any more."""
        with self._changed:
            if self._waiting:
                return False
            lost, self._lost = self._lost, 0
            return lost > 0

    def close(self) -> None:
        """Let nobody wait any more."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._is_closed

    @property
    def quiet_seconds(self) -> float:
        """For how long nothing has come that the broker had kept; 0 while something waits.

        What nodes say meanwhile does not count: a large fleet always speaks.
        """
        with self._changed:
            return 0.0 if self._waiting else time.monotonic() - self._last

    def _note_lost(self) -> None:
        """Note what found no room where it is missing: what comes after it must not look as if a node left it out."""
        if lost := self._untold:
            self._untold = 0
            self._add(lambda fleet: fleet.lose(lost), 0)

    def _add(self, fold: Callable[[Fleet], None], size: int) -> None:
        self._waiting.append(_Waiting(fold, size))
        self._bytes += size
        self._changed.notify()
