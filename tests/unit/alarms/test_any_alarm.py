"""Whatever a plugin publishes: an alarm tells each change once, does not flap, and never acts without a value."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hostcore.alarms.model import Condition, Equals, InTrouble, Range, Rate, Stale, Trouble
from hostcore.events import State
from tests.unit.alarms.alarm_desk import Desk, rule

LIMIT, HYSTERESIS = 30.0, 1.0
CONDITIONS: tuple[Condition, ...] = (
    Range(above=LIMIT, hysteresis=HYSTERESIS),
    Range(above=LIMIT, below=10.0),
    Rate(rise=1.0, fall=1.0),
    Equals(True),
    Stale(10.0),
    InTrouble(Trouble.CRASHED),
    InTrouble(Trouble.FAILING),
)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=5,
)
DELAYS = st.sampled_from([0.0, 1.0, 5.0, 30.0])
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["value", "json", "fail", "state", "wait", "clock", "set", "acknowledge"]),
        st.floats(0, 60),
        JSON_VALUES,
        st.sampled_from(State),
        st.sampled_from([0.0, 0.5, 2.0, 20.0]),
    ),
    max_size=60,
)


def play(desk: Desk, steps: list[tuple[str, float, Any, State, float]], again: Any) -> None:
    """Let all of this happen."""
    for kind, value, json, state, seconds in steps:
        desk.wait(seconds)
        match kind:
            case "value":
                desk.publish({"t": value})
            case "json":
                desk.publish({"t": json})
            case "fail":
                desk.fail()
            case "state":
                desk.become(state)
            case "clock":
                desk.wall_offset += value * 1000 - 30_000
            case "set":
                desk.set(again)
            case "acknowledge" if desk.is_raised:
                desk.book.acknowledge("warm", desk.now)


@given(st.sampled_from(CONDITIONS), DELAYS, DELAYS, STEPS)
def test_an_alarm_is_raised_and_cleared_in_turns(
    condition: Condition, delay: float, clear_delay: float, steps: list[tuple[str, float, Any, State, float]]
) -> None:
    path = () if isinstance(condition, InTrouble) else ("t",)
    alarm = rule(condition, delay=delay, clear_delay=clear_delay, path=path)
    desk = Desk(alarm)
    play(desk, steps, alarm)
    changes = [each for each in desk.story if each != "Acknowledged"]
    assert changes == ["Raised", "Cleared"] * (len(changes) // 2) + ["Raised"] * (len(changes) % 2)
    assert desk.is_raised == bool(len(changes) % 2)


@given(st.lists(st.floats(LIMIT - HYSTERESIS, LIMIT, exclude_min=True), max_size=50), st.booleans())
def test_noise_within_the_hysteresis_changes_nothing(values: list[float], is_raised: bool) -> None:
    desk = Desk(rule(Range(above=LIMIT, hysteresis=HYSTERESIS)))
    if is_raised:
        desk.read(LIMIT + 1)
    desk.read(*values)
    assert desk.is_raised == is_raised
    assert len(desk.story) == is_raised


@given(st.lists(st.floats(20, 40), max_size=60), st.sampled_from([1.0, 5.0, 10.0]))
def test_it_is_raised_when_the_limit_was_exceeded_for_all_of_the_delay(values: list[float], delay: float) -> None:
    desk = Desk(rule(Range(above=LIMIT), delay=delay, clear_delay=0.0))
    above = 0
    for value in values:
        desk.read(value, every=1.0)
        above = above + 1 if value > LIMIT else 0
        assert desk.is_raised == (above > delay)


@given(st.lists(JSON_VALUES.filter(lambda v: isinstance(v, bool) or not isinstance(v, int | float)), max_size=20))
def test_what_is_no_number_never_raises_or_clears_it(values: list[object]) -> None:
    for is_raised in (False, True):
        desk = Desk(rule(clear_delay=2.0))
        if is_raised:
            desk.read(LIMIT + 1)
        desk.read(*values)
        assert desk.is_raised == is_raised
