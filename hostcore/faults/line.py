"""A GPIO line with faults on demand, above any backend."""

from __future__ import annotations

from collections.abc import Sequence

from hostcore.backends.base import Edge, GpioLine, Pull
from hostcore.faults.active import NS_PER_MS, Faulty, Waiting
from hostcore.faults.answers import NS_PER_US, jittered, with_wrong_checksum, without_pulses
from hostcore.faults.model import FaultKind
from hostcore.faults.schedule import Schedule
from hostcore.pulse import Pulse


class FaultyLine(Faulty, GpioLine):
    """A GPIO line. Without its part, its pull decides its level, and a capture records nothing.

    Args:
        line: the line.
        schedules: its faults.
        waiting: lets time pass.
    """

    def __init__(self, line: GpioLine, schedules: Sequence[Schedule], waiting: Waiting) -> None:
        super().__init__(schedules, waiting)
        self._line = line

    def read(self, pull: Pull) -> bool:
        level = self._line.read(pull)
        return pull is Pull.UP if self._strike().has(FaultKind.UNPLUGGED) else level

    def write(self, level: bool) -> None:
        self._strike()
        self._line.write(level)

    def capture(self, drive: Sequence[Pulse], timeout_ns: int, max_edges: int) -> tuple[Edge, ...]:
        struck = self._strike()
        if struck.has(FaultKind.UNPLUGGED):
            self._waiting.let_pass((sum(each.duration_ns for each in drive) + timeout_ns) / NS_PER_MS)
            return ()
        edges = self._line.capture(drive, timeout_ns, max_edges)
        for _, schedule in struck.of(FaultKind.WRONG_CRC):
            edges = with_wrong_checksum(edges, schedule.chance)
        for fault, schedule in struck.of(FaultKind.MISSING_PULSES):
            edges = without_pulses(edges, round(fault.strength), schedule.chance)
        for fault, schedule in struck.of(FaultKind.JITTERED_PULSES):
            edges = jittered(edges, round(fault.strength * NS_PER_US), schedule.chance)
        return edges
