"""The SSD1306's own scrolling: the picture moves by itself, a step every few frames.

Source: Solomon Systech SSD1306 data sheet, Rev 1.1, section 9 (26h to 2Fh, A3h) and section 10.2. Where it is silent:
a step to the right goes to higher column addresses, so it is to the right on an upright picture however the module
is turned; what has moved sideways stays moved after 2Eh, rows go back to their place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from hostcore.devices.ssd1306_memory import DisplayMemory

FRAMES = (5, 64, 128, 256, 3, 4, 25, 2)
"""Frames from one step to the next, for each value of C[2:0] (section 9, 26h)."""
ROWS = 64
"""Rows of the display memory."""


@dataclass(frozen=True, slots=True)
class ScrollSetup:
    """What 26h, 27h, 29h or 2Ah asked for."""

    to_the_right: bool
    """Sideways by one column a step, to higher column addresses or to lower ones."""
    first_page: int
    """The first page that moves sideways, 0 to 7."""
    last_page: int
    """The last page that moves sideways, 0 to 7; none do when it is before the first."""
    frames: int
    """Frames from one step to the next."""
    rows: int
    """Up by so many rows a step, 0 to 63."""


@dataclass(frozen=True, slots=True)
class VerticalShift:
    """The rows that move up, and how far they have."""

    top: int = 0
    """A3h A[5:0]: the fixed rows above the area, 0 to 63."""
    rows: int = ROWS
    """A3h B[6:0]: the rows in the area, 0 to 127; those beyond the last row do not exist."""
    by: int = 0
    """Rows that the area has moved up by, less than it has."""

    @property
    def _area(self) -> int:
        return min(self.rows, ROWS - self.top)

    def row(self, row: int) -> int:
        """The row, 0 to 63, that shows in the place of `row`."""
        if not self.top <= row < self.top + self._area:
            return row
        return self.top + (row - self.top + self.by) % self._area

    def moved(self, rows: int) -> VerticalShift:
        """The same area, `rows` further up."""
        return replace(self, by=(self.by + rows) % max(1, self._area))


class Scroller:
    """Scrolls a display memory as time goes by.

    Args:
        memory: what moves.
        now_ns: reads a monotonic clock in nanoseconds.
    """

    def __init__(self, memory: DisplayMemory, now_ns: Callable[[], int]) -> None:
        self._memory, self._now_ns = memory, now_ns
        self._since_ns = 0
        self.setup: ScrollSetup | None = None
        self.active = False
        self.shift = VerticalShift()

    def set_up(self, command: bytes) -> None:
        """26h, 27h (right, left) or 29h, 2Ah (up and right, up and left), with their parameters."""
        opcode, _, first_page, interval, last_page, offset = command[:6]
        self.setup = ScrollSetup(
            to_the_right=opcode in (0x26, 0x29),
            first_page=first_page & 0x07,
            last_page=last_page & 0x07,
            frames=FRAMES[interval & 0x07],
            rows=offset & 0x3F if opcode in (0x29, 0x2A) else 0,
        )

    def set_area(self, top: int, rows: int) -> None:
        """A3h: the rows that 29h and 2Ah move up."""
        self.shift = VerticalShift(top, rows)

    def activate(self) -> None:
        """2Fh: start moving as last set up; nothing moves when nothing was."""
        self.active, self._since_ns = True, self._now_ns()

    def deactivate(self) -> None:
        """2Eh: stop moving."""
        self.active, self.shift = False, replace(self.shift, by=0)

    def catch_up(self, frame_ns: int) -> bool:
        """Do the steps that are due by now, a frame taking `frame_ns`; True when there were any."""
        if not self.active or self.setup is None:
            return False
        step_ns = self.setup.frames * frame_ns
        steps = (self._now_ns() - self._since_ns) // step_ns
        if steps <= 0:
            return False
        self._since_ns += steps * step_ns
        columns = steps if self.setup.to_the_right else -steps
        self._memory.rotate(self.setup.first_page, self.setup.last_page, columns)
        self.shift = self.shift.moved(steps * self.setup.rows)
        return True
