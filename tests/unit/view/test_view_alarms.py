"""The alarms in the view: what is raised, what a front end forgets, and where they stand among the problems."""

from __future__ import annotations

from dataclasses import replace

from hostcore.events import (
    Alarm,
    AlarmAcknowledged,
    AlarmCleared,
    AlarmRaised,
    AlarmsSet,
    AlarmState,
    ConnectionRestored,
    EventsDropped,
    State,
    StateChanged,
)
from hostcore.view.problems import ProblemKind, Severity
from hostcore.view.view import View
from tests.scripted_session import host_facts, plugin_facts

HOT = Alarm("too-warm", "air.t is above 30 °C", plugin="air", reading="t", unit="°C")
DEAD = Alarm("dead", "light is quarantined", plugin="light", has_bell=False)
RAISED = AlarmRaised(5, HOT, 5, 31.0)


def view() -> View:
    made = View(host_facts(), [plugin_facts("air"), plugin_facts("light")])
    made.fold([AlarmsSet(1, (HOT, DEAD))])
    return made


def states(seen: View) -> list[AlarmState]:
    return [state for _, state in seen.alarms.states()]


def test_each_alarm_goes_through_its_states() -> None:
    seen = view()
    assert states(seen) == [AlarmState.INACTIVE, AlarmState.INACTIVE]
    for event, state in (
        (RAISED, AlarmState.RAISED),
        (AlarmAcknowledged(6, HOT), AlarmState.ACKNOWLEDGED),
        (AlarmCleared(7, HOT), AlarmState.CLEARED),
        (RAISED, AlarmState.RAISED),
    ):
        seen.fold([event])
        assert states(seen) == [state, AlarmState.INACTIVE]


def test_one_that_is_acknowledged_elsewhere_is_so_when_it_is_told_again() -> None:
    seen = view()
    seen.fold([replace(RAISED, time_ns=30, acknowledged_ns=7)])
    assert seen.alarms.unacknowledged() == ()
    assert seen.alarms.raised()[0].acknowledged_ns == 7


def test_lost_events_forget_what_is_raised_until_it_is_told_again_but_not_which_alarms_there_are() -> None:
    seen = view()
    seen.fold([RAISED, EventsDropped(6, 3)])
    assert not seen.alarms
    assert len(states(seen)) == 2
    seen.fold([replace(RAISED, time_ns=30)])
    assert seen.alarms.raised() == (replace(RAISED, time_ns=30),)


def test_a_host_that_was_started_again_says_everything_itself() -> None:
    seen = view()
    seen.fold([RAISED, ConnectionRestored(6, is_new_host=False)])
    assert seen.alarms
    seen.fold([ConnectionRestored(7, is_new_host=True)])
    assert not seen.alarms
    assert states(seen) == []


def test_an_alarm_that_host_toml_has_no_more_is_gone() -> None:
    seen = view()
    seen.fold([RAISED, AlarmsSet(6, (DEAD,))])
    assert not seen.alarms
    assert states(seen) == [AlarmState.INACTIVE]


def test_only_an_alarm_with_a_bell_that_nobody_has_acknowledged_rings() -> None:
    seen = view()
    seen.fold([AlarmRaised(3, DEAD, 3), replace(RAISED, acknowledged_ns=6)])
    assert seen.alarms.bell_ns == 0
    seen.fold([replace(RAISED, time_ns=9, since_ns=9)])
    assert seen.alarms.bell_ns == 9


def test_the_bell_rings_once_for_each_alarm_also_after_the_clock_was_set_back() -> None:
    seen = view()
    first, second = replace(RAISED, time_ns=9, since_ns=9), replace(RAISED, alarm=replace(HOT, name="b"), since_ns=4)
    seen.fold([first, second])
    assert seen.alarms.bell_ns == 4
    seen.fold([EventsDropped(10, 1), replace(first, time_ns=11), replace(second, time_ns=11)])
    assert seen.alarms.bell_ns == 4
    seen.fold([replace(first, time_ns=6, since_ns=6)])
    assert seen.alarms.bell_ns == 6


def test_an_alarm_is_the_worst_problem_until_somebody_has_seen_it() -> None:
    seen = view()
    seen.fold([StateChanged(1, "light", State.RUNNING, State.QUARANTINED, "it crashed too often"), RAISED])
    first, second = seen.problems
    assert (first.kind, first.word, first.severity) == (ProblemKind.ALARM, "ALARM", Severity.GRAVE)
    assert first.sentence == "too-warm: air.t is above 30 °C (31 °C)"
    assert second.kind is ProblemKind.QUARANTINED
    seen.fold([AlarmAcknowledged(6, HOT)])
    first, second = seen.problems
    assert first.kind is ProblemKind.QUARANTINED
    assert (second.word, second.severity) == ("alarm", Severity.WARNING)
    assert second.sentence.endswith("; acknowledged")
