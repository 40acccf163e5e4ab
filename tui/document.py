"""A text to read. Long lines are wrapped, and keys scroll."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size

from tui.desk import Desk
from tui.lines import Line
from tui.row_list import RowList


def wrapped(text: str, style: Style, width: int, indent: str = "") -> Iterator[Line]:
    """Wrap a text, between words if possible.

    Args:
        text: the text.
        style: for all of it.
        width: cells of a line, at least 8 beside the indent.
        indent: stands before each line.
    """
    room = max(8, width - cell_len(indent))
    rest = text
    while cell_len(rest) > room:
        cut = _cells_to_characters(rest, room)
        space = rest.rfind(" ", room // 2, cut + 1)
        end = space if space > 0 else cut
        yield [Segment(indent + rest[:end], style)]
        rest = rest[end:].removeprefix(" ") if space > 0 else rest[end:]
    yield [Segment(indent + rest, style)]


def _cells_to_characters(text: str, cells: int) -> int:
    """How many characters of `text` fit into `cells`; at least one."""
    used = 0
    for place, character in enumerate(text):
        used += cell_len(character)
        if used > cells:
            return max(1, place)
    return len(text)


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
