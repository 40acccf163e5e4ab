"""A lock that is given to those who wait in the order in which they came."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

SLICE = 0.05
"""Seconds between two looks at what may end a wait."""


class FairLock:
    """Like `threading.Lock`, which whoever releases it and takes it again at once keeps from all others."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Lock] = deque()
        """One locked lock each; unlocking it hands over."""

    def acquire(self, check: Callable[[], None]) -> None:
        """Take it; blocks until everybody who came before has had it.

        Args:
            check: called every `SLICE` while it waits; what it raises ends the wait.
        """
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        try:
            while not turn.acquire(timeout=SLICE):
                check()
        except BaseException:
            self._give_up(turn)
            raise

    def release(self) -> None:
        """Hand it to the next."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False

    def _give_up(self, turn: threading.Lock) -> None:
        with self._guard:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return
        self.release()  # it was handed over while the wait ended
