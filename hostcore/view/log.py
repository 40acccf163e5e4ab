"""The last log lines, with the lines of a traceback as one entry."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice

from hostcore.events import Level, LogWritten
from hostcore.quick_dataclass import dataclass, field
from hostcore.view.feed import Feed
from hostcore.view.part import Part, Takers

LOG_LINES = 10_000
"""Lines that are kept, unless told otherwise."""
MOST_SPEAKERS = 256
"""Plugins whose newest entry can still be continued. A host in another process may name any number."""
_RANKS = {level: rank for rank, level in enumerate(Level)}
"""From the least to the most important."""


@dataclass(slots=True, eq=False)
class LogEntry:
    """One line, and the lines that go on with it."""

    line: LogWritten
    more: list[LogWritten] = field(default_factory=list)
    """The lines of a traceback, oldest first. Those of old entries are forgotten before their first line is."""

    @property
    def lines(self) -> tuple[LogWritten, ...]:
        """All lines."""
        return self.line, *self.more

    @property
    def ending(self) -> str:
        """The last line, which names the error, if the first one does not; "" otherwise."""
        last = next((text for each in reversed(self.more) if (text := each.text.strip())), "")
        return "" if self.line.by_host or last in self.line.text else last


class Log(Feed[LogEntry], Part):
    """The log lines of all plugins and of the host.

    Args:
        lines: how many entries are kept, and how many lines that go on with them.
    """

    def __init__(self, lines: int = LOG_LINES) -> None:
        super().__init__(lines)
        self._most = lines
        self._newest: dict[str, LogEntry] = {}
        """The newest entry of each plugin."""
        self._long: deque[LogEntry] = deque()
        """The entries of several lines, oldest first."""
        self._further = 0
        """The lines of all entries beyond their first."""

    def takes(self) -> Takers:
        return {LogWritten: self.write}

    def write(self, event: LogWritten) -> None:
        """Take in one line."""
        before = self._newest.get(event.plugin)
        if not event.continues or before is None:
            entry = self._newest[event.plugin] = LogEntry(event)
            if len(self._newest) > MOST_SPEAKERS:
                del self._newest[next(iter(self._newest))]
            self.append(entry)
            return
        if not before.more:
            self._long.append(before)
        before.more.append(event)
        self._further += 1
        while self._further > self._most:
            oldest = self._long.popleft()
            self._further -= len(oldest.more)
            oldest.more.clear()

    def last(self, limit: int, plugin: str = "", least: Level = Level.DEBUG) -> tuple[LogWritten, ...]:
        """The newest lines, oldest first.

        Args:
            limit: the most lines to return.
            plugin: only lines of this plugin; "" for all.
            least: the least important level to return.
        """
        rank = _RANKS[least]
        wanted = (line for line in self._newest_first() if plugin in ("", line.plugin) and _RANKS[line.level] >= rank)
        return tuple(reversed(list(islice(wanted, limit))))

    def _newest_first(self) -> Iterator[LogWritten]:
        for entry in self.items.newest_first():
            yield from reversed(entry.lines)
