"""A widget that draws lines of text, and redraws only the lines that have changed."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice, zip_longest

from rich.cells import cell_len
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
    return sum([len(text) if text.isascii() else cell_len(text) for text, _, _ in line])


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
        self._shown_lines: list[Line] = []
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
        if self._drawn_for != self.content_size:
            self._draw_all(width, height)
            self.refresh()
            return
        before = self._strips
        self._draw_changed(width, height)
        for y, (old, new) in enumerate(zip(before, self._strips, strict=True)):
            if old is not new:
                self.refresh(Region(0, y, width, 1))

    def render_line(self, y: int) -> Strip:
        """Return one line. Textual calls this."""
        if self._drawn_for != self.content_size:
            self._draw_all(*self.content_size)
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.content_size.width, self.rich_style)

    def notify_style_update(self) -> None:
        """Draw again: the theme or the focus has changed. Textual calls this."""
        super().notify_style_update()
        self._drawn_for = None

    def _draw_all(self, width: int, height: int) -> None:
        """Draw, and keep nothing: the size or the style is another one."""
        self._drawn_for = self.content_size
        self._shown_lines, self._strips = [], []
        self._draw_changed(width, height)

    def _draw_changed(self, width: int, height: int) -> None:
        """Draw. The lines that are as before keep their strips, which take longer to make than the lines."""
        before, strips = self._shown_lines, self._strips
        lines = list(islice(self.draw(width, height), height))
        lines += [[]] * (height - len(lines))
        if lines == before:
            return
        base = self.rich_style
        self._shown_lines = lines
        self._strips = [
            strip if line == old else Strip(line).adjust_cell_length(width).apply_style(base)
            for line, old, strip in zip_longest(lines, before, strips)
        ]
