"""A widget that draws lines of text, and redraws only the lines that have changed."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.desk import Desk
from tui.look import Look

Line = list[Segment]
"""One line of text, in pieces of one style each. Text beyond the right edge is cut off."""


def width_of(line: Iterable[Segment]) -> int:
    """How many cells a line takes."""
    return sum(segment.cell_length for segment in line)


class LinesWidget(Widget):
    """The base of nearly everything on the screen.

    Args:
        desk: the screen around the widget.
        id: Textual's name of the widget.

    Attributes:
        desk: the screen around the widget.
    """

    def __init__(self, desk: Desk, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.desk = desk
        self._strips: list[Strip] = []
        self._drawn_for: object = None

    @property
    def look(self) -> Look:
        """The styles of this terminal."""
        return self.desk.look

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Make the lines to show now, at most `height`."""
        raise NotImplementedError

    def paint(self) -> None:
        """Draw, and refresh the lines that have changed."""
        width, height = self.content_size
        if not (self.is_mounted and width and height):
            return
        before, self._strips = self._strips, self._make_strips(width, height)
        if len(before) != len(self._strips) or self._drawn_for != self.content_size:
            self._drawn_for = self.content_size
            self.refresh()
            return
        for y, (old, new) in enumerate(zip(before, self._strips, strict=True)):
            if old != new:
                self.refresh(Region(0, y, width, 1))

    def render_line(self, y: int) -> Strip:
        """Return one line. Textual calls this."""
        if self._drawn_for != self.content_size:
            self._strips = self._make_strips(*self.content_size)
            self._drawn_for = self.content_size
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.content_size.width, self.rich_style)

    def notify_style_update(self) -> None:
        """Draw again: the theme or the focus has changed. Textual calls this."""
        super().notify_style_update()
        self._drawn_for = None

    def _make_strips(self, width: int, height: int) -> list[Strip]:
        base = self.rich_style
        strips = [Strip(line).adjust_cell_length(width).apply_style(base) for line in self.draw(width, height)]
        strips += [Strip.blank(width, base)] * (height - len(strips))
        return strips[:height]
