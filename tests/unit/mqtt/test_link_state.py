"""How the connection to the broker is told at the host: each change once, and from time to time what waits."""

from __future__ import annotations

import pytest

from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.events import BrokerLost, BrokerReached, Event, Level, LogWritten
from hostcore.mqtt.link_state import AGAIN_NS, MOST_REFUSALS, Backlog, LinkState

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
    bench.state.look(Backlog(5, 1))
    assert bench.taken() == []
    bench.wait(AGAIN_NS)
    bench.state.look(Backlog(6, 1))
    (lost,) = bench.taken()
    assert isinstance(lost, BrokerLost)
    assert (lost.waiting, lost.dropped, lost.problem) == (6, 1, "gone")
    bench.wait(AGAIN_NS)
    bench.state.look(Backlog(6, 1))
    assert bench.taken() == []


def test_many_topics_that_are_refused_for_one_reason_are_one_line(bench: Bench) -> None:
    for topic in ("a/b", "a/c"):
        bench.state.refuse(f"mqtt://pi refuses a message for {topic}: not allowed")
    (line,) = [each.text for each in bench.taken() if isinstance(each, LogWritten)]
    assert line == "MQTT: mqtt://pi refuses a message for a/b, and perhaps others: not allowed"


def test_each_refusal_is_logged_once_and_not_without_end(bench: Bench) -> None:
    for number in range(2 * MOST_REFUSALS):
        for _ in range(2):
            bench.state.refuse(f"no {number}\x1b[31m")
    lines = [each.text for each in bench.taken() if isinstance(each, LogWritten)]
    assert len(lines) == MOST_REFUSALS
    assert "\x1b" not in "".join(lines)
