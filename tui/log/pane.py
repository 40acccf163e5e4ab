"""The log of all plugins."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType

from hostcore.events import HOST, Level, LogWritten
from hostcore.log.log_file import HOST_MARK, speaker
from hostcore.view.feed import Feed
from tui.desk import Desk
from tui.feed_pane import FeedPane
from tui.layouts.layout import PaneLayout
from tui.lines import Line
from tui.text import counted, fit, safe, time_of_day

LEVELS = tuple(Level)
"""From the lowest to the highest."""
WORDS = {Level.DEBUG: "debug", Level.INFO: "info ", Level.WARNING: "WARN ", Level.ERROR: "ERROR"}


class LogPane(FeedPane[LogWritten]):
    """The last log lines, oldest first.

    Args:
        desk: the screen around it.
    """

    number = 3
    title = "Log"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Whole line", key_display="Enter", show=False),
        Binding("l", "level", "Level"),
        Binding("e", "error(1)", "Next error"),
        Binding("E", "error(-1)", "Previous error", show=False),
        Binding("w", "save", "Save"),
        Binding("t", "timeline", "Timeline"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="log")
        self.level = Level.DEBUG
        """The lowest level that is shown."""

    @property
    def feed(self) -> Feed[LogWritten]:
        """All lines."""
        return self.view.log

    def text_of(self, item: LogWritten) -> str:
        """The line, and the plugin that wrote it."""
        return f"{item.plugin} {item.text}"

    def plugin_of(self, item: LogWritten) -> str:
        """The plugin that wrote it."""
        return item.plugin

    def is_wanted(self, item: LogWritten) -> bool:
        """Filter by level too."""
        return LEVELS.index(item.level) >= LEVELS.index(self.level) and super().is_wanted(item)

    def other_filters(self) -> list[str]:
        """The level."""
        return [f"{self.level.value} and above"] if self.level is not Level.DEBUG else []

    def chosen_layout(self) -> PaneLayout:
        """The filters, with the level."""
        return replace(super().chosen_layout(), level=self.level)

    def take_layout(self, layout: PaneLayout) -> None:
        """Filter as before."""
        self.level = layout.level
        super().take_layout(layout)

    def reset(self) -> None:
        """Show all levels too."""
        super().reset()
        self.level = Level.DEBUG

    def row(self, number: int, width: int) -> Line:
        """Make one row: time, level, the mark of the host, plugin, text."""
        line, look = self.feed.shown[number], self.look
        ink = {Level.ERROR: look.bad, Level.WARNING: look.warn, Level.DEBUG: look.muted}.get(line.level, look.plain)
        time_text = time_of_day(line.time_ns)[: 12 if width >= 76 else 8]
        return [
            Segment(f"{time_text} ", look.muted),
            Segment(WORDS[line.level], ink),
            Segment(HOST_MARK if line.by_host else " ", look.accent),
            Segment(f"{fit(line.plugin, 11)} ", look.accent),
            Segment(safe(line.text), ink if line.level is not Level.INFO else look.plain),
        ]

    def action_open(self) -> None:
        """Show the whole line."""
        from tui.dialogs import Sheet  # noqa: PLC0415 - the first frame should not wait for it
        from tui.document import wrapped  # noqa: PLC0415

        if self.cursor in self.row_numbers():
            line = self.feed.shown[self.cursor]
            title = f"{_speaker(line)}, {line.level.value}, {time_of_day(line.time_ns)}"
            plain = self.look.plain
            self.desk.open_sheet(Sheet(self.desk, title, lambda width: wrapped(safe(line.text), plain, width)))

    def on_row_list_opened(self) -> None:
        """A double click does the same as Enter."""
        self.action_open()

    def action_timeline(self) -> None:
        """Show what happened, from the history."""
        from tui.log.timeline import Timeline  # noqa: PLC0415 - the first frame should not wait for it

        self.desk.open_sheet(Timeline(self.desk, self.plugin))

    def action_level(self) -> None:
        """Hide one more level; if only errors were shown, show all levels."""
        self.show_level(LEVELS[(LEVELS.index(self.level) + 1) % len(LEVELS)])

    def show_level(self, level: Level) -> None:
        """Show only lines of this level and of higher ones."""
        self.level = level
        self.choose()

    def action_error(self, step: int) -> None:
        """Go to the next (1) or the previous (-1) error."""
        shown, number = self.feed.shown, self.cursor + step
        while number in self.row_numbers():
            if shown[number].level is Level.ERROR:
                self.go(number)
                self.follows = False
                self.moved()
                return
            number += step
        self.desk.say("No error further down" if step > 0 else "No error further up")

    async def action_save(self) -> None:
        """Ask for a file, and write the lines that are shown into it."""
        name = f"wasi-host-log-{datetime.now():%Y%m%d-%H%M%S}.txt"
        if self.desk.may_change():
            await self.desk.ask("Save the shown lines to", name, done=self._save)

    def _save(self, name: str) -> None:
        lines = list(self.feed.shown.all())
        text = "".join(
            f"{datetime.fromtimestamp(line.time_ns / 1e9).isoformat(timespec='milliseconds')} "
            f"{line.level.value:7} {speaker(line)}: {line.text}\n"
            for line in lines
        )
        self.desk.save(name, text.encode("utf-8", "replace"), counted(len(lines), "line"))


def _speaker(line: LogWritten) -> str:
    if not line.by_host:
        return line.plugin
    return "the host" if line.plugin == HOST else f"the host about {line.plugin}"
