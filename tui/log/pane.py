"""The log of all plugins."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType

from hostcore.events import Level, LogWritten
from hostcore.view.feed import Feed
from tui.feed_pane import FeedPane
from tui.rows import Line
from tui.text import counted, fit, safe, time_of_day

LEVELS = tuple(Level)
"""From the least to the most important."""
WORDS = {Level.DEBUG: "debug", Level.INFO: "info ", Level.WARNING: "WARN ", Level.ERROR: "ERROR"}


class LogPane(FeedPane[LogWritten]):
    """The last lines, oldest first."""

    number = 3
    title = "Log"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Whole line", key_display="Enter", show=False),
        Binding("l", "level", "Level"),
        Binding("e", "error(1)", "Next error"),
        Binding("E", "error(-1)", "Previous error", show=False),
        Binding("w", "save", "Save"),
    ]

    def __init__(self) -> None:
        super().__init__(id="log")
        self.level = Level.DEBUG
        """The least important level that is shown."""

    @property
    def feed(self) -> Feed[LogWritten]:
        """All lines."""
        return self.view.log

    def text_of(self, item: LogWritten) -> str:
        """The line and who wrote it."""
        return f"{item.plugin} {item.text}"

    def plugin_of(self, item: LogWritten) -> str:
        """Who wrote it."""
        return item.plugin

    def is_wanted(self, item: LogWritten) -> bool:
        """By level too."""
        return LEVELS.index(item.level) >= LEVELS.index(self.level) and super().is_wanted(item)

    def other_filters(self) -> list[str]:
        """The level."""
        return [f"{self.level.value} and above"] if self.level is not Level.DEBUG else []

    def reset(self) -> None:
        """All levels too."""
        super().reset()
        self.level = Level.DEBUG

    def row(self, number: int, width: int) -> Line:
        """Time, level, plugin, text."""
        line, look = self.feed.shown[number], self.look
        ink = {Level.ERROR: look.bad, Level.WARNING: look.warn, Level.DEBUG: look.muted}.get(line.level, look.plain)
        time_text = time_of_day(line.time_ns)[: 12 if width >= 76 else 8]
        return [
            Segment(f"{time_text} ", look.muted),
            Segment(f"{WORDS[line.level]} ", ink),
            Segment(f"{fit(line.plugin, 11)} ", look.accent),
            Segment(safe(line.text), ink if line.level is not Level.INFO else look.plain),
        ]

    def action_open(self) -> None:
        """Show the whole line, however long."""
        from tui.dialogs import Sheet  # noqa: PLC0415 - the first frame should not wait for it
        from tui.document import wrapped  # noqa: PLC0415

        if self.cursor in self.span():
            line = self.feed.shown[self.cursor]
            title = f"{line.plugin}, {line.level.value}, {time_of_day(line.time_ns)}"
            plain = self.look.plain
            self.app.push_screen(Sheet(title, lambda width: wrapped(safe(line.text), plain, width)))

    def on_rows_opened(self) -> None:
        """A double click is Enter."""
        self.action_open()

    def action_level(self) -> None:
        """Hide one more level; after errors only, show all again."""
        self.level = LEVELS[(LEVELS.index(self.level) + 1) % len(LEVELS)]
        self.choose()

    def action_error(self, step: int) -> None:
        """Go to the next or the previous error."""
        shown, number = self.feed.shown, self.cursor + step
        while number in self.span():
            if shown[number].level is Level.ERROR:
                self.go(number)
                self.follows = False
                self.moved()
                return
            number += step
        self.host_app.say("No error further down" if step > 0 else "No error further up")

    async def action_save(self) -> None:
        """Write the lines that are shown into a file."""
        name = f"wasi-host-log-{datetime.now():%Y%m%d-%H%M%S}.txt"
        await self.host_app.ask("Save the shown lines to", name, done=self._save)

    def _save(self, name: str) -> None:
        lines = list(self.feed.shown.all())
        text = "".join(
            f"{datetime.fromtimestamp(line.time_ns / 1e9).isoformat(timespec='milliseconds')} "
            f"{line.level.value:7} {line.plugin}: {line.text}\n"
            for line in lines
        )
        self.host_app.save(name, text.encode("utf-8", "replace"), counted(len(lines), "line"))
