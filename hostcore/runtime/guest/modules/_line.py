"""A GPIO line as this plugin last left it. All modules that use lines share these objects."""

from collections.abc import Callable, Sequence
from typing import Literal

import _chip_select
import host
from background import POLL_SECONDS, Job, announce
from host import gpio, pwm

Pull = Literal["none", "up", "down"]


class Line:
    """One line.

    Args:
        number: its BCM number.

    Attributes:
        is_output: whether the plugin made it an output.
        level: the level that the plugin last gave it. An output keeps it when it becomes an input and an output again.
        pull: its resistor as an input.
        duty: the part of each period in which it is high; None without pulse-width modulation.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.is_output = False
        self.level = False
        self.pull: Pull = "none"
        self.duty: float | None = None
        self._frequency_hz = 0.0

    def read(self) -> bool:
        """Return the level. That of an output is the one that it was given. An input asks the host."""
        return self.level if self.is_output else gpio.read(self.number, self.pull)

    def make_input(self, pull: Pull = "none") -> bool:
        """Make it an input, and return its level."""
        _chip_select.used(self.number)
        level = gpio.read(self.number, pull)
        self.is_output, self.pull, self.duty = False, pull, None
        return level

    def write(self, level: bool) -> None:
        """Make it an output with this level. Ends its modulation. An SPI bus drives its chip selects itself."""
        if not _chip_select.takes(self.number, level):
            gpio.write(self.number, level)
        self.is_output, self.level, self.duty = True, level, None

    def modulate(self, duty: float, frequency_hz: float) -> None:
        """Make it an output that is high for the part `duty` of each period, 0 to 1."""
        _chip_select.used(self.number)
        pwm.write(self.number, duty, frequency=frequency_hz)
        self.is_output, self.level, self.duty, self._frequency_hz = True, False, duty, frequency_hz

    def capture(self, drive: Sequence[tuple[bool, float]], seconds: float, most: int = 1024) -> list[gpio.Edge]:
        """Drive pulses, make it an input with a pull-up, and return the edges that follow. See `host.gpio.capture`."""
        _chip_select.used(self.number)
        edges = gpio.capture(self.number, drive, timeout=seconds, max_edges=most)
        self.is_output, self.pull, self.duty = False, "up", None
        return edges

    def release(self) -> None:
        """Make an output an input without a resistor. It stays an output if the plugin may not read it.

        A line with pulse-width modulation becomes low, because that needs no other permission.
        """
        if not self.is_output:
            return
        if self.duty is not None:
            self.modulate(0.0, self._frequency_hz)
            return
        try:
            self.make_input()
        except host.Denied:
            needed = f"gpio:{self.number}:in"
            host.log.warning(f"GPIO {self.number} remains an output: to release it, the plugin needs {needed}")


_lines: dict[int, Line] = {}


def line(number: int) -> Line:
    """Return the line with this BCM number: the same object each time."""
    if number not in _lines:
        _lines[number] = Line(number)
    return _lines[number]


def watch(watched: Line, changed: Callable[[bool], None]) -> Job:
    """Call `changed` with the new level when an input has changed. The line is read now, and then every 10 ms.

    Returns:
        The job. Stop it to end the watch.
    """
    announce_edges(watched.number)
    last = watched.read()

    def look() -> float:
        nonlocal last
        level = watched.read()
        if level is not last:
            last = level
            changed(level)
        return POLL_SECONDS

    return Job(look, POLL_SECONDS)


def announce_edges(number: int) -> None:
    """Log once which edges of a line are found."""
    announce(f"GPIO {number}: edges that are {POLL_SECONDS * 1000:g} ms apart are found")


def pulse_start(edges: Sequence[gpio.Edge], level: bool) -> int | None:
    """Return the index of the edge that starts the first pulse with this level; None if there is none."""
    return next((index for index, edge in enumerate(edges) if edge.rising is level), None)
