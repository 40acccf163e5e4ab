"""The measurements of a chip that is made of its chip file: whether one runs, and whether there is a result."""

from __future__ import annotations

from hostcore.clock import NS_PER_MS


class Progress:
    """Measurements of a fixed duration, one after the other, from their begin to their end.

    Times are in nanoseconds, on one monotonic clock.
    """

    def __init__(self) -> None:
        self._begun_ns: int | None = None
        self._wait_ns = 0
        self._has_old_result = False
        self._taken_ns: int | None = None

    def begin(self, now_ns: int, wait_ms: float) -> None:
        """Begin to measure. Each measurement takes `wait_ms` milliseconds."""
        self._has_old_result = self.has_result(now_ns)
        self._begun_ns, self._wait_ns, self._taken_ns = now_ns, round(wait_ms * NS_PER_MS), None

    def end(self, now_ns: int) -> None:
        """Stop to measure. The last result stays."""
        self._has_old_result = self.has_result(now_ns)
        self._begun_ns = None

    def take(self, now_ns: int) -> None:
        """The controller reads a result."""
        if self.is_new(now_ns):
            self._taken_ns = now_ns

    def is_measuring(self) -> bool:
        """Return whether measurements have begun and not ended."""
        return self._begun_ns is not None

    def is_busy(self, now_ns: int) -> bool:
        """Return whether the first measurement is not complete."""
        return self._begun_ns is not None and now_ns < self._begun_ns + self._wait_ns

    def has_result(self, now_ns: int) -> bool:
        """Return whether a measurement has ever been complete."""
        return self._has_old_result or (self._begun_ns is not None and not self.is_busy(now_ns))

    def is_new(self, now_ns: int) -> bool:
        """Return whether a result is complete that the controller has not read."""
        if self._begun_ns is None or self.is_busy(now_ns):
            return False
        return self._taken_ns is None or now_ns >= self._taken_ns + self._wait_ns
