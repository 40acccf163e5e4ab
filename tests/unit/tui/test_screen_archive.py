"""The thread that reads the history for the screen."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from hostcore.errors import HostError, NoThreadError
from hostcore.events.history import HistoryQuery, HistoryReport
from hostcore.threads import HostThread
from tui.archive import Archive

PATIENCE = 10.0
"""Seconds that a test waits before it fails."""


class Screen:
    """Stands for the screen's thread: it takes what is delivered."""

    def __init__(self) -> None:
        self.delivered: queue.Queue[Callable[[], object]] = queue.Queue()

    def take(self) -> None:
        self.delivered.get(timeout=PATIENCE)()


def query(since_ns: int) -> HistoryQuery:
    return HistoryQuery("bme680", ("temperature",), since_ns, since_ns + 1, 10)


def report(text: str = "") -> HistoryReport:
    return HistoryReport((), 0, is_complete=True, problem=text)


@contextmanager
def archive(read: Callable[[HistoryQuery], HistoryReport], screen: Screen) -> Iterator[Archive]:
    made = Archive(read, screen.delivered.put)
    try:
        yield made
    finally:
        made.stop()


def test_an_answer_comes_to_the_thread_that_takes_deliveries() -> None:
    screen, threads = Screen(), []

    def read(_: HistoryQuery) -> HistoryReport:
        threads.append(threading.current_thread())
        return report()

    with archive(read, screen) as made:
        made.ask("graph", query(1), lambda _: threads.append(threading.current_thread()))
        screen.take()
    assert threads[0].name == "screen-history" and threads[1] is threading.current_thread()


def test_a_newer_question_of_the_same_asker_takes_the_place_of_one_that_waits() -> None:
    screen, is_asked, may_answer, asked, answered = Screen(), threading.Event(), threading.Event(), [], []

    def read(each: HistoryQuery) -> HistoryReport:
        asked.append(each.since_ns)
        is_asked.set()
        assert may_answer.wait(PATIENCE)
        return report()

    with archive(read, screen) as made:
        made.ask("graph", query(1), lambda _: answered.append(1))
        assert is_asked.wait(PATIENCE)
        made.ask("graph", query(2), lambda _: answered.append(2))
        made.ask("timeline", query(3), lambda _: answered.append(3))
        made.ask("graph", query(4), lambda _: answered.append(4))
        may_answer.set()
        for _ in range(3):
            screen.take()
    assert set(asked) == {1, 3, 4}
    assert set(answered) == {1, 3, 4}


def test_an_error_of_the_host_is_the_problem_of_the_report_and_the_next_question_is_answered() -> None:
    screen, problems = Screen(), []

    def read(each: HistoryQuery) -> HistoryReport:
        if each.since_ns == 1:
            raise HostError("the connection is lost")
        return report()

    with archive(read, screen) as made:
        for since_ns in (1, 2):
            made.ask("graph", query(since_ns), lambda each: problems.append(each.problem))
            screen.take()
    assert problems == ["the connection is lost", ""]


def test_a_thread_that_cannot_start_is_the_problem_of_every_report(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: HostThread) -> None:
        raise NoThreadError("this computer allows no more threads")

    monkeypatch.setattr(HostThread, "start", refuse)
    screen, problems = Screen(), []
    with archive(lambda _: report(), screen) as made:
        for since_ns in (1, 2):
            made.ask("graph", query(since_ns), lambda each: problems.append(each.problem))
            screen.take()
    assert problems == ["this computer allows no more threads"] * 2


def test_nothing_is_delivered_after_the_end() -> None:
    screen, is_asked, may_answer = Screen(), threading.Event(), threading.Event()

    def read(_: HistoryQuery) -> HistoryReport:
        is_asked.set()
        may_answer.wait(PATIENCE)
        return report()

    made = Archive(read, screen.delivered.put)
    made.ask("graph", query(1), lambda _: None)
    assert is_asked.wait(PATIENCE)
    stopping = threading.Thread(target=made.stop)
    stopping.start()
    may_answer.set()
    stopping.join(PATIENCE)
    made.ask("graph", query(2), lambda _: None)
    assert screen.delivered.qsize() <= 1, "at most the answer that came just before the end"
