"""An exception that the host did not expect ends no plugin's thread, and is told as a defect of the host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hostcore.events import LogWritten, PluginCrashed, PluginReloaded, State
from hostcore.hostcall import CrashKind
from hostcore.session import Order
from tests.supervised import COUNTER, STRAIGHT, SupervisedHost

pytest_plugins = ["tests.supervised_fixture"]

DEFECT = "a defect of this host: KeyError('defect')"


class Defect:
    """A part of the host that raises an exception when it is used, until it is repaired."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> None:
        self.is_repaired = False
        self._sound: Callable[..., Any] = getattr(owner, name)
        monkeypatch.setattr(owner, name, self._use)

    def _use(self, *arguments: Any, **options: Any) -> Any:
        if not self.is_repaired:
            raise KeyError("defect")
        return self._sound(*arguments, **options)


def version(number: int) -> str:
    """A driver that tells its version, and how often this instance has read."""
    return COUNTER.replace("return {", f'return {{"version": {number}, ')


@pytest.fixture
def running(supervised: SupervisedHost) -> SupervisedHost:
    """A host that runs version 1 of a plugin."""
    supervised.write("plugin", version(1))
    supervised.start()
    supervised.reading("plugin")
    return supervised


@pytest.mark.parametrize("step", ["prepare", "start"])
def test_a_reload_that_meets_a_defect_leaves_the_old_version_running(
    running: SupervisedHost, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    defect = Defect(monkeypatch, running.host._runtime, step)
    running.write("plugin", version(2))
    refusal = running.line("plugin", "the new version is not taken, the old one runs on: ")
    assert DEFECT in refusal.text
    running.skip()
    count = running.reading("plugin")["count"]
    assert running.reading("plugin") == {"version": 1, "count": count + 1}
    assert running.states("plugin") == STRAIGHT
    defect.is_repaired = True
    running.write("plugin", version(3))
    assert running.reading("plugin", lambda reading: reading["version"] == 3)["count"] == 1


def test_an_old_version_that_cannot_be_closed_does_not_keep_the_new_one_from_taking_over(
    running: SupervisedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    Defect(monkeypatch, running.host._supervisor._threads["plugin"]._plugin, "close")
    running.write("plugin", version(2))
    running.line("plugin", f"its instance could not be closed: it failed {DEFECT}")
    running.wait_for(PluginReloaded, "plugin")
    running.reading("plugin", lambda reading: reading["version"] == 2)
    assert not [each for each in running.of(LogWritten, "plugin") if "not taken" in each.text]


@pytest.mark.parametrize("step", ["prepare", "start"])
def test_a_plugin_that_cannot_be_loaded_for_a_defect_is_quarantined_until_a_person_releases_it(
    supervised: SupervisedHost, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    supervised.write("plugin", version(1))
    defect = Defect(monkeypatch, supervised.prepare()._runtime, step)
    supervised.host.start()
    cause = supervised.reaches("plugin", State.QUARANTINED).cause
    assert cause.endswith(DEFECT)
    assert supervised.host.failures == (cause,)
    defect.is_repaired = True
    supervised.host.order("plugin", Order.RELEASE)
    assert supervised.reading("plugin") == {"version": 1, "count": 1}


def test_a_defect_in_a_turn_is_a_crash_of_the_host_and_is_followed_by_a_new_instance(
    running: SupervisedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    defect = Defect(monkeypatch, running.host.rounds, "publish")
    assert DEFECT in running.reaches("plugin", State.BACKOFF).cause
    report = running.crash("plugin").report
    assert (report.kind, report.counters.crashes) == (CrashKind.HOST, (("host", 1),))
    assert report.problem.endswith(DEFECT)
    assert 'raise KeyError("defect")' in report.traceback
    defect.is_repaired = True
    assert running.reading("plugin")["count"] == 1


def test_a_defect_while_the_place_of_a_crash_is_searched_for_costs_the_place_only(
    supervised: SupervisedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    supervised.write("plugin", "calls = []\ndef read():\n    while calls: pass\n    calls.append(1)\n    return {}\n")
    supervised.configure({"limits": {"call_seconds": 0.3}})
    Defect(monkeypatch, supervised.prepare()._runtime, "trace")
    supervised.host.start()
    assert supervised.wait_for(PluginCrashed, "plugin").report.problem == "still running after 0.3 s"
    supervised.line("plugin", f"the place of the crash is not known: it failed {DEFECT}")
    assert supervised.reading("plugin") == {}
