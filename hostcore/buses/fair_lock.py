"""A lock that threads get in the order in which they asked for it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from functools import partial

SLICE = 0.05
"""Seconds between two checks whether a wait has to end."""


class FairLock:
    """A lock that a busy thread cannot keep from the others.

    A `threading.Lock` goes back to the thread that released it, if that thread asks for it again at once.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._lock = threading.Lock()
        """It is locked while a thread has the lock, and stays so when the lock is handed over."""
        self._take = partial(self._lock.acquire, False)
        """Take it if it is free. Returns whether it was."""
        self._waiting: deque[threading.Lock] = deque()
        """One locked lock for each waiting thread. The release of a lock hands over to its thread."""

    def acquire(self, check: Callable[[], None]) -> None:
        """Take the lock. Blocks until all threads that asked before have had it.

        Args:
            check: called every `SLICE` seconds while this waits. If it raises an exception, the wait ends.
        """
        if not self._waiting and self._take():
            return
        with self._guard:
            if self._take():  # it was released meanwhile, and then no other thread waits
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
        """Hand the lock to the next thread."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._lock.release()

    def _give_up(self, turn: threading.Lock) -> None:
        with self._guard:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return
        self.release()  # it was handed over while the wait ended
