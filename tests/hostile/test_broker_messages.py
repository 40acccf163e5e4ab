"""Messages of strangers on a broker: none has an effect that host.toml does not allow, and none disturbs the node."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hostcore.broker.groups import CommandGroup
from hostcore.broker.message import Arrived
from hostcore.events import LogWritten
from tests.commanded_node import PATIENCE, TOPICS, CommandedNode
from tests.waiting import until

COMMANDS = {
    "relay": (CommandGroup.OUTPUTS, {"name": "fan", "state": "ON"}),
    "pwm": (CommandGroup.OUTPUTS, {"line": 18, "duty": 0.5}),
    "leds": (CommandGroup.OUTPUTS, {"color": "red"}),
    "start": (CommandGroup.ORDERS, {"plugin": "light"}),
    "restart": (CommandGroup.ORDERS, {"plugin": "light"}),
    "acknowledge": (CommandGroup.ALARMS, {"name": "warm"}),
    "crashes": (CommandGroup.READ, {}),
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)
NAMES = st.sampled_from([*COMMANDS, "history", "log", "traffic", "live", "stop", "release", "nothing", "x" * 64])
LEVELS = st.sampled_from(["wasi-host", "pi", "command", "response", "live", "events", "+", "#", "", "\x00", "\x1b[2J"])
TOPIC = st.builds("/".join, st.lists(LEVELS, max_size=6)) | NAMES.map(lambda name: TOPICS.of("command", name))


def is_quiet(node: CommandedNode) -> bool:
    """Whether all commands have been followed or refused: the next one is answered."""
    return bool(node.send("nothing", node.payload())["status"])


@given(
    messages=st.lists(
        st.tuples(TOPIC, st.binary(max_size=200) | JSON.map(lambda each: json.dumps(each).encode()), st.booleans()),
        max_size=10,
    )
)
def test_any_bytes_on_any_topic_have_no_effect(messages: list[tuple[str, bytes, bool]]) -> None:
    with CommandedNode() as node:
        for topic, payload, retained in messages:
            node.service.received(Arrived(topic, payload, retained))
        assert is_quiet(node)
        assert not node.session.changes
        assert all(each.topic.startswith("wasi-host/pi/") for each in node.broker.messages)
        assert all(isinstance(each, LogWritten) and each.text.isprintable() for each in node.told)


@given(
    groups=st.sets(st.sampled_from(list(CommandGroup))),
    commands=st.lists(st.sampled_from(list(COMMANDS)), min_size=1, max_size=5),
    copies=st.integers(1, 3),
    retained=st.booleans(),
    seconds=st.sampled_from([-3600, -61, -1, 0, 1, 61, 3600]),
)
def test_an_effect_needs_its_group_a_fresh_time_and_happens_once(
    groups: set[CommandGroup], commands: list[str], copies: int, retained: bool, seconds: int
) -> None:
    with CommandedNode(groups) as node:
        node.clock.advance(100)
        for command in commands:
            payload = node.payload(**COMMANDS[command][1], time=node.now + seconds)
            for _ in range(copies):
                node.service.received(Arrived(TOPICS.of("command", command), payload, retained))
        allowed = [each for each in commands if COMMANDS[each][0] in groups - {CommandGroup.READ}]
        expected = len(allowed) if not retained and abs(seconds) < 61 else 0
        until(lambda: len(node.session.changes) >= expected, PATIENCE)
        assert not groups or is_quiet(node)
        assert len(node.session.changes) == expected


@given(command=st.sampled_from(list(COMMANDS)), key=st.text(max_size=10), value=JSON)
def test_any_argument_is_right_or_refused_in_words(command: str, key: str, value: Any) -> None:
    with CommandedNode() as node:
        _, arguments = COMMANDS[command]
        answer = node.send(command, node.payload(**{**arguments, key: value}))
        if answer["status"] == "ok":
            assert key in arguments or (command, key) in {("leds", "first"), ("leds", "last"), ("leds", "state")}
        else:
            assert answer["error"].isprintable()
            assert "defect" not in answer["error"]
            assert not node.session.changes
