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
        self._bytes = self._lost = 0
        self._is_closed = False
        self._last = time.monotonic()

    def put(self, arrived: Arrived, now: float) -> None:
        """Add a message, if there is room."""
        size = len(arrived.payload) + len(arrived.topic)
        with self._changed:
            self._last = time.monotonic()
            if len(self._waiting) >= MOST_MESSAGES or self._bytes + size > MOST_BYTES:
                self._lost += 1
                return
            self._add(lambda fleet: fleet.fold(arrived, now), size)

    def note(self, change: Callable[[Fleet], None]) -> None:
        """Add a change of the connection, which happens between two messages."""
        with self._changed:
            self._last = time.monotonic()
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
            return [each.fold for each in found]

    def taken_lost(self) -> int:
        """Return how many messages were dropped since the last call, if none waits any more; else 0."""
        with self._changed:
            if self._waiting:
                return 0
            lost, self._lost = self._lost, 0
            return lost

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
        """For how long nothing has come; 0 while something waits."""
        with self._changed:
            return 0.0 if self._waiting else time.monotonic() - self._last

    def _add(self, fold: Callable[[Fleet], None], size: int) -> None:
        self._waiting.append(_Waiting(fold, size))
        self._bytes += size
        self._changed.notify()
