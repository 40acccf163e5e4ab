"""A death is reported at once; its place is searched for once for each kind of death, and follows when it is known."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.errors import PluginCrashedError
from hostcore.events import CrashLocated, LogWritten, PluginCrashed
from hostcore.events.stream import EventStream
from hostcore.hostcall import CrashKind
from hostcore.recording.recorder import Recorder
from hostcore.runtime.plugin import PluginSpec
from hostcore.runtime.tracing import TracedPlace
from hostcore.supervisor.crash_store import CrashStore
from hostcore.supervisor.evidence import Evidence
from hostcore.supervisor.post_mortem import Death, PostMortem
from hostcore.supervisor.replay_locator import ReplayLocator
from tests.unit.recording.test_recording_file import HEADER

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
    """A search that takes as long as the test wants."""

    def __init__(self) -> None:
        self.found: TracedPlace | None = PLACE
        self.searched: list[str] = []
        self._told: list[Callable[[TracedPlace | None], None]] = []

    def search(self, death: Death, found: Callable[[TracedPlace | None], None]) -> bool:
        if death.crash is RAISES:
            return False
        self.searched.append(death.call)
        self._told.append(found)
        return True

    def end(self) -> None:
        """Every search ends."""
        while self._told:
            self._told.pop(0)(self.found)


class Desk:
    """One plugin's deaths."""

    def __init__(self, folder: Path) -> None:
        self.clock = VirtualClock()
        stream = EventStream(self.clock)
        self._events = stream.subscribe(PluginCrashed, CrashLocated)
        self._log = stream.subscribe(LogWritten)
        self.locator, self.woken = Locator(), 0
        evidence = Evidence(SPEC, self.clock, stream, CrashStore(folder, kept=10))
        self.post_mortem = PostMortem(self.locator, evidence, self._wake)

    def told(self) -> list[Any]:
        """The events since the last time."""
        return [item.event for item in self._events.take(0)]

    def logged(self) -> list[str]:
        """The log lines since the last time."""
        return [item.event.text for item in self._log.take(0)]

    def dies(self, crash: PluginCrashedError, call: str = "read", version: str = "3fa9c01d2e4b") -> PluginCrashed:
        """What is told at once."""
        prepared: Any = PreparedLight(version)
        self.post_mortem.open(Death(crash, prepared, call, self.clock.wall_ns()))
        self.post_mortem.report()
        (crashed,) = self.told()
        assert isinstance(crashed, PluginCrashed)
        return crashed

    def is_located(self) -> CrashLocated:
        """What is told after the search."""
        assert self.post_mortem.is_searching
        self.clock.advance(5)
        self.locator.end()
        self.post_mortem.collect()
        assert not self.post_mortem.is_searching
        (located,) = self.told()
        assert isinstance(located, CrashLocated)
        return located

    def _wake(self) -> None:
        self.woken += 1


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_report_tells_the_place_and_the_moment_of_the_death_not_of_the_replay(desk: Desk) -> None:
    died = desk.clock.wall_ns()
    crashed = desk.dies(HANGS)
    located = desk.is_located()
    assert "light.py line 14" in located.report.problem
    assert crashed.time_ns == crashed.report.time_ns == located.report.time_ns == died
    assert located.time_ns == died + 5 * NS_PER_S


def test_a_death_is_told_and_stored_before_its_place_is_found(desk: Desk) -> None:
    crashed = desk.dies(HANGS)
    assert desk.post_mortem.collect() is None
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


def test_the_place_that_a_replay_found_is_only_likely(desk: Desk) -> None:
    desk.dies(HANGS)
    desk.logged()
    desk.is_located()
    assert desk.logged()[0] == "it died likely in light.py line 14, as a replay of the recording did"


def test_a_death_whose_place_cannot_be_found_is_not_searched_for(desk: Desk) -> None:
    desk.dies(RAISES)
    assert not desk.post_mortem.is_searching


def test_a_death_that_was_told_keeps_no_recording(desk: Desk) -> None:
    recorder = Recorder(HEADER, desk.clock, 1 << 20)
    there, prepared = weakref.ref(recorder), cast(Any, PreparedLight())
    desk.post_mortem.open(Death(RAISES, prepared, "read", 0, recorder))
    desk.post_mortem.report()
    del recorder
    gc.collect()
    assert there() is None


def test_a_search_that_is_told_to_stop_tells_nothing(desk: Desk) -> None:
    desk.locator.found = None
    desk.dies(HANGS)
    desk.locator.end()
    assert desk.post_mortem.collect() == ""
    assert desk.told() == []


@pytest.mark.parametrize("is_found_first", [True, False])
def test_a_place_that_nobody_awaits_any_more_is_still_in_the_report(desk: Desk, is_found_first: bool) -> None:
    crashed = desk.dies(HANGS)
    if is_found_first:
        desk.locator.end()
    desk.post_mortem.close()
    assert not desk.post_mortem.is_searching
    desk.locator.end()
    assert desk.post_mortem.collect() is None
    assert "likely in light.py line 14" in CrashStore.load(Path(crashed.file)).problem


def test_the_thread_is_woken_to_collect_a_place(desk: Desk) -> None:
    desk.dies(HANGS)
    assert desk.woken == 0
    desk.locator.end()
    assert desk.woken == 1
    assert desk.post_mortem.collect() == "likely in light.py line 14"


def test_the_place_of_an_earlier_death_is_reported_after_a_later_one(desk: Desk) -> None:
    first = desk.dies(HANGS)
    desk.dies(RAISES)
    desk.locator.end()
    assert desk.post_mortem.collect() is None, "it is not the place of the last death"
    (located,) = desk.told()
    assert located.file == first.file
    assert "likely in light.py line 14" in CrashStore.load(Path(first.file)).problem


def test_the_same_death_again_is_not_replayed_and_says_where_its_place_is_from(desk: Desk) -> None:
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
def test_another_death_is_replayed(desk: Desk, crash: PluginCrashedError, call: str, version: str) -> None:
    desk.dies(HANGS)
    desk.is_located()
    desk.dies(crash, call, version=version)
    desk.is_located()
    assert len(desk.locator.searched) == 2


def test_a_replay_that_showed_no_place_is_tried_again(desk: Desk) -> None:
    desk.locator.found = TracedPlace("", "A replay ended by itself")
    for _ in range(2):
        desk.dies(HANGS)
        assert desk.is_located().report.traceback == "A replay ended by itself"
    assert len(desk.locator.searched) == 2


class TestReplays:
    """What the present locator replays."""

    @pytest.mark.parametrize(
        ("crash", "source", "call", "is_replayed"),
        [
            (HANGS, "def read(): ...", "read", True),
            (RAISES, "def read(): ...", "read", False),
            (HANGS, None, "read", False),
            (HANGS, "...", "run", False),
        ],
        ids=["hangs", "raises", "is a component of its own", "is a script"],
    )
    def test_only_what_a_replay_can_show_is_replayed(
        self, crash: PluginCrashedError, source: str | None, call: str, is_replayed: bool
    ) -> None:
        class Later:
            """A worker that is still busy."""

            def do(self, _job: object) -> bool:
                return True

        prepared: Any = PreparedLight(source=source)
        runtime: Any = None
        worker: Any = Later()
        death = Death(crash, prepared, call, 0, Recorder(HEADER, VirtualClock(), 1 << 20))
        assert ReplayLocator(runtime, worker).search(death, lambda _place: None) is is_replayed

    def test_without_a_recording_nothing_is_replayed(self) -> None:
        prepared: Any = PreparedLight()
        unused: Any = None
        assert not ReplayLocator(unused, unused).search(Death(HANGS, prepared, "read", 0), lambda _place: None)
