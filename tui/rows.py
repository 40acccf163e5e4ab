"""The two widgets that everything on the screen is made of: lines, and a list of lines to move in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from tui.app import HostApp
    from tui.look import Look

Line = list[Segment]
"""One line of text, in pieces of one style each; what does not fit is cut off."""


ROOM = 3
"""A list that follows its end leaves the last of so many parts empty when it moves up."""


def width_of(line: Iterable[Segment]) -> int:
    """How many cells a line takes."""
    return sum(segment.cell_length for segment in line)


class Lines(Widget):
    """A widget of plain lines that redraws only those that have changed."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._strips: list[Strip] = []
        self._drawn_for: object = None

    @property
    def host_app(self) -> HostApp:
        """The app, as what it is."""
        return cast("HostApp", self.app)

    @property
    def look(self) -> Look:
        """The styles of this terminal."""
        return self.host_app.look

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """The lines as they are to be now, at most `height`."""
        raise NotImplementedError

    def paint(self) -> None:
        """Show what has changed."""
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
        """Textual's way to ask for a line."""
        if self._drawn_for != self.content_size:
            self._strips = self._make_strips(*self.content_size)
            self._drawn_for = self.content_size
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.content_size.width, self.rich_style)

    def notify_style_update(self) -> None:
        """The theme or the focus has changed."""
        super().notify_style_update()
        self._drawn_for = None

    def _make_strips(self, width: int, height: int) -> list[Strip]:
        base = self.rich_style
        strips = [Strip(line).adjust_cell_length(width).apply_style(base) for line in self.draw(width, height)]
        strips += [Strip.blank(width, base)] * (height - len(strips))
        return strips[:height]


class Rows(Lines, can_focus=True):
    """A list of rows with a cursor. Rows have numbers that they keep, so that a list may lose its oldest.

    Attributes:
        cursor: the number of the row that keys act on.
        top: the number of the first row in sight.
        follows: the cursor stays on the last row when more come.
        has_cursor: rows can be chosen; otherwise the keys just scroll.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown,space", "page(1)", "Page down", show=False),
        Binding("home", "first", "First", show=False),
        Binding("end", "last", "Last", show=False),
    ]
    has_cursor = True

    class Opened(Message):
        """A row was clicked twice."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.cursor = 0
        self.top = 0
        self.follows = False

    def span(self) -> range:
        """The numbers of the rows that there are now."""
        raise NotImplementedError

    def row(self, number: int, width: int) -> Line:
        """One row."""
        raise NotImplementedError

    def heading(self, width: int) -> Line | None:
        """A line above the rows that does not scroll."""
        return None

    def row_style(self, number: int) -> Style | None:
        """What a row's style is changed by: the cursor's."""
        return self.look.cursor if self.has_cursor and self.has_focus and number == self.cursor else None

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """The heading and the rows in sight."""
        heading = self.heading(width)
        if heading is not None:
            yield heading
            height -= 1
        rows = self.span()
        self._settle(rows, height)
        for number in range(self.top, min(self.top + height, rows.stop)):
            line = self.row(number, width)
            style = self.row_style(number)
            yield _over(line, style, width) if style else line

    def action_move(self, rows: int) -> None:
        """Move the cursor, or scroll where there is none."""
        if self.has_cursor:
            self.go(self.cursor + rows)
        else:
            self._scroll(rows)

    def action_page(self, pages: int) -> None:
        """Move by what is in sight."""
        self.action_move(pages * max(1, self._height - 1))

    def action_first(self) -> None:
        """Go to the first row."""
        self.go(self.span().start)

    def action_last(self) -> None:
        """Go to the last row, and stay there when more come."""
        self.go(self.span().stop - 1)

    def go(self, number: int) -> None:
        """Move the cursor to a row, as near as there is one."""
        rows = self.span()
        self.cursor = max(rows.start, min(number, rows.stop - 1))
        self.follows = self.cursor >= rows.stop - 1
        if not self.has_cursor:
            self.top = self.cursor
        self.moved()

    def moved(self) -> None:
        """The cursor or what is in sight is another one."""
        self.paint()

    @property
    def _height(self) -> int:
        return max(1, self.content_size.height - (self.heading(self.content_size.width) is not None))

    def _scroll(self, rows: int) -> None:
        span = self.span()
        self.top = max(span.start, min(self.top + rows, span.stop - self._height))
        self.follows = self.top >= span.stop - self._height
        self.cursor = max(self.top, min(self.cursor, self.top + self._height - 1))
        self.moved()

    def _settle(self, rows: range, height: int) -> None:
        """Keep cursor and top among the rows, and the cursor in sight."""
        if self.follows:
            self.cursor = rows.stop - 1
        self.cursor = max(rows.start, min(self.cursor, rows.stop - 1))
        if self.follows and self.cursor >= self.top + height:
            # Room for some rows more at once: a line that comes then costs one line, not the whole list moved up.
            self.top = self.cursor - height + 1 + height // ROOM
        elif self.has_cursor:
            self.top = max(self.cursor - height + 1, min(self.top, self.cursor))
        self.top = max(rows.start, min(self.top, rows.stop - (1 if self.follows else height)))

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
        """Put the cursor where the mouse is; a second click opens the row."""
        offset = event.get_content_offset(self)
        if offset is None or not self.has_cursor:
            return
        number = self.top + offset.y - (self.heading(self.content_size.width) is not None)
        if number in self.span():
            self.go(number)
            if event.chain > 1:
                self.post_message(self.Opened())


def _over(line: Line, style: Style, width: int) -> Line:
    """A line with `style` over its own, to the right edge."""
    return list(Segment.apply_style(Strip(line).adjust_cell_length(width), post_style=style))
