"""A node is asked over topics, and only its own answer is taken."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from hostcore.broker.groups import CommandGroup
from hostcore.broker.message import Message
from hostcore.broker.topics import place_of
from hostcore.clock import VirtualClock, timestamp
from hostcore.errors import BrokerAwayError, NodeError
from hostcore.fleet import asking
from hostcore.fleet.asking import GROUPS, MOST_ANSWERS, Asker, require_answerable
from hostcore.fleet.model import Link, NodeStatus, Standing
from hostcore.threads import HostThread
from tests.waiting import comes_true

CONNECTED = Link(is_connected=True, since=0.0)
PATIENCE = 20.0
"""Seconds that a test waits before it fails."""


class Wire:
    """A connection that does at once what a test wants with what is published."""

    def __init__(self, react: Callable[[dict[str, Any]], None] = lambda _body: None) -> None:
        self.react = react
        self.subscribed: list[str] = []
        self.published: list[Message] = []

    def subscribe(self, topics: str, qos: int = 1) -> None:
        self.subscribed.append(topics)

    def publish(self, message: Message) -> int:
        self.published.append(message)
        self.react(json.loads(message.payload))
        return len(self.published)


def asker(wire: Wire, *, is_new: bool = True) -> Asker:
    return Asker(wire, "wasi-host", "fleet-1", VirtualClock(), has_response_topics=is_new)


def answering(**answer: Any) -> tuple[Wire, Asker]:
    """A wire on which each command is answered, and who asks."""
    wire = Wire()
    asks = asker(wire)
    wire.react = lambda body: give(asks, {"transaction": body["transaction"], **answer})
    return wire, asks


def give(asks: Asker, body: object, topic: str = "wasi-host/pi/response/fleet-1") -> None:
    place = place_of(topic, "wasi-host")
    assert place is not None
    asks.take(place, body if isinstance(body, bytes) else json.dumps(body).encode())


def test_who_asks_at_the_same_time_waits_until_the_answers_are_subscribed_to() -> None:
    wire, order, subscribing, may_go_on = Wire(), list[str](), threading.Event(), threading.Event()
    asks = asker(wire)

    def subscribe(_topics: str, qos: int = 1) -> None:
        subscribing.set()
        may_go_on.wait(PATIENCE)
        order.append("subscribed")

    def answer(body: dict[str, Any]) -> None:
        order.append("asked")
        give(asks, {"transaction": body["transaction"], "status": "ok"})

    wire.subscribe, wire.react = subscribe, answer  # type: ignore[method-assign]
    both = [HostThread(lambda: asks.ask("pi", "history", {}, PATIENCE), "ask") for _ in range(2)]
    both[0].start()
    assert subscribing.wait(PATIENCE)
    both[1].start()
    assert not comes_true(lambda: order, 0.05)
    may_go_on.set()
    for each in both:
        each.join(PATIENCE)
    assert order == ["subscribed", "subscribed", "asked", "asked"]


def test_an_answer_comes_back_by_its_transaction() -> None:
    wire, asks = answering(status="ok", data={"points": [1]})
    assert asks.ask("pi", "history", {"plugin": "bme680"}, 1).data == {"points": [1]}
    (message,) = wire.published
    body = json.loads(message.payload)
    assert (message.topic, message.retain, body["plugin"]) == ("wasi-host/pi/command/history", False, "bme680")
    assert body["time"] == timestamp(VirtualClock().wall_ns())
    assert (message.response_topic, message.correlation.decode()) == (wire.subscribed[0], body["transaction"])


def test_with_mqtt_3_the_answers_to_all_are_heard() -> None:
    wire = Wire()
    asks = asker(wire, is_new=False)
    with pytest.raises(NodeError, match="pi has not answered to history"):
        asks.ask("pi", "history", {}, 0)
    assert (wire.subscribed, wire.published[0].response_topic) == (["wasi-host/pi/response/history"], "")


def test_a_topic_for_answers_is_subscribed_once() -> None:
    wire, asks = answering(status="ok")
    for _ in range(3):
        asks.ask("pi", "history", {}, 1)
    assert wire.subscribed == ["wasi-host/pi/response/fleet-1", "wasi-host/pi/response/history"]
    assert len({json.loads(each.payload)["transaction"] for each in wire.published}) == 3


def test_a_node_with_mqtt_3_is_heard_where_it_answers_all() -> None:
    wire = Wire()
    asks = asker(wire)
    topic = "wasi-host/pi/response/crashes"
    wire.react = lambda body: give(asks, {"transaction": body["transaction"], "status": "ok", "data": 1}, topic)
    assert asks.ask("pi", "crashes", {}, 1).data == 1
    assert topic in wire.subscribed


def test_a_refusal_is_told_in_safe_words() -> None:
    _, asks = answering(status="error", error="no relay\x1b[2J")
    with pytest.raises(NodeError) as told:
        asks.ask("pi", "relay", {}, 1)
    assert str(told.value) == r"pi: no relay\x1b[2J"


@pytest.mark.parametrize("error", [None, 7, ["x"], "x" * 100_000])
def test_a_refusal_of_any_kind_is_told_in_a_line(error: object) -> None:
    _, asks = answering(status="error", error=error)
    with pytest.raises(NodeError) as told:
        asks.ask("pi", "relay", {}, 1)
    assert len(str(told.value)) < 1000


def test_what_is_no_answer_is_passed_over() -> None:
    wire = Wire()
    asks = asker(wire)

    def react(body: dict[str, Any]) -> None:
        for forged in (b"\xff", b"[]", {"transaction": "other"}, {"x": body["transaction"]}):
            give(asks, forged)
        give(asks, {"transaction": body["transaction"], "status": "ok", "data": 7})

    wire.react = react
    assert asks.ask("pi", "history", {}, 1).data == 7


def test_a_stranger_who_hears_a_command_cannot_fill_the_memory_with_answers() -> None:
    wire, asks = Wire(), None
    asks = asker(wire)
    kept: list[int] = []

    def react(body: dict[str, Any]) -> None:
        for _ in range(100):
            give(asks, {"x": body["transaction"]})
        kept.extend(len(each.answers) for each in asks._open.values())

    wire.react = react
    with pytest.raises(NodeError):
        asks.ask("pi", "history", {}, 0)
    assert all(each <= MOST_ANSWERS for each in kept)


def test_a_stranger_who_sends_no_answer_for_ever_does_not_hold_up_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire()
    asks = asker(wire)
    read, looked = asking._read, 0

    def reading(payload: bytes, transaction: str, node: str) -> object:
        nonlocal looked
        looked += 1
        assert looked < 1_000_000, "the wait has no end"
        give(asks, {"x": transaction})
        return read(payload, transaction, node)

    monkeypatch.setattr(asking, "_read", reading)
    wire.react = lambda body: give(asks, {"x": body["transaction"]})
    with pytest.raises(NodeError, match="has not answered"):
        asks.ask("pi", "history", {}, 0.01)


def test_a_lost_connection_ends_the_wait() -> None:
    wire = Wire()
    asks = asker(wire)
    wire.react = lambda _body: asks.disconnect()
    with pytest.raises(BrokerAwayError):
        asks.ask("pi", "history", {}, 60)


def status(standing: Standing = Standing.OK, **changes: Any) -> NodeStatus:
    return NodeStatus("pi", standing, "", **changes)


def test_an_unknown_node_is_told_with_those_that_there_are() -> None:
    with pytest.raises(NodeError, match=r"found no node pj; there are pi1, pi2.* and 1 more"):
        require_answerable("pj", None, CONNECTED, "history", [f"pi{number}" for number in range(1, 12)])


def test_what_a_node_does_not_allow_is_told_with_the_line_for_its_settings() -> None:
    with pytest.raises(NodeError, match=r'pi does not allow history .* add "read" to commands in \[mqtt\]'):
        require_answerable("pi", status(), CONNECTED, "history", ["pi"])
    require_answerable("pi", status(commands=frozenset({CommandGroup.READ})), CONNECTED, "history", ["pi"])


def test_an_offline_node_is_not_asked() -> None:
    with pytest.raises(NodeError, match="pi is offline"):
        require_answerable("pi", status(Standing.OFFLINE), CONNECTED, "history", ["pi"])


def test_without_a_broker_nobody_is_asked() -> None:
    with pytest.raises(BrokerAwayError, match="the broker is not connected: refused"):
        require_answerable("pi", status(), Link(problem="refused"), "history", ["pi"])


def test_every_group_has_commands() -> None:
    assert set(GROUPS.values()) == set(CommandGroup)
