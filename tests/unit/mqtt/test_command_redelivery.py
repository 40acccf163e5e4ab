"""A command that is delivered twice has one effect, and the same answer twice, for half a minute."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hostcore.broker.message import Arrived
from hostcore.clock import NS_PER_S, VirtualClock
from hostcore.mqtt.commands.redelivery import MOST_ANSWERS, MOST_BYTES, WITHIN_NS, Redelivery
from tests.commanded_node import CommandedNode

TOPIC = "wasi-host/pi/command/relay"


@pytest.fixture
def node() -> Iterator[CommandedNode]:
    with CommandedNode() as made:
        made.clock.advance(1_000)
        yield made


def switch(node: CommandedNode, **more: object) -> bytes:
    return node.payload(name="fan", state="ON", **more)


def test_the_answer_is_that_of_the_first_one(node: CommandedNode) -> None:
    payload = switch(node)
    first = node.send("relay", payload)
    assert first["status"] == "ok"
    assert node.send("relay", payload) == first
    assert len(node.session.actuations) == 1
    assert not node.log, "nobody is told of a refusal"


def test_so_is_that_of_a_command_that_failed(node: CommandedNode) -> None:
    node.session.refusal = "host.toml defines no relay named fan"
    payload = switch(node)
    first = node.send("relay", payload)
    node.session.refusal = ""
    assert node.send("relay", payload) == first
    assert not node.session.actuations


def test_after_half_a_minute_it_is_refused(node: CommandedNode) -> None:
    payload = switch(node, time=node.now + 59)
    node.send("relay", payload)
    node.clock.advance(WITHIN_NS / NS_PER_S + 1)
    assert "used before" in node.refusal("relay", payload)


def test_another_message_with_the_same_transaction_is_refused(node: CommandedNode) -> None:
    node.send("relay", switch(node, transaction="q"))
    assert "used before" in node.refusal("relay", node.payload(name="fan", state="OFF", transaction="q"))


def test_the_answer_goes_nowhere_else(node: CommandedNode) -> None:
    payload = switch(node)
    node.send("relay", payload, correlation=b"a")
    assert node.send("relay", payload, correlation=b"b")["status"] == "error"


def test_one_that_the_broker_kept_is_refused(node: CommandedNode) -> None:
    payload = switch(node)
    node.send("relay", payload)
    assert node.send("relay", payload, retained=True)["status"] == "error"


def test_a_bounded_number_of_answers_is_kept() -> None:
    redelivery, arrived = Redelivery(VirtualClock()), Arrived(TOPIC, b"{}")
    for number in range(MOST_ANSWERS + 1):
        redelivery.keep(str(number), arrived, b"answer")
    assert redelivery.answer_of("0", arrived) is None
    assert redelivery.answer_of("1", arrived) == b"answer"


def test_a_bounded_number_of_bytes_is_kept() -> None:
    redelivery, arrived = Redelivery(VirtualClock()), Arrived(TOPIC, b"{}")
    for number in range(5):
        redelivery.keep(str(number), arrived, bytes(MOST_BYTES // 4))
    assert redelivery.answer_of("0", arrived) is None
    assert redelivery.answer_of("1", arrived) is not None
    redelivery.keep("huge", arrived, bytes(MOST_BYTES + 1))
    assert redelivery.answer_of("huge", arrived) is None
