"""Log lines and transfers that a node publishes for some seconds, because a command asked for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from hostcore.events import Level, LogWritten, Message, Outcome, TransferCompleted
from hostcore.mqtt.commands.watches import MOST_AT_ONCE
from hostcore.place import BusName
from tests.commanded_node import PATIENCE, TOPICS, CommandedNode
from tests.scripted_session import plugin_facts
from tests.waiting import until

LOG, TRAFFIC = TOPICS.of("events", "log"), TOPICS.of("events", "traffic")


@pytest.fixture
def node() -> Iterator[CommandedNode]:
    with CommandedNode() as made:
        made.session.known.append(plugin_facts("bme680", "i2c:1:0x76"))
        yield made


def line(text: str, plugin: str = "light", level: Level = Level.INFO) -> LogWritten:
    return LogWritten(1_704_110_400_000_000_000, plugin, level, text)


def transfer(
    *messages: Message, plugin: str = "bme680", bus: str = "i2c-1", sequence: int = 1, outcome: Outcome = Outcome.OK
) -> TransferCompleted:
    detail = "" if outcome is Outcome.OK else "i2c-1 0x76: nobody answered"
    return TransferCompleted(
        1_704_110_400_000_000_000, plugin, BusName(bus), 0x76, messages, outcome, detail, 500_000,
        sequence=sequence, source_line=31, is_simulated=True,
    )  # fmt: skip


def told(node: CommandedNode, topic: str, count: int) -> list[dict[str, Any]]:
    """Wait for this many messages, and return all."""
    until(lambda: len(node.broker.on(topic)) >= count, PATIENCE)
    return [json.loads(each.payload) for each in node.broker.on(topic)]


class TestTheLog:
    def test_nothing_comes_unless_it_was_asked_for(self, node: CommandedNode) -> None:
        node.session.publish([line("before")])
        assert node.give("log", seconds=60) == {"topic": LOG, "seconds": 60}
        node.session.publish([line("after")])
        assert told(node, LOG, 1) == [
            {"time": "2024-01-01T12:00:00.000Z", "plugin": "light", "level": "info", "text": "after"}
        ]

    def test_it_can_be_that_of_one_plugin_from_a_level_on(self, node: CommandedNode) -> None:
        node.give("log", plugin="light", level="warning")
        node.session.publish([line("no"), line("no", "other", Level.ERROR)])
        node.session.publish([line("yes", level=Level.WARNING), line("too", level=Level.ERROR)])
        assert [each["text"] for each in told(node, LOG, 2)] == ["yes", "too"]

    def test_the_last_command_replaces_the_one_before(self, node: CommandedNode) -> None:
        node.give("log", plugin="light")
        node.give("log", plugin="other")
        node.session.publish([line("no"), line("yes", "other")])
        assert [each["text"] for each in told(node, LOG, 1)] == ["yes"]

    def test_it_ends_by_itself(self, node: CommandedNode) -> None:
        node.give("log", seconds=10)
        node.clock.advance(10)
        node.session.publish([line("late"), line("later")])
        until(lambda: len(node.session.stream._followers) == 0, PATIENCE)
        assert not node.broker.on(LOG)

    def test_it_can_be_ended_and_begun_again(self, node: CommandedNode) -> None:
        node.give("log")
        node.give("log", seconds=0)
        node.session.publish([line("no")])
        node.give("log")
        node.session.publish([line("yes")])
        assert [each["text"] for each in told(node, LOG, 1)] == ["yes"]

    def test_what_comes_too_fast_is_counted(self, node: CommandedNode) -> None:
        node.give("log")
        node.session.publish(line(str(each)) for each in range(5 * MOST_AT_ONCE))
        told(node, LOG, MOST_AT_ONCE)
        until(lambda: node.service._watches._watches["log"]._dropped == 4 * MOST_AT_ONCE, PATIENCE)
        node.clock.advance(10)
        node.session.publish([line("at last")])
        *_, last = told(node, LOG, MOST_AT_ONCE + 1)
        assert (last["text"], last["dropped"]) == ("at last", 4 * MOST_AT_ONCE)

    def test_what_is_missing_at_the_end_is_told(self, node: CommandedNode) -> None:
        node.give("log")
        node.session.publish(line(str(each)) for each in range(MOST_AT_ONCE + 3))
        told(node, LOG, MOST_AT_ONCE)
        node.give("log", seconds=0)
        assert told(node, LOG, MOST_AT_ONCE + 1)[-1] == {"time": "2024-01-01T12:00:00.000Z", "dropped": 3}

    def test_a_broker_that_is_away_costs_what_it_misses(self, node: CommandedNode) -> None:
        node.give("log")
        node.broker.is_away = True
        node.session.publish([line("missed")])
        until(lambda: node.service._watches._watches["log"]._dropped == 1, PATIENCE)
        node.broker.is_away = False
        node.session.publish([line("next")])
        assert told(node, LOG, 1)[0]["dropped"] == 1


class TestTraffic:
    def test_a_transfer_is_told_in_the_words_of_its_chip(self, node: CommandedNode) -> None:
        node.give("traffic", seconds=60)
        node.session.publish([transfer(Message(True, b"\xd0"), Message(False, b"\x61"))])
        (found,) = told(node, TRAFFIC, 1)
        assert found == {
            "time": "2024-01-01T12:00:00.000Z", "plugin": "bme680", "bus": "i2c-1", "address": 0x76,
            "text": found["text"], "outcome": "ok", "messages": [{"write": "d0"}, {"read": "61"}],
            "duration": 0.0005, "line": 31, "simulated": True,
        }  # fmt: skip
        assert "0x61" in found["text"]

    def test_a_failure_has_its_reason(self, node: CommandedNode) -> None:
        node.give("traffic")
        node.session.publish([transfer(outcome=Outcome.NO_ACKNOWLEDGE)])
        (found,) = told(node, TRAFFIC, 1)
        assert (found["outcome"], found["problem"]) == ("no-acknowledge", "i2c-1 0x76: nobody answered")

    def test_it_can_be_that_of_one_bus(self, node: CommandedNode) -> None:
        node.give("traffic", bus="i2c-3")
        node.session.publish([transfer(), transfer(bus="i2c-3", sequence=2)])
        assert [each["bus"] for each in told(node, TRAFFIC, 1)] == ["i2c-3"]

    def test_a_large_transfer_is_cut(self, node: CommandedNode) -> None:
        node.give("traffic")
        node.session.publish([transfer(Message(True, bytes(4_000)), Message(True, bytes(4_000)))])
        told(node, TRAFFIC, 1)
        assert len(node.broker.on(TRAFFIC)[0].payload) < 2_000
