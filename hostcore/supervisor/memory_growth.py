"""How the linear memory of one instance grows from call to call. Pure: nothing here measures or waits."""

from __future__ import annotations

from hostcore.quick_dataclass import dataclass

SHARE_BETWEEN = 16
"""The memory is measured again when the instance has made a sixteenth of its calls since it was last measured, or at
the time of the next regular measurement. So a steady growth cannot pass from its threshold to its limit unseen."""
CALLS_LEFT = 16
"""Calls that the memory must still have room for, at the growth per call so far."""
LEAST_STEPS = 4
"""Steps that make a growth. A guest takes memory in steps, so that two or three mean nothing."""
STEP_ROOM = 2
"""How many times the largest step so far the memory must still have room for."""
LIMIT_SHARE = 16
"""A sixteenth of the limit always stays free; and a new instance is worth it if it frees at least as much."""


@dataclass(frozen=True, slots=True)
class Growth:
    """What is known of an instance whose memory is about to reach its limit."""

    memory_bytes: int
    per_call_bytes: float
    calls: int
    """Calls since its memory was first measured, after its first call."""
    is_leak: bool
    """Whether it has grown steadily, and enough that a new instance would have room again."""
    is_need: bool
    """Whether it has hardly grown, or at once, so that a new instance would need as much. Both are false in between."""


class MemoryGrowth:
    """Follows the memory of one instance. For the plugin's own thread."""

    def __init__(self) -> None:
        self._calls = self._measured_at = 0
        self._first: tuple[int, int] | None = None
        """Calls and bytes at the first measurement. What the load and the first call take is no growth."""
        self._bytes = self._steps = self._largest = 0

    def called(self) -> bool:
        """Count a call. Returns whether the memory should be measured now."""
        self._calls += 1
        return (self._calls - self._measured_at) * SHARE_BETWEEN >= self._calls

    def measured(self, memory_bytes: int) -> None:
        """Learn the size of the memory after the newest call; 0 if it is not known."""
        self._measured_at = self._calls
        if self._first is None:
            self._first = self._calls, memory_bytes
        elif memory_bytes > self._bytes:
            self._steps += 1
            self._largest = max(self._largest, memory_bytes - self._bytes)
        self._bytes = memory_bytes

    def near(self, limit_bytes: int) -> Growth | None:
        """Return how the memory has grown if it is about to reach `limit_bytes`; None if it is not.

        It is about to reach its limit if the rest would not do for a further step, twice as large as the largest so
        far, for `CALLS_LEFT` calls at the mean growth, or if the rest is less than a sixteenth of the limit.
        """
        if self._first is None:
            return None
        first_calls, first_bytes = self._first
        calls, grown = self._calls - first_calls, self._bytes - first_bytes
        per_call = grown / calls if calls else 0.0
        least = limit_bytes // LIMIT_SHARE
        if self._bytes + max(least, STEP_ROOM * self._largest, CALLS_LEFT * per_call) < limit_bytes:
            return None
        steady = grown - self._largest  # the largest step may be a table that is built once
        has_steps = self._steps >= LEAST_STEPS
        return Growth(self._bytes, per_call, calls, is_leak=has_steps and steady >= least, is_need=not has_steps)
