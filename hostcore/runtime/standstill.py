"""Tells how long this process stood still, so that no plugin pays for it with the time of its call."""

from __future__ import annotations

import time
from collections.abc import Callable


class Standstill:
    """Counts the time in which the process got no processor: after SIGSTOP, in a paused virtual machine, or on a
    computer that does too much else.

    A thread that ticks feeds it. A tick that comes late shows that the process stood still, unless the process computed
    meanwhile. Safe on many threads if the methods that change it are called under one lock.

    Args:
        tick: seconds between two ticks. No tick counts for more than that and the processor time used since the last.
        now_ns: returns the time of a monotonic clock, in nanoseconds.
        used_ns: returns the processor time that the process has used, in nanoseconds.
    """

    def __init__(
        self,
        tick: float,
        now_ns: Callable[[], int] = time.monotonic_ns,
        used_ns: Callable[[], int] = time.process_time_ns,
    ) -> None:
        self._tick_ns = round(tick * 1e9)
        self._now_ns, self._used_ns = now_ns, used_ns
        self._state: tuple[int, int, int] | None = None
        """Total, time and processor time at the last tick. Replaced as a whole, because other threads read it."""
        self._total_ns = 0

    def begin(self) -> None:
        """The ticks begin."""
        self._state = (self._total_ns, self._now_ns(), self._used_ns())

    def tick(self) -> None:
        """A tick came."""
        if self._state is not None:
            self._total_ns = self.total_ns()
            self.begin()

    def end(self) -> None:
        """There are no more ticks until the next `begin`."""
        self._total_ns, self._state = self.total_ns(), None

    def total_ns(self) -> int:
        """How long the process has stood still while there were ticks, in nanoseconds. Never goes back."""
        state = self._state
        if state is None:
            return self._total_ns
        total, ticked, used = state
        late = self._now_ns() - ticked - self._tick_ns
        return total + max(0, late - (self._used_ns() - used)) if late > 0 else total
