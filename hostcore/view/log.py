"""The last log lines."""

from __future__ import annotations

from itertools import islice

from hostcore.events import Level, LogWritten
from hostcore.view.feed import Feed
from hostcore.view.part import Part, Takers

LOG_LINES = 10_000
"""Lines that are kept, unless told otherwise."""
_RANKS = {level: rank for rank, level in enumerate(Level)}
"""From the least to the most important."""


class Log(Feed[LogWritten], Part):
    """The log lines of all plugins and of the host.

    Args:
        lines: how many are kept.
    """

    def __init__(self, lines: int = LOG_LINES) -> None:
        super().__init__(lines)

    def takes(self) -> Takers:
        return {LogWritten: self.append}

    def last(self, limit: int, plugin: str = "", least: Level = Level.DEBUG) -> tuple[LogWritten, ...]:
        """The newest lines, oldest first.

        Args:
            limit: the most lines to return.
            plugin: only lines of this plugin; "" for all.
            least: the least important level to return.
        """
        rank = _RANKS[least]
        wanted = (
            line for line in self.items.newest_first() if plugin in ("", line.plugin) and _RANKS[line.level] >= rank
        )
        return tuple(reversed(list(islice(wanted, limit))))
