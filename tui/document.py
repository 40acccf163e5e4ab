"""A text to read. Long lines are wrapped, and keys scroll."""

from __future__ import annotations

from collections.abc import Iterable

from textual.geometry import Size

from tui.desk import Desk
from tui.lines import Line
from tui.row_list import RowList
from tui.wrapping import wrapped

__all__ = ["Document", "wrapped"]


class Document(RowList):
    """A list of lines without a cursor.

    Args:
        desk: the screen around it.
    """

    has_cursor = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._lines: list[Line] = []

    def show(self, lines: Iterable[Line]) -> None:
        """Show these lines."""
        before, self._lines = len(self._lines), list(lines)
        if len(self._lines) != before:
            self.refresh(layout=True)
        self.paint()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Ask for room for all lines. Textual calls this."""
        return len(self._lines)

    def row_numbers(self) -> range:
        """All lines."""
        return range(len(self._lines))

    def row(self, number: int, width: int) -> Line:
        """One line."""
        return self._lines[number]
