"""What the first frame shows in the places of the bars and panes. It imports little."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.segment import Segment
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from hostcore.quick_dataclass import dataclass
from tui.desk import Desk
from tui.lines import Line, LinesWidget
from tui.look import Look
from tui.reality import reality_mark
from tui.sizes import WIDE, has_room_for_all
from tui.text import safe

PANES = {1: "Readings", 2: "Plugins", 3: "Log", 4: "Traffic", 5: "Bus", 6: "OLED", 7: "Outputs", 8: "Problems"}
"""The titles of the panes, by number: that of `tui.pane.Pane`, whose classes take long to import."""
COLUMNS: Mapping[str, Sequence[int]] = {"left": (1, 2, 3), "right": (6, 5, 4)}
"""The panes of a large terminal, from the top down. Outputs and problems are there only if a host has some."""
STARTING = "starting ..."


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known of a host before it is made."""

    computer: str
    """The name of this computer."""
    are_real: Sequence[bool] | None
    """Whether each of its buses is real; None if that is not known."""


class OpeningLine(LinesWidget):
    """A bar of one line.

    Args:
        desk: the screen around it.
        line: what it shows.
        id: Textual's name of the widget.
    """

    def __init__(self, desk: Desk, line: Iterable[Segment], *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(desk, id=id)
        self._line = list(line)

    def draw(self, width: int, height: int) -> Iterator[Line]:
        """Draw the line."""
        yield self._line


class OpeningPane(LinesWidget):
    """A pane without content, in the place and with the frame that it will have.

    Args:
        desk: the screen around it.
        number: the number of the pane.
    """

    def __init__(self, desk: Desk, number: int, *, is_current: bool) -> None:
        super().__init__(desk, id=PANES[number].lower())
        self.border_title = Content(f"{number} {PANES[number]}")
        self.set_class(is_current, "-current")

    def draw(self, width: int, height: int) -> Iterator[Line]:
        """Say why it is empty."""
        yield [Segment(STARTING, self.look.muted)]


def opening_parts(desk: Desk, expected: Expected, size: Size) -> Iterator[Widget]:
    """Yield the first line, and below it either all panes, or the plugins, the tabs and one pane.

    Args:
        desk: the screen around them.
        expected: what is known of the host.
        size: the size of the terminal.
    """
    yield OpeningLine(desk, _status(expected, desk.look), id="status")
    if has_room_for_all(size):
        columns = [
            Vertical(*(OpeningPane(desk, each, is_current=each == 1) for each in numbers), id=side)
            for side, numbers in COLUMNS.items()
        ]
        yield Horizontal(*columns, id="columns", classes="-overview -wide" if size.width >= WIDE else "-overview")
    else:
        yield OpeningLine(desk, [Segment(STARTING, desk.look.muted)], id="strip")
        yield OpeningLine(desk, _tabs(desk.look), id="tabs")
        yield OpeningPane(desk, 1, is_current=True)


def _status(expected: Expected, look: Look) -> Iterator[Segment]:
    if expected.are_real is not None:
        yield from (reality_mark(expected.are_real, look), Segment("  "))
    yield from (Segment(safe(expected.computer, 40), look.strong), Segment("  "))
    yield from (Segment("own host", look.accent), Segment("  "), Segment(STARTING, look.warn))


def _tabs(look: Look) -> Iterator[Segment]:
    first, *others = (f"{number} {title}" for number, title in PANES.items())
    yield Segment(f"[{first}]", look.current)
    yield from (Segment(f" {each} ", look.muted) for each in others)
