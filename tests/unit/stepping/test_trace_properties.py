"""Any trace, made of any calls of functions: going back is going forward in reverse, and variables are as they were."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.recording.model import Call
from hostcore.replay.running import Played
from hostcore.stepping.model import Scope, StepKind, TracedCall, Variable
from hostcore.stepping.navigation import (
    Breakpoint,
    Direction,
    Folds,
    into,
    next_call,
    out,
    over,
    to_call,
    to_end_of_call,
    to_line,
)
from hostcore.stepping.reports import MOST_LINES, Reports
from hostcore.stepping.tape import LATEST, Tape
from hostcore.stepping.trace import Trace

FORWARD, BACK = Direction.FORWARD, Direction.BACK
CALL = Call("driver#read", (), 0)


class Guest:
    """Reports made-up calls of functions as a guest does."""

    def __init__(self) -> None:
        self.tape = Tape()
        self.reports = Reports(self.tape, lambda: (0, len(self.tape)))
        self.frames = 0
        self.calls: list[TracedCall] = []
        self.values: list[dict[tuple[str, int, str], str]] = []
        """All variables at each step."""
        self.now: dict[tuple[str, int, str], str] = {}

    def call(self, body: list[object]) -> None:
        first, number = len(self.tape), len(self.calls) + 1
        self.function(body, 0)
        self.calls.append(TracedCall(Played(number, CALL, None, None), first, len(self.tape)))

    def function(self, body: list[object], parent: int) -> None:
        self.frames += 1
        number = self.frames
        kind, file = ("driver", "light.py") if number % 3 else ("library", "lib/chip.py")
        told = [f"F\t{number}\t{parent}\t{kind}\t1\tf{number}\t{file}"]
        for place, item in enumerate(body):
            if isinstance(item, tuple):
                told += self._change(number, item)
            self._step("line", number, place + 1, told)
            told = []
            if isinstance(item, list):
                self.function(item, number)
        self._step("return", number, len(body) or 1, told, "none\t0\tNone")

    def _change(self, frame: int, change: tuple[str, str, int | None]) -> list[str]:
        scope, name, value = change
        owner = 7 if scope == "O" else frame
        key = (scope, 7 if scope == "O" else 1 if scope == "G" else frame, name)
        if scope == "G":
            key = (scope, self.tape.file("light.py" if frame % 3 else "lib/chip.py"), name)
        if value is None:
            self.now.pop(key, None)
            return [f"{scope}\t{owner}\t{name}"]
        self.now[key] = str(value)
        return [f"{scope}\t{owner}\t{name}\tint\t0\t{value}"]

    def _step(self, kind: str, frame: int, line: int, told: list[str], result: str = "") -> None:
        self.reports.add("\n".join([f"{kind}\t{frame}\t{line}", result, *told]))
        self.values.append(dict(self.now))

    def trace(self) -> Trace:
        return Trace(self.tape, self.calls, [], {})


changes = st.tuples(st.sampled_from("LGO"), st.sampled_from(["a", "b"]), st.none() | st.integers(0, 3))
bodies = st.recursive(
    st.lists(changes | st.none(), max_size=4), lambda inner: st.lists(changes | inner, max_size=4), max_leaves=12
)


@st.composite
def guests(draw: st.DrawFn) -> Guest:
    guest = Guest()
    for body in draw(st.lists(bodies, min_size=1, max_size=3)):
        guest.call(body)
    return guest


folds = st.sampled_from([Folds(), Folds(frozenset({"lib/chip.py"}))])


@given(guests(), folds)
def test_back_is_forward_in_reverse(guest: Guest, fold: Folds) -> None:
    trace = guest.trace()
    forward, back = [], []
    step = into(trace, -1, FORWARD, fold)
    while step is not None:
        forward.append(step)
        step = into(trace, step, FORWARD, fold)
    step = into(trace, len(trace), BACK, fold)
    while step is not None:
        back.append(step)
        step = into(trace, step, BACK, fold)
    assert forward == back[::-1]
    assert forward == [each for each in range(len(trace)) if not fold.hides(trace.step(each).frame)]


@given(guests(), folds)
def test_over_goes_no_deeper_and_out_goes_up(guest: Guest, fold: Folds) -> None:
    trace = guest.trace()
    for number in range(len(trace)):
        here = trace.step(number)
        around = {frame.number for frame, _ in trace.stack(number)}
        for direction in Direction:
            for go, wanted in ((over, around), (out, around - {here.frame.number})):
                found = go(trace, number, direction, fold)
                if found is None:
                    continue
                there = trace.step(found)
                assert (found - number) * direction.value > 0
                assert not fold.hides(there.frame)
                assert there.call != here.call or there.frame.number in wanted
                between = range(min(found, number) + 1, max(found, number))
                assert not any(trace.step(each).frame.number in wanted for each in between) or fold == Folds()


@given(guests())
def test_every_step_shows_the_variables_as_they_were(guest: Guest) -> None:
    trace = guest.trace()
    letters = {Scope.LOCAL: "L", Scope.GLOBAL: "G", Scope.ATTRIBUTE: "O"}
    for number, expected in enumerate(guest.values):
        frame = trace.step(number).frame
        shown = [*trace.locals(number), *trace.globals(number), *trace.attributes(number, 7)]
        found = {(letters[each.variable.scope], each.variable.owner, each.variable.name): each for each in shown}
        owners = {("L", frame.number), ("G", trace.file_number(frame.code.file)), ("O", 7)}
        assert {key: each.value.text for key, each in found.items()} == {
            key: value for key, value in expected.items() if key[:2] in owners
        }
        for each in shown:
            origin = trace.origin(each.variable, number)
            assert origin is not None
            assert origin.value == each.value
            assert origin.by < origin.step <= number


@given(guests())
def test_a_history_is_what_the_origins_tell(guest: Guest) -> None:
    trace = guest.trace()
    for name in "ab":
        variable = Variable(Scope.ATTRIBUTE, 7, name)
        history = trace.history(variable)
        assert [each.step for each in history] == sorted({each.step for each in history})
        for number in range(len(trace)):
            past = [each for each in history if each.step <= number]
            assert trace.origin(variable, number) == (past[-1] if past else None)
            assert trace.history(variable, until=number, most=2) == past[-2:]


@given(guests(), folds)
def test_calls_begin_and_end_where_they_did(guest: Guest, fold: Folds) -> None:
    trace = guest.trace()
    for call in trace.calls:
        inside = [each for each in range(call.first, call.end) if not fold.hides(trace.step(each).frame)]
        assert to_call(trace, call.number, fold) == (inside[0] if inside else None)
        assert to_end_of_call(trace, call.number, fold) == (inside[-1] if inside else None)
        assert all(trace.step(each).call == call.number for each in inside)
        following = [found for later in trace.calls if (found := to_call(trace, later.number, fold)) is not None]
        for each in inside:
            assert next_call(trace, each, FORWARD, fold) == next((found for found in following if found > each), None)
            assert next_call(trace, each, BACK, fold) == next(
                (found for found in following[::-1] if found < each), None
            )


@given(guests(), st.integers(1, 4))
def test_a_breakpoint_stops_at_its_line_each_time(guest: Guest, line: int) -> None:
    trace = guest.trace()
    stops, step = [], -1
    lines = [Breakpoint("light.py", line)]
    while (found := to_line(trace, step, FORWARD, lines)) is not None:
        stops.append(found)
        step = found
    wanted = [
        each.number
        for each in map(trace.step, range(len(trace)))
        if (each.frame.code.file, each.line, each.kind) == ("light.py", line, StepKind.LINE)
    ]
    assert stops == wanted
    assert to_line(trace, len(trace), BACK, lines) == (wanted[-1] if wanted else None)


words = st.text("linereturn\tFGLO0123456789driver\n-é", max_size=40)


@given(
    st.lists(words | st.sampled_from(["line\t1\t2\n", "F\t1\t0\tdriver\t1\tf\tx.py", "L\t1\ta\tint\t0\t5"]), max_size=8)
)
def test_a_forged_report_is_a_step_or_refused_in_one_line(lines: list[str]) -> None:
    tape = Tape()
    reports = Reports(tape, lambda: (0, 0))
    for report in ("\n".join(lines), *lines):
        try:
            reports.add(report)
        except ValueError as problem:
            assert "\n" not in str(problem)
            assert len(str(problem)) < 200
    assert Counter(map(tape.frame, tape.frames))[None] == 0


@pytest.mark.parametrize(
    "report",
    [
        "line\t1\t1" + "\n" * (MOST_LINES + 5),
        "x" * (1 << 20),
        "line\t1\t1\n",
        "line\t99999999999\t1\n",
        "line\t1\t٣\n\nF\t1\t0\tdriver\t1\tf\tx.py",
        "line\t1\t1\n\nF\t1\t2\tdriver\t1\tf\tx.py",
        "line\t1\t1\n\nF\t1\t0\tdriver\t1\tf\tx.py\nF\t1\t0\tdriver\t1\tf\tx.py",
        "line\t1\t1\n\nF\t1\t0\thost\t1\tf\tx.py",
        "line\t1\t1\n\nF\t1\t0\tdriver\t1\tf\tx.py\nL\t1\ta\tint\t0",
        "line\t1\t1\n\nF\t1\t0\tdriver\t1\tf\tx.py\nL\t1\ta\tnothing\t0\tx",
        "line\t1\t1\n\nF\t1\t0\tdriver\t1\tf\tx.py\nG\t2\ta\tint\t0\tx",
        "return\t1\t1\nint\n\nF\t1\t0\tdriver\t1\tf\tx.py",
    ],
)
def test_a_report_that_does_not_fit_is_refused(report: str) -> None:
    with pytest.raises(ValueError, match=r"step|number|frame|change|value|global"):
        Reports(Tape(), lambda: (0, 0)).add(report)


def test_long_words_are_cut() -> None:
    tape = Tape()
    long = "x" * 5000
    frame = f"F\t1\t0\tdriver\t1\t{long}\t{long}"
    Reports(tape, lambda: (0, 0)).add(f"line\t1\t1\n\n{frame}\nL\t1\t{long}\ttext\t0\t{long}")
    trace = Trace(tape, [TracedCall(Played(1, CALL, None, None), 0, 1)], [], {})
    (shown,) = trace.locals(0)
    assert max(map(len, (shown.variable.name, shown.value.text, trace.step(0).frame.code.file))) <= 400


def test_a_forged_time_does_no_harm() -> None:
    tape = Tape()
    Reports(tape, lambda: (0, 1 << 70)).add("line\t1\t1\n\nF\t1\t0\tdriver\t1\tf\tx.py")
    assert tape.times_ns[0] == LATEST
