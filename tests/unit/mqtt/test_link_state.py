"""How the connection to the broker is told at the host: each change once, and from time to time what waits."""

from __future__ import annotations

import pytest

from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.events import BrokerLost, BrokerReached, Event, Level, LogWritten, ReadingsDropped
from hostcore.mqtt.link_state import AGAIN_NS, DROPS_NS, MOST_REFUSALS, REFUSED_NS, Backlog, LinkState

URL = "mqtt://broker"


class Bench:
    def __init__(self) -> None:
        self.clock, self.events = VirtualClock(), list[Event]()
        self.state = LinkState(URL, self.clock, self.events.append)

    def taken(self) -> list[Event]:
        events, self.events[:] = [*self.events], []
        return events

    def wait(self, ns: int) -> None:
        self.clock.advance(ns / NS_PER_S)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_each_reason_is_told_once_however_often_it_is_tried(bench: Bench) -> None:
    for _ in range(5):
        bench.state.lose("it refuses connections")
    line, lost = bench.taken()
    assert isinstance(line, LogWritten)
    assert (line.level, line.text) == (Level.WARNING, "MQTT: it refuses connections")
    assert isinstance(lost, BrokerLost)
    assert lost.problem == "it refuses connections"
    bench.state.lose("it does not answer")
    assert len(bench.taken()) == 2


def test_another_reason_does_not_change_since_when_it_is_away(bench: Bench) -> None:
    bench.state.lose("one")
    bench.wait(NS_PER_S)
    bench.state.lose("two")
    first, second = (each for each in bench.taken() if isinstance(each, BrokerLost))
    assert second.since_ns == first.since_ns < second.time_ns


def test_a_broker_that_was_never_there_is_away_since_the_start(bench: Bench) -> None:
    started_ns = bench.clock.wall_ns()
    bench.wait(12 * NS_PER_S)
    bench.state.lose("it does not answer")
    (lost,) = (each for each in bench.taken() if isinstance(each, BrokerLost))
    assert lost.since_ns == started_ns


def test_a_connection_is_told_each_time(bench: Bench) -> None:
    bench.state.reach()
    bench.state.lose("gone")
    bench.state.reach()
    kinds = [type(each) for each in bench.taken() if not isinstance(each, LogWritten)]
    assert kinds == [BrokerReached, BrokerLost, BrokerReached]


def test_what_waits_is_told_from_time_to_time_if_it_has_changed(bench: Bench) -> None:
    bench.state.look(Backlog(5, 0))
    assert bench.taken() == []
    bench.state.lose("gone")
    bench.taken()
    bench.state.look(Backlog(5, 0))
    assert bench.taken() == []
    bench.wait(AGAIN_NS)
    bench.state.look(Backlog(6, 1))
    dropped, lost = bench.taken()
    assert isinstance(dropped, ReadingsDropped)
    assert isinstance(lost, BrokerLost)
    assert (lost.waiting, lost.dropped, lost.problem) == (6, 1, "gone")
    bench.wait(AGAIN_NS)
    bench.state.look(Backlog(6, 1))
    assert bench.taken() == []


def test_that_nothing_waits_any_more_is_told_at_once(bench: Bench) -> None:
    bench.state.lose("gone")
    bench.wait(AGAIN_NS)
    bench.state.look(Backlog(waiting=6))
    bench.state.reach()
    bench.taken()
    bench.state.look(Backlog(waiting=3))
    bench.state.look(Backlog(waiting=0))
    (reached,) = bench.taken()
    assert isinstance(reached, BrokerReached)
    assert reached.waiting == 0
    bench.state.look(Backlog(waiting=2))
    assert bench.taken() == []


def test_many_topics_that_are_refused_for_one_reason_are_one_line(bench: Bench) -> None:
    for topic in ("a/b", "a/c"):
        bench.state.refuse(f"mqtt://pi refuses a message for {topic}: not allowed", "not allowed")
    (line,) = [each.text for each in bench.taken() if isinstance(each, LogWritten)]
    assert line == "MQTT: mqtt://pi refuses a message for a/b: not allowed (others for this reason are not told)"


def test_each_refusal_is_logged_once_and_not_without_end(bench: Bench) -> None:
    for number in range(2 * MOST_REFUSALS):
        for _ in range(2):
            bench.state.refuse(f"no {number}\x1b[31m")
    lines = [each.text for each in bench.taken() if isinstance(each, LogWritten)]
    assert len(lines) == MOST_REFUSALS
    assert "\x1b" not in "".join(lines)


def test_dropped_readings_are_an_event_of_their_own_at_once_and_then_once_a_minute(bench: Bench) -> None:
    def dropped() -> list[tuple[int, int, str]]:
        return [(each.count, each.total, each.reason) for each in bench.taken() if isinstance(each, ReadingsDropped)]

    bench.state.look(Backlog())
    assert dropped() == []
    bench.state.look(Backlog(5, 2, "no room"))
    assert dropped() == [(2, 2, "no room")]
    for number in range(3, 9):
        bench.state.look(Backlog(5, number, "no room"))
    assert dropped() == []
    bench.wait(DROPS_NS)
    bench.state.look(Backlog(5, 9, "too large"))
    assert dropped() == [(7, 9, "too large")]
    bench.wait(DROPS_NS)
    bench.state.look(Backlog(5, 9, "too large"))
    assert dropped() == []


def test_a_refusal_is_told_until_none_came_for_minutes(bench: Bench) -> None:
    bench.state.reach()
    bench.taken()
    bench.state.refuse("no")
    bench.state.refuse("another")
    bench.state.look(Backlog())
    (reached,) = (each for each in bench.taken() if isinstance(each, BrokerReached))
    assert reached.refusal == "no"
    bench.wait(REFUSED_NS)
    bench.state.look(Backlog())
    (reached,) = bench.taken()
    assert isinstance(reached, BrokerReached)
    assert reached.refusal == ""


def test_a_new_connection_begins_without_refusals(bench: Bench) -> None:
    bench.state.reach()
    bench.state.refuse("no")
    bench.state.reach()
    *_, reached = bench.taken()
    assert isinstance(reached, BrokerReached)
    assert reached.refusal == ""


def test_what_a_stranger_has_sent_is_logged_once_and_says_nothing_of_the_connection(bench: Bench) -> None:
    bench.state.reach()
    bench.taken()
    for _ in range(3):
        bench.state.note("a message on a/b is too large\x1b[2J")
        bench.state.look(Backlog())
    (line,) = bench.taken()
    assert isinstance(line, LogWritten)
    assert line.text == r"MQTT: a message on a/b is too large\x1b[2J"
