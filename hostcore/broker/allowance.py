"""How much may be sent, or how often something may be done, when others decide how much is wanted."""

from __future__ import annotations

from hostcore.clock import NS_PER_S, Clock


class Allowance:
    """A token bucket, which can be overdrawn once. For one thread, or under a lock.

    Args:
        clock: its clock.
        per_second: how much it gets in a second; 0 for no limit at all.
        at_once: how much it holds, and has at first.
    """

    def __init__(self, clock: Clock, per_second: float, at_once: float) -> None:
        self._clock, self._per_second, self._most = clock, per_second, at_once
        self._left, self._since_ns = at_once, clock.monotonic_ns()
        self._refused = 0

    @property
    def pause(self) -> float:
        """Seconds until something may be used again; 0 if it may be now."""
        if not self._per_second:
            return 0.0
        now_ns = self._clock.monotonic_ns()
        self._left = min(self._most, self._left + (now_ns - self._since_ns) / NS_PER_S * self._per_second)
        self._since_ns = now_ns
        return -self._left / self._per_second + 1e-3 if self._left <= 0 else 0.0

    def use(self, count: float = 1) -> None:
        """Note that this much is used."""
        self._left -= count

    def take(self) -> bool:
        """Use one if that is allowed. Returns whether it is."""
        if self.pause:
            self._refused += 1
            return False
        self.use()
        return True

    def refused(self) -> int:
        """Return how often `take` refused since the last call."""
        refused, self._refused = self._refused, 0
        return refused
