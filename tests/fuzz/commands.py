"""Target: what strangers publish on the topics of a node: commands, and messages of live screens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any

from hostcore.broker.live.channel import Channel
from hostcore.broker.live.chunks import decoded
from hostcore.broker.message import Arrived
from hostcore.broker.topics import place_of
from hostcore.errors import HostError
from hostcore.events import LogWritten
from tests.commanded_node import TOPICS, CommandedNode
from tests.fuzz.messages import changed
from tests.fuzz.mutation import bytes_mutated
from tests.fuzz.target import Check, Target

SEEDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("relay", {"name": "fan", "state": "ON"}),
    ("pwm", {"line": 18, "duty": 0.5, "frequency_hz": 50}),
    ("leds", {"color": [1, 2, 3], "first": 0, "last": 3, "state": "ON"}),
    ("leds", {"color": "ff8800"}),
    ("history", {"plugin": "light", "key": ["lux", "0"], "seconds": 60, "until": "2024-01-01T12:00:00Z", "points": 5}),
    ("crashes", {"plugin": "light", "id": "1"}),
    ("log", {"seconds": 0, "level": "info", "plugin": "light"}),
    ("traffic", {"seconds": 0, "bus": "i2c-1"}),
    ("restart", {"plugin": "light"}),
    ("acknowledge", {"name": "warm"}),
)
NOW = 1_704_110_400
"""Unix seconds of the node's clock at first."""


def make(chance: Random) -> bytes:
    """A name of a command, a line feed, and a payload; or the payload of a live screen."""
    if chance.random() < 0.2:
        return b"\n" + bytes_mutated(chance, bytes([chance.randrange(4)]) + bytes(7) + b"\x01" + chance.randbytes(20))
    name, arguments = chance.choice(SEEDS)
    times = (NOW, NOW + 0.5, "2024-01-01T12:00:00Z", "2024-01-01T13:00:00.5+01:00", NOW - 3_600)
    whole = {"transaction": f"{chance.randrange(1 << 32):x}", "time": chance.choice(times), **arguments}
    payload = json.dumps(changed(chance, whole, 0.2)).encode()
    if chance.random() < 0.02:
        depth = chance.choice((10, 900, 10_000))
        payload = b'{"a":' + b"[" * depth + b"]" * depth + b"}"
    return name.encode() + b"\n" + (bytes_mutated(chance, payload) if chance.random() < 0.3 else payload)


@contextmanager
def ready(_folder: Path) -> Iterator[Check]:
    """A node that allows everything, without its threads."""
    node = CommandedNode()

    def check(content: bytes) -> None:
        name, _, payload = content.partition(b"\n")
        if not name:
            _as_chunk(payload)
            return
        node.clock.advance(0.1)
        node.broker.messages.clear()
        node.told.clear()
        present = payload.replace(b"%d" % NOW, b"%d" % node.now)  # else all but the first would be too old
        node.service._follow(Arrived(TOPICS.of("command", name.decode(errors="replace")), present))
        _require_harmless(node)

    yield check
    node.service.stop()


def _require_harmless(node: CommandedNode) -> None:
    """Whatever came, it is answered once at most, on topics of the node, in JSON and in harmless words."""
    for message in node.broker.messages:
        assert (place := place_of(message.topic, TOPICS.prefix)) is not None
        assert place.node == TOPICS.node
        found = json.loads(message.payload)
        assert "defect" not in found.get("error", "")
        assert found.get("error", "").isprintable()
    assert sum(message.topic.startswith(TOPICS.of("response")) for message in node.broker.messages) <= 1
    assert all(isinstance(each, LogWritten) and each.text.isprintable() for each in node.told)


def _as_chunk(payload: bytes) -> None:
    """As both ends of a live screen do with what arrives."""
    for inflates in (True, False):
        channel = Channel(0, inflates=inflates)
        with suppress(ValueError, HostError):
            channel.take(decoded(payload), 1)
            while piece := channel.arrived():
                channel.written(len(piece))


TARGET = Target("commands", 10, make, ready, batch=1000)
