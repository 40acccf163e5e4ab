"""Writes only the cells that change to the terminal, so that a screen over SSH needs few bytes.

Textual redraws whole rows of a widget from its left edge on. Here each update is held against what the terminal
already shows, and becomes the few runs of cells that differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import repeat

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

Cell = tuple[str, Style | None]
"""A character with its combining marks, and its style. "" is the right half of a wide character."""

GAP = 6
"""Equal cells between two runs that are written again: moving the cursor costs as many bytes."""
FEW = 400
"""The most runs that are sorted by style. Each change of style costs 10 to 40 bytes."""


class Patches(CompositorUpdate):
    """Runs of cells at their places."""

    def __init__(self, runs: list[tuple[int, int, list[Cell]]]) -> None:
        self._runs = runs

    def render_segments(self, console: Console) -> str:
        """The escape sequences that write the runs."""
        pieces = [piece for y, x, cells in self._runs for piece in _pieces(y, x, cells)]
        if len(pieces) <= FEW:
            order = {style: place for place, style in enumerate(dict.fromkeys(style for *_, style in pieces))}
            pieces.sort(key=lambda piece: order[piece[3]])
        written: list[str] = []
        at: tuple[int, int] | None = None
        text, current = "", None
        for y, x, part, style in pieces:
            if style != current:
                written.append(_styled(text, current, console))
                text, current = "", style
            text += part if at == (y, x) else f"\x1b[{y + 1};{x + 1}H{part}"
            at = y, x + cell_len(part)
        written.append(_styled(text, current, console))
        return "".join(written)


def _styled(text: str, style: Style | None, console: Console) -> str:
    """`text`, which may move the cursor, in one style."""
    if not text or style is None:
        return text
    return Strip([Segment(text, style)]).render(console)


def _pieces(y: int, x: int, cells: Sequence[Cell]) -> Iterator[tuple[int, int, str, Style | None]]:
    """Cut a run where the style changes."""
    start = 0
    for place in range(1, len(cells) + 1):
        if place == len(cells) or cells[place][1] != cells[start][1]:
            yield y, x + start, "".join(text for text, _ in cells[start:place]), cells[start][1]
            start = place


class Shown:
    """The cells that the terminal shows."""

    def __init__(self) -> None:
        self._rows: list[list[Cell]] = []
        self._size = (0, 0)

    def forget(self) -> None:
        """Write the next update in full: something else wrote to the terminal."""
        self._rows = []
        self._size = (0, 0)

    def reduce(self, update: CompositorUpdate, width: int, height: int) -> CompositorUpdate | None:
        """The part of an update that the terminal does not show yet.

        Args:
            update: Textual's update.
            width: cells of a row.
            height: rows of the terminal.

        Returns:
            The update to write; None if the terminal shows everything already.
        """
        if (width, height) != self._size:
            self._size = (width, height)
            self._rows = [[] for _ in range(height)]
        if isinstance(update, LayoutUpdate):
            news = [(y, 0, _cells(_join(line))) for y, line in enumerate(update.strips, update.region.y) if y < height]
        elif isinstance(update, ChopsUpdate):
            news = list(_chopped(update, height))
        else:
            self.forget()
            return update
        runs = [run for y, x, cells in news for run in self._differing(y, x, cells)]
        return Patches(runs) if runs else None

    def _differing(self, y: int, x: int, cells: list[Cell]) -> Iterator[tuple[int, int, list[Cell]]]:
        """The runs of `cells` that the row does not show yet. Records that it shows them."""
        row = self._rows[y]
        if len(row) < x + len(cells):
            row += [("", None)] * (x + len(cells) - len(row))
        end = 0
        start = -1
        for place, cell in enumerate(cells):
            if row[x + place] != cell:
                if start < 0:
                    start = place
                elif place - end > GAP:
                    yield y, x + _whole(cells, start), cells[_whole(cells, start) : end]
                    start = place
                end = place + 1
        if start >= 0:
            while end < len(cells) and not cells[end][0]:
                end += 1
            yield y, x + _whole(cells, start), cells[_whole(cells, start) : end]
        row[x : x + len(cells)] = cells


def _whole(cells: Sequence[Cell], start: int) -> int:
    """`start`, or the cell to its left if `start` is the right half of a character."""
    return start - 1 if start and not cells[start][0] else start


def _join(line: Iterable[Strip | None]) -> Iterator[Segment]:
    for strip in line:
        if strip is not None:
            yield from strip


def _chopped(update: ChopsUpdate, height: int) -> Iterator[tuple[int, int, list[Cell]]]:
    """The parts of an update within its spans."""
    for y, left, right in update.spans:
        if y >= height:
            continue
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x < right and end > left:
                yield y, x, _cells(strip)


_width = lru_cache(4096)(cell_len)
"""The cells of a character."""


@lru_cache(1024)
def _visible(style: Style | None) -> Style | None:
    """A style without the parts that only the mouse needs."""
    return style and style.clear_meta_and_links()


def _cells(segments: Iterable[Segment]) -> list[Cell]:
    cells: list[Cell] = []
    for text, full_style, control in segments:
        if control:
            continue
        style = _visible(full_style)
        if text.isascii():
            cells += zip(text, repeat(style))
            continue
        for character in text:
            width = _width(character)
            if width:
                cells.append((character, style))
                cells += [("", style)] * (width - 1)
            elif cells:
                marked, its_style = cells[-1]
                cells[-1] = marked + character, its_style
    return cells
