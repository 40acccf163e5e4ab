"""Reads the history on a thread of its own, because that takes too long for the screen's thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from hostcore.errors import HostError
from hostcore.events.history import HistoryQuery, HistoryReport
from hostcore.threads import HostThread

LONGEST_END_S = 1.0
"""Seconds for which the end of a query under way is awaited."""

Answered = Callable[[HistoryReport], None]


@dataclass(frozen=True, slots=True)
class _Question:
    query: HistoryQuery
    answered: Answered


class Archive:
    """Puts queries to the history, one after the other. All methods return at once, except `stop`.

    Args:
        read: answers a query; blocks, and may raise `HostError`.
        deliver: calls a function on the screen's thread, later.
    """

    def __init__(
        self, read: Callable[[HistoryQuery], HistoryReport], deliver: Callable[[Callable[[], object]], object]
    ) -> None:
        self._read, self._deliver = read, deliver
        self._waiting: dict[Hashable, _Question] = {}
        self._changed = threading.Condition()
        self._ended = False
        self._thread: HostThread | None = None

    def ask(self, asker: Hashable, query: HistoryQuery, answered: Answered) -> None:
        """Put a query. Call it on the screen's thread.

        Args:
            asker: a newer query of the same asker takes the place of one that still waits, which gets no answer.
            query: what to ask.
            answered: takes the answer on the screen's thread. If there is none, the report's problem says why.
        """
        with self._changed:
            if self._ended:
                return
            self._waiting[asker] = _Question(query, answered)
            self._changed.notify()
        if self._thread is None:
            self._start()

    def stop(self) -> None:
        """Answer nothing more. Blocks until the thread has ended, for a second at most."""
        with self._changed:
            self._ended = True
            self._waiting.clear()
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(LONGEST_END_S)

    def _start(self) -> None:
        thread = HostThread(self._run, "screen-history")
        try:
            thread.start()
        except HostError as error:
            while (question := self._next(timeout=0.0)) is not None:
                self._answer(question, HistoryReport.without(str(error)))
        else:
            self._thread = thread

    def _run(self) -> None:
        while (question := self._next()) is not None:
            try:
                report = self._read(question.query)
            except HostError as error:
                report = HistoryReport.without(str(error))
            self._answer(question, report)

    def _next(self, timeout: float | None = None) -> _Question | None:
        """Wait for a query; None if it ends, or if none comes in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ended, timeout)
            if not self._waiting:
                return None
            return self._waiting.pop(next(iter(self._waiting)))

    def _answer(self, question: _Question, report: HistoryReport) -> None:
        if not self._ended:
            self._deliver(lambda: question.answered(report))
