"""The connection to the MQTT broker in the read model, and among the problems."""

from __future__ import annotations

from hostcore.events import BrokerLost, BrokerReached, ConnectionRestored
from hostcore.quick_dataclass import replace
from hostcore.view.problems import ProblemKind, Severity
from hostcore.view.view import View
from tests.scripted_session import host_facts

LOST = BrokerLost(5, "mqtt://x", 3, "mqtt://x refuses connections", waiting=2)


def view_after(*events: object) -> View:
    view = View(host_facts(), ())
    view.fold(events)  # type: ignore[arg-type]
    return view


def test_a_lost_broker_is_a_problem_and_one_that_is_back_is_none() -> None:
    (problem,) = view_after(LOST).problems
    assert (problem.kind, problem.severity, problem.since_ns) == (ProblemKind.BROKER, Severity.WARNING, 3)
    assert problem.sentence == "mqtt://x refuses connections; 2 readings wait for it"
    assert view_after(LOST, BrokerReached(6, "mqtt://x", 6)).problems == ()


def test_a_broker_that_refuses_messages_is_a_problem() -> None:
    refusal = "mqtt://x refuses a message: no"
    (problem,) = view_after(BrokerReached(6, "mqtt://x", 6, waiting=2, refusal=refusal)).problems
    assert problem.sentence == "mqtt://x refuses a message: no; 2 readings wait"


def test_a_question_is_not_followed_by_a_semicolon() -> None:
    (problem,) = view_after(replace(LOST, problem="mqtt://x refuses connections: is 1883 its port?")).problems
    assert problem.sentence == "mqtt://x refuses connections: is 1883 its port? 2 readings wait for it"


def test_a_host_that_was_started_again_tells_of_its_own_connection() -> None:
    assert view_after(LOST, ConnectionRestored(6, is_new_host=True)).broker.newest is None
    assert view_after(LOST, ConnectionRestored(6, is_new_host=False)).broker.lost == LOST


def test_another_host_with_the_same_name_is_a_problem_also_while_the_broker_is_there() -> None:
    (problem,) = view_after(BrokerReached(6, "mqtt://x", 4, twin="another host has the name pi, too")).problems
    assert (problem.kind, problem.sentence) == (ProblemKind.TWIN, "another host has the name pi, too")


def test_a_lost_broker_tells_why_what_waits_is_not_kept() -> None:
    (problem,) = view_after(replace(LOST, not_kept="the disk is full")).problems
    assert problem.sentence.endswith("2 readings wait for it, and are lost when the host ends: the disk is full")


def test_a_lost_broker_tells_how_many_readings_were_dropped() -> None:
    (problem,) = view_after(replace(LOST, dropped=3)).problems
    assert problem.sentence.endswith("2 readings wait for it; 3 readings dropped so far")
