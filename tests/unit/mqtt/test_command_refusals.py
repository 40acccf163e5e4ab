"""Messages that are no commands, or that may not be followed: each is refused, named, and without effect."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from hostcore.broker.groups import CommandGroup
from hostcore.broker.message import Arrived
from hostcore.events import LogWritten
from hostcore.mqtt.commands.answering import LINES_AT_ONCE, REFUSALS_AT_ONCE
from hostcore.mqtt.commands.request import LONGEST_PAYLOAD
from hostcore.mqtt.commands.service import MOST_WAITING
from tests.commanded_node import PATIENCE, TOPICS, CommandedNode, commanded_node
from tests.waiting import until


@pytest.fixture
def node() -> Iterator[CommandedNode]:
    with CommandedNode() as made:
        yield made


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        (b"", "empty text"),
        (b"\xff\xfe", "no UTF-8"),
        (b"ON", "is not JSON"),
        (b"[1]", "not an object"),
        (b'{"time": 1}', "transaction is missing"),
        (b'{"transaction": "", "time": 1}', "1 to 64 printable"),
        (b'{"transaction": 7, "time": 1}', "transaction is 7"),
        (b'{"transaction": "a\\u001b[2J", "time": 1}', "printable"),
        (json.dumps({"transaction": "x" * 65, "time": 1}).encode(), "1 to 64"),
        (b'{"transaction": "q"}', "time is missing"),
        (b'{"transaction": "q", "time": true}', "time is True"),
        (b'{"transaction": "q", "time": "now"}', "RFC 3339 with a time zone"),
        (b'{"transaction": "q", "time": "2024-01-01T12:00:00"}', "time zone"),
        (b'{"transaction": "q", "time": 1704110400000}', "Unix seconds"),
        (b'{"transaction": "q", "time": 1e999}', "too large"),
        (b'{"transaction": "q", "time": NaN}', "not JSON"),
        (b'{"transaction": "q", "time": 1' + b"0" * 4000 + b"}", "Unix seconds"),
        (b'{"a":' * 100 + b"1" + b"}" * 100, "nested too deeply"),
        (b"[" * 8000 + b"]" * 8000, "nested too deeply"),
        (b" " * (LONGEST_PAYLOAD + 1), "are allowed"),
        (bytes(10 << 20), "are allowed"),
    ],
)  # fmt: skip
def test_what_is_no_command_is_refused_in_words(node: CommandedNode, payload: bytes, problem: str) -> None:
    assert problem in node.refusal("start", payload)


@pytest.mark.parametrize(
    ("command", "arguments", "problem"),
    [
        ("start", {}, "plugin is missing"),
        ("start", {"plugin": 3}, "plugin is 3"),
        ("start", {"plugin": "a\x1b[2Jb"}, "printable"),
        ("start", {"plugin": "x" * 300}, "1 to 200"),
        ("start", {"plugin": "a", "force": True}, "unknown key, 'force'; allowed are plugin"),
        ("crashes", {"\x1b[2J": 1}, "unknown key, '\\x1b[2J'"),
        ("relay", {"name": "fan"}, "state is missing; needed is one of ON, OFF"),
        ("relay", {"name": "fan", "state": True}, "state is True"),
        ("relay", {"name": "fan", "state": "on"}, "state is 'on'"),
        ("pwm", {"line": 18, "duty": 2}, "a number from 0 to 1"),
        ("pwm", {"line": 18.0, "duty": 1}, "a whole number"),
        ("pwm", {"line": True, "duty": 1}, "line is True"),
        ("pwm", {"line": 18, "duty": True}, "duty is True"),
        ("leds", {"color": "redd"}, "red, six hexadecimal digits"),
        ("leds", {"color": [1, 2, 256]}, "from 0 to 255"),
        ("leds", {"color": [1, 2, True]}, "from 0 to 255"),
        ("leds", {"color": {}}, "from 0 to 255"),
        ("leds", {"color": "red", "last": -1}, "last is -1"),
        ("history", {"plugin": "a"}, "key is missing"),
        ("history", {"plugin": "a", "key": []}, "a key such as temperature"),
        ("history", {"plugin": "a", "key": "b", "points": 10_000}, "from 1 to 1500"),
        ("history", {"plugin": "a", "key": "b", "seconds": 0}, "a number from 1"),
        ("history", {"plugin": "a", "key": "b", "until": "yesterday"}, "RFC 3339"),
        ("log", {"seconds": 601}, "from 0 to 600"),
        ("log", {"level": "loud"}, "one of debug, info, warning, error"),
        ("traffic", {"seconds": "long"}, "seconds is 'long'"),
        ("live", {"stream": "../../etc"}, "32 random hexadecimal digits"),
        ("live", {"stream": "0" * 32, "traffic": 601}, "from 0 to 600"),
        ("reboot", {}, "there is no command reboot; allowed are acknowledge, crashes"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_named_with_what_is_needed(
    node: CommandedNode, command: str, arguments: dict[str, object], problem: str
) -> None:
    assert problem in node.refusal(command, **arguments)


@pytest.mark.parametrize(
    ("command", "group"),
    [("crashes", "read"), ("live", "read"), ("relay", "outputs"), ("restart", "orders"), ("acknowledge", "alarms")],
)
def test_a_command_needs_its_group_and_the_answer_says_how_to_allow_it(command: str, group: str) -> None:
    others = [each for each in CommandGroup if each.value != group]
    with commanded_node(*others) as node:
        assert node.refusal(command, plugin="a").endswith(f'add "{group}" to commands in [mqtt] there')


class TestTopics:
    @pytest.mark.parametrize(
        "topic",
        [
            "wasi-host/other/command/start",
            "wasi-host/pi/command/start/now",
            "wasi-host/pi/command",
            "wasi-host/pi/command/st\x1bart",
            "wasi-host/pi/command/" + "x" * 65,
            "wasi-host/pi/response/start",
            "other/pi/command/start",
        ],
    )
    def test_other_topics_are_none_of_a_command(self, node: CommandedNode, topic: str) -> None:
        assert not node.service.received(Arrived(topic, node.payload(plugin="a")))

    def test_deleting_a_command_that_the_broker_keeps_is_none(self, node: CommandedNode) -> None:
        assert not node.service.received(Arrived(TOPICS.of("command", "start"), b"", retained=True))

    @pytest.mark.parametrize(
        "topic",
        [
            "homeassistant/switch/x/config",
            "wasi-host/other/command/relay",
            "wasi-host/pi/status",
            "wasi-host/pi/command/relay",
            "wasi-host/pi/response",
            "wasi-host/pi/response/#",
            "wasi-host/pi/response/\x00",
            "$SYS/broker",
        ],
    )
    def test_a_node_publishes_no_answer_elsewhere(self, node: CommandedNode, topic: str) -> None:
        arrived = Arrived(TOPICS.of("command", "start"), node.payload(plugin="a"), response_topic=topic)
        node.service.received(arrived)
        until(lambda: node.broker.on(TOPICS.of("response", "start")), PATIENCE)
        (answer,) = node.broker.on(TOPICS.of("response", "start"))
        assert "allowed are those below wasi-host/pi/response/" in json.loads(answer.payload)["error"]
        assert not node.broker.on(topic)
        assert not node.session.changes

    def test_long_correlation_data_is_refused_and_not_repeated(self, node: CommandedNode) -> None:
        node.service.received(
            Arrived(TOPICS.of("command", "start"), node.payload(plugin="a"), correlation=bytes(60_000))
        )
        until(lambda: node.broker.on(TOPICS.of("response", "start")), PATIENCE)
        (answer,) = node.broker.on(TOPICS.of("response", "start"))
        assert len(answer.correlation) <= 256
        assert not node.session.changes


class TestTellingOfRefusals:
    def test_the_log_and_an_event_name_the_command_and_the_reason(self, node: CommandedNode) -> None:
        node.refusal("relay", name="fan")
        (line,) = node.log
        assert line.startswith("refused a command over MQTT, relay: its state is missing")
        until(lambda: node.broker.on(TOPICS.of("events", "denial")), PATIENCE)
        (event,) = node.broker.on(TOPICS.of("events", "denial"))
        told = json.loads(event.payload)
        assert (told["command"], told["transaction"]) == ("relay", "t1")
        assert "state is missing" in told["problem"]

    def test_a_flood_is_a_few_lines_and_a_count_and_a_bounded_number_of_answers(self, node: CommandedNode) -> None:
        for _ in range(1_000):
            node.service.received(Arrived(TOPICS.of("command", "start"), b"garbage"))
        answers = TOPICS.of("response", "start")
        until(lambda: len(node.broker.on(answers)) >= REFUSALS_AT_ONCE, PATIENCE)
        node.clock.advance(60)
        node.refusal("start", b"more garbage")
        assert len(node.log) <= 2 * LINES_AT_ONCE + 1, "the clock may move before the last of the flood was looked at"
        assert any("more were refused since the last such line" in each for each in node.log)
        assert len(node.broker.on(answers)) <= REFUSALS_AT_ONCE + MOST_WAITING + 1

    def test_texts_of_strangers_are_escaped(self, node: CommandedNode) -> None:
        node.refusal("start", b'{"transaction": "q", "time": "\\u001b]0;owned\\u0007"}')
        assert all(isinstance(each, LogWritten) and each.text.isprintable() for each in node.told)
