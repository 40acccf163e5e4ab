"""The times of a driver's turns."""

from __future__ import annotations

from hostcore.clock import NS_PER_S


class Schedule:
    """Turns one interval apart, the first of them at once. A late or missed turn does not shift the later ones.

    For the plugin's own thread, except for the interval, which any thread can change.

    Args:
        interval: seconds from one turn to the next.
    """

    def __init__(self, interval: float) -> None:
        self.interval = interval
        self._turn_ns: int | None = None

    def restart(self) -> None:
        """Make the next turn due at once, and count the later ones from it."""
        self._turn_ns = None

    def due_ns(self) -> int:
        """When the next turn is due, on the clock of `take`. 0 for the first turn, which is due at once."""
        return 0 if self._turn_ns is None else self._turn_ns + self._interval_ns()

    def take(self, now_ns: int) -> None:
        """The turn that is due begins now, in time or late."""
        late = 0 if self._turn_ns is None else (now_ns - self.due_ns()) % self._interval_ns()
        self._turn_ns = now_ns - late

    def _interval_ns(self) -> int:
        return round(self.interval * NS_PER_S)
