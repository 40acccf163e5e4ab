"""A recording is traced in windows of calls. Each has a bound, and says what it lacks."""

from __future__ import annotations

import dataclasses
import threading

import pytest

from hostcore.errors import RecordingError
from hostcore.hostcall import CrashKind
from hostcore.recording.model import Ending
from hostcore.replay.checkpoints import ReplayedCheckpoints
from hostcore.replay.worker import Worker
from hostcore.stepping import collecting
from hostcore.stepping import tracer as tracing
from hostcore.stepping.navigation import Folds, to_call, to_crash
from hostcore.stepping.tracer import Progress
from tests.replaying import Recorded
from tests.sandbox import Sandbox
from tests.script_run import run_script
from tests.stepping import by_name, recorded, tracer
from tests.waiting import until

COUNTS = """\
calls = 0
def read():
    global calls
    calls += 1
    return {"calls": calls}
"""
CHANCES = """\
import random
kept = []
def read():
    kept.append(random.random())
    return {"calls": len(kept), "chance": random.randbytes(50).hex()}
"""
LOOPS = """\
def read():
    turns, first = 0, 7
    for turn in range(3000):
        turns += turn
    raise ValueError(turns)
"""


def numbers(trace: object) -> list[int]:
    return [each.number for each in trace.calls]  # type: ignore[attr-defined]


def test_the_last_window_has_the_newest_calls_and_the_others_follow_on_request(sandbox: Sandbox) -> None:
    traces = tracer(sandbox, recorded(sandbox, COUNTS, calls=40))
    assert traces.calls == range(1, 42)
    newest, first = traces.window(), traces.window(1)
    assert newest is not None
    assert first is not None
    assert numbers(newest) == list(range(26, 42))
    assert numbers(first) == list(range(1, 26))
    assert traces.window(41) is newest, "it is kept"
    assert to_call(newest, 5, Folds()) is None
    assert by_name(newest.globals(len(newest) - 1)) == {"calls": "40"}


def test_a_window_that_is_too_long_is_split(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "MOST_STEPS", 20)
    traces = tracer(sandbox, recorded(sandbox, COUNTS, calls=12))
    found = [traces.window(number) for number in traces.calls]
    assert all(each is not None and number in numbers(each) for number, each in zip(traces.calls, found, strict=True))
    assert all(each is not None and len(each) <= 20 and not each.missing and not each.approximate for each in found)


def test_a_call_that_is_too_long_keeps_its_newest_steps(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "MOST_STEPS", 2500)
    trace = tracer(sandbox, recorded(sandbox, LOOPS)).window()
    assert trace is not None
    crash = to_crash(trace, Folds())
    assert crash is not None
    assert (trace.step(crash).line, by_name(trace.locals(crash))["turns"]) == (5, str(sum(range(3000))))
    assert "of call 2 but one are not here" in trace.missing
    lines = {}
    for shown in trace.locals(crash):
        origin = trace.origin(shown.variable, crash)
        assert origin is not None
        lines[shown.variable.name] = trace.step(origin.by).line if origin.by >= 0 else None
    assert lines == {"turns": 4, "turn": 3, "first": None}
    assert not trace.approximate
    assert len(trace) <= 2500


def test_a_hang_keeps_its_first_steps(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "MOST_STEPS", 100)
    hangs = "def read():\n    turns = 0\n    while True:\n        turns += 1\n"
    trace = tracer(sandbox, recorded(sandbox, hangs, call_seconds=0.2)).window()
    assert trace is not None
    assert len(trace) == 100
    assert "its first 100 steps are here" in trace.missing
    result = trace.calls[-1].played.result
    assert isinstance(result, Ending)
    assert result.kind is CrashKind.DEADLINE


def test_a_changed_driver_that_never_ends_keeps_its_first_steps(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "MOST_STEPS", 200)
    monkeypatch.setattr(collecting, "MOST_COUNTED", 5000)
    changed = COUNTS.replace("    return", "    while calls == 2:\n        pass\n    return")
    traces = tracer(sandbox, recorded(sandbox, COUNTS, calls=3), changed)
    for trace in (traces.window(), traces.window(3)):
        assert trace is not None
        assert len(trace) == 200
        assert "call 3 goes on for very long; its first steps are here" in trace.missing


def test_a_changed_driver_that_crashes_earlier_is_shown_there(sandbox: Sandbox) -> None:
    changed = COUNTS.replace("    return", "    if calls == 5: raise ValueError\n    return")
    trace = tracer(sandbox, recorded(sandbox, COUNTS, calls=60), changed).window()
    assert trace is not None
    assert trace.calls[-1].number == 6
    crash = to_crash(trace, Folds())
    assert crash is not None
    assert trace.step(crash).line == 5


def test_a_checkpoint_begins_the_calls_that_can_be_traced(sandbox: Sandbox) -> None:
    worker = Worker()
    recorder = Recorded(sandbox, 1 << 12, ReplayedCheckpoints(sandbox.runtime, worker))
    plugin = recorder.load(CHANCES)
    for _ in range(60):
        plugin.read()
        recorder.recorder.tape.cut()
        until(lambda: not recorder.recorder.is_reducing, 30)
    worker.stop(1.0)
    traces = tracer(sandbox, recorder.recording)
    assert traces.calls[0] > 2
    trace = traces.window(traces.calls[0])
    assert trace is not None
    assert trace.calls[0].reading["calls"] == traces.calls[0] - 1
    assert not trace.approximate
    with pytest.raises(RecordingError, match=f"call 1 cannot be traced; calls {traces.calls[0]} to"):
        traces.window(1)


def test_a_stop_ends_the_tracing(sandbox: Sandbox) -> None:
    traces = tracer(sandbox, recorded(sandbox, LOOPS.replace("3000", "3_000_000"), call_seconds=60.0))
    stopping = threading.Event()
    steps: list[int] = []

    def told(progress: Progress) -> None:
        steps.append(progress.steps)
        if progress.steps:
            stopping.set()

    assert traces.window(stopping=stopping, progress=told) is None
    assert steps == sorted(steps)


def test_progress_tells_the_call_under_way(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "_TOLD_NS", 0)
    told: list[Progress] = []
    tracer(sandbox, recorded(sandbox, COUNTS, calls=3)).window(progress=told.append)
    assert [each.call for each in told] == sorted(each.call for each in told)
    assert {(each.call, each.calls) for each in told} == {(number, 5) for number in range(1, 5)}


def test_few_windows_are_kept(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    traces = tracer(sandbox, recorded(sandbox, COUNTS, calls=40))
    newest, first = traces.window(), traces.window(1)
    assert traces.window() is newest
    monkeypatch.setattr(tracing, "MOST_KEPT", 0)
    again = tracer(sandbox, recorded(sandbox, COUNTS, calls=40))
    newest, first = again.window(), again.window(1)
    assert again.window(1) is first
    assert again.window() is not newest


def test_a_script_is_traced_from_its_start(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "MOST_STEPS", 50)
    recorder = Recorded(sandbox)
    source = "turns = 0\nfor turn in range(1000):\n    turns += turn\nprint(turns)\n"
    run_script(sandbox, source, record=recorder.begin)
    trace = tracer(sandbox, recorder.recording).window()
    assert trace is not None
    assert len(trace) == 50
    assert "a script is traced from its start on" in trace.missing
    assert not trace.approximate


def test_a_driver_that_watches_itself_can_be_traced(sandbox: Sandbox) -> None:
    source = """\
        import sys
        sys.monitoring.use_tool_id(sys.monitoring.DEBUGGER_ID, "mine")
        def read():
            sys.monitoring.use_tool_id(sys.monitoring.PROFILER_ID, "mine")
            return {"tool": sys.monitoring.get_tool(sys.monitoring.DEBUGGER_ID)}
        """
    trace = tracer(sandbox, recorded(sandbox, source)).window(2)
    assert trace is not None
    assert trace.calls[-1].reading == {"tool": "mine"}
    assert not trace.approximate


def test_a_recording_that_lacks_its_beginning_says_so(sandbox: Sandbox) -> None:
    recording = dataclasses.replace(recorded(sandbox, COUNTS), problem="the beginning is lost")
    trace = tracer(sandbox, recording).window()
    assert trace is not None
    assert trace.approximate == "the beginning is lost"


@pytest.mark.parametrize("us", [0, 1 << 70])
def test_forged_times_hide_no_step(sandbox: Sandbox, us: int) -> None:
    recording = recorded(sandbox, "def read():\n    print(1)\n    return {'a': 1}\n", calls=2)
    call = recording.calls[-1]
    crossings = tuple(dataclasses.replace(each, at_us=us, took_us=us) for each in call.crossings)
    forged = dataclasses.replace(call, began_ns=(1 << 64) - 1, crossings=crossings)
    trace = tracer(sandbox, dataclasses.replace(recording, calls=(*recording.calls[:-1], forged))).window()
    assert trace is not None
    assert [trace.step(each).line for each in range(len(trace))][-3:] == [2, 3, 3]
    assert not trace.approximate
