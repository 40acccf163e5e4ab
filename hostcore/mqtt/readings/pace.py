"""When late readings may be sent: in small portions at even distances, so that the newest ones get through.

They wait for some seconds after a connection has begun. If the broker itself was away, the subscribers have lost it,
too, and it throws away what comes before they are back.
"""

from __future__ import annotations

from hostcore.clock import NS_PER_S

STEPS_PER_SECOND = 10
"""The most portions in a second."""


class Pace:
    """Allows a number of things in a second. In any time of t seconds, there are at most ``per_second * t + portion``.

    Args:
        per_second: how many, 1 and up.
        settling_seconds: how long nothing is allowed when a connection has begun. Connections that are lost again and
            again, within twice that time, wait only once, or nothing would ever be sent.
    """

    def __init__(self, per_second: int, settling_seconds: float) -> None:
        self.portion = max(1, per_second // STEPS_PER_SECOND)
        """How many may go at once."""
        self._step_ns = -(-NS_PER_S * self.portion // per_second)
        self._next_ns: int | None = None
        self._left = 0
        self._settling_ns = round(settling_seconds * NS_PER_S)
        self._settled_ns = 0
        """From when on something is allowed, if there is a connection."""
        self._is_open, self._must_settle = False, True

    def note_connection(self, *, is_there: bool, now_ns: int) -> None:
        """Take note that a connection has begun, or that there is none."""
        if is_there and self._must_settle:
            self._settled_ns = now_ns + self._settling_ns
        if is_there or self._is_open:
            self._must_settle = not is_there and now_ns >= self._settled_ns + self._settling_ns
        self._is_open = is_there

    def may(self, now_ns: int) -> bool:
        """Return whether one more may go now, and count it if so."""
        if not self._is_open or now_ns < self._settled_ns:
            return False
        if self._next_ns is None or now_ns >= self._next_ns:
            self._next_ns, self._left = now_ns + self._step_ns, self.portion
        if not self._left:
            return False
        self._left -= 1
        return True

    def wait_seconds(self, now_ns: int) -> float | None:
        """Return the seconds until the next one may go; None without a connection."""
        if not self._is_open:
            return None
        portion_ns = now_ns if self._left or self._next_ns is None else self._next_ns
        return max(0, portion_ns - now_ns, self._settled_ns - now_ns) / NS_PER_S
