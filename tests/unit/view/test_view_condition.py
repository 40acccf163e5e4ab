"""How a plugin is doing, in the words that all front ends share, and everything that is wrong in one list."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.diagnosis import rules as rules_folder
from hostcore.events import (
    AccessDenied,
    BusHealthMeasured,
    Confidence,
    Counters,
    CountersTaken,
    Event,
    Finding,
    FindingRaised,
    ReadingFailed,
    State,
    StateChanged,
)
from hostcore.events.findings import EXPLAINS_FAILURE
from hostcore.permissions import parse_permission
from hostcore.place import BusName
from hostcore.view.condition import Condition, reason_for
from hostcore.view.problems import ProblemKind, Severity
from hostcore.view.view import View
from tests.scripted_session import host_facts, plugin_facts

LIGHT = plugin_facts("light", "i2c:1:0x23")
AIR = plugin_facts("air", "i2c:1:0x76")
SYNTAX = "line 3, invalid syntax"


def view_of(*events: Event) -> View:
    view = View(host_facts(), (LIGHT, AIR))
    view.fold(events)
    return view


def moved(after: State, cause: str = "", *, plugin: str = "light", rejected: str = "", lacks: bool = False) -> Event:
    return StateChanged(1, plugin, State.LOADING, after, cause, rejected=rejected, lacks_libraries=lacks)


def erred(in_a_row: int, plugin: str = "light") -> tuple[Event, ...]:
    counters = Counters(calls=9, errors=in_a_row, errors_in_a_row=in_a_row)
    return ReadingFailed(2, plugin, "no answer"), CountersTaken(2, plugin, counters)


def raised(confidence: Confidence, *, plugin: str = "light", sentence: str = "It is so.") -> FindingRaised:
    return FindingRaised(3, Finding("silent-address", sentence, "Do this.", confidence, plugin=plugin), 3)


def condition(view: View, plugin: str = "light") -> Condition:
    status = view.plugins.get(plugin)
    assert status is not None
    return view.condition_of(status)


def told(view: View) -> list[tuple[str, str]]:
    return [(each.word, each.sentence) for each in view.problems]


def test_a_plugin_that_reports_only_errors_is_failing_although_it_runs() -> None:
    assert condition(view_of(moved(State.RUNNING), *erred(3))) is Condition.FAILING


def test_a_sensor_may_miss_two_readings() -> None:
    assert condition(view_of(moved(State.RUNNING), *erred(2))) is Condition.RUNNING


def test_a_plugin_that_works_again_is_failing_no_longer() -> None:
    view = view_of(moved(State.RUNNING), *erred(9), CountersTaken(3, "light", Counters(calls=10, errors=9)))
    assert condition(view) is Condition.RUNNING
    assert view.problems == ()


def test_a_plugin_that_was_stopped_is_not_failing() -> None:
    assert condition(view_of(moved(State.RUNNING), *erred(9), moved(State.STOPPED))) is Condition.STOPPED


def test_a_new_version_that_was_not_taken_is_a_condition_until_one_is() -> None:
    view = view_of(moved(State.RUNNING, rejected=SYNTAX))
    assert condition(view) is Condition.OLD_VERSION
    view.take(moved(State.RUNNING))
    assert condition(view) is Condition.RUNNING


def test_every_state_of_a_plugin_is_a_condition() -> None:
    assert {condition(view_of(moved(state))).value for state in State} == {state.value for state in State}


def test_what_needs_a_look_comes_before_what_is_well() -> None:
    conditions = sorted(Condition, key=lambda each: each.rank)
    looks = [each.is_troubled for each in conditions]
    assert looks == sorted(looks, reverse=True)


def test_all_is_well_without_problems() -> None:
    assert view_of(moved(State.RUNNING)).problems == ()


def test_the_worst_problem_comes_first_and_each_is_a_sentence() -> None:
    view = view_of(
        AccessDenied(1, "air", parse_permission("i2c:1:0x77"), "no", 1),
        moved(State.RUNNING, plugin="air"),
        raised(Confidence.POSSIBLE, sentence="It may be slow."),
        raised(Confidence.LIKELY, plugin="", sentence="A wire is loose."),
        moved(State.QUARANTINED, "KeyError: 't' in read, line 7"),
    )
    assert told(view) == [
        ("quarantined", "light: KeyError: 't' in read, line 7"),
        ("likely", "A wire is loose."),
        ("request", "air asks for i2c:1:0x77"),
        ("possible", "It may be slow."),
    ]


def test_a_failing_plugin_is_told_with_its_last_error() -> None:
    assert told(view_of(moved(State.RUNNING), *erred(3))) == [("failing", "light reports only errors: no answer")]


def test_what_a_finding_explains_is_not_told_twice() -> None:
    view = view_of(moved(State.RUNNING), *erred(3), raised(Confidence.LIKELY))
    assert told(view) == [("likely", "It is so.")]
    view = view_of(moved(State.BACKOFF, "KeyError"), raised(Confidence.CERTAIN))
    assert told(view) == [("certain", "It is so.")]


@pytest.mark.parametrize(
    ("state", "more"), [(State.QUARANTINED, " light is quarantined."), (State.BACKOFF, "")], ids=str
)
def test_a_finding_that_explains_why_a_plugin_does_not_run_stands_in_its_place(state: State, more: str) -> None:
    explanation = raised(Confidence.LIKELY)
    alone = view_of(moved(state, "KeyError")).problems
    view = view_of(moved(state, "KeyError"), explanation, raised(Confidence.CERTAIN, plugin="air"))
    assert told(view) == [("likely", f"It is so.{more}"), ("certain", "It is so.")]
    assert (view.problems[0].rank, view.problems[0].severity) == (alone[0].rank, alone[0].severity)


def test_what_explains_no_crash_stands_beside_it() -> None:
    about_a_value = Finding("y", "It jumps.", "Do this.", Confidence.CERTAIN, plugin="light", reading="lux")
    guess = raised(Confidence.POSSIBLE)
    view = view_of(moved(State.QUARANTINED, "KeyError"), FindingRaised(3, about_a_value, 3), guess)
    assert told(view) == [("quarantined", "light: KeyError"), ("certain", "It jumps."), ("possible", "It is so.")]


def test_a_rejected_version_is_told_with_the_reason() -> None:
    (problem,) = view_of(moved(State.RUNNING, rejected=SYNTAX)).problems
    assert problem.sentence == f"light runs its old version; the new one: {SYNTAX}"
    assert (problem.kind, problem.severity) == (ProblemKind.OLD_VERSION, Severity.WARNING)


def test_libraries_that_lack_are_told_apart_from_crashes() -> None:
    for state, rejected in ((State.QUARANTINED, ""), (State.RUNNING, "smbus2 has not been fetched")):
        (problem,) = view_of(moved(state, "smbus2 has not been fetched", rejected=rejected, lacks=True)).problems
        assert problem.kind is ProblemKind.LIBRARIES
        assert "smbus2 has not been fetched" in problem.sentence
    (problem,) = view_of(moved(State.QUARANTINED, "KeyError", rejected="smbus2 has not", lacks=True)).problems
    assert (problem.kind, problem.sentence) == (ProblemKind.QUARANTINED, "light: KeyError")


def test_a_stuck_bus_is_one_problem_and_not_one_for_each_of_its_plugins() -> None:
    stuck = BusHealthMeasured(2, BusName("i2c-1"), sda=False, scl=True)
    view = view_of(moved(State.RUNNING), *erred(9), moved(State.RUNNING, plugin="air"), *erred(9, "air"), stuck)
    (problem,) = view.problems
    assert (problem.kind, problem.bus, problem.severity) == (ProblemKind.BUS_STUCK, BusName("i2c-1"), Severity.GRAVE)
    assert condition(view) is condition(view, "air") is Condition.BUS_STUCK
    view.take(FindingRaised(9, Finding("stuck-bus", "0x23 holds it.", "", Confidence.LIKELY, bus=BusName("i2c-1")), 9))
    assert told(view) == [("likely", "0x23 holds it.")]


def test_a_stuck_bus_stands_above_a_crashed_plugin_whoever_tells_it() -> None:
    stuck = Finding("stuck-bus", "It is low.", "", Confidence.LIKELY, bus=BusName("i2c-1"))
    view = view_of(moved(State.QUARANTINED, "KeyError"), FindingRaised(9, stuck, 9))
    assert [each.sentence for each in view.problems] == ["It is low.", "light: KeyError"]
    assert view.problems[0].severity is Severity.GRAVE


def test_a_bus_that_is_only_too_fast_does_not_explain_why_it_is_stuck() -> None:
    fast = Finding("bus-too-fast", "It is fast.", "", Confidence.LIKELY, bus=BusName("i2c-1"))
    view = view_of(FindingRaised(9, fast, 9), BusHealthMeasured(9, BusName("i2c-1"), sda=False, scl=True))
    assert [each.word for each in view.problems] == ["bus stuck", "likely"]


UNRELATED = Finding("log-flood", "light floods the log.", "Log less.", Confidence.CERTAIN, plugin="light")


def test_a_finding_that_cannot_make_a_call_fail_does_not_hide_the_error() -> None:
    view = view_of(moved(State.RUNNING), *erred(3), FindingRaised(3, UNRELATED, 3))
    light = view.plugins.get("light")
    assert told(view) == [("certain", "light floods the log."), ("failing", "light reports only errors: no answer")]
    assert light is not None and view.finding_about(light) is None
    assert reason_for(light, view.finding_about(light)) == "no answer"
    view.take(raised(Confidence.LIKELY))
    assert told(view) == [("certain", "light floods the log."), ("likely", "It is so.")]
    assert reason_for(light, view.finding_about(light)) == "It is so."


def test_a_finding_that_cannot_make_a_call_fail_stands_beside_a_crash() -> None:
    view = view_of(moved(State.QUARANTINED, "KeyError"), FindingRaised(3, UNRELATED, 3))
    assert told(view) == [("quarantined", "light: KeyError"), ("certain", "light floods the log.")]


def test_a_plugin_that_works_is_in_trouble_for_any_grave_finding() -> None:
    view = view_of(moved(State.RUNNING), FindingRaised(3, UNRELATED, 3))
    light = view.plugins.get("light")
    assert light is not None and condition(view) is Condition.TROUBLE
    assert reason_for(light, view.finding_about(light)) == "light floods the log."


def test_the_diagnosis_knows_every_kind_that_explains_a_failure() -> None:
    rules = "".join(each.read_text(encoding="utf-8") for each in Path(rules_folder.__file__).parent.glob("*.py"))
    assert [each for each in EXPLAINS_FAILURE if f'"{each}"' not in rules] == []


def test_a_condition_lasts_since_it_began_and_not_since_the_start_of_its_plugin() -> None:
    def since_ns(*events: Event) -> int:
        view = view_of(moved(State.RUNNING), *events)
        light = view.plugins.get("light")
        assert light is not None
        return view.since_ns(light)

    counters = Counters(calls=9, errors=5, errors_in_a_row=5, erring_since_ns=7)
    assert since_ns() == 1
    assert since_ns(CountersTaken(9, "light", counters)) == 7
    assert since_ns(BusHealthMeasured(6, BusName("i2c-1"), sda=False, scl=True)) == 6
    assert since_ns(raised(Confidence.LIKELY)) == 3
    assert since_ns(StateChanged(8, "light", State.RUNNING, State.RUNNING, "", rejected=SYNTAX)) == 8
    assert since_ns(StateChanged(8, "light", State.RUNNING, State.BACKOFF, "KeyError")) == 8


def test_a_guess_about_its_device_explains_a_plugin_that_reports_only_errors() -> None:
    guess = Finding("wrong-address", "At 0x5c?", "", Confidence.POSSIBLE, (), "light", BusName("i2c-1"), 0x5D)
    view = view_of(moved(State.RUNNING), *erred(3), FindingRaised(9, guess, 9))
    assert told(view) == [("possible", "At 0x5c?")]
    assert view.problems[0].severity is Severity.GRAVE
    view = view_of(moved(State.RUNNING), *erred(3), raised(Confidence.POSSIBLE))
    assert told(view) == [("failing", "light reports only errors: no answer"), ("possible", "It is so.")]


def test_a_problem_says_since_when_it_is_there_and_not_since_when_its_plugin_runs() -> None:
    counters = Counters(calls=9, errors=5, errors_in_a_row=5, erring_since_ns=7)
    (problem,) = view_of(moved(State.RUNNING), CountersTaken(9, "light", counters)).problems
    assert problem.since_ns == 7
    broken = StateChanged(8, "light", State.RUNNING, State.RUNNING, "", rejected=SYNTAX)
    more = StateChanged(9, "light", State.RUNNING, State.RUNNING, "", rejected=SYNTAX, broken_line=3)
    (problem,) = view_of(moved(State.RUNNING), broken, more).problems
    assert problem.since_ns == 8
    wanted = parse_permission("i2c:1:0x77")
    (problem,) = view_of(moved(State.RUNNING), AccessDenied(6, "light", wanted, "no", 1)).problems
    assert problem.since_ns == 6


def test_a_problem_that_asks_for_a_permission_names_it() -> None:
    wanted = parse_permission("i2c:1:0x77")
    view = view_of(AccessDenied(1, "light", wanted, "no", 1), moved(State.RUNNING), *erred(3))
    (problem,) = view.problems
    assert (problem.kind, problem.requests) == (ProblemKind.FAILING, (wanted,))


def test_a_request_that_a_person_refuses_is_no_problem_any_more() -> None:
    wanted = parse_permission("i2c:1:0x77")
    view = view_of(AccessDenied(1, "light", wanted, "no", 1), moved(State.RUNNING))
    assert [each.kind for each in view.problems] == [ProblemKind.REQUEST]
    light = view.plugins.get("light")
    assert light is not None
    light.refuse(wanted)
    assert view.problems == ()
