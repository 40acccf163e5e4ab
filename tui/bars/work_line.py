"""A bar for the host's tasks that take seconds, such as compiling."""

from __future__ import annotations

import math
from collections.abc import Iterable

from rich.cells import cell_len
from rich.segment import Segment

from hostcore.workshop import spent
from tui.desk import Desk
from tui.lines import Line, LinesWidget
from tui.text import fit, safe

LEAST, WIDTH = 10, 24
"""Cells of the bar: the least, and the most."""


class WorkLine(LinesWidget):
    """One line, shown only while a task is under way.

    Args:
        desk: the screen around it.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.display = False

    def paint(self) -> None:
        """Appear while there is a task, and show how far it is."""
        self.display = bool(self.desk.view.work.tasks())
        super().paint()

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the first task. The others wait for it anyway."""
        for each in self.desk.view.work.tasks()[:1]:
            elapsed, expected = each.elapsed_seconds, each.expected_seconds
            # Nobody knows when a task will end, so the bar only nears its right end.
            time = f" {spent(elapsed, expected)}"
            room = width - len(time) - len(" []")
            name = safe(each.task)
            name = fit(name, min(cell_len(name), room - LEAST))
            cells = min(WIDTH, room - cell_len(name))
            filled = round((1 - math.exp(-1.5 * elapsed / expected)) * cells)
            yield [
                Segment(f"{name} ", self.look.warn),
                Segment("[" + "#" * filled + "." * (cells - filled) + "]", self.look.accent),
                Segment(time, self.look.muted),
            ]
