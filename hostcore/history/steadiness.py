"""Whether the computer's clock can be trusted: a Pi without a real-time clock starts with a time of the past."""

from __future__ import annotations

from hostcore.clock import NS_PER_S, Clock

STEADY_SECONDS = 600
"""Seconds for which the clock must have run evenly before old values are deleted."""
STEP_NS = 10 * NS_PER_S
"""A clock that runs evenly differs by less than this from the time since the start."""


class Steadiness:
    """Compares the wall clock with the time since the start. For one thread.

    Args:
        clock: has both.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since_ns = clock.monotonic_ns()
        self._offset_ns = clock.wall_ns() - self._since_ns

    def is_steady(self) -> bool:
        """Return whether the wall clock has not stepped for `STEADY_SECONDS`, as far as earlier calls saw."""
        now_ns = self._clock.monotonic_ns()
        offset_ns = self._clock.wall_ns() - now_ns
        if abs(offset_ns - self._offset_ns) > STEP_NS:
            self._offset_ns, self._since_ns = offset_ns, now_ns
        return now_ns - self._since_ns >= STEADY_SECONDS * NS_PER_S
