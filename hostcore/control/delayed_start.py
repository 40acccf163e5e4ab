"""Starts a part of the host a moment after the others, so that the first readings do not wait for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from hostcore.threads import HostThread

DELAY_SECONDS = 0.3
"""Seconds after the start of the host. A command that comes earlier uses the bus itself, as if no host ran."""
LOOK_SECONDS, MOST_LOOKS = 0.05, 60
"""A small computer still loads plugins then. The most looks at whether this process rests yet."""


class Startable(Protocol):
    """A part of the host with a start and an end."""

    def start(self) -> None:
        """Start it. Returns at once."""

    def stop(self) -> bool:
        """Stop it, within a second if it need not finish a step. Returns whether everything that it did has ended."""


P = TypeVar("P", bound=Startable)


class DelayedStart(Generic[P]):
    """Makes and starts a part on a thread of its own.

    Args:
        make: makes the part. It may import modules that no other part of the host needs.
    """

    def __init__(self, make: Callable[[], P]) -> None:
        self._make = make
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._part: P | None = None
        self._thread = HostThread(self._run, "delayed start")

    def start(self) -> None:
        """Make and start the part soon. Returns at once."""
        self._thread.start()

    @property
    def part(self) -> P | None:
        """The part; None until it is made. Blocks while it is being made."""
        with self._lock:
            return self._part

    def stop(self) -> bool:
        """Stop the part within a second. Returns whether everything that it did has ended."""
        self._stopping.set()
        with self._lock:  # it is not being made now, and never will be
            ended = not self._part or self._part.stop()
        if self._thread.is_alive():
            self._thread.join()
        return ended

    def _is_stopped_before_rest(self) -> bool:
        """Wait until this process uses less than half of a processor. Return whether it was told to stop before."""
        for _ in range(MOST_LOOKS):
            used = time.process_time()
            if self._stopping.wait(LOOK_SECONDS):
                return True
            if time.process_time() - used < LOOK_SECONDS / 2:
                break
        return False

    def _run(self) -> None:
        if self._stopping.wait(DELAY_SECONDS) or self._is_stopped_before_rest():
            return
        with self._lock:
            if not self._stopping.is_set():
                self._part = self._make()
                self._part.start()
