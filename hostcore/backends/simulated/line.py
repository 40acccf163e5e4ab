"""A GPIO line of the simulated Pi: the level that the host drives, and the edges of a part's answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from hostcore.backends.base import Edge, GpioLine, Pull
from hostcore.clock import Clock
from hostcore.devices.base import LineTarget
from hostcore.pulse import Pulse

CAPTURE_QUIET_NS = 10_000_000
"""Once a capture has recorded an edge, it ends after this time without one. The pulses of a DHT22 and of infrared codes
are shorter."""


class SimulatedLine(GpioLine):
    """A GPIO line, with or without a simulated part.

    A line without a part follows its pull. If it has no pull either, it keeps its last level.

    Args:
        clock: the clock for the pulses.
        wake: ends a capture early; set when the machine is closed.
        target: the part on the line.
    """

    def __init__(self, clock: Clock, wake: threading.Event, target: LineTarget | None = None) -> None:
        self._clock = clock
        self._wake = wake
        self._target = target
        self._level = False
        self._driven_since_ns: int | None = None

    def read(self, pull: Pull) -> bool:
        self._driven_since_ns = None
        if self._target is not None:
            self._target.drive(None)
            return self._target.level()
        if pull is not Pull.NONE:
            self._level = pull is Pull.UP
        return self._level

    def write(self, level: bool) -> None:
        if self._driven_since_ns is None or level is not self._level:
            self._driven_since_ns = self._clock.monotonic_ns()
        self._level = level
        if self._target is not None:
            self._target.drive(level)

    def capture(self, drive: Sequence[Pulse], timeout_ns: int, max_edges: int) -> tuple[Edge, ...]:
        request = [*self._driven_so_far(), *drive]
        self._wait(sum(pulse.duration_ns for pulse in drive))
        self._driven_since_ns, self._level = None, True
        answer = self._target.answer(request) if self._target is not None else ()
        seen = [edge for edge in edges(answer) if edge.time_ns <= timeout_ns][:max_edges]
        if len(seen) == max_edges:
            self._wait(seen[-1].time_ns)
        else:
            self._wait(min(timeout_ns, seen[-1].time_ns + CAPTURE_QUIET_NS) if seen else timeout_ns)
        return tuple(seen)

    def _driven_so_far(self) -> tuple[Pulse, ...]:
        """The pulse that an earlier `write` started and that lasts until now."""
        if self._driven_since_ns is None:
            return ()
        return (Pulse(self._level, self._clock.monotonic_ns() - self._driven_since_ns),)

    def _wait(self, duration_ns: int) -> None:
        self._clock.wait_until(self._clock.monotonic_ns() + duration_ns, self._wake)


def edges(pulses: Sequence[Pulse]) -> Iterator[Edge]:
    """The edges of a line that is high before and after `pulses`. Times count from the start of the pulses."""
    time_ns, level = 0, True
    for pulse in pulses:
        if pulse.level is not level and pulse.duration_ns:
            level = pulse.level
            yield Edge(time_ns, level)
        time_ns += pulse.duration_ns
    if not level:
        yield Edge(time_ns, True)
