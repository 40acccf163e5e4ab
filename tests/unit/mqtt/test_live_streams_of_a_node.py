"""The live screens that a node serves: how many, for how long, and what strangers can do to them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count

import pytest

from hostcore import __version__
from hostcore.broker.live.channel import LEASE_SECONDS
from hostcore.broker.live.chunks import Chunk, Ended, decoded, encoded
from hostcore.broker.message import Arrived
from hostcore.mqtt.commands.live import MOST_STREAMS, SILENT_SECONDS
from tests.commanded_node import PATIENCE, TOPICS, CommandedNode
from tests.waiting import until

_NUMBERS = count(1)


@pytest.fixture
def node() -> Iterator[CommandedNode]:
    with CommandedNode() as made:
        yield made


def opened(node: CommandedNode) -> str:
    """Open a stream, and return its name."""
    name = f"{next(_NUMBERS):032x}"
    assert node.give("live", stream=name)["lease"] == LEASE_SECONDS
    return name


def send(node: CommandedNode, name: str, payload: bytes, *, retained: bool = False) -> None:
    assert node.service.received(Arrived(TOPICS.of("live", name, "up"), payload, retained))


def end_of(node: CommandedNode, name: str) -> str:
    """Wait for the end of a stream, and return why it came."""

    def ends() -> list[Ended]:
        parts = [decoded(each.payload) for each in node.broker.on(TOPICS.of("live", name, "down"))]
        return [each for each in parts if isinstance(each, Ended)]

    until(ends, PATIENCE)
    return ends()[0].reason


def attach_line() -> bytes:
    return json.dumps({"attach": {"protocol": 1, "version": __version__}}).encode() + b"\n"


def test_the_node_listens_to_a_stream_as_long_as_it_lasts(node: CommandedNode) -> None:
    name = opened(node)
    assert TOPICS.of("live", name, "up") in node.broker.topics
    send(node, name, encoded(Ended("")))
    until(lambda: TOPICS.of("live", name, "up") not in node.broker.topics, PATIENCE)


def test_a_client_that_attaches_is_greeted(node: CommandedNode) -> None:
    name = opened(node)
    send(node, name, encoded(Chunk(1, attach_line())))
    until(lambda: node.broker.on(TOPICS.of("live", name, "down")), PATIENCE)
    assert isinstance(decoded(node.broker.on(TOPICS.of("live", name, "down"))[0].payload), Chunk)


@pytest.mark.parametrize("line", [b"garbage\n", b'{"scan": {"bus": 1, "mode": "default"}}\n', b"{}\n"])
def test_one_that_wants_something_else_is_cut_off(node: CommandedNode, line: bytes) -> None:
    name = opened(node)
    send(node, name, encoded(Chunk(1, line)))
    assert end_of(node, name) == ""
    assert not node.session.changes


@pytest.mark.parametrize("payload", [b"", b"garbage", encoded(Chunk(2, b"x")), bytes(1 << 20)])
def test_garbage_ends_its_stream_and_no_other(node: CommandedNode, payload: bytes) -> None:
    broken, whole = opened(node), opened(node)
    send(node, broken, payload)
    assert end_of(node, broken)
    assert TOPICS.of("live", whole, "up") in node.broker.topics


def test_what_the_broker_has_kept_is_ignored(node: CommandedNode) -> None:
    name = opened(node)
    send(node, name, b"garbage", retained=True)
    send(node, name, encoded(Chunk(1, attach_line())))
    until(lambda: node.broker.on(TOPICS.of("live", name, "down")), PATIENCE)
    assert isinstance(decoded(node.broker.on(TOPICS.of("live", name, "down"))[0].payload), Chunk)


def test_a_silent_client_loses_its_stream_after_its_lease(node: CommandedNode) -> None:
    name = opened(node)
    node.clock.advance(LEASE_SECONDS)
    assert "no sign of life" in end_of(node, name)


def test_a_new_screen_takes_the_place_of_one_whose_client_may_be_gone(node: CommandedNode) -> None:
    names = [opened(node) for _ in range(MOST_STREAMS)]
    assert "no more are allowed" in node.refusal("live", stream="f" * 32)
    node.clock.advance(SILENT_SECONDS + 1)
    opened(node)
    assert "another screen" in end_of(node, names[0])
