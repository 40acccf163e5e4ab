"""The names of the panes, where only one is shown at a time."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style

from tui.rows import Line, Lines, width_of

LETTERS = (20, 4, 0)
"""How much of the other panes' names is shown, whichever fits first."""


class TabBar(Lines):
    """One line; the current pane's name stands out, and between brackets."""

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """The tabs, with their names as far as there is room."""
        lines = [self._tabs(letters) for letters in LETTERS]
        yield next((line for line in lines if width_of(line) <= width), lines[-1])

    def _tabs(self, letters: int) -> Line:
        line: Line = []
        panes = self.host_app.panes
        for pane in panes.offered:
            click = Style(meta={"@click": f"app.go_to({pane.number})"})
            is_current = pane is panes.current
            name = f"{pane.number} {pane.title if is_current else pane.title[:letters]}".rstrip()
            ink = self.look.current if is_current else self.look.muted
            line.append(Segment(f"[{name}]" if is_current else f" {name} ", ink + click))
        return line
