"""A list of rows to move in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from tui.desk import Desk
from tui.lines import Line, LinesWidget
from tui.wrapping import cut, folded, overflow, wrapped

ROOM = 3
"""When a list that follows its end moves up, it leaves one part in this many empty at the bottom."""
MOST_WHOLE = 6
"""Lines that the whole text of the row under the cursor takes at most. It takes no more than half of a full list."""


class RowList(LinesWidget, can_focus=True):
    """A list of rows with a cursor. A row keeps its number when older rows are dropped.

    Args:
        desk: the screen around the list.
        id: Textual's name of the widget.

    Attributes:
        cursor: the number of the row that keys act on.
        top: the number of the first row in sight.
        follows: the cursor stays on the last row when rows are added.
        has_cursor: whether rows can be chosen. Otherwise the keys only scroll.
        wraps: rows that are too long go on below. Otherwise they are cut, and the one under the cursor is shown whole
            at the bottom.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown,space", "page(1)", "Page down", show=False),
        Binding("home", "first", "First", show=False),
        Binding("end", "last", "Last", show=False),
        Binding("W", "wrap", "Wrap long rows", show=False),
    ]
    has_cursor = True

    class Opened(Message):
        """A row was clicked twice."""

    def __init__(self, desk: Desk, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(desk, id=id)
        self.cursor = 0
        self.top = 0
        self.follows = self.wraps = False
        self._settled_height = 0
        self._drawn: list[int] = []
        """The number of the row of each line in sight."""

    @property
    def in_sight(self) -> range:
        """The numbers of the rows that are drawn. The whole text of a row that is cut hides some."""
        return range(self._drawn[0], self._drawn[-1] + 1) if self._drawn else range(self.top, self.top + self._height)

    def row_numbers(self) -> range:
        """The numbers of the rows that exist now."""
        raise NotImplementedError

    def row(self, number: int, width: int) -> Line:
        """Make one row."""
        raise NotImplementedError

    def keep_cursor_on(self, place: int) -> None:
        """Let the cursor follow its row to another place, so that no key acts on another row."""
        self.top += place - self.cursor
        self.cursor, self.follows = place, False

    def refill(self) -> None:
        """Let a list that follows its end fill its height again: it has other rows now."""
        self._settled_height = 0

    def heading(self, width: int) -> Line | None:
        """Make the line above the rows, which does not scroll; None if there is none."""
        return None

    def row_style(self, number: int) -> Style | None:
        """The style to lay over a row's own: the cursor's, or None."""
        return self.look.cursor if self.has_cursor and self.has_focus and number == self.cursor else None

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the heading and the rows in sight."""
        heading = self.heading(width)
        if heading is not None:
            yield heading
            height -= 1
        rows = self.row_numbers()
        self._settle(rows, height)
        whole = self._whole(rows, width, height)
        height -= len(whole)
        if self.cursor in rows and (whole or self.wraps):
            self._keep_in_sight(width, height)
        self._drawn = []
        for number in range(self.top, rows.stop):
            if len(self._drawn) >= height:
                break
            for line in self._lines_of(number, width)[: height - len(self._drawn)]:
                self._drawn.append(number)
                style = self.row_style(number)
                yield _over(line, style, width) if style else line
        yield from [[]] * (height - len(self._drawn)) if whole else []
        yield from whole

    def _lines_of(self, number: int, width: int) -> list[Line]:
        line = self.row(number, width)
        return folded(line, width) if self.wraps else [cut(line, width)]

    def _whole(self, rows: range, width: int, height: int) -> list[Line]:
        """The text of the row under the cursor, if it is cut. A list that follows its end has no such row."""
        is_chosen = self.has_cursor and self.has_focus and not self.wraps and self.cursor in rows
        if not is_chosen or not self.shows_whole:
            return []
        text, style = overflow(self.row(self.cursor, width), width)
        most = min(MOST_WHOLE, max(height // 2, height - len(rows)))
        lines = list(wrapped(text, style, width, "  ")) if text else []
        if lines and most:
            lines[0] = [Segment("> ", self.look.accent), Segment(lines[0][0].text[2:], style)]
        return lines[:most]

    @property
    def shows_whole(self) -> bool:
        """Whether the row under the cursor is one that a person has chosen."""
        return True

    def _keep_in_sight(self, width: int, height: int) -> None:
        """Scroll so far that all lines of the row under the cursor are in sight."""
        least, used = self.cursor, len(self._lines_of(self.cursor, width))
        while least > self.top and used + (above := len(self._lines_of(least - 1, width))) <= height:
            least, used = least - 1, used + above
        self.top = least

    def action_wrap(self) -> None:
        """Let long rows go on below, or cut them again."""
        if self.has_cursor:
            self.wraps = not self.wraps
            self.paint()

    def action_move(self, rows: int) -> None:
        """Move the cursor by this many rows; scroll if there is no cursor."""
        if self.has_cursor:
            self.go(self.cursor + rows)
        else:
            self._scroll(rows)

    def action_page(self, pages: int) -> None:
        """Move by nearly the height of the list."""
        self.action_move(pages * max(1, self._height - 1))

    def action_first(self) -> None:
        """Go to the first row."""
        self.go(self.row_numbers().start)

    def action_last(self) -> None:
        """Go to the last row, and follow it when rows are added."""
        self.go(self.row_numbers().stop - 1)

    def go(self, number: int) -> None:
        """Move the cursor to a row, or to the nearest one that exists."""
        rows = self.row_numbers()
        self.cursor = max(rows.start, min(number, rows.stop - 1))
        self.follows = self.cursor >= rows.stop - 1
        if not self.has_cursor:
            self.top = self.cursor
        self.moved()

    def moved(self) -> None:
        """Draw again: the cursor has moved, or the list has scrolled."""
        self.paint()

    @property
    def _height(self) -> int:
        return max(1, self.content_size.height - (self.heading(self.content_size.width) is not None))

    def _scroll(self, rows: int) -> None:
        span = self.row_numbers()
        self.top = max(span.start, min(self.top + rows, span.stop - self._height))
        self.follows = self.top >= span.stop - self._height
        self.cursor = max(self.top, min(self.cursor, self.top + self._height - 1))
        self.moved()

    def _settle(self, rows: range, height: int) -> None:
        """Keep cursor and top within the rows, and the cursor in sight."""
        if self.follows:
            self.cursor = rows.stop - 1
        self.cursor = max(rows.start, min(self.cursor, rows.stop - 1))
        if self.follows and height != self._settled_height:
            self.top = rows.stop - height
        elif self.follows and self.cursor >= self.top + height:
            # Make room for several rows at once: the next ones then cost a line each, instead of redrawing the list.
            self.top = self.cursor - height + 1 + height // ROOM
        elif self.has_cursor:
            self.top = max(self.cursor - height + 1, min(self.top, self.cursor))
        has_room = self.follows and self.has_cursor
        self.top = max(rows.start, min(self.top, rows.stop - (1 if has_room else height)))
        self._settled_height = height

    def _on_focus(self, event: events.Focus) -> None:
        super()._on_focus(event)
        self.paint()

    def _on_blur(self, event: events.Blur) -> None:
        super()._on_blur(event)
        self.paint()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll with the wheel."""
        event.stop()
        self._scroll(-3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll with the wheel."""
        event.stop()
        self._scroll(3)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is. A double click opens the row."""
        offset = event.get_content_offset(self)
        if offset is None or not self.has_cursor:
            return
        place = offset.y - (self.heading(self.content_size.width) is not None)
        if 0 <= place < len(self._drawn):
            self.go(self._drawn[place])
            if event.chain > 1:
                self.post_message(self.Opened())


def _over(line: Line, style: Style, width: int) -> Line:
    """Lay `style` over a line, up to the right edge."""
    return list(Segment.apply_style(Strip(line).adjust_cell_length(width), post_style=style))
