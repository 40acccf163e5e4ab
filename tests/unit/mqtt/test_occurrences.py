"""Events on their way to the broker: what too many of them cost is said."""

from __future__ import annotations

import pytest

from hostcore.broker.topics import NodeTopics
from hostcore.events import PluginCrashed
from hostcore.mqtt.occurrences import MOST_WAITING, Occurrences
from tests.accepting_broker import AcceptingBroker
from tests.crash_reports import crash


class Telling:
    """Occurrences of a node whose broker is away at first."""

    def __init__(self) -> None:
        self.broker, self.told = AcceptingBroker(), list[str]()
        self.broker.is_there = False
        self.occurrences = Occurrences(NodeTopics("wasi-host", "pi"), 1, self.told.append)

    def crash(self, count: int) -> None:
        for number in range(count):
            self.occurrences.take(PluginCrashed(number, "light", crash(number, "light"), ""))


@pytest.fixture
def node() -> Telling:
    return Telling()


def test_those_that_found_room_are_sent_and_nothing_is_said(node: Telling) -> None:
    node.crash(MOST_WAITING)
    assert not node.occurrences.send(node.broker.publish)
    node.broker.is_there = True
    assert node.occurrences.send(node.broker.publish)
    assert len(node.broker.got) == MOST_WAITING
    assert node.told == []


def test_the_oldest_of_too_many_are_dropped_and_it_is_said_when_the_others_are_on_their_way(node: Telling) -> None:
    node.crash(MOST_WAITING + 3)
    assert not node.occurrences.send(node.broker.publish)
    assert node.told == []
    node.broker.is_there = True
    for _ in range(2):
        assert node.occurrences.send(node.broker.publish)
    assert node.told == [
        "3 messages of crashes, findings, denials or alarms were dropped: 200 can wait, and not every size"
    ]
    assert b'"time_ns": 3' in node.broker.got[0].payload
