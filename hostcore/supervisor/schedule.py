"""When a driver's turns are."""

from __future__ import annotations

from hostcore.clock import NS_PER_S


class Schedule:
    """Turns one interval apart, the first of them at once. A turn that is late, or missed, shifts no later one.

    For the plugin's own thread; only the interval is for any.

    Args:
        interval: seconds from one turn to the next; may change at any time.
    """

    def __init__(self, interval: float) -> None:
        self.interval = interval
        self._turn_ns: int | None = None

    def restart(self) -> None:
        """Have the next turn at once, and all others counted from there."""
        self._turn_ns = None

    def due_ns(self) -> int:
        """When the next turn is, on the clock that `take` is told; 0, which has long passed, for the first one."""
        return 0 if self._turn_ns is None else self._turn_ns + self._interval_ns()

    def take(self, now_ns: int) -> None:
        """The turn that is due begins, perhaps late."""
        late = 0 if self._turn_ns is None else (now_ns - self.due_ns()) % self._interval_ns()
        self._turn_ns = now_ns - late

    def _interval_ns(self) -> int:
        return round(self.interval * NS_PER_S)
