"""How many messages come in a second."""

from __future__ import annotations

from collections import deque

OVER_S = 5.0
"""Seconds over which the rate is taken."""


class Pulse:
    """Takes the rate of a count that grows."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def look(self, count: int, now_s: float) -> None:
        """Note the count. Times before the one of the last look are that one."""
        if self._seen and (count < self._seen[-1][1] or now_s < self._seen[-1][0]):
            self._seen.clear()  # another connection, or another time on the clock
        self._seen.append((now_s, count))
        while len(self._seen) > 2 and now_s - self._seen[1][0] >= OVER_S:
            self._seen.popleft()

    @property
    def per_second(self) -> float | None:
        """The rate of the last seconds; None before there are two looks at different times."""
        if len(self._seen) < 2:
            return None
        (first_s, first), (last_s, last) = self._seen[0], self._seen[-1]
        return (last - first) / (last_s - first_s) if last_s > first_s else None
