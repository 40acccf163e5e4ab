"""A traced replay shows each line of a driver, and the variables that it changed."""

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
from hostcore.stepping.model import CodeKind, StepKind, ValueKind
from hostcore.stepping.navigation import Direction, Folds, into, over, to_crash
from hostcore.stepping.tracer import Tracer
from tests.bench.plain import shipped_config, shipped_plugins
from tests.replaying import Recorded, replayed
from tests.sandbox import Sandbox
from tests.stepping import at, by_name, ran, recorded, steps, text, traced, tracer, variable
from tests.wheels import wheel_content, wheel_file

CRASHES = """\
from host import i2c
total = 0
class Light:
    def __init__(self, address):
        self.address = address
        self.seen = []
    def raw(self):
        high, low = i2c.read(self.address, 2)
        return high << 8 | low
    def read(self):
        value = checked(self.raw())
        self.seen.append(value)
        return value + 1
def checked(value):
    if len(light.seen) == 3:
        raise ValueError(f"found {value:#x}")
    return value
light = Light(0x23)
i2c.write(0x23, bytes([0x10]))
def read():
    global total
    lux = light.read()
    total += lux
    return {"lux": lux}
"""


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


def test_a_step_shows_the_variables_before_its_line(sandbox: Sandbox) -> None:
    trace = traced(sandbox, CRASHES, "i2c:1:0x23", calls=2)
    step = at(trace, 13)
    shown = trace.locals(step)
    assert by_name(shown) == {"self": "<Light>", "value": "0"}
    assert [each.is_new for each in shown] == [False, False]
    light = variable(shown, "self").value
    assert light.kind is ValueKind.OBJECT
    attributes = trace.attributes(step, light.object)
    assert by_name(attributes) == {"address": "35", "seen": "[0]"}
    assert [each.is_new for each in attributes] == [False, True]
    after = over(trace, step, Direction.FORWARD, Folds())
    assert after is not None
    assert text(trace.step(after).value) == "1"
    assert by_name(trace.globals(at(trace, 24, 1)))["total"] == "2"


def test_a_value_comes_from_the_line_that_set_it(sandbox: Sandbox) -> None:
    trace = traced(sandbox, CRASHES, "i2c:1:0x23", calls=2)
    end = at(trace, 24, 1)

    def origin(shown: object, name: str, step: int = end) -> int:
        found = trace.origin(variable(shown, name).variable, step)
        assert found is not None
        return trace.step(found.by).line if found.by >= 0 else found.by

    assert origin(trace.globals(end), "total") == 23
    assert origin(trace.locals(end), "lux") == 22
    light = variable(trace.globals(end), "light").value.object
    assert origin(trace.attributes(end, light), "seen") == 12
    assert origin(trace.attributes(end, light), "address") == 5
    inside = at(trace, 15, 1)
    assert origin(trace.locals(inside), "value", inside) == 11
    values = trace.history(variable(trace.attributes(end, light), "seen").variable)
    assert [text(each.value) for each in values] == ["[]", "[0]", "[0, 0]"]


def test_a_line_that_sets_the_same_value_again_is_its_origin(sandbox: Sandbox) -> None:
    source = """\
        class A: pass
        a, g = A(), 1
        def read():
            global g
            x = a.y = 1
            g = 1
            self = a
            x = 1
            self.y = 1
            x = 1 if x else 2
            return {}
        """
    trace = traced(sandbox, source)
    end = len(trace) - 1
    shown = [*trace.locals(end), *trace.globals(end)]
    number = variable(shown, "a").value.object
    shown += trace.attributes(end, number)
    lines = {name: trace.step(trace.origin(variable(shown, name).variable, end).by).line for name in "xyg"}  # type: ignore[union-attr]
    assert lines == {"x": 8, "y": 9, "g": 6}
    assert not any(each.is_new for each in shown)


def test_a_local_variable_is_watched_through_all_calls_of_its_function(sandbox: Sandbox) -> None:
    source = "calls = 0\ndef read():\n    global calls\n    calls += 1\n    twice = 2 * calls\n    return {}\n"
    trace = traced(sandbox, source, calls=3)
    twice = variable(trace.locals(at(trace, 6)), "twice").variable
    values = trace.history(twice)
    assert [(text(each.value), trace.step(each.by).line, trace.step(each.step).call) for each in values] == [
        ("2", 5, 2), ("4", 5, 3), ("6", 5, 4)
    ]  # fmt: skip


def test_without_its_start_a_value_may_come_from_before_the_trace(sandbox: Sandbox) -> None:
    trace = tracer(sandbox, recorded(sandbox, CRASHES, "i2c:1:0x23", calls=3)).window(4)
    assert trace is not None
    light = variable(trace.globals(at(trace, 15)), "light").value.object
    found = trace.origin(variable(trace.attributes(at(trace, 15), light), "address").variable, len(trace) - 1)
    assert found is not None
    assert trace.step(found.by).line == 5, "the load is in the same window"


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


def test_values_are_shown_without_running_the_driver(sandbox: Sandbox) -> None:
    source = """\
        calls = []
        def note(*_):
            calls.append(1)
            raise RuntimeError("somebody asked")
        class Meta(type):
            __hash__ = __eq__ = note
        class Odd(metaclass=Meta):
            __repr__ = __str__ = __eq__ = __hash__ = __len__ = __iter__ = __getattr__ = note
            __dict__ = property(note)
            def __init__(self): object.__setattr__(self, "x", 1)
        class Number(int):
            __repr__ = __eq__ = __index__ = note
        class Error(Exception):
            __str__ = __repr__ = note
        def read():
            odd, number, pairs = Odd(), Number(3), {"a": [Odd(), Number(4)]}
            try:
                raise Error("text")
            except Error as error:
                kept = error
            return {"calls": len(calls)}
        """
    trace = traced(sandbox, source)
    assert trace.calls[-1].reading == {"calls": 0}
    assert not trace.approximate
    shown = by_name(trace.locals(len(trace) - 1))
    assert shown == {
        "odd": "<Odd>", "number": "Number(3)", "pairs": "{'a': [<Odd>, Number(4)]}", "kept": "Error: text"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("expression", "kind", "shown"),
    [
        ("None", ValueKind.NONE, "None"),
        ("True", ValueKind.BOOL, "True"),
        ("-5", ValueKind.INT, "-5"),
        ("1 << 1000", ValueKind.INT, "<an integer of 1001 bits>"),
        ("2.5", ValueKind.FLOAT, "2.5"),
        ("'a\\n\\t\\x1b'", ValueKind.TEXT, r"'a\n\t\x1b'"),
        ("bytes(3)", ValueKind.BYTES, "bytes(00 00 00)"),
        ("bytearray(40)", ValueKind.BYTES, f"bytearray({' '.join(['00'] * 32)} … 40 bytes)"),
        ("(1,)", ValueKind.SEQUENCE, "(1,)"),
        ("[[[[1]]]]", ValueKind.SEQUENCE, "[[[[…]]]]"),
        ("[]", ValueKind.SEQUENCE, "[]"),
        ("{1: 'a'}", ValueKind.MAP, "{1: 'a'}"),
        ("set()", ValueKind.SET, "set()"),
        ("len", ValueKind.CODE, "function len"),
        ("type('A\\nB', (), {})", ValueKind.CODE, r"class A\nB"),
        ("ValueError(7)", ValueKind.OTHER, "ValueError: 7"),
        ("OSError(5, 'no')", ValueKind.OTHER, "OSError: no"),
    ],
)
def test_the_text_of_a_value(sandbox: Sandbox, expression: str, kind: ValueKind, shown: str) -> None:
    trace = traced(sandbox, f"def read():\n    x = {expression}\n    return {{}}\n")
    value = variable(trace.locals(len(trace) - 1), "x").value
    assert (value.kind, value.text) == (kind, shown)


def test_long_values_are_cut(sandbox: Sandbox) -> None:
    trace = traced(sandbox, "def read():\n    x, y = 'é' * 10_000, list(range(10_000))\n    return {}\n")
    shown = by_name(trace.locals(len(trace) - 1))
    assert all(len(each) <= 170 and "…" in each for each in shown.values())


def test_deleted_variables_are_gone(sandbox: Sandbox) -> None:
    source = """\
        class A: pass
        a = A()
        def read():
            global g
            x = g = a.b = 1
            del x, g, a.b
            return {}
        """
    trace = traced(sandbox, source)
    before, after = at(trace, 6), at(trace, 7)
    number = variable(trace.globals(before), "a").value.object
    assert (by_name(trace.locals(before)), by_name(trace.attributes(before, number))) == ({"x": "1"}, {"b": "1"})
    assert "g" in by_name(trace.globals(before))
    assert (by_name(trace.locals(after)), by_name(trace.attributes(after, number))) == ({}, {})
    assert "g" not in by_name(trace.globals(after))
    assert [text(each.value) for each in trace.history(variable(trace.locals(before), "x").variable)] == ["1", None]


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


def test_slots_are_attributes(sandbox: Sandbox) -> None:
    source = """\
        class A:
            __slots__ = ("x", "y", "__weakref__")
        def read():
            a = A()
            a.x = 3
            return {}
        """
    trace = traced(sandbox, source)
    step = len(trace) - 1
    assert by_name(trace.attributes(step, variable(trace.locals(step), "a").value.object)) == {"x": "3"}


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
