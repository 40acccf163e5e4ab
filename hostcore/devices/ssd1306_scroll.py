"""Scrolling by the SSD1306 itself: it moves the picture by one step every few frames.

Source: Solomon Systech SSD1306 data sheet, Rev 1.1, section 9 (26h to 2Fh, A3h) and section 10.2. The data sheet leaves
two points open, which are assumed here. A step to the right is towards higher column addresses, so it is to the right
on an upright picture in both orientations of the module. After 2Eh, pixels that moved sideways stay where they are, and
rows that moved up return to their place.
"""

from __future__ import annotations

from collections.abc import Callable

from hostcore.devices.ssd1306_memory import DisplayMemory
from hostcore.quick_dataclass import dataclass, replace

FRAMES = (5, 64, 128, 256, 3, 4, 25, 2)
"""Frames between two steps, for each value of C[2:0] (section 9, 26h)."""
ROWS = 64
"""Number of rows of the display memory."""


@dataclass(frozen=True, slots=True)
class ScrollSetup:
    """The parameters of 26h, 27h, 29h or 2Ah."""

    to_the_right: bool
    """Each step moves by one column, to higher column addresses (True) or to lower ones."""
    first_page: int
    """The first page that moves sideways, 0 to 7."""
    last_page: int
    """The last page that moves sideways, 0 to 7. If it is before the first one, no page moves."""
    frames: int
    """Frames between two steps."""
    rows: int
    """Each step moves up by this number of rows, 0 to 63."""


@dataclass(frozen=True, slots=True)
class VerticalShift:
    """The area of rows that moves up, and its present position."""

    top: int = 0
    """A3h A[5:0]: the number of fixed rows above the area, 0 to 63."""
    rows: int = ROWS
    """A3h B[6:0]: the number of rows in the area, 0 to 127. Rows beyond the last one do not exist."""
    by: int = 0
    """The number of rows by which the area has moved up, less than its height."""

    @property
    def _area(self) -> int:
        return min(self.rows, ROWS - self.top)

    def row(self, row: int) -> int:
        """The row, 0 to 63, that is shown in the place of `row`."""
        if not self.top <= row < self.top + self._area:
            return row
        return self.top + (row - self.top + self.by) % self._area

    def moved(self, rows: int) -> VerticalShift:
        """The same area, `rows` further up."""
        return replace(self, by=(self.by + rows) % max(1, self._area))


class Scroller:
    """Scrolls a display memory as time passes.

    Args:
        memory: the memory.
        now_ns: returns the time of a monotonic clock, in nanoseconds.
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
        """2Fh: start to scroll as set up. Without a set-up, nothing moves."""
        self.active, self._since_ns = True, self._now_ns()

    def deactivate(self) -> None:
        """2Eh: stop scrolling."""
        self.active, self.shift = False, replace(self.shift, by=0)

    def catch_up(self, frame_ns: int) -> bool:
        """Carry out the steps that are due, at `frame_ns` nanoseconds per frame. Returns True if there were any."""
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
