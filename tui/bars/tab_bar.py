"""The names of the panes, where only one is shown at a time."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style

from tui.rows import Line, Lines


class TabBar(Lines):
    """One line; the current pane's name stands out, and between brackets."""

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """The tabs."""
        line: Line = []
        for pane in self.host_app.panes:
            click = Style(meta={"@click": f"app.go_to({pane.number})"})
            if pane is self.host_app.current:
                line.append(Segment(f"[{pane.number} {pane.title}]", self.look.current + click))
            else:
                line.append(Segment(f" {pane.number} {pane.title} ", self.look.muted + click))
        yield line
