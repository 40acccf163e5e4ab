"""What the node that is open told as it happened, the newest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message

from hostcore.fleet.model import NodeEvent
from tui.filtering import FilteredList
from tui.fleet.desk import FleetDesk
from tui.fleet.event_words import event_line, words_of
from tui.lines import Line
from tui.row_list import RowList

STREAMED = frozenset({"log", "traffic"})
"""The kinds of events that come only for some seconds, because someone has asked for them."""


class EventList(FilteredList[NodeEvent]):
    """Crashes, findings, denials and alarms of the node, as they came.

    Args:
        desk: the screen around it.
    """

    desk: FleetDesk
    help_title = "3 Events"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Whole event", key_display="Enter"),
    ]

    class Wanted(Message):
        """The person wants to see all of an event."""

        def __init__(self, event: NodeEvent) -> None:
            super().__init__()
            self.event = event

    def __init__(self, desk: FleetDesk) -> None:
        super().__init__(desk, id="events")
        self._newest = 0

    def rows(self) -> Sequence[NodeEvent]:
        """Return all events, the newest first."""
        detail = self.desk.detail
        return [each for each in reversed(detail.events) if each.kind not in STREAMED] if detail else ()

    def text_of(self, row: NodeEvent) -> str:
        """Return the text in which the filter looks."""
        return f"{row.kind} {words_of(row)}"

    def row(self, number: int, width: int) -> Line:
        """Make one row."""
        return event_line(self.shown[number], self.look)

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the events, or that there were none."""
        if self.rows():
            return super().draw(width, height)
        return [[Segment("nothing has happened since it was opened", self.look.muted)]]

    def update(self) -> None:
        """Show what is new. The cursor stays on its event, unless it is on the newest."""
        shown = self.shown
        self.set_class(not shown, "-empty")
        new = sum(each.number > self._newest for each in shown)
        self._newest = max((each.number for each in shown), default=self._newest)
        if new and self.cursor:
            self.keep_cursor_on(min(self.cursor + new, len(shown) - 1))
        self.paint()

    def action_open(self) -> None:
        """Show all of the event."""
        if self.chosen is not None:
            self.post_message(self.Wanted(self.chosen))

    def on_row_list_opened(self, message: RowList.Opened) -> None:
        """A double click does the same as Enter."""
        message.stop()
        self.action_open()
