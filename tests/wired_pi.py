"""A simulated Pi with parts on its GPIO lines that follow a timetable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hostcore.backends.base import GpioLine
from hostcore.backends.simulated.factory import SimulatedFactory
from hostcore.backends.simulated.line import SimulatedLine
from hostcore.clock import NS_PER_S, Clock
from hostcore.devices.base import LineTarget
from hostcore.devices.environment import Environment
from hostcore.pulse import Pulse
from tests.sandbox import CHIPS

NO_THREADS = "but only while the plugin sleeps or waits: the sandbox has no threads"
"""The end of each warning about work that needs threads in the original libraries."""


class Timetable(LineTarget):
    """A part that gives its line a level at some times. It is high at first.

    Args:
        clock: the clock of the times.
        changes: seconds from now, each with the level from then on.
        echo: the pulses that it answers to any request.
    """

    def __init__(self, clock: Clock, changes: Sequence[tuple[float, bool]], echo: Sequence[Pulse] = ()) -> None:
        self._clock, self._changes, self._echo = clock, list(changes), echo
        self._start_ns = clock.monotonic_ns()

    def level(self) -> bool:
        past = (self._clock.monotonic_ns() - self._start_ns) / NS_PER_S
        return next((level for seconds, level in reversed(self._changes) if seconds <= past), True)

    def drive(self, level: bool | None) -> None:
        """The timetable does not react."""

    def answer(self, request: Sequence[Pulse]) -> Sequence[Pulse]:
        return self._echo


class WiredPi(SimulatedFactory):
    """The simulated Pi of the sandbox, with more parts on its lines.

    Args:
        clock: its clock.
        parts: the parts by the BCM numbers of their lines.
    """

    def __init__(self, clock: Clock, parts: Mapping[int, LineTarget]) -> None:
        super().__init__(clock, Environment(clock, seed=7), CHIPS, (1, 3), seed=7)
        self._wired = {line: SimulatedLine(clock, self._wake, part) for line, part in parts.items()}

    def gpio_line(self, line: int) -> GpioLine:
        return self._wired[line] if line in self._wired else super().gpio_line(line)
