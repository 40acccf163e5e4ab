"""The cells of a picture, from the back to the front: ruled lines, shades, curves, letters, the cursor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.segment import Segment
from rich.style import Style

RULED = 4
"""Cells from one dot of a dotted line to the next."""
DASHED = 2
"""Cells from one dash of a dashed line to the next. Lines of few cells are cheap when the picture moves."""

Cell = tuple[str, Style]
"""A character and its style."""


class Canvas:
    """Characters of one cell each, that cover what is behind them.

    Args:
        size: the cells of a row, and the rows.
        ground: the style of an empty cell.
    """

    def __init__(self, size: tuple[int, int], ground: Style) -> None:
        self._cells: list[list[Cell]] = [[(" ", ground)] * size[0] for _ in range(size[1])]

    def rule(self, row: int, text: str, style: Style, every: int) -> None:
        """Draw a horizontal line: `text` in one of `every` cells. Nothing is drawn if the row is out of sight."""
        if 0 <= row < len(self._cells):
            cells = self._cells[row]
            cells[::every] = [(text, style)] * len(cells[::every])

    def stand(self, column: int, text: str, style: Style, every: int) -> None:
        """Draw a vertical line: `text` in one of `every` rows."""
        for cells in self._cells[::every]:
            cells[column] = text, style

    def lay(self, lines: Sequence[str], style: Style) -> None:
        """Lay a picture on top. Its blanks let see what is behind."""
        for cells, line in zip(self._cells, lines, strict=True):
            if line.isspace():
                continue
            for place, text in enumerate(line):
                if text != " ":
                    cells[place] = text, style

    def put(self, column: int, row: int, text: str, style: Style) -> None:
        """Write one character."""
        self._cells[row][column] = text, style

    def shine(self, column: int, style: Style) -> None:
        """Give a whole column another style."""
        for cells in self._cells:
            cells[column] = cells[column][0], style

    def rows(self) -> Iterator[list[Segment]]:
        """The rows from the top down, in pieces of one style."""
        for cells in self._cells:
            yield [
                Segment("".join([text for text, _ in pieces]), style)
                for style, pieces in groupby(cells, key=lambda cell: cell[1])
            ]
