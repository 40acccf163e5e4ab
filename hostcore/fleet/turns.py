"""A lock that a busy thread gives up whenever another one wants it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

GIVE_WAY_SECONDS = 0.0002
"""How long the busy thread sleeps before it looks again whether the other one has the lock."""


class Turns:
    """A lock for one thread that needs it nearly always, and for others that need it seldom.

    Locks of Python are not fair: a thread that takes one again at once has it before those that wait for it are awake.
    """

    def __init__(self) -> None:
        self._lock, self._next = threading.Lock(), threading.Lock()
        self._is_wanted = False

    @contextmanager
    def look(self) -> Iterator[None]:
        """Make a context with the lock, for any thread. Blocks while the busy one does what it is at."""
        with self._next:
            self._is_wanted = True
            with self._lock:
                self._is_wanted = False
                yield

    @contextmanager
    def work(self) -> Iterator[None]:
        """Make a context with the lock, for the busy thread. Blocks until no other one has it, or waits for it."""
        while self._is_wanted:
            time.sleep(GIVE_WAY_SECONDS)
        with self._lock:
            yield
