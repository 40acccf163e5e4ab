"""A fatal call is repeated once for each kind of death; every death is reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.errors import PluginCrashedError
from hostcore.events import PluginCrashed
from hostcore.events.stream import EventStream
from hostcore.hostcall import CrashKind
from hostcore.runtime.plugin import PluginSpec
from hostcore.runtime.tracing import TracedPlace
from hostcore.supervisor.crash_store import CrashStore
from hostcore.supervisor.evidence import Evidence
from hostcore.supervisor.post_mortem import PostMortem

SPEC = PluginSpec("light", Path("plugins/light.py"))
HANGS = PluginCrashedError("light", "still running after 5 s", kind=CrashKind.DEADLINE)
EXITS = PluginCrashedError("light", "it called sys.exit", kind=CrashKind.EXIT)


class PreparedLight:
    """A version of the plugin."""

    spec = SPEC

    def __init__(self, version: str = "3fa9c01d2e4b") -> None:
        self._version = version

    def version(self) -> str:
        return self._version


class Repeater:
    """Stands in for the runtime: a repeat takes five seconds and shows line 14."""

    def __init__(self, clock: VirtualClock, place: str = "light.py line 14") -> None:
        self._clock, self._place = clock, place
        self.repeated: list[tuple[str, int]] = []

    def trace(
        self, _prepared: Any, _kit: Any, _log: Any, _crash: Any, *, call: str, argument: str, times: int
    ) -> TracedPlace:
        self.repeated.append((call, times))
        self._clock.advance(5 * NS_PER_S)
        return TracedPlace(self._place, "  while True:")


class Desk:
    """One plugin's deaths."""

    def __init__(self, folder: Path, place: str = "light.py line 14") -> None:
        self.clock = VirtualClock()
        stream = EventStream(self.clock)
        self._events = stream.subscribe(PluginCrashed)
        self.runtime = Repeater(self.clock, place)
        evidence = Evidence(SPEC, self.clock, stream, CrashStore(folder, kept=10))
        self._post_mortem = PostMortem(self.runtime, self.clock, evidence)  # type: ignore[arg-type]

    def dies(
        self, crash: PluginCrashedError, call: str = "read", times: int = 1, version: str = "3fa9c01d2e4b"
    ) -> PluginCrashed:
        prepared: Any = PreparedLight(version)
        self._post_mortem.report(crash, prepared, None, call, "", times=times)  # type: ignore[arg-type]
        (item,) = self._events.take(0)
        assert isinstance(item.event, PluginCrashed)
        return item.event


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_report_tells_the_place_and_the_moment_of_the_death_not_of_the_repeat(desk: Desk) -> None:
    died = desk.clock.wall_ns()
    crashed = desk.dies(HANGS, times=3)
    assert desk.runtime.repeated == [("read", 3)]
    assert "light.py line 14" in crashed.report.problem
    assert crashed.time_ns == crashed.report.time_ns == died


def test_the_same_death_again_is_not_repeated_and_says_where_its_place_is_from(desk: Desk) -> None:
    desk.dies(HANGS)
    again = desk.dies(HANGS)
    assert len(desk.runtime.repeated) == 1
    assert "light.py line 14" in again.report.problem
    assert again.report.traceback.startswith("As the same call died before:")


@pytest.mark.parametrize(
    ("crash", "call", "version"),
    [(EXITS, "read", "3fa9c01d2e4b"), (HANGS, "load", "3fa9c01d2e4b"), (HANGS, "read", "000000000000")],
    ids=["another kind", "another call", "another version"],
)
def test_another_death_is_repeated(desk: Desk, crash: PluginCrashedError, call: str, version: str) -> None:
    desk.dies(HANGS)
    desk.dies(crash, call, version=version)
    assert len(desk.runtime.repeated) == 2


def test_a_repeat_that_showed_no_place_is_tried_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path, place="")
    desk.dies(HANGS)
    desk.dies(HANGS)
    assert len(desk.runtime.repeated) == 2
