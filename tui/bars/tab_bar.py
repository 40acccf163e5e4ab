"""The names of the panes, for terminals that show one pane at a time."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment

from tui.desk import Desk
from tui.lines import Line, LinesWidget, width_of
from tui.look import clickable
from tui.panes import Panes

LETTERS = (20, 4, 3, 0)
"""How many letters of the other panes' names are shown: the first of these that fits."""


class TabBar(LinesWidget):
    """One line. The current pane's name stands between brackets, in another style.

    Args:
        desk: the screen around it.
        panes: the panes to name.
    """

    def __init__(self, desk: Desk, panes: Panes) -> None:
        super().__init__(desk)
        self._panes = panes

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the tabs, with as much of their names as fits."""
        lines = [self._tabs(letters) for letters in LETTERS]
        yield next((line for line in lines if width_of(line) <= width), lines[-1])

    def _tabs(self, letters: int) -> Line:
        line: Line = []
        for pane in self._panes.in_turn:
            is_current = pane is self._panes.current
            name = f"{pane.number} {pane.title if is_current else pane.title[:letters]}".rstrip()
            ink = self.look.current if is_current else self.look.muted
            line.append(
                Segment(f"[{name}]" if is_current else f" {name} ", clickable(ink, f"app.go_to({pane.number})"))
            )
        return line
