"""A traced replay shows each line that a driver has run, its calls, and how it died."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hostcore.errors import RecordingError
from hostcore.hostcall import CrashKind
from hostcore.libraries.lock import Lock, lock_text
from hostcore.libraries.store import WheelStore
from hostcore.recording.model import Ending
from hostcore.replay.prepared import prepared_of
from hostcore.runtime.loader import WHEELS
from hostcore.stepping.model import CodeKind, StepKind
from hostcore.stepping.navigation import Direction, Folds, into, to_crash
from hostcore.stepping.tracer import Tracer
from tests.bench.plain import shipped_config, shipped_plugins
from tests.replaying import Recorded, replayed
from tests.sandbox import Sandbox
from tests.stepping import CRASHES, at, by_name, ran, recorded, steps, text, traced, tracer
from tests.wheels import wheel_content, wheel_file


def test_a_crash_in_a_helper_is_found_with_its_stack(sandbox: Sandbox) -> None:
    trace = traced(sandbox, CRASHES, "i2c:1:0x23", calls=9)
    crash = to_crash(trace, Folds())
    assert crash is not None
    step = trace.step(crash)
    assert (step.kind, step.line, step.raised) == (StepKind.RAISE, 16, "ValueError: found 0x0")
    assert [(frame.code.function, line) for frame, line in trace.stack(crash)] == [
        ("checked", 16), ("Light.read", 11), ("read", 22)
    ]  # fmt: skip
    assert trace.call_of(crash).played.has_crashed
    assert (trace.approximate, trace.missing) == ("", "")
    assert trace.sources == {"probe.py": CRASHES}


def test_each_call_has_its_steps_transfers_and_reading(sandbox: Sandbox) -> None:
    trace = traced(sandbox, CRASHES, "i2c:1:0x23", calls=9)
    assert [each.number for each in trace.calls] == [1, 2, 3, 4, 5]
    assert [each.reading for each in trace.calls] == [None, *[{"lux": 1}] * 3, None]
    assert [(each.call, each.transfer.source_line, trace.step(each.step).line) for each in trace.transfers] == [
        (1, 19, 19), (2, 8, 8), (3, 8, 8), (4, 8, 8), (5, 8, 8)
    ]  # fmt: skip
    assert trace.step(at(trace, 9)).transfers == 2
    assert trace.step(at(trace, 8)).transfers == 1


def test_a_changed_driver_is_stepped_through_on_the_same_answers(sandbox: Sandbox) -> None:
    recording = recorded(sandbox, CRASHES, "i2c:1:0x23", calls=9)
    changed = "# a line more\n" + CRASHES.replace("== 3", "== 2")
    trace = tracer(sandbox, recording, changed).window()
    assert trace is not None
    crash = to_crash(trace, Folds())
    assert crash is not None
    assert (trace.step(crash).line, trace.step(crash).call) == (17, 4)
    assert trace.sources == {"probe.py": changed}
    assert "call 4 ended otherwise than recorded" in trace.approximate


def test_a_repaired_driver_has_no_crash(sandbox: Sandbox) -> None:
    recording = recorded(sandbox, CRASHES, "i2c:1:0x23", calls=9)
    trace = tracer(sandbox, recording, CRASHES.replace("== 3", "== 30")).window()
    assert trace is not None
    assert to_crash(trace, Folds()) is None
    assert trace.calls[-1].reading == {"lux": 1}


def test_a_hang_is_traced_into_its_loop(sandbox: Sandbox) -> None:
    source = """\
        def read():
            turns = 0
            while True:
                turns += 1
        """
    trace = traced(sandbox, source, call_seconds=0.3)
    step = len(trace) - 1
    assert trace.step(step).line in {3, 4}
    assert int(by_name(trace.locals(step))["turns"]) > 10
    result = trace.calls[-1].played.result
    assert isinstance(result, Ending)
    assert result.kind is CrashKind.DEADLINE
    assert "call 2 computed on until the host ended it" in trace.missing
    assert not trace.approximate


def test_a_death_for_want_of_memory_keeps_its_last_step(sandbox: Sandbox) -> None:
    source = """\
        kept = []
        def read():
            while True:
                kept.append(bytearray(1 << 20))
        """
    trace = traced(sandbox, source, memory_mib=64, call_seconds=5.0)
    assert trace.step(len(trace) - 1).line == 4
    assert trace.calls[-1].played.has_crashed


def test_a_recursion_without_end_is_traced(sandbox: Sandbox) -> None:
    trace = traced(sandbox, "def read():\n    return deeper(1)\ndef deeper(n):\n    return deeper(n + 1)\n")
    assert max(each.frame.depth for each in steps(trace)) > 100
    crash = to_crash(trace, Folds())
    assert crash is not None
    assert trace.step(crash).raised.startswith("RecursionError")
    assert not trace.approximate or "raised an exception elsewhere or otherwise" in trace.approximate


def test_a_driver_that_tells_addresses_is_traced_to_its_end(sandbox: Sandbox) -> None:
    source = """\
        from host import i2c, log
        class A: pass
        def read():
            a = A()
            log.info(repr(a))
            print(a)
            return {"x": i2c.read(0x23, 1)[0]}
        """
    recording = recorded(sandbox, source, "i2c:1:0x23", calls=3)
    assert all(each.is_exact for each in replayed(sandbox, recording)), "an untraced replay has the same addresses"
    trace = tracer(sandbox, recording).window()
    assert trace is not None
    assert [each.reading for each in trace.calls[1:]] == [{"x": 0}] * 3
    assert not trace.approximate or "logged or printed something else than recorded" in trace.approximate


def test_a_changed_driver_with_a_mistake_says_which(sandbox: Sandbox) -> None:
    trace = tracer(sandbox, recorded(sandbox, "def read(): return {}"), "def read( return {}").window()
    assert trace is not None
    assert "probe.py line 1" in trace.approximate
    assert len(trace) == 0


def test_generators_keep_their_frames(sandbox: Sandbox) -> None:
    source = """\
        def count():
            number = 0
            while True:
                number += 1
                yield number
        numbers = count()
        def read():
            return {"a": next(numbers), "b": next(numbers)}
        """
    trace = traced(sandbox, source, calls=2)
    inside = [each for each in steps(trace) if each.frame.code.function == "count"]
    assert len({each.frame.number for each in inside}) == 1
    assert [text(each.value) for each in inside if each.kind is StepKind.YIELD] == ["1", "2", "3", "4"]
    assert trace.calls[-1].reading == {"a": 3, "b": 4}


def test_an_exception_is_shown_in_each_frame_that_it_leaves(sandbox: Sandbox) -> None:
    source = """\
        def inner():
            raise KeyError("a")
        def read():
            try:
                inner()
            except KeyError as error:
                return {"found": str(error)}
        """
    trace = traced(sandbox, source)
    raised = [(each.line, each.raised) for each in steps(trace) if each.kind is StepKind.RAISE]
    assert raised == [(2, "KeyError: a"), (5, "KeyError: a")]
    assert to_crash(trace, Folds()) is None


def test_a_library_is_traced_and_can_be_folded(sandbox: Sandbox, cache_folder: Path) -> None:
    chip = "class Chip:\n    def get(self, function):\n        self.value = function(2)\n        return self\n"
    files = {"drv.py": chip}
    package = WheelStore(cache_folder / WHEELS).add(wheel_file("drv"), wheel_content("drv", files))
    lock = sandbox.folder / "probe.lock"
    lock.write_text(lock_text(Lock(dependencies=("drv",), packages=(package,))), encoding="utf-8")
    source = """\
# /// script
# dependencies = ["drv"]
# ///
import drv
def twice(value):
    return 2 * value
def read():
    chip = drv.Chip().get(twice)
    return {"x": chip.value}
"""
    trace = traced(sandbox, source)
    library = next(each.frame.code for each in steps(trace) if each.frame.code.kind is CodeKind.LIBRARY)
    begin = at(trace, 8)
    seen, step = [], begin
    while (step := into(trace, step, Direction.FORWARD, Folds())) is not None:
        seen.append(trace.step(step).line)
    assert seen == [6, 6, 9, 9], "the driver's own function is not folded, though the library calls it"
    opened = into(trace, begin, Direction.FORWARD, Folds(frozenset({library.file})))
    assert opened is not None
    assert (trace.step(opened).line, trace.step(opened).frame.code.file) == (3, library.file)
    assert set(trace.files) == {"probe.py", library.file}
    assert trace.sources == {"probe.py": source, library.file: chip}


@pytest.mark.parametrize("name", ["bme680", "bh1750"])
def test_shipped_drivers_are_traced_exactly(sandbox: Sandbox, name: str) -> None:
    spec = shipped_plugins(shipped_config())[name]
    recorder = Recorded(sandbox)
    plugin = sandbox.load_file(spec.path, *map(str, spec.permissions), record=recorder.begin)
    readings = [plugin.read() for _ in range(3)]
    trace = tracer(sandbox, recorder.recording).window()
    assert trace is not None
    assert [each.reading for each in trace.calls[1:]] == readings
    assert (trace.approximate, trace.missing) == ("", "")
    assert all(each.step >= 0 for each in trace.transfers)


def test_what_is_no_step_ends_the_trace_in_one_line(sandbox: Sandbox) -> None:
    source = """\
        from wit_world.imports import python_wire
        def read():
            python_wire.step("nonsense\\n\\n" * 3)
            return {}
        """
    trace = traced(sandbox, source)
    assert "instead of a step, its code reported" in trace.approximate
    assert "\n" not in trace.approximate
    assert len(trace) == 3 + 1


def test_a_driver_may_report_steps_that_nobody_traces(sandbox: Sandbox) -> None:
    source = "from wit_world.imports import python_wire\ndef read(): return {'skip': python_wire.step('x')}\n"
    recording = recorded(sandbox, source)
    assert len(list(replayed(sandbox, recording))) == 2


def test_a_component_cannot_be_stepped_through(sandbox: Sandbox) -> None:
    recording = recorded(sandbox, "def read(): return {}")
    prepared = prepared_of(sandbox.runtime, recording.header)
    import dataclasses

    with pytest.raises(RecordingError, match="only Python in the shared runtime can be stepped through"):
        Tracer(sandbox.runtime, dataclasses.replace(prepared, source=None), recording)


def test_lines_run_in_their_order(sandbox: Sandbox) -> None:
    trace = traced(
        sandbox, "def read():\n    x = [n for n in range(2)]\n    for n in x:\n        n += 1\n    return {}\n"
    )
    assert ran(trace, "read") == [2, 3, 4, 3, 4, 3, 5]


def test_a_recording_of_another_python_runtime_is_marked_as_approximate(sandbox: Sandbox) -> None:
    recording = recorded(sandbox, "def read():\n    return {'x': 1}")
    elsewhere = replace(recording, header=replace(recording.header, component="0" * 64))
    trace = tracer(sandbox, elsewhere).window()
    assert trace is not None
    assert trace.approximate.startswith("recorded with another Python runtime")
