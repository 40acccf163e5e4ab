"""The log of all plugins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType

from hostcore.events import HOST, Level, LogWritten
from hostcore.log.log_file import HOST_MARK, speaker
from hostcore.quick_dataclass import replace
from hostcore.view.feed import Feed
from hostcore.view.log import LogEntry
from tui.commands import COPY, CommandSource, Words, logs
from tui.desk import Desk
from tui.editing import EDIT, SourceEditor, SourcePlace
from tui.feed_pane import FeedPane
from tui.layouts.layout import PaneLayout
from tui.lines import Line
from tui.text import counted, fit, safe, time_of_day

LEVELS = tuple(Level)
"""From the lowest to the highest."""
WORDS = {Level.DEBUG: "debug", Level.INFO: "info ", Level.WARNING: "WARN ", Level.ERROR: "ERROR"}

FULL = 76
"""Cells of a row from which on the time has milliseconds."""
NARROW = 70
"""Cells of a row below which the level has one letter, and the plugin less room: the text matters more."""


class LogPane(FeedPane[LogEntry], CommandSource, SourceEditor):
    """The last log lines, oldest first. The lines of a traceback are one row.

    Args:
        desk: the screen around it.
    """

    number = 3
    title = "Log"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Whole line", key_display="Enter", show=False),
        Binding("l", "level", "Level"),
        Binding("x", "error(1)", "Next error"),
        Binding("X", "error(-1)", "Previous error", show=False),
        Binding("w", "save", "Save"),
        Binding("t", "timeline", "Timeline"),
        EDIT,
        COPY,
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="log")
        self.level = self.view.facts.log_level
        """The lowest level that is shown; at first the one that host.toml names."""
        if not self.passes_all():
            self.feed.choose(self.is_wanted)

    @property
    def feed(self) -> Feed[LogEntry]:
        """All lines."""
        return self.view.log

    def text_of(self, item: LogEntry) -> str:
        """The lines, and the plugin that wrote them."""
        return "\n".join((item.line.plugin + " " + item.line.text, *(each.text for each in item.more)))

    def plugin_of(self, item: LogEntry) -> str:
        """The plugin that wrote it."""
        return item.line.plugin

    def is_wanted(self, item: LogEntry) -> bool:
        """Filter by level too."""
        return LEVELS.index(item.line.level) >= LEVELS.index(self.level) and super().is_wanted(item)

    def other_filters(self) -> list[str]:
        """The level, if it is not the one of host.toml."""
        return [] if self.level is self.view.facts.log_level else [f"{self.level.value} and above"]

    def passes_all(self) -> bool:
        """Whether there is neither a filter nor a level."""
        return super().passes_all() and self.level is Level.DEBUG

    def chosen_layout(self) -> PaneLayout:
        """The filters, with the level."""
        level = None if self.level is self.view.facts.log_level else self.level
        return replace(super().chosen_layout(), level=level)

    def take_layout(self, layout: PaneLayout) -> None:
        """Filter as before."""
        self.level = layout.level or self.view.facts.log_level
        super().take_layout(layout)

    def reset(self) -> None:
        """Show the levels of host.toml again, too."""
        super().reset()
        self.level = self.view.facts.log_level

    def row(self, number: int, width: int) -> Line:
        """Make one row: time, level, the mark of the host, plugin, text."""
        entry, look = self.feed.shown[number], self.look
        line = entry.line
        ink = {Level.ERROR: look.bad, Level.WARNING: look.warn, Level.DEBUG: look.muted}.get(line.level, look.plain)
        time_text = time_of_day(line.time_ns)[: 12 if width >= FULL else 8]
        level, name = (WORDS[line.level], 11) if width >= NARROW else (WORDS[line.level][0], 8)
        return [
            Segment(f"{time_text} ", look.muted),
            Segment(f"{level} ", ink),
            Segment(HOST_MARK if line.by_host else " ", look.accent),
            Segment(f"{fit(line.plugin, name)} ", look.accent),
            Segment(_words(entry), ink if line.level is not Level.INFO else look.plain),
        ]

    @property
    def command_words(self) -> Words:
        """The lines of the plugin under the cursor that are as important."""
        if self.cursor not in self.row_numbers():
            return ()
        line = self.feed.shown[self.cursor].line
        return logs("" if line.plugin == HOST else line.plugin, line.level)

    @property
    def source_place(self) -> SourcePlace | None:
        """The driver that wrote the line under the cursor, or that it is about."""
        is_chosen = self.cursor in self.row_numbers()
        return SourcePlace(self.feed.shown[self.cursor].line.plugin) if is_chosen else None

    def action_open(self) -> None:
        """Show the whole line, and the traceback below it."""
        from tui.dialogs import Sheet  # noqa: PLC0415 - the first frame should not wait for it
        from tui.document import wrapped  # noqa: PLC0415

        if self.cursor in self.row_numbers():
            entry, plain = self.feed.shown[self.cursor], self.look.plain
            line = entry.line
            title = f"{_speaker(line)}, {line.level.value}, {time_of_day(line.time_ns)}"

            def lines(width: int) -> Iterator[Line]:
                for each in entry.lines:
                    yield from wrapped(safe(each.text), plain, width)

            self.desk.open_sheet(Sheet(self.desk, title, lines))

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
            if shown[number].line.level is Level.ERROR:
                self.go(number)
                self.follows = False
                self.moved()
                return
            number += step
        self.desk.say("No error further down" if step > 0 else "No error further up")

    async def action_save(self) -> None:
        """Ask for a file, and write the lines that are shown into it."""
        name = f"wasi-host-log-{datetime.now():%Y%m%d-%H%M%S}.txt"
        if self.desk.may_save():
            await self.desk.ask("Save the shown lines to", name, done=self._save)

    def _save(self, name: str) -> None:
        lines = [line for entry in self.feed.shown.all() for line in entry.lines]
        text = "".join(
            f"{datetime.fromtimestamp(line.time_ns / 1e9).isoformat(timespec='milliseconds')} "
            f"{line.level.value:7} {speaker(line)}: {line.text}\n"
            for line in lines
        )
        self.desk.save(name, text.encode("utf-8", "replace"), counted(len(lines), "line"))


def _words(entry: LogEntry) -> str:
    """The first line; if others follow, the last one, which names the error, and how many there are."""
    text = safe(entry.line.text)
    if not entry.more:
        return text
    ending = f" ... {safe(entry.ending)}" if entry.ending else ""
    return f"{text}{ending} (+{counted(len(entry.more), 'line')}: Enter)"


def _speaker(line: LogWritten) -> str:
    if not line.by_host:
        return line.plugin
    return "the host" if line.plugin == HOST else f"the host about {line.plugin}"
