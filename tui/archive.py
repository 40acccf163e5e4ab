"""Reads the history in the background, because that takes too long for the screen's thread."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import TYPE_CHECKING

from hostcore.errors import HostError
from tui.background import Background, Deliver

if TYPE_CHECKING:
    from hostcore.events.history import HistoryQuery, HistoryReport

Answered = Callable[["HistoryReport"], None]


class Archive:
    """Puts queries to the history, one after the other. All methods return at once, except `stop`.

    Args:
        read: answers a query; blocks, and may raise `HostError`.
        deliver: calls a function on the screen's thread, later.
    """

    def __init__(self, read: Callable[[HistoryQuery], HistoryReport], deliver: Deliver) -> None:
        self._read, self._deliver = read, deliver
        self._background = Background("screen-history", deliver)

    def ask(self, asker: Hashable, query: HistoryQuery, answered: Answered) -> None:
        """Put a query. Call it on the screen's thread.

        Args:
            asker: a newer query of the same asker takes the place of one that still waits, which gets no answer.
            query: what to ask.
            answered: takes the answer on the screen's thread. If there is none, the report's problem says why.
        """
        try:
            self._background.put(asker, lambda: partial(answered, self._report(query)))
        except HostError as error:
            self._deliver(partial(answered, _without(error)))

    def stop(self) -> None:
        """Answer nothing more. Blocks until the thread has ended, for a second at most."""
        self._background.stop()

    def _report(self, query: HistoryQuery) -> HistoryReport:
        try:
            return self._read(query)
        except HostError as error:
            return _without(error)


def _without(error: HostError) -> HistoryReport:
    from hostcore.events.history import HistoryReport  # noqa: PLC0415 - the first frame should not wait for it

    return HistoryReport.without(str(error))
