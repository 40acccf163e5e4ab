"""The plugins of a node: a row for each, the worst first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message

from hostcore.fleet.model import PluginStatus
from tui.filtering import FilteredList
from tui.fleet.desk import FleetDesk
from tui.fleet.node_words import age_of, node_now_ns
from tui.fleet.plugin_words import condition_segment, reason_of
from tui.lines import Line
from tui.row_list import MOST_WHOLE, RowList
from tui.text import counted, fit, number
from tui.wrapping import overflow, wrapped

STATE, COUNT = 18, 9
"""Cells of a plugin's condition, and of each count."""
MOST_NAME = 20


class PluginList(FilteredList[PluginStatus]):
    """All plugins of the node that is open.

    Args:
        desk: the screen around it.
    """

    desk: FleetDesk
    help_title = "1 Plugins"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Details", key_display="Enter"),
    ]

    class Wanted(Message):
        """The person wants to see all that is known of a plugin."""

        def __init__(self, plugin: PluginStatus) -> None:
            super().__init__()
            self.plugin = plugin

    def __init__(self, desk: FleetDesk) -> None:
        super().__init__(desk, id="plugins")

    def rows(self) -> Sequence[PluginStatus]:
        """Return all plugins, the worst first."""
        detail = self.desk.detail
        return detail.plugins if detail else ()

    def text_of(self, row: PluginStatus) -> str:
        """Return the text in which the filter looks."""
        return f"{row.name} {row.health.condition if row.health else ''} {reason_of(row)}"

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Ask for room for all rows. Textual calls this."""
        return max(2, len(self.rows()) + 1) + self._whole_height(width)

    def _whole_height(self, width: int) -> int:
        """The lines that the whole reason of the plugin under the cursor takes."""
        if not (self.has_focus and width and self.cursor < len(self.shown)):
            return 0
        text, style = overflow(self.row(self.cursor, width), width)
        return min(MOST_WHOLE, len(list(wrapped(text, style, width - 2)))) if text else 0

    def update(self) -> None:
        """Show what is new."""
        shown = self.shown
        chosen = self._chosen_name
        place = next((place for place, each in enumerate(shown) if each.name == chosen), None)
        if place is not None and place != self.cursor:
            self.keep_cursor_on(place)
        height = self.get_content_height(self.size, self.size, self.content_size.width)
        if height != self._asked_height:
            self._asked_height = height
            self.refresh(layout=True)
        if (note := Content(", ".join(self._notes()))) != self._border_subtitle:
            self.border_subtitle = note
        self.paint()

    def _notes(self) -> Iterator[str]:
        """The filter, how many rows are out of sight, and what there is no room for."""
        yield from self.wanted.note()
        sides = {"above": self.top, "below": len(self.shown) - self.top - self._height}
        yield from (f"{counted(count, 'row')} {side}" for side, count in sides.items() if count > 0)
        if self.desk.detail and self.desk.detail.left_out:
            yield f"no room for {counted(self.desk.detail.left_out, 'message')}"

    _asked_height = 0
    _chosen_name = ""

    def moved(self) -> None:
        """Draw again, and keep to the plugin that was chosen."""
        super().moved()
        self._chosen_name = self.chosen.name if self.chosen else ""

    def heading(self, width: int) -> Line | None:
        """The columns' titles."""
        titles = "".join(fit(title, COUNT, right=True) for title in self._counts(width))
        name = fit("plugin", self._names(width))
        return [Segment(f"{name}{'state'.ljust(STATE)}{titles}  why", self.look.muted)]

    def row(self, number: int, width: int) -> Line:
        """Make one row."""
        plugin, look = self.shown[number], self.look
        is_stale = self._is_stale
        state = condition_segment(plugin.health, look, is_stale=is_stale)
        cells = "".join(fit(self._count(plugin, title), COUNT, right=True) for title in self._counts(width))
        ink = look.muted if is_stale else look.plain
        return [
            Segment(fit(plugin.name, self._names(width) - 1) + " ", look.muted if is_stale else look.strong),
            Segment(state.text.ljust(STATE), state.style),
            Segment(f"{cells}  ", ink),
            Segment(reason_of(plugin), ink),
        ]

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw the rows, or that nothing has come yet."""
        if self.rows():
            return super().draw(width, height)
        return [[Segment("nothing has come of its plugins yet", self.look.muted)]]

    @property
    def _is_stale(self) -> bool:
        return self.desk.detail is None or self.desk.detail.status.is_stale

    @property
    def _node_now_ns(self) -> int:
        detail = self.desk.detail
        return node_now_ns(detail.status, self.desk.now_ns()) if detail else self.desk.now_ns()

    def _names(self, width: int) -> int:
        return max(12, min(max((len(each.name) for each in self.rows()), default=0) + 2, width // 4, MOST_NAME))

    def _counts(self, width: int) -> tuple[str, ...]:
        return ("read", "readings", "errors", "crashes", "every") if width >= 100 else ("read", "errors")

    def _count(self, plugin: PluginStatus, title: str) -> str:
        health = plugin.health
        if title == "read":
            return age_of(plugin.reading_time, self._node_now_ns)
        if health is None:
            return "-"
        if title == "every":
            return f"{number(health.interval)} s" if health.interval > 0 else "-"
        return str(getattr(health, title))

    def action_open(self) -> None:
        """Show all that is known of the plugin."""
        if self.chosen is not None:
            self.post_message(self.Wanted(self.chosen))

    def on_row_list_opened(self, message: RowList.Opened) -> None:
        """A double click does the same as Enter."""
        message.stop()
        self.action_open()
