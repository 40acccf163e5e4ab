"""A traced replay shows the variables of a driver at each of its lines, and where their values came from."""

from __future__ import annotations

from hostcore.stepping.model import ValueKind
from hostcore.stepping.navigation import Direction, Folds, over
from tests.sandbox import Sandbox
from tests.stepping import CRASHES, at, by_name, recorded, text, traced, tracer, variable

TEXTS = (
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
)
"""Expressions, and how the screen of the steps shows their values."""


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


def test_the_text_of_a_value(sandbox: Sandbox) -> None:
    lines = "".join(f"    x{number} = {expression}\n" for number, (expression, _, _) in enumerate(TEXTS))
    trace = traced(sandbox, f"def read():\n{lines}    return {{}}\n")
    values = [variable(trace.locals(len(trace) - 1), f"x{number}").value for number in range(len(TEXTS))]
    assert [(each[0], value.kind, value.text) for each, value in zip(TEXTS, values, strict=True)] == [*TEXTS]


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
