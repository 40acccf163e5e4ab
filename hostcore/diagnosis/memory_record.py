"""How the memory of a plugin's instance grew, step by step."""

from __future__ import annotations

from collections import deque

from hostcore.events import Counters
from hostcore.quick_dataclass import dataclass

STEPS = 64
"""Steps that are kept."""


@dataclass(frozen=True, slots=True)
class MemoryStep:
    """The memory of an instance has grown."""

    time_ns: int
    calls: int
    """The plugin's calls until then."""
    memory_bytes: int
    """Its memory from then on."""


class MemoryRecord:
    """The growth of one plugin's memory. Memory of a guest never shrinks: less memory is a new instance.

    Attributes:
        steps: when it grew, oldest first. The first one is the beginning of the record.
        last: the newest count, whether it grew or not; None if there is none.
    """

    def __init__(self) -> None:
        self.steps: deque[MemoryStep] = deque(maxlen=STEPS)
        self.last: MemoryStep | None = None
        self._instances = 0

    def take(self, time_ns: int, counters: Counters) -> None:
        """Take in the plugin's counters."""
        instances = counters.restarts + counters.reloads + counters.recycles
        before = self.last.memory_bytes if self.last else 0
        if instances != self._instances or counters.memory_bytes < before:
            self.steps.clear()
            self._instances = instances
        self.last = MemoryStep(time_ns, counters.calls, counters.memory_bytes)
        if counters.memory_bytes and (not self.steps or counters.memory_bytes > self.steps[-1].memory_bytes):
            self.steps.append(self.last)
