"""A death is reported at once; its place is searched for once for each kind of death, and follows when it is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.errors import PluginCrashedError
from hostcore.events import CrashLocated, LogWritten, PluginCrashed
from hostcore.events.stream import EventStream
from hostcore.hostcall import CrashKind
from hostcore.runtime.plugin import PluginSpec
from hostcore.runtime.tracing import TracedPlace
from hostcore.supervisor.crash_store import CrashStore
from hostcore.supervisor.evidence import Evidence
from hostcore.supervisor.post_mortem import Death, PostMortem, Search
from hostcore.supervisor.repeat import RepeatLocator

SPEC = PluginSpec("light", Path("plugins/light.py"))
HANGS = PluginCrashedError("light", "still running after 5 s", kind=CrashKind.DEADLINE)
EXITS = PluginCrashedError("light", "it called sys.exit", kind=CrashKind.EXIT)
RAISES = PluginCrashedError("light", "KeyError: 'gain'", kind=CrashKind.EXCEPTION)
PLACE = TracedPlace("light.py line 14", "  while True:")


class PreparedLight:
    """A version of the plugin."""

    spec = SPEC

    def __init__(self, version: str = "3fa9c01d2e4b", source: str | None = "def read(): ...") -> None:
        self._version, self.source = version, source

    def version(self) -> str:
        return self._version


class Locator:
    """A search that takes five seconds."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.found: TracedPlace | None = PLACE
        self.searched: list[tuple[str, int]] = []

    def search(self, death: Death) -> Search | None:
        def find() -> TracedPlace | None:
            self.searched.append((death.call, death.times))
            self._clock.advance(5)
            return self.found

        return find if death.crash is not RAISES else None


class Desk:
    """One plugin's deaths."""

    def __init__(self, folder: Path) -> None:
        self.clock = VirtualClock()
        stream = EventStream(self.clock)
        self._events = stream.subscribe(PluginCrashed, CrashLocated)
        self._log = stream.subscribe(LogWritten)
        self.locator = Locator(self.clock)
        evidence = Evidence(SPEC, self.clock, stream, CrashStore(folder, kept=10))
        self.post_mortem = PostMortem(self.locator, evidence)

    def told(self) -> list[Any]:
        """The events since the last time."""
        return [item.event for item in self._events.take(0)]

    def logged(self) -> list[str]:
        """The log lines since the last time."""
        return [item.event.text for item in self._log.take(0)]

    def dies(
        self, crash: PluginCrashedError, call: str = "read", times: int = 1, version: str = "3fa9c01d2e4b"
    ) -> PluginCrashed:
        """What is told at once."""
        prepared: Any = PreparedLight(version)
        self.post_mortem.open(Death(crash, prepared, call, "", times, self.clock.wall_ns()))
        self.post_mortem.report()
        (crashed,) = self.told()
        assert isinstance(crashed, PluginCrashed)
        return crashed

    def is_located(self) -> CrashLocated:
        """What is told after the search."""
        assert self.post_mortem.is_searching
        self.post_mortem.locate()
        assert not self.post_mortem.is_searching
        (located,) = self.told()
        assert isinstance(located, CrashLocated)
        return located


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_report_tells_the_place_and_the_moment_of_the_death_not_of_the_repeat(desk: Desk) -> None:
    died = desk.clock.wall_ns()
    crashed = desk.dies(HANGS, times=3)
    located = desk.is_located()
    assert desk.locator.searched == [("read", 3)]
    assert "light.py line 14" in located.report.problem
    assert crashed.time_ns == crashed.report.time_ns == located.report.time_ns == died
    assert located.time_ns == died + 5 * NS_PER_S


def test_a_death_is_told_and_stored_before_its_place_is_searched_for(desk: Desk) -> None:
    crashed = desk.dies(HANGS)
    assert desk.locator.searched == []
    assert crashed.report.problem == "still running after 5 s"
    assert desk.logged() == ["crashed (deadline): still running after 5 s"]
    assert CrashStore.load(Path(crashed.file)) == crashed.report


def test_the_place_replaces_the_stored_report_and_changes_nothing_else_in_it(desk: Desk) -> None:
    crashed = desk.dies(HANGS)
    located = desk.is_located()
    problem, traceback = "still running after 5 s, likely in light.py line 14", "  while True:"
    assert located.report == replace(crashed.report, problem=problem, traceback=traceback)
    assert located.file == crashed.file
    assert CrashStore.load(Path(located.file)) == located.report


def test_the_place_that_a_repeat_found_is_only_likely(desk: Desk) -> None:
    desk.dies(HANGS)
    desk.logged()
    desk.is_located()
    assert desk.logged()[0] == "it died likely in light.py line 14, as a repeat of the call did"


def test_a_death_whose_place_cannot_be_found_is_not_searched_for(desk: Desk) -> None:
    desk.dies(RAISES)
    assert not desk.post_mortem.is_searching


def test_a_search_that_is_told_to_stop_tells_nothing(desk: Desk) -> None:
    desk.locator.found = None
    desk.dies(HANGS)
    assert desk.post_mortem.locate() == ""
    assert desk.told() == []


def test_a_search_that_has_not_begun_can_be_dropped(desk: Desk) -> None:
    desk.dies(HANGS)
    desk.post_mortem.close()
    assert not desk.post_mortem.is_searching


def test_the_same_death_again_is_not_repeated_and_says_where_its_place_is_from(desk: Desk) -> None:
    desk.dies(HANGS)
    desk.is_located()
    again = desk.dies(HANGS)
    assert not desk.post_mortem.is_searching
    assert len(desk.locator.searched) == 1
    assert "light.py line 14" in again.report.problem
    assert again.report.traceback.startswith("As the same call died before:")


@pytest.mark.parametrize(
    ("crash", "call", "version"),
    [(EXITS, "read", "3fa9c01d2e4b"), (HANGS, "load", "3fa9c01d2e4b"), (HANGS, "read", "000000000000")],
    ids=["another kind", "another call", "another version"],
)
def test_another_death_is_repeated(desk: Desk, crash: PluginCrashedError, call: str, version: str) -> None:
    desk.dies(HANGS)
    desk.is_located()
    desk.dies(crash, call, version=version)
    desk.is_located()
    assert len(desk.locator.searched) == 2


def test_a_repeat_that_showed_no_place_is_tried_again(desk: Desk) -> None:
    desk.locator.found = TracedPlace("", "The call was repeated")
    for _ in range(2):
        desk.dies(HANGS)
        assert desk.is_located().report.traceback == "The call was repeated"
    assert len(desk.locator.searched) == 2


class TestRepeats:
    """What the present locator repeats."""

    @pytest.mark.parametrize(
        ("crash", "source", "is_repeated"),
        [(HANGS, "def read(): ...", True), (RAISES, "def read(): ...", False), (HANGS, None, False)],
        ids=["hangs", "raises", "is a component of its own"],
    )
    def test_only_what_a_repeat_can_show_is_repeated(
        self, crash: PluginCrashedError, source: str | None, is_repeated: bool
    ) -> None:
        prepared: Any = PreparedLight(source=source)
        runtime: Any = None
        search = RepeatLocator(runtime, lambda: pytest.fail("nothing runs yet")).search(
            Death(crash, prepared, "read", "", 1, 0)
        )
        assert (search is not None) is is_repeated
