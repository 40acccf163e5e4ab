"""The fetches that a running host makes: one at a time for each plugin, reported as events, stopped with the host."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from hostcore.clock import VirtualClock
from hostcore.errors import BuildError, HostError
from hostcore.events import FetchEnded, Level, LogWritten
from hostcore.reload.fetches import Fetches
from hostcore.workshop import Workshop, no_progress
from tests.waiting import comes_true

LIGHT = Path("plugins/light.py")


class Desk:
    """Fetches whose work waits until a test lets it go on, or fail."""

    def __init__(self) -> None:
        self.go_on, self.begun = threading.Event(), threading.Event()
        self.problem: Exception | None = None
        self.fetched: list[tuple[str, Path]] = []
        self.events: list[FetchEnded | LogWritten] = []
        self.fetches = Fetches(no_progress, VirtualClock(), self.events.append, self._fetch)

    def _fetch(self, plugin: str, path: Path, workshop: Workshop, notice: Callable[[str], None]) -> None:
        self.begun.set()
        while not self.go_on.wait(0.01):
            if workshop.stopped:
                raise BuildError("stopped")
        if self.problem is not None:
            raise self.problem
        notice("numpy is left out")
        self.fetched.append((plugin, path))

    def wait_for_the_end(self) -> FetchEnded:
        assert comes_true(lambda: any(isinstance(each, FetchEnded) for each in self.events), 10)
        return next(each for each in self.events if isinstance(each, FetchEnded))


def test_the_end_is_an_event_and_a_line_of_the_log() -> None:
    desk = Desk()
    desk.go_on.set()
    desk.fetches.start("light", LIGHT)
    assert desk.wait_for_the_end().error == ""
    assert desk.fetched == [("light", LIGHT)]
    lines = [each for each in desk.events if isinstance(each, LogWritten)]
    assert [(each.level, each.text) for each in lines] == [
        (Level.WARNING, "numpy is left out"),
        (Level.INFO, "its libraries are fetched"),
    ]
    assert all(each.by_host and each.plugin == "light" for each in lines)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (HostError("sht4x has only\n\x1b[31mnative wheels"), "sht4x has only\\n\\x1b[31mnative wheels"),
        (ZeroDivisionError("oh"), "a defect of this host: ZeroDivisionError('oh')"),
    ],
)
def test_a_failure_tells_why_in_one_safe_line(problem: Exception, words: str) -> None:
    desk = Desk()
    desk.problem = problem
    desk.go_on.set()
    desk.fetches.start("light", LIGHT)
    assert desk.wait_for_the_end().error == words
    line = desk.events[0]
    assert isinstance(line, LogWritten) and line.level is Level.ERROR
    assert line.text == f"its libraries are not fetched: {words}"


def test_a_plugin_is_fetched_once_at_a_time_and_can_be_fetched_again() -> None:
    desk = Desk()
    desk.fetches.start("light", LIGHT)
    with pytest.raises(HostError, match="the libraries of light are being fetched already"):
        desk.fetches.start("light", LIGHT)
    desk.fetches.start("other", Path("plugins/other.py"))
    desk.go_on.set()
    assert comes_true(lambda: len(desk.fetched) == 2, 10)
    assert desk.fetches.join()
    desk.fetches.start("light", LIGHT)
    assert desk.fetches.join()
    assert [name for name, _ in desk.fetched].count("light") == 2


def test_a_component_has_nothing_to_fetch() -> None:
    with pytest.raises(HostError, match=r"light\.wasm is a component"):
        Desk().fetches.start("light", Path("light.wasm"))


def test_a_stop_ends_it_and_nobody_is_told_of_a_failure() -> None:
    desk = Desk()
    desk.fetches.start("light", LIGHT)
    assert desk.begun.wait(10)
    desk.fetches.stop()
    assert desk.fetches.join()
    assert desk.events == []
