"""The log of a plugin, which gets what the plugin prints."""

from __future__ import annotations

from hostcore.clock import VirtualClock
from hostcore.events import Level
from hostcore.log.plugin_log import PluginLog
from hostcore.log.safe_text import MAX_LINE


class Logged:
    """A plugin's log on a virtual clock, and what came out of it."""

    def __init__(self, lines_per_second: int = 50, line_length: int = MAX_LINE) -> None:
        self.clock = VirtualClock()
        self.lines: list[tuple[Level, str]] = []
        self.log = PluginLog(lambda *line: self.lines.append(line), self.clock, lines_per_second, line_length)

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.lines]

    def print(self, *pieces: bytes) -> list[str]:
        """Write to standard output, end the call, and return all lines so far."""
        for piece in pieces:
            self.log.output(Level.INFO, piece)
        self.log.flush()
        return self.texts
