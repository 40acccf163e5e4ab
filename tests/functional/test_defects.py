"""An exception that the host did not expect ends no plugin's thread, and is told as a defect of the host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hostcore.events import LogWritten, PluginCrashed, PluginReloaded, State, StateChanged
from hostcore.hostcall import CrashKind
from hostcore.session import Order
from tests.supervised import COUNTER, STRAIGHT, SupervisedHost

pytest_plugins = ["tests.supervised_fixture"]

DEFECT = "a defect of this host: KeyError('defect')"


class Defect:
    """A part of the host that raises an exception when it is used, until it is repaired, or at the first use only."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner: object, name: str, *, once: bool = False) -> None:
        self.is_repaired, self._once = False, once
        self._sound: Callable[..., Any] = getattr(owner, name)
        monkeypatch.setattr(owner, name, self._use)

    def _use(self, *arguments: Any, **options: Any) -> Any:
        if not self.is_repaired:
            self.is_repaired = self._once
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
    Defect(monkeypatch, running.host._supervisor._threads["plugin"]._instance.plugin, "close")
    running.write("plugin", version(2))
    running.line("plugin", f"its instance could not be closed: {DEFECT}")
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
    Defect(monkeypatch, supervised.prepare()._runtime, "replaying")
    supervised.host.start()
    assert supervised.wait_for(PluginCrashed, "plugin").report.problem == "still running after 0.3 s"
    supervised.line("plugin", f"The place of the crash is not known: {DEFECT}")
    assert supervised.reading("plugin") == {}


# A defect outside the guard of the step itself

FAILING = "def read():\n    raise ZeroDivisionError\n"
UNHANDLED = f"a step of its thread failed: {DEFECT}"


def log_of(host: SupervisedHost) -> str:
    """The lines that the plugin's log has so far."""
    return "\n".join(each.text for each in host.of(LogWritten, "plugin"))


def test_a_defect_in_the_handling_of_a_crash_is_told_and_the_plugin_comes_back(
    supervised: SupervisedHost, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    supervised.write("plugin", FAILING)
    defect = Defect(monkeypatch, supervised.prepare().rounds, "fail")
    supervised.host.start()
    told = supervised.reaches("plugin", State.BACKOFF)
    assert told.cause == UNHANDLED
    assert told.retry_seconds > 0
    assert UNHANDLED in log_of(supervised)
    assert 'raise KeyError("defect")' in log_of(supervised)
    assert "ZeroDivisionError" in log_of(supervised), "the crash that could not be handled is told too"
    supervised.write("plugin", version(1))
    defect.is_repaired = True
    supervised.host.order("plugin", Order.RELEASE)
    assert supervised.reading("plugin")["version"] == 1
    assert supervised.stop()
    assert supervised.of(StateChanged, "plugin")[-1].cause == "the host stops, or the plugin's file is gone"
    assert supervised.states("plugin").count(State.STOPPED) == 1
    assert "Traceback" not in capfd.readouterr().err


def test_a_defect_in_the_handling_of_an_unusable_file_is_told_and_the_plugin_is_loaded_again(
    supervised: SupervisedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    supervised.write("plugin", "def read(:\n")
    Defect(monkeypatch, supervised.prepare().rounds, "fail", once=True)
    supervised.host.start()
    assert supervised.reaches("plugin", State.BACKOFF).cause == UNHANDLED
    assert "invalid syntax" in supervised.reaches("plugin", State.QUARANTINED).cause


def test_a_plugin_that_meets_the_same_defect_again_and_again_waits_each_time_and_is_quarantined(
    supervised: SupervisedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    supervised.write("plugin", FAILING)
    defect = Defect(monkeypatch, supervised.prepare().rounds, "fail")
    supervised.host.start()
    assert supervised.reaches("plugin", State.QUARANTINED).cause == UNHANDLED
    assert all(each.retry_seconds > 0 for each in supervised.of(StateChanged, "plugin") if each.after is State.BACKOFF)
    defect.is_repaired = True
    supervised.write("plugin", version(1))
    assert supervised.reading("plugin")["version"] == 1


def test_a_defect_while_a_new_version_takes_over_is_told_and_the_new_version_comes_back(
    running: SupervisedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    defect = Defect(monkeypatch, running.host._supervisor._threads["plugin"]._aftermath._restarts, "forget")
    running.write("plugin", version(2))
    told = running.reaches("plugin", State.BACKOFF)
    assert (told.cause, told.retry_seconds > 0) == (UNHANDLED, True)
    assert running.reading("plugin")["version"] == 2
    assert "the old one runs on" not in log_of(running)
    defect.is_repaired = True
    running.write("plugin", version(3))
    assert running.reading("plugin", lambda reading: reading["version"] == 3)["count"] == 1


def test_a_defect_in_the_handling_of_an_order_does_not_end_the_thread(
    running: SupervisedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    defect = Defect(monkeypatch, running.host._supervisor._threads["plugin"]._life, "move")
    running.host.order("plugin", Order.STOP)
    running.line("plugin", UNHANDLED)
    defect.is_repaired = True
    running.host.order("plugin", Order.STOP)
    running.reaches("plugin", State.STOPPED)
    running.host.order("plugin", Order.START)
    assert running.reading("plugin")["count"] == 1


def test_a_plugin_is_stopped_even_if_a_part_of_its_cleaning_up_fails(
    running: SupervisedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = running.host._supervisor._threads["plugin"]
    Defect(monkeypatch, thread._aftermath, "stop_searching")
    running.host.order("plugin", Order.STOP)
    running.reaches("plugin", State.STOPPED)
    running.line("plugin", UNHANDLED)
    running.host.order("plugin", Order.START)
    assert running.reading("plugin")["count"] == 1


def test_a_defect_of_the_wait_itself_counts_as_a_crash_and_does_not_make_the_thread_spin(
    running: SupervisedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    defect = Defect(monkeypatch, running.host._supervisor._threads["plugin"]._mail, "sleep_until")
    moves = [running.reaches("plugin", State.BACKOFF), running.reaches("plugin", State.BACKOFF)]
    assert [each.before for each in moves] == [State.RUNNING, State.BACKOFF]
    assert all(each.retry_seconds > 0 for each in moves)
    assert running.reaches("plugin", State.QUARANTINED).cause == UNHANDLED
    defect.is_repaired = True
    running.host.order("plugin", Order.RELEASE)
    assert running.reading("plugin")["count"] == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_something_ends_all_the_same_states_the_true_cause(
    running: SupervisedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave(*_arguments: object) -> None:
        raise SystemExit

    monkeypatch.setattr(running.host._supervisor._threads["plugin"]._mail, "sleep_until", leave)
    assert running.reaches("plugin", State.STOPPED).cause == "its thread was ended by a defect of this host"
