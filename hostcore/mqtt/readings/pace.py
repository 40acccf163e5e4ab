"""How fast late readings may be sent: in small portions at even distances, so that the newest ones get through."""

from __future__ import annotations

from hostcore.clock import NS_PER_S

STEPS_PER_SECOND = 10
"""The most portions in a second."""


class Pace:
    """Allows a number of things in a second. In any time of t seconds, there are at most ``per_second * t + portion``.

    Args:
        per_second: how many, 1 and up.
    """

    def __init__(self, per_second: int) -> None:
        self.portion = max(1, per_second // STEPS_PER_SECOND)
        """How many may go at once."""
        self._step_ns = -(-NS_PER_S * self.portion // per_second)
        self._next_ns: int | None = None
        self._left = 0

    def may(self, now_ns: int) -> bool:
        """Return whether one more may go now, and count it if so."""
        if self._next_ns is None or now_ns >= self._next_ns:
            self._next_ns, self._left = now_ns + self._step_ns, self.portion
        if not self._left:
            return False
        self._left -= 1
        return True

    def wait_seconds(self, now_ns: int) -> float:
        """Return the seconds until the next one may go."""
        return 0.0 if self._left or self._next_ns is None else max(0, self._next_ns - now_ns) / NS_PER_S
