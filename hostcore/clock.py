"""The host's time: the computer's clocks, or a virtual clock that tests move."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from typing import Protocol

NS_PER_S = 1_000_000_000
"""Nanoseconds in a second."""
NS_PER_MS = 1_000_000
"""Nanoseconds in a millisecond."""


def timestamp(wall_ns: int) -> str:
    """Return a time in nanoseconds since the epoch as RFC 3339, UTC, in milliseconds: ``2026-01-31T08:00:00.123Z``."""
    seconds, rest = divmod(wall_ns, NS_PER_S)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest // 1_000_000:03d}Z"


def duration(seconds: float) -> str:
    """Return a time for a person, to one or two digits: ``0.4 s``, ``12 s``, ``5 min``, ``7 h``, ``3 days``."""
    for unit, size, name in ((172_800, 86_400, "days"), (7_200, 3_600, "h"), (120, 60, "min")):
        if seconds >= unit:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.2g} s" if seconds >= 0.1 else f"{1000 * seconds:.0f} ms"


class Clock(Protocol):
    """The clock of the host, its plugins and the simulated chips."""

    def monotonic_ns(self) -> int:
        """Return the nanoseconds since an arbitrary start. They never go back. Does not block."""

    def wall_ns(self) -> int:
        """Return the nanoseconds since the Unix epoch, UTC. Does not block."""

    def wait_until(self, deadline_ns: int, wake: threading.Event) -> bool:
        """Block until `monotonic_ns` reaches `deadline_ns` or `wake` is set.

        Returns:
            Whether `wake` ended the wait.
        """


class RealClock:
    """The computer's clocks."""

    # Each host call reads the clock six times, and a method in Python would take three times as long.
    monotonic_ns = staticmethod(time.monotonic_ns)
    wall_ns = staticmethod(time.time_ns)

    def wait_until(self, deadline_ns: int, wake: threading.Event) -> bool:
        return wake.wait(max(0, deadline_ns - time.monotonic_ns()) / NS_PER_S)


class ShiftedClock:
    """A clock whose monotonic time is ahead of another's. Its wall clock is the same.

    Args:
        clock: the other one.
        ahead_ns: by how many nanoseconds; negative if it is behind.
    """

    def __init__(self, clock: Clock, ahead_ns: int) -> None:
        self._clock, self._ahead_ns = clock, ahead_ns
        self.wall_ns = clock.wall_ns

    def monotonic_ns(self) -> int:
        return self._clock.monotonic_ns() + self._ahead_ns

    def wait_until(self, deadline_ns: int, wake: threading.Event) -> bool:
        return self._clock.wait_until(deadline_ns - self._ahead_ns, wake)


class VirtualClock:
    """A clock on which waiting takes no time: each wait moves the clock to its deadline.

    Meant for one thread at a time. If two threads wait, each sees the jumps of the other, but never a step back.

    Args:
        start_ns: the first `monotonic_ns`.
        wall_start_ns: the first `wall_ns`; by default 2024-01-01T12:00:00Z.
    """

    def __init__(self, start_ns: int = 0, wall_start_ns: int = 1_704_110_400 * NS_PER_S) -> None:
        self._now = start_ns
        self._wall_offset = wall_start_ns - start_ns
        self._lock = threading.Lock()

    def monotonic_ns(self) -> int:
        return self._now

    def wall_ns(self) -> int:
        return self._now + self._wall_offset

    def wait_until(self, deadline_ns: int, wake: threading.Event) -> bool:
        if wake.is_set():
            return True
        with self._lock:
            self._now = max(self._now, deadline_ns)
        return False

    def advance(self, seconds: float) -> None:
        """Move the clock forward by `seconds`."""
        with self._lock:
            self._now += round(seconds * NS_PER_S)

    def set_back(self, seconds: float) -> None:
        """Set the wall clock back by `seconds`, as a person or the network can. `monotonic_ns` is not changed."""
        with self._lock:
            self._wall_offset -= round(seconds * NS_PER_S)
